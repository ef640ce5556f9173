"""CompanyInfo and Preferences (one object each), and Attachable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.spec import EntitySpec, Kind, Options, Rules
from qbclean.sandbox.shape import (
    OpenShape,
    anything,
    computed,
    day,
    each,
    flag,
    many,
    one,
    reference,
    text,
    whole,
    words,
)

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

_TIMES: dict[str, Kind] = {"MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"}


class AttachableRules(Rules):
    """A note or a file, hung on any number of objects."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:  # noqa: ARG002 - the interface
        """Refuse one that is neither a note nor a file (6000), or hangs on something that is not there."""
        if not new.get("Note") and not new.get("FileName"):
            raise refusals.business("An attachable needs a note or a file.", "Note")
        for hook in new.get("AttachableRef") or ():
            target = hook.get("EntityRef") or {}
            entity = next((name for name in edit.company.tables if name.casefold() == _kind(target)), None)
            if entity is None:
                raise refusals.invalid_reference("EntityRef.type", str(target.get("type")))
            if not target.get("value"):
                raise refusals.missing("EntityRef.value")
            if (old is None or hook not in old.get("AttachableRef", ())) and not edit.read(entity, target["value"]):
                raise refusals.invalid_reference("EntityRef", target["value"])


def _kind(target: Wire) -> str:
    return str(target.get("type", "")).casefold()


COMPANY_INFO = EntitySpec(
    name="CompanyInfo",
    shape={
        **parts.OBJECT,
        **each(text(1000), "CompanyName LegalName Country SupportedLanguages EmployerId CompanyURL TaxPayerId"),
        **each(parts.ADDRESS, "CompanyAddr LegalAddr CustomerCommunicationAddr"),
        **each(parts.EMAIL, "Email CustomerCommunicationEmailAddr CompanyEmailAddr"),
        "PrimaryPhone": parts.PHONE,
        "WebAddr": parts.WEBSITE,
        **each(text(30), "FiscalYearStartMonth TaxYearStartMonth DefaultTimeZone MultiByteCharsSupported"),
        "CompanyStartDate": day,
        **each(anything, "NameValue QBVersion CompanyFileName FlavorStratum SampleFile CompanyUserId"),
        **each(anything, "CompanyUserAdminEmail IsQbdtMigrated CompanyUserAdminEmailAddr OtherContactInfo"),
    },
    queryable={"Id": "id", "CompanyName": "text", **_TIMES},
    deletable=False,
    creatable=False,
)
PREFERENCES = EntitySpec(
    name="Preferences",
    shape={
        **parts.OBJECT,
        "AccountingInfoPrefs": one("AccountingInfoPrefs", OpenShape({"BookCloseDate": day})),
        "SalesFormsPrefs": one("SalesFormsPrefs", OpenShape(each(flag, "CustomTxnNumbers AutoApplyCredit"))),
        "TaxPrefs": one("TaxPrefs", OpenShape({"UsingSalesTax": flag})),
        **each(
            one("Prefs", OpenShape()),
            "AdvancedInventoryPrefs ProductAndServicesPrefs PrintingPrefs EmailMessagesPrefs VendorAndPurchasesPrefs"
            " TimeTrackingPrefs FinanceChargesPrefs CurrencyPrefs ReportPrefs OtherPrefs",
        ),
    },
    queryable={"Id": "id", **_TIMES},
    deletable=False,
    creatable=False,
)
ATTACHABLE = EntitySpec(
    name="Attachable",
    shape={
        **parts.OBJECT,
        "Note": text(2000),
        "FileName": text(1000),
        "ContentType": text(100),
        "Category": words("Contact Photo", "Document", "Image", "Receipt", "Signature", "Sound", "Other"),
        **each(text(100), "Lat Long Tag"),
        "PlaceName": text(2000),
        "Size": whole,
        **each(computed, "FileAccessUri TempDownloadUri ThumbnailFileAccessUri ThumbnailTempDownloadUri"),
        "AttachableRef": many(
            "AttachableRef",
            {
                "EntityRef": one("EntityRef", {**each(text(100), "value type name")}),
                **each(anything, "IncludeOnSend Inactive NoRefOnly LineInfo CustomField"),
                "Ref": reference,
            },
        ),
        "Inactive": computed,
    },
    queryable={
        "Id": "id",
        "FileName": "text",
        "Note": "text",
        "Size": "number",
        "Tag": "text",
        "Category": "text",
        "ContentType": "text",
        "AttachableRef.EntityRef.Type": "texts",
        "AttachableRef.EntityRef.value": "texts",
        **_TIMES,
    },
    rules=AttachableRules(),
)
