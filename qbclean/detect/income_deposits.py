"""Where no CRM tells of payments: money booked as income although an invoice of just that amount is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.missing_payments import PREVENTION, RECEIVE
from qbclean.detect.other_money import OtherMoney
from qbclean.match.memos import names_number
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
    """One finding per sales receipt or deposit line on income of just the amount of an open invoice near it.

    Where its text names one of several, that one; else all of them are shown and none is chosen (S07), unless there is
    more such money than such invoices. Otherwise the CRM's payments tell (`missing_payments`). Money that names nobody
    is its claimant's (`match/overview.py`).
    """
    if inquiry.crm.tells("payment"):
        return
    sold = {DocumentRef("SalesReceipt", receipt) for receipt in inquiry.matches.invoices.receipts.values()}
    still_open = _open_invoices(inquiry)
    answers: dict[tuple[str, ...], list[OtherMoney]] = defaultdict(list)
    for money in (money for found in inquiry.other_money.values() for money in found if money.is_income):
        near = [] if money.ref in sold else _near(money, still_open.get((_payer(inquiry, money), money.amount), ()))
        named = [invoice for invoice in near if names_number(money.text, invoice.doc_number)]
        if near:
            answers[tuple(invoice.id for invoice in named or near)].append(money)
    settled = {invoices[0] for invoices, booked in answers.items() if len(invoices) == len(booked) == 1}
    for invoices in sorted(answers, key=lambda ids: [key.zfill(20) for key in ids]):
        left = [inquiry.books.invoices[key] for key in invoices if len(invoices) == 1 or key not in settled]
        if len(booked := answers[invoices]) <= len(left):
            yield from (_finding(inquiry, left, money) for money in sorted(booked))


def _near(money: OtherMoney, invoices: Sequence[Invoice]) -> list[Invoice]:
    late = _LATE if money.customer else _LATE_NAMELESS
    near = (invoice for invoice in invoices if -_EARLY <= money.date - invoice.txn_date <= late)
    return sorted(near, key=lambda invoice: invoice.id.zfill(20))


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


def _finding(inquiry: Inquiry, invoices: Sequence[Invoice], money: OtherMoney) -> Detected:
    names = " and ".join(f"{inquiry.name_of(invoice)} ({invoice.txn_date})" for invoice in invoices)
    first, whose = invoices[0], "" if money.customer else ", which names no customer"
    if len(invoices) == 1:
        open_ones = f"invoice {names} of that amount is open"
        question = "whether it paid this invoice or was another sale"
        named = names_number(money.text, first.doc_number)
        why = f"its text names invoice {first.doc_number}" if named else "no other open invoice near it has this amount"
    else:
        open_ones = f"invoices {names} of that amount are open"
        question = "which of these invoices it paid, if it was no other sale"
        why = f"{len(invoices)} open invoices near it have this amount"
    refs = tuple(invoice.ref for invoice in invoices)
    line = () if len(invoices) == 1 else (money.key,)
    return Detected(
        finding=Finding(
            id=finding_id("paid_by_deposit", (*refs, money.ref, *line)),
            kind="paid_by_deposit",
            summary=f"{money.amount} are booked as income on {money.words} ({money.date}){whose}, while {open_ones}",
            documents=(*refs, money.ref),
            customer_id=first.customer_id,
            customer=inquiry.books.customer_name(first.customer_id),
            amount=money.amount,
            evidence=EvidenceFile.of((Evidence(feature="amount", points=12, words=why),)),
            root_cause="deposit_coded_to_income",
            prevention=PREVENTION["paid_by_deposit"],
            no_action=f"ask {question}; if it did: {RECEIVE}",
        )
    )
