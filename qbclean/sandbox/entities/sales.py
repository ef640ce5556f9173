"""Invoice, CreditMemo, SalesReceipt, RefundReceipt and Estimate."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.addresses import reshape_addresses
from qbclean.sandbox.entities.auto_apply import auto_apply
from qbclean.sandbox.entities.currency import complete_currency, show_home_amounts
from qbclean.sandbox.entities.deposit_links import refuse_deposited
from qbclean.sandbox.entities.estimate_links import carry_estimates, check_estimates
from qbclean.sandbox.entities.item_lines import in_the_us
from qbclean.sandbox.entities.numbers import complete_number
from qbclean.sandbox.entities.payment_links import release_links, set_balance
from qbclean.sandbox.entities.references import check_references, undeposited_funds
from qbclean.sandbox.entities.sales_lines import complete_lines, zero_lines
from qbclean.sandbox.entities.sales_tax import complete_tax, total_of
from qbclean.sandbox.entities.spec import EntitySpec, Kind, Options, Rules
from qbclean.sandbox.entities.terms import due_date
from qbclean.sandbox.entities.voiding import is_voided, mark_voided
from qbclean.sandbox.shape import amount, anything, computed, day, each, flag, rate, reference, text, words
from qbclean.sandbox.wire import ZERO, amount_of, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

_SALES = {
    **parts.TRANSACTION,
    **each(parts.ADDRESS, "BillAddr ShipAddr ShipFromAddr RemitToAddr"),
    **each(parts.EMAIL, "BillEmail BillEmailCc BillEmailBcc DeliveryEmail ReplyEmail"),
    **each(
        reference,
        "CustomerRef ClassRef SalesTermRef SalesRepRef ShipMethodRef TemplateRef ARAccountRef PaymentMethodRef"
        " DepositToAccountRef RemitToRef InvoiceRef",
    ),
    "CustomerMemo": parts.MEMO,
    **each(day, "DueDate ShipDate ExpirationDate AcceptedDate"),
    **each(flag, "ApplyTaxAfterDiscount FreeFormAddress AutoDocNumber FinanceCharge"),
    "PrintStatus": words("NotSet", "NeedToPrint", "PrintComplete"),
    "EmailStatus": words("NotSet", "NeedToSend", "EmailSent"),
    **each(computed, "Balance HomeBalance DeliveryInfo RemainingCredit"),
    **each(text(31), "TrackingNum FOB PONumber"),
    **each(text(21), "PaymentRefNum CheckNum"),
    **each(text(100), "AcceptedBy NameOnAcct AcctNum BankName PaymentType GovtTxnRefIdentifier Status DeliveryType"),
    **each(rate, "DiscountRate"),
    **each(amount, "DiscountAmt"),
    **each(anything, "CheckPayment CreditCardPayment DeliveryTime SelfAssessmentDate"),
}
_INVOICE = {
    **_SALES,
    **each(
        flag,
        "AllowIPNPayment AllowOnlinePayment AllowOnlineCreditCardPayment AllowOnlineACHPayment"
        " AllowOnlinePayPalPayment",
    ),
    "Deposit": amount,
    **each(
        computed,
        "InvoiceLink EInvoiceStatus ECloudStatusTimeStamp InvoiceStatus invoiceStatus CallToAction"
        " invoiceStatusLog InvoiceEx SalesTransactionEx",
    ),
    **each(text(4000), "PaymentDetailsMessage"),
}

_TOTALLED = frozenset({"Line", "TxnTaxDetail", "ApplyTaxAfterDiscount", "GlobalTaxCalculation"})
_TIMES: dict[str, Kind] = {"MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"}
_NUMBERED: dict[str, Kind] = {
    "Id": "id",
    "DocNumber": "text",
    "TxnDate": "date",
    "CustomerRef": "ref",
    "TotalAmt": "amount",
    **_TIMES,
}
_TERMS: dict[str, Kind] = {"ProjectRef": "ref", "SalesTermRef": "ref", "Balance": "amount"}


class SalesRules(Rules):
    """What all sales documents have in common."""

    def __init__(self, entity: str) -> None:
        self.entity = entity

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Complete references, dates, number, lines, tax and total."""
        check_references(edit, new, old)
        new.setdefault("TxnDate", edit.company.today.isoformat())
        complete_currency(edit, new)
        complete_number(edit, self.entity, new, old, options)
        if old and is_voided(old) and edit.company.quirks["unvoid"] == "refuse" and "Line" in options.sent:
            raise refusals.business("A voided transaction cannot be edited.")
        # what the request does not name is left exactly as it is, even where it would be refused today
        if old is None or "Line" in options.sent:
            complete_lines(edit, new, old)
        if old is None or _TOTALLED & options.sent:
            complete_tax(edit, new, supplied="TxnTaxDetail" in options.sent)
            new["TotalAmt"] = total_of(new)
        if new.get("EmailStatus") == "NeedToSend" and not (new.get("BillEmail") or {}).get("Address"):
            raise refusals.missing("BillEmail")

    def defaults(self, edit: Edit, new: Wire) -> None:
        """Fill what the answer of a sales document always shows."""
        show_home_amounts(edit, new)
        reshape_addresses(edit, new)
        new.setdefault("ApplyTaxAfterDiscount", False)
        new.setdefault("PrintStatus", "NeedToPrint")
        new.setdefault("EmailStatus", "NotSet")
        new.setdefault("LinkedTxn", [])
        new.setdefault("CustomField", [])
        if in_the_us(edit.company.company_info):
            new.pop("GlobalTaxCalculation", None)

    def void(self, edit: Edit, voided: Wire) -> None:
        """Zero the document; number, date, customer, items and descriptions stay."""
        zero_lines(voided)
        voided["TotalAmt"] = ZERO
        if "Balance" in voided:
            voided["Balance"] = ZERO
        mark_voided(edit, voided)


class OpenItemRules(SalesRules):
    """Invoice and CreditMemo: documents that payments are applied to."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Besides the common part: due date and open balance. An amount already applied cannot be undercut."""
        super().prepare(edit, new, old, options)
        applied = _applied(old) if old else ZERO
        if applied and old and old["CustomerRef"]["value"] != new["CustomerRef"]["value"]:
            raise refusals.business("The customer of a transaction with linked payments cannot be changed.")
        if self.entity == "Invoice":
            _complete_due_date(edit, new, old, options)
            check_estimates(edit, new, old)
            taken = amount_of(new, "Deposit")
        else:
            taken = ZERO
        balance = money(amount_of(new, "TotalAmt") - taken - applied)
        if balance < 0:
            raise refusals.business(f"The total {new['TotalAmt']} is below what is already applied ({applied}).")
        set_balance(self.entity, new, balance)

    def defaults(self, edit: Edit, new: Wire) -> None:
        """Fill the online-payment flags an invoice always shows."""
        super().defaults(edit, new)
        if self.entity == "Invoice":
            for name in ("AllowIPNPayment", "AllowOnlinePayment"):
                new.setdefault(name, False)
            for name in ("AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"):
                new.setdefault(name, False)

    def linked(self, edit: Edit, new: Wire | None, old: Wire | None) -> None:
        """Apply credits where the company does; close the estimate of an invoice, open it when the invoice goes."""
        if new is not None and old is None:
            auto_apply(edit, self.entity, new)
        if self.entity == "Invoice":
            carry_estimates(edit, new, old)

    def void(self, edit: Edit, voided: Wire) -> None:
        """Refuse while payments are linked, or take them off first (quirk `void_linked`)."""
        if payments := _payments(voided):
            if edit.company.quirks["void_linked"] == "refuse":
                raise refusals.business(
                    f"This {self.entity.lower()} has payments applied to it. Unlink them before you void it. "
                    f"(payments {', '.join(payments)})"
                )
            release_links(edit, self.entity, voided)
        if "Deposit" in voided:
            voided["Deposit"] = ZERO
        super().void(edit, voided)
        set_balance(self.entity, voided, ZERO)
        voided["LinkedTxn"] = [link for link in voided.get("LinkedTxn", ()) if link["TxnType"] != "Payment"]

    def deletable(self, edit: Edit, old: Wire) -> None:
        """Refuse while payments are linked, or take them off first (quirk `delete_linked`)."""
        if payments := _payments(old):
            rule = edit.company.quirks["delete_linked"]
            told = f"This {self.entity.lower()} is linked to payments {', '.join(payments)}; unlink it first."
            if rule == "620":
                raise refusals.ApiFault("620", "Transaction cannot be linked", told, "")
            if rule == "refuse":
                raise refusals.business(told)
            release_links(edit, self.entity, old)


class ReceiptRules(SalesRules):
    """SalesReceipt and RefundReceipt: money moves with the document itself."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Refuse what sits in a deposit; money goes to Undeposited Funds unless an account is named."""
        refuse_deposited(old)
        super().prepare(edit, new, old, options)
        if self.entity == "SalesReceipt":
            new.setdefault("DepositToAccountRef", undeposited_funds(edit))
        new["Balance"] = ZERO

    def void(self, edit: Edit, voided: Wire) -> None:
        """Refuse what sits in a deposit."""
        refuse_deposited(voided)
        super().void(edit, voided)

    def deletable(self, edit: Edit, old: Wire) -> None:  # noqa: ARG002 - the interface
        """Refuse what sits in a deposit."""
        refuse_deposited(old)


class EstimateRules(SalesRules):
    """Estimate: posts nothing, has a status."""

    def defaults(self, edit: Edit, new: Wire) -> None:
        """A new estimate is pending."""
        super().defaults(edit, new)
        new.setdefault("TxnStatus", "Pending")


def _applied(document: Wire) -> Any:
    return amount_of(document, "TotalAmt") - amount_of(document, "Deposit") - amount_of(document, "Balance")


def _payments(document: Wire) -> list[str]:
    return [link["TxnId"] for link in document.get("LinkedTxn") or () if link.get("TxnType") == "Payment"]


def _complete_due_date(edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
    moved = old is not None and {"SalesTermRef", "TxnDate"} & options.sent and "DueDate" not in options.sent
    if "DueDate" in new and not moved:
        return
    start = date.fromisoformat(new["TxnDate"])
    term = edit.read("Term", (new.get("SalesTermRef") or {}).get("value", ""))
    new["DueDate"] = due_date(start, term or {}).isoformat()


INVOICE = EntitySpec(
    name="Invoice",
    shape=_INVOICE,
    queryable={**_NUMBERED, **_TERMS, "DueDate": "date"},
    required=("CustomerRef", "Line"),
    rules=OpenItemRules("Invoice"),
    sequence="transaction",
    dated=True,
    void="operation",
)
CREDIT_MEMO = EntitySpec(
    name="CreditMemo",
    shape=_SALES,
    queryable={**_NUMBERED, **_TERMS},
    required=("CustomerRef", "Line"),
    rules=OpenItemRules("CreditMemo"),
    sequence="transaction",
    dated=True,
)
SALES_RECEIPT = EntitySpec(
    name="SalesReceipt",
    shape=_SALES,
    queryable={**_NUMBERED, "Balance": "amount"},
    required=("Line",),
    rules=ReceiptRules("SalesReceipt"),
    sequence="transaction",
    dated=True,
    void="include",
)
REFUND_RECEIPT = EntitySpec(
    name="RefundReceipt",
    shape=_SALES,
    queryable={**_NUMBERED, "Balance": "amount"},
    required=("DepositToAccountRef", "Line"),
    rules=ReceiptRules("RefundReceipt"),
    sequence="transaction",
    dated=True,
)
ESTIMATE = EntitySpec(
    name="Estimate",
    shape={**_SALES, "TxnStatus": words("Pending", "Accepted", "Closed", "Rejected", "Converted")},
    queryable=_NUMBERED,
    required=("CustomerRef", "Line"),
    rules=EstimateRules("Estimate"),
    sequence="transaction",
    dated=True,
)
