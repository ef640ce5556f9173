"""Where no CRM tells of payments: money booked as income although an invoice of just that amount is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.missing_payments import PREVENTION, RECEIVE
from qbclean.detect.order import in_id_order
from qbclean.detect.other_money import OtherMoney
from qbclean.model.documents import Invoice
from qbclean.model.evidence import Evidence, EvidenceFile
from qbclean.model.finding import Finding
from qbclean.model.identity import finding_id
from qbclean.model.money import ZERO, total
from qbclean.model.refs import DocumentRef

_EARLY = timedelta(days=7)
_LATE = timedelta(days=120)
_LATE_NAMELESS = timedelta(days=45)
"""How long before and after its date an invoice is paid; a deposit outside is some other sale's."""


def find(inquiry: Inquiry) -> Iterator[Detected]:
    """One finding per sales receipt or deposit line on income that one open invoice, and no other, answers to.

    Otherwise the CRM's payments tell (`missing_payments`). Money that names nobody is its claimant's
    (`match/overview.py`).
    """
    if inquiry.crm.tells("payment"):
        return
    answers: dict[str, list[OtherMoney]] = defaultdict(list)
    still_open = _open_invoices(inquiry)
    sold = {DocumentRef("SalesReceipt", receipt) for receipt in inquiry.matches.invoices.receipts.values()}
    for money in (money for found in inquiry.other_money.values() for money in found if money.is_income):
        if money.ref in sold:
            continue
        late = _LATE if money.customer else _LATE_NAMELESS
        near = [
            invoice
            for invoice in still_open.get((_payer(inquiry, money), money.amount), ())
            if -_EARLY <= money.date - invoice.txn_date <= late
        ]
        if len(near) == 1:
            answers[near[0].id].append(money)
    for invoice in in_id_order(inquiry.books.invoices):
        if len(booked := answers.get(invoice.id, [])) == 1:
            yield _finding(inquiry, invoice, booked[0])


def _open_invoices(inquiry: Inquiry) -> Mapping[tuple[str | None, Decimal], Sequence[Invoice]]:
    """(party, open balance) → the invoices."""
    found: dict[tuple[str | None, Decimal], list[Invoice]] = defaultdict(list)
    for invoice in inquiry.books.invoices.values():
        if invoice.balance > 0 and invoice.id not in inquiry.duplicates and not _owed(inquiry, invoice):
            found[_party(inquiry, invoice.customer_id), invoice.balance].append(invoice)
    return found


def _owed(inquiry: Inquiry, invoice: Invoice) -> bool:
    """True where the CRM, which tells of no payments, has the invoice open as QuickBooks has it."""
    balances = [inquiry.crm.invoices_by_id[crm_id].balance for crm_id in inquiry.sales_on(invoice.id)]
    return bool(balances) and total(balance or ZERO for balance in balances) == invoice.balance


def _payer(inquiry: Inquiry, money: OtherMoney) -> str | None:
    if money.customer:
        return _party(inquiry, money.customer)
    return inquiry.overview.nameless.claimants.get(money.key)


def _party(inquiry: Inquiry, customer: str) -> str:
    return inquiry.matches.customers.group_of_qbo.get(customer, "")


def _finding(inquiry: Inquiry, invoice: Invoice, money: OtherMoney) -> Detected:
    name = inquiry.name_of(invoice)
    whose = "" if money.customer else ", which names no customer"
    return Detected(
        finding=Finding(
            id=finding_id("paid_by_deposit", (invoice.ref, money.ref)),
            kind="paid_by_deposit",
            summary=f"{money.amount} are booked as income on {money.words} ({money.date}){whose}, "
            f"while invoice {name} ({invoice.txn_date}) of that amount is open",
            documents=(invoice.ref, money.ref),
            customer_id=invoice.customer_id,
            customer=inquiry.books.customer_name(invoice.customer_id),
            amount=money.amount,
            evidence=EvidenceFile.of(
                (Evidence(feature="amount", points=12, words="no other open invoice near it has this amount"),)
            ),
            root_cause="deposit_coded_to_income",
            prevention=PREVENTION["paid_by_deposit"],
            no_action=f"ask whether it paid this invoice or was another sale; if it did: {RECEIVE}",
        )
    )
