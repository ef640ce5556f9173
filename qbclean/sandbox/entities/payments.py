"""Payment: the only side from which money and credits are applied to invoices."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.auto_apply import lines_by_itself
from qbclean.sandbox.entities.balances import journal_open_by_customer
from qbclean.sandbox.entities.currency import complete_currency, show_home_amounts
from qbclean.sandbox.entities.deposit_links import refuse_deposited
from qbclean.sandbox.entities.payment_links import Target, applied_lines, carry_links, is_credit, unapplied
from qbclean.sandbox.entities.references import check_references, undeposited_funds
from qbclean.sandbox.entities.spec import EntitySpec, Options, Rules
from qbclean.sandbox.entities.voiding import mark_voided
from qbclean.sandbox.shape import amount, anything, computed, each, flag, many, reference, text
from qbclean.sandbox.wire import ZERO, amount_of

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

_LINKABLE = ("Invoice", "CreditMemo", "JournalEntry")
_READ_ONLY_ORIGINS = ("Expense", "Check", "CreditCardCredit")

_PAYMENT = {
    **{name: reader for name, reader in parts.TRANSACTION.items() if name != "DocNumber"},
    **each(reference, "CustomerRef ARAccountRef DepositToAccountRef PaymentMethodRef RemitToRef"),
    "PaymentRefNum": text(21),
    "TotalAmt": amount,
    "ProcessPayment": flag,
    "PaymentType": text(40),
    **each(computed, "UnappliedAmt"),
    **each(anything, "CheckPayment CreditCardPayment PaymentEx"),
    "Line": many(
        "Line",
        {
            "Amount": amount,
            "LinkedTxn": parts.LINKS,
            "LineEx": computed,
            **each(computed, "Id LineNum DetailType"),
            **each(anything, "Description CustomField PaymentLineDetail"),
        },
    ),
}


class PaymentRules(Rules):
    """Applies, moves and unlinks; the Line array says everything that remains linked."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Check every line against the document it points at, then compute what stays unapplied."""
        refuse_deposited(old)
        if old is not None and edit.company.quirks["payment_update"] == "demanding":
            for name in ("CustomerRef", "TotalAmt"):
                if name not in options.sent:
                    raise refusals.missing(name)
        check_references(edit, new, old)
        moved = old is not None and old["CustomerRef"]["value"] != new["CustomerRef"]["value"]
        if moved and applied_lines(old) and edit.company.quirks["move_customer"] == "refuse":
            raise refusals.business("Unlink the payment before you change its customer.", "CustomerRef")
        new.setdefault("TxnDate", edit.company.today.isoformat())
        complete_currency(edit, new)
        new.setdefault("DepositToAccountRef", undeposited_funds(edit))
        if amount_of(new, "TotalAmt") < 0:
            raise refusals.ApiFault("2290", "Negative Amount", "Payment amount must be 0 or greater.", "TotalAmt")
        if old is None or moved or "Line" in options.sent or "Line" not in new:
            new["Line"] = self._checked_lines(edit, new, applied_lines(old), moved=moved)
            for line in new["Line"]:
                _decorate(edit, line)
        rest = unapplied(edit, new)
        if rest < 0:
            raise _lines_exceed(edit.company.quirks["lines_exceed"], -rest)
        for line in lines_by_itself(edit, new, rest) if old is None and rest else ():
            _decorate(edit, line)
            new["Line"].append(line)
            rest -= line["Amount"]
        new["UnappliedAmt"] = rest

    def defaults(self, edit: Edit, new: Wire) -> None:
        """Fill what the answer of a payment always shows."""
        show_home_amounts(edit, new)
        new.setdefault("ProcessPayment", False)

    def linked(self, edit: Edit, new: Wire | None, old: Wire | None) -> None:
        """Carry the change over to invoices and credit memos."""
        payment_id = str((new or old or {})["Id"])
        carry_links(edit, payment_id, applied_lines(old), applied_lines(new))

    def void(self, edit: Edit, voided: Wire) -> None:
        """Zero the payment and take all its lines away; `linked` gives the invoices their balance back.

        Refused in a deposit (6540), and for a card charge that has settled (6450).
        """
        refuse_deposited(voided)
        charge = (voided.get("CreditCardPayment") or {}).get("CreditChargeResponse") or {}
        if charge.get("Status") == "Completed":
            raise refusals.ApiFault("6450", "Void failed", "The card charge has settled; refund it instead.", "")
        voided.update({"TotalAmt": ZERO, "UnappliedAmt": ZERO, "Line": []})
        mark_voided(edit, voided)

    def deletable(self, edit: Edit, old: Wire) -> None:  # noqa: ARG002 - the interface
        """Refuse what sits in a deposit."""
        refuse_deposited(old)

    def _checked_lines(self, edit: Edit, new: Wire, before: dict[Target, Decimal], *, moved: bool) -> list[Wire]:
        checked: list[Wire] = []
        seen: set[Target] = set()
        for line in new.get("Line") or ():
            links = line.get("LinkedTxn") or ()
            if not links:
                continue
            target = _target(line)
            if target in seen:
                raise refusals.business(f"{target[0]} {target[1]} appears in more than one line.", "Line")
            seen.add(target)
            known = target in before and not moved
            accepted = self._accepted(edit, new, line, target, known=known, before=before.get(target, ZERO))
            if accepted:
                link = {"TxnId": target[1], "TxnType": target[0]}
                checked.append({"Amount": accepted, "LinkedTxn": [link]})
        return checked

    def _accepted(self, edit: Edit, new: Wire, line: Wire, target: Target, *, known: bool, before: Decimal) -> Decimal:
        """Return the amount the line may apply; zero where a quirk drops the line silently."""
        entity, document_id = target
        document = edit.find(entity, document_id)
        applied = amount_of(line, "Amount")
        if applied <= 0:
            raise refusals.business("The amount of a payment line must be greater than 0.", "Line.Amount")
        if not known:
            if edit.company.quirks["apply_to_closed"] == "refuse":
                edit.check_open_period(document.get("TxnDate"))
            if not _same_family(edit, new["CustomerRef"]["value"], entity, document):
                if edit.company.quirks["customer_mismatch"] == "drop":
                    return ZERO
                raise refusals.business(f"{entity} {document_id} belongs to another customer.", "CustomerRef")
        still_open = _open_amount(edit, new, entity, document) + before
        if applied > still_open:
            rule = edit.company.quirks["over_application"]
            if rule != "refuse":
                return still_open if rule == "cap" else ZERO
            raise refusals.business(
                f"The amount {applied} is more than what is open on {entity} {document_id} ({still_open}).",
                "Line.Amount",
            )
        return applied


def _lines_exceed(code: str, by: Decimal) -> refusals.ApiFault:
    """Return the refusal of lines that come to more than the money and credits at hand."""
    told = f"The lines exceed the payment and its credits by {by}. You must set a transaction amount that covers them."
    if code == "6000":
        return refusals.business(told, "TotalAmt")
    return refusals.ApiFault(code, "Invalid Amount", told, "TotalAmt")


def _target(line: Wire) -> Target:
    links = line["LinkedTxn"]
    if len(links) != 1:
        raise refusals.business("A payment line links exactly one transaction.", "LinkedTxn")
    if "Amount" not in line:
        raise refusals.missing("Amount")
    entity, document_id = links[0].get("TxnType"), links[0].get("TxnId")
    if not document_id:
        raise refusals.missing("TxnId")
    if not entity:
        raise refusals.missing("TxnType")
    if entity not in _LINKABLE:
        if entity in _READ_ONLY_ORIGINS:
            raise refusals.not_found(entity, document_id)
        raise refusals.unreadable("LinkedTxn.TxnType", f"one of {', '.join(_LINKABLE + _READ_ONLY_ORIGINS)}")
    return entity, document_id


def _open_amount(edit: Edit, payment: Wire, entity: str, document: Wire) -> Decimal:
    if entity != "JournalEntry":
        return amount_of(document, "Balance")
    net = abs(sum(journal_open_by_customer(edit, document).values(), ZERO))
    payments = edit.company.tables["Payment"]
    for payment_id in payments.holders("CustomerRef", payment["CustomerRef"]["value"]) or ():
        other = edit.read("Payment", payment_id)
        net -= applied_lines(other).get(("JournalEntry", document["Id"]), ZERO)
    return net


def _same_family(edit: Edit, payer: str, entity: str, document: Wire) -> bool:
    if entity == "JournalEntry":
        owners = set(journal_open_by_customer(edit, document))
    else:
        owners = {document["CustomerRef"]["value"]}
    if payer in owners:
        return True
    rule = edit.company.quirks["parent_payment"]
    if rule == "same":
        return False
    for owner in owners:
        customer = edit.read("Customer", owner)
        while customer is not None and customer.get("ParentRef"):
            if rule == "bill_with_parent" and not customer.get("BillWithParent"):
                break
            if customer["ParentRef"]["value"] == payer:
                return True
            customer = edit.read("Customer", customer["ParentRef"]["value"])
    return False


def _decorate(edit: Edit, line: Wire) -> None:
    """Add the response-only LineEx block: id, open balance and number of the linked document."""
    target = line["LinkedTxn"][0]
    document = edit.find(target["TxnType"], target["TxnId"])
    known = {
        "txnId": target["TxnId"],
        "txnOpenBalance": f"{amount_of(document, 'Balance') or line['Amount']:.2f}",
        "txnReferenceNumber": document.get("DocNumber"),
    }
    line["LineEx"] = {
        "any": [
            {
                "name": "{http://schema.intuit.com/finance/v3}NameValue",
                "declaredType": "com.intuit.schema.finance.v3.NameValue",
                "scope": "javax.xml.bind.JAXBElement$GlobalScope",
                "value": {"Name": name, "Value": value},
                "nil": False,
                "globalScope": True,
                "typeSubstituted": False,
            }
            for name, value in known.items()
            if value is not None
        ]
    }


PAYMENT = EntitySpec(
    name="Payment",
    shape=_PAYMENT,
    queryable={
        "Id": "id",
        "TxnDate": "date",
        "CustomerRef": "ref",
        "ProjectRef": "ref",
        "PaymentRefNum": "text",
        "PaymentMethodRef": "ref",
        "TotalAmt": "amount",
        "MetaData.CreateTime": "time",
        "MetaData.LastUpdatedTime": "time",
    },
    required=("CustomerRef", "TotalAmt"),
    summed=("UnappliedAmt",),
    rules=PaymentRules(),
    sequence="transaction",
    dated=True,
    void="include",
)

__all__ = ["PAYMENT", "is_credit"]
