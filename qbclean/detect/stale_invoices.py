"""Invoices that stay open for more than a year: collected, credited or written off by the owner's word alone (S11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from qbclean.actions.automatic import begun_before, looked_after, used_elsewhere_first
from qbclean.actions.proposal import Judgement, Proposal
from qbclean.actions.safety import left_alone
from qbclean.actions.write_off_invoice import write_off_invoice
from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.order import in_id_order
from qbclean.model.crm import CrmInvoice
from qbclean.model.documents import Invoice
from qbclean.model.evidence import Evidence, EvidenceFile
from qbclean.model.finding import Finding
from qbclean.model.identity import action_id, finding_id
from qbclean.model.money import ZERO
from qbclean.model.refs import CrmRef

_STALE = timedelta(days=365)
_OWNER = "Ask the owner: collect, credit, or write off. An approval needs the reason the owner gives (S11)."
_NO_ITEM = (
    "accrual books write off to bad debt (S11), and no item of this company posts to a bad-debt account; add one in "
    "QuickBooks, pull, and plan again, or credit the invoice by hand"
)


def find(inquiry: Inquiry) -> Iterator[Detected]:
    """One finding per invoice open a year after it was due, and open in the CRM too (or not there)."""
    item = _bad_debt_item(inquiry) if inquiry.settings.basis == "accrual" else None
    for invoice in in_id_order(inquiry.books.invoices):
        due = invoice.due_date or invoice.txn_date
        if invoice.balance <= 0 or inquiry.as_of - due <= _STALE or invoice.id in inquiry.duplicates:
            continue
        records = [inquiry.crm.invoices_by_id[crm_id] for crm_id in inquiry.sales_on(invoice.id)]
        owed = [record for record in records if not _is_settled(record)]
        if owed or not records:
            yield _detected(inquiry, invoice, owed, item, (inquiry.as_of - due).days)


def _is_settled(record: CrmInvoice) -> bool:
    return record.status in ("paid", "void", "draft") or record.balance == ZERO


def _detected(inquiry: Inquiry, invoice: Invoice, owed: Sequence[CrmInvoice], item: str | None, days: int) -> Detected:
    what = f"{invoice.balance} is open {days} days after it was due"
    features = [Evidence(feature="age", points=0, words=what)]
    if any(record.status == "written_off" for record in owed):
        features.append(Evidence(feature="crm_status", points=15, words="the CRM has written it off"))
    evidence = EvidenceFile.of(tuple(features))
    crm = tuple(record.ref for record in owed)
    proposal = _write_off(inquiry, invoice, crm, item, evidence)
    return Detected(
        finding=Finding(
            id=finding_id("stale_open_invoice", (invoice.ref,)),
            kind="stale_open_invoice",
            summary=f"Invoice {inquiry.name_of(invoice)}: {what}",
            documents=(invoice.ref,),
            crm=crm,
            customer_id=invoice.customer_id,
            customer=inquiry.books.customer_name(invoice.customer_id),
            amount=invoice.balance,
            evidence=evidence,
            actions=(proposal.id,),
            no_action=proposal.judgement.hold_reason,
        ),
        proposals=(proposal,),
    )


def _write_off(
    inquiry: Inquiry, invoice: Invoice, crm: tuple[CrmRef, ...], item: str | None, evidence: EvidenceFile
) -> Proposal:
    """In accrual books on a bad-debt `item`. Never recommended. Dated today, or on the first open day after it."""
    taxed = inquiry.settings.basis == "cash" and invoice.total_tax != 0
    judgement = Judgement(tier="review", evidence=evidence, crm=crm, settles=_OWNER)
    id_ = action_id("write_off_invoice", (str(invoice.ref),))
    proposal = write_off_invoice(
        invoice,
        action_id=id_,
        on=inquiry.locks.first_open_day(taxed=taxed, not_before=inquiry.as_of),
        bad_debt_item=item,
        judgement=judgement.held(left_alone(inquiry.books, invoice))
        .held(begun_before(inquiry.books, invoice.customer_id, id_))
        .held(_NO_ITEM if inquiry.settings.basis == "accrual" and item is None else "")
        .doubted(used_elsewhere_first(inquiry.books, invoice)),
    )
    return looked_after(inquiry.books, proposal)


def _bad_debt_item(inquiry: Inquiry) -> str | None:
    """The first item, by id, that posts to a bad-debt expense account."""
    accounts = inquiry.books.accounts
    bad_debt = {
        key
        for key, account in accounts.items()
        if account.account_sub_type == "BadDebts"
        or (account.account_type == "Expense" and "bad debt" in account.name.casefold())
    }
    fitting = (
        item
        for item in in_id_order(inquiry.books.items)
        if item.active and item.income_account_ref and item.income_account_ref.value in bad_debt
    )
    return next((item.id for item in fitting), None)
