"""RecurringTransaction: a template wrapped around a document, which carries the Id and SyncToken itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.spec import EntitySpec, Options, Rules
from qbclean.sandbox.shape import OpenShape, each, one

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

KINDS = (
    "Bill",
    "Purchase",
    "CreditMemo",
    "Deposit",
    "Estimate",
    "Invoice",
    "JournalEntry",
    "RefundReceipt",
    "SalesReceipt",
    "Transfer",
    "VendorCredit",
    "PurchaseOrder",
)
_CARRIED = ("Id", "SyncToken", "MetaData", "domain", "sparse")


class RecurringRules(Rules):
    """Keeps the wrapped document's identity equal to the template's; nothing is posted."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:  # noqa: ARG002 - the interface
        """Demand exactly one wrapped document with its RecurringInfo."""
        kind = kind_of(new)
        if kind is None:
            raise refusals.missing("RecurringTransaction")
        if not new[kind].get("RecurringInfo"):
            raise refusals.missing("RecurringInfo")
        new["Type"] = kind

    def defaults(self, edit: Edit, new: Wire) -> None:  # noqa: ARG002 - the interface
        """Write the identity into the wrapped document."""
        kind = str(new["Type"])
        new[kind] = {**new[kind], **{name: new[name] for name in _CARRIED}}


def kind_of(wrapped: Wire) -> str | None:
    """Return which document a template wraps, None where it is not exactly one."""
    present = [kind for kind in KINDS if isinstance(wrapped.get(kind), dict)]
    return present[0] if len(present) == 1 else None


def with_outer_identity(body: Wire) -> Wire:
    """Return a request body whose Id and SyncToken stand where those of every other entity stand."""
    kind = kind_of(body)
    inner = body[kind] if kind is not None else {}
    return {**body, **{name: inner[name] for name in ("Id", "SyncToken") if inner.get(name)}}


RECURRING_TRANSACTION = EntitySpec(
    name="RecurringTransaction",
    shape=OpenShape({**parts.OBJECT, **each(one("Template", OpenShape()), " ".join(KINDS))}),
    queryable={
        "Id": "id",
        "Type": "text",
        "MetaData.CreateTime": "time",
        "MetaData.LastUpdatedTime": "time",
    },
    rules=RecurringRules(),
    in_cdc=False,
)
