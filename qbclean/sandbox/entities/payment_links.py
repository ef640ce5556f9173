"""Carries what a payment applies over to invoices and credit memos: their balances and their LinkedTxn."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox.wire import ZERO, amount_of, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]
Target = tuple[str, str]
"""Entity and id of a document that a payment line points at."""


def applied_lines(payment: Mapping[str, Any] | None) -> dict[Target, Decimal]:
    """Return what a payment applies to each document, amounts positive."""
    applied: dict[Target, Decimal] = {}
    for line in (payment or {}).get("Line") or ():
        for link in line.get("LinkedTxn") or ():
            target = (link["TxnType"], link["TxnId"])
            applied[target] = applied.get(target, ZERO) + amount_of(line, "Amount")
    return applied


def carry_links(edit: Edit, payment_id: str, before: dict[Target, Decimal], after: dict[Target, Decimal]) -> None:
    """Move balances and LinkedTxn of every document whose applied amount changes."""
    for target in {**before, **after}:
        was, now = before.get(target, ZERO), after.get(target, ZERO)
        entity, document_id = target
        if entity not in {"Invoice", "CreditMemo"} or (was == now and (target in before) == (target in after)):
            continue
        document = edit.find(entity, document_id)
        set_balance(entity, document, money(amount_of(document, "Balance") + was - now))
        links = [
            link
            for link in document.get("LinkedTxn") or ()
            if not (link["TxnType"] == "Payment" and link["TxnId"] == payment_id)
        ]
        if target in after:
            links.append({"TxnId": payment_id, "TxnType": "Payment"})
        document["LinkedTxn"] = links
        edit.touch(entity, document)


def set_balance(entity: str, document: Wire, balance: Decimal) -> None:
    """Set the open balance; a credit memo shows it twice."""
    document["Balance"] = balance
    if "HomeBalance" in document:
        document["HomeBalance"] = money(balance * amount_of(document, "ExchangeRate"))
    if entity == "CreditMemo":
        document["RemainingCredit"] = balance


def release_links(edit: Edit, entity: str, document: Wire) -> None:
    """Take a document off every payment that is applied to it; their money becomes unapplied."""
    target = (entity, document["Id"])
    for link in list(document.get("LinkedTxn") or ()):
        if link["TxnType"] != "Payment":
            continue
        payment = edit.find("Payment", link["TxnId"])
        payment["Line"] = [line for line in payment.get("Line") or () if target not in applied_lines({"Line": [line]})]
        _draw_back(edit, payment)
        payment["UnappliedAmt"] = unapplied(edit, payment)
        edit.touch("Payment", payment)
    document["LinkedTxn"] = [link for link in document.get("LinkedTxn") or () if link["TxnType"] != "Payment"]
    set_balance(entity, document, money(amount_of(document, "TotalAmt") - amount_of(document, "Deposit")))


def _draw_back(edit: Edit, payment: Wire) -> None:
    """Shorten what a payment pays, the last line first, until its money and remaining credits cover it again."""
    before = applied_lines(payment)
    missing = -unapplied(edit, payment)
    for line in reversed(list(payment["Line"])):
        link = line["LinkedTxn"][0]
        if missing <= 0 or is_credit(edit, link["TxnType"], link["TxnId"]):
            continue
        kept = max(ZERO, amount_of(line, "Amount") - missing)
        missing -= amount_of(line, "Amount") - kept
        line["Amount"] = kept
        if not kept:
            payment["Line"].remove(line)
    carry_links(edit, payment["Id"], before, applied_lines(payment))


def unapplied(edit: Edit, payment: Wire) -> Decimal:
    """Return TotalAmt less what pays invoices, plus the credits used."""
    rest = amount_of(payment, "TotalAmt")
    for (entity, document_id), amount in applied_lines(payment).items():
        rest += amount if is_credit(edit, entity, document_id) else -amount
    return money(rest)


def is_credit(edit: Edit, entity: str, document_id: str) -> bool:
    """Return whether a line to this document brings money in (credit memo, A/R credit) rather than paying it."""
    from qbclean.sandbox.entities.balances import journal_open_by_customer  # noqa: PLC0415 - breaks an import circle

    if entity == "JournalEntry":
        journal = edit.read(entity, document_id)
        return journal is not None and sum(journal_open_by_customer(edit, journal).values(), ZERO) < 0
    return entity == "CreditMemo"
