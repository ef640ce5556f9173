"""What each document contributes to its customers' and vendors' open balances (contract sheet 13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Protocol

from qbclean.sandbox.entities.payables import open_amount, unused_money
from qbclean.sandbox.wire import amount_of


class Reads(Protocol):
    """Anything objects can be read from."""

    def read(self, entity: str, object_id: str) -> dict[str, Any] | None:
        """Return one object or None."""


def customer_effects(books: Reads, entity: str, document: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Yield (customer id, amount): invoices and A/R debits add; unapplied money, credits and A/R credits reduce."""
    customer = (document.get("CustomerRef") or {}).get("value")
    if entity == "Invoice" and customer:
        yield customer, amount_of(document, "Balance")
    elif entity == "CreditMemo" and customer:
        yield customer, -amount_of(document, "Balance")
    elif entity == "Payment" and customer:
        yield customer, -amount_of(document, "UnappliedAmt")
        yield from _applied_to_journals(books, document)
    elif entity == "JournalEntry":
        yield from receivable_lines(books, document)


def vendor_effects(books: Reads, entity: str, document: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Yield (vendor id, amount): bills and A/P credits add; credits, money unused and A/P debits reduce."""
    vendor = (document.get("VendorRef") or {}).get("value")
    if entity == "Bill" and vendor:
        yield vendor, open_amount(document)
    elif entity == "VendorCredit" and vendor:
        yield vendor, -open_amount(document)
    elif entity == "BillPayment" and vendor:
        yield vendor, -unused_money(document)
    elif entity == "JournalEntry":
        for owed_to, amount in _control_lines(books, document, "Accounts Payable"):
            yield owed_to, -amount


def receivable_lines(books: Reads, journal: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Yield (customer id, signed amount) of a journal entry's A/R lines, debits positive."""
    yield from _control_lines(books, journal, "Accounts Receivable")


def _control_lines(books: Reads, journal: Mapping[str, Any], account_type: str) -> Iterator[tuple[str, Decimal]]:
    for line in journal.get("Line") or ():
        detail = line.get("JournalEntryLineDetail") or {}
        account = books.read("Account", (detail.get("AccountRef") or {}).get("value", ""))
        if account is None or account.get("AccountType") != account_type:
            continue
        named = ((detail.get("Entity") or {}).get("EntityRef") or {}).get("value")
        if named:
            amount = amount_of(line, "Amount")
            yield named, amount if detail.get("PostingType") == "Debit" else -amount


def journal_open_by_customer(books: Reads, journal: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return a journal entry's net A/R amount per customer, before anything is applied to it."""
    net: dict[str, Decimal] = {}
    for customer, amount in receivable_lines(books, journal):
        net[customer] = net.get(customer, Decimal(0)) + amount
    return net


def _applied_to_journals(books: Reads, payment: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    """Undo the journal's contribution as far as this payment has used it."""
    for line in payment.get("Line") or ():
        for link in line.get("LinkedTxn") or ():
            if link.get("TxnType") != "JournalEntry":
                continue
            journal = books.read("JournalEntry", link["TxnId"])
            if journal is None:
                continue
            payer = payment["CustomerRef"]["value"]
            net = journal_open_by_customer(books, journal)
            customer = payer if payer in net else next(iter(net), payer)
            amount = amount_of(line, "Amount")
            yield customer, amount if net.get(customer, Decimal(0)) < 0 else -amount
