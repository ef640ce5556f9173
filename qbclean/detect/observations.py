"""What a person has to see and decide, and no action of ours can mend: each with the reason (S12, S30)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.order import in_id_order
from qbclean.match.weights import as_evidence
from qbclean.model.documents import Invoice, JournalEntry, Payment
from qbclean.model.evidence import EvidenceFile
from qbclean.model.finding import Finding, FindingKind
from qbclean.model.identity import finding_id
from qbclean.model.money import total
from qbclean.model.refs import CrmRef, DocumentRef


def find(inquiry: Inquiry) -> Iterator[Detected]:
    """Duplicate customers, payments entered twice, journal entries in A/R, wrong jobs, voided invoices."""
    yield from _duplicate_customers(inquiry)
    yield from _payments_again(inquiry)
    yield from _journal_entries(inquiry)
    yield from _wrong_jobs(inquiry)
    yield from _voided(inquiry)


def _duplicate_customers(inquiry: Inquiry) -> Iterator[Detected]:
    links = {link.primary: link for link in inquiry.matches.customers.links.values()}
    for ids in inquiry.matches.customers.duplicates:
        members = [inquiry.books.customers[customer_id] for customer_id in ids]
        linked = [links[customer_id] for customer_id in ids if customer_id in links]
        yield Detected(
            finding=Finding(
                id=finding_id("duplicate_customer", ids),
                kind="duplicate_customer",
                summary=f"{' and '.join(member.full_name for member in members)} are one customer",
                documents=tuple(DocumentRef("Customer", customer_id) for customer_id in ids),
                crm=tuple(CrmRef("customer", link.crm_id) for link in linked),
                customer_id=ids[0],
                customer=members[0].full_name,
                amount=total(abs(member.balance) for member in members[1:]),
                evidence=EvidenceFile.of(as_evidence(linked[0].levels, {}) if linked else ()),
                root_cause="manual_reentry",
                prevention="Search for the customer before adding one; let the CRM store the QuickBooks id.",
                no_action="customers are merged by hand in QuickBooks (S12): rename one to the other's exact name",
            )
        )


def _payments_again(inquiry: Inquiry) -> Iterator[Detected]:
    for second, first in sorted(inquiry.paid_again.items()):
        yield _paid_again(inquiry, inquiry.books.payments[first], inquiry.books.payments[second])


def _paid_again(inquiry: Inquiry, first: Payment, second: Payment) -> Detected:
    return Detected(
        finding=Finding(
            id=finding_id("possible_double_payment", (first.ref, second.ref)),
            kind="possible_double_payment",
            summary=f"Payments {first.payment_ref_num or first.id} ({first.txn_date}) and "
            f"{second.payment_ref_num or second.id} ({second.txn_date}) are {second.total_amt} each; the CRM has one",
            documents=(first.ref, second.ref),
            crm=(record.ref,) if (record := inquiry.record_of(first) or inquiry.record_of(second)) else (),
            customer_id=second.customer_id,
            customer=inquiry.books.customer_name(second.customer_id),
            amount=second.total_amt,
            root_cause="manual_reentry",
            prevention="Match bank-feed lines to the payment that is there instead of adding one.",
            no_action="only the bank can tell whether the customer paid twice: compare, delete or refund",
        )
    )


def _journal_entries(inquiry: Inquiry) -> Iterator[Detected]:
    for entry in in_id_order(inquiry.books.journal_entries):
        lines = [
            (detail.entity.entity_ref.value if detail.entity and detail.entity.entity_ref else "", line.amount)
            for line in entry.line
            if (detail := line.journal_entry_line_detail)
            and detail.account_ref
            and detail.account_ref.value in inquiry.books.receivable_accounts
        ]
        if lines and _is_told_here(inquiry, entry, lines[0][0]) and not _is_joined(inquiry, entry):
            customer, amount = lines[0]
            yield Detected(
                finding=Finding(
                    id=finding_id("ar_journal_entry", (entry.ref,)),
                    kind="ar_journal_entry",
                    summary=f"Journal entry {entry.doc_number or entry.id} ({entry.txn_date}) puts {amount} into A/R, "
                    "beside the invoices",
                    documents=(entry.ref,),
                    customer_id=customer,
                    customer=inquiry.books.customer_name(customer) if customer else "no customer",
                    amount=amount,
                    root_cause="manual_reentry",
                    prevention="Use payments and credit memos instead of journal entries for receivables.",
                    no_action="link it to its invoice in Receive Payment, or replace it; we post none ourselves (S12)",
                )
            )


def _is_told_here(inquiry: Inquiry, entry: JournalEntry, customer: str) -> bool:
    """Of the slices that see an entry the one with its first customer tells of it, or for nobody known its owner."""
    known = customer in inquiry.matches.customers.group_of_qbo
    return customer in inquiry.books.customers if known else entry.ref not in inquiry.books.borrowed


def _is_joined(inquiry: Inquiry, entry: JournalEntry) -> bool:
    return bool(inquiry.books.payments_of.get(entry.ref))


def _wrong_jobs(inquiry: Inquiry) -> Iterator[Detected]:
    """An invoice on another job of its customer than in the CRM: no total is wrong, but two job reports are."""
    for crm_id, invoice in inquiry.standing.items():
        record = inquiry.crm.invoices_by_id[crm_id]
        job = inquiry.matches.customers.jobs.get(record.job_id or "", "")
        if not job or invoice.customer_id == job or invoice.is_voided or not record.is_final:
            continue
        if inquiry.books.customers[invoice.customer_id].parent_ref is None:
            continue
        yield Detected(
            finding=_about(
                inquiry,
                invoice,
                kind="job_revenue_mismatch",
                summary=f"Invoice {inquiry.name_of(invoice)} is on {inquiry.books.customer_name(invoice.customer_id)}; "
                f"the CRM has it on {inquiry.books.customer_name(job)}",
                crm=(record.ref,),
                no_action="which job earned it is for the office to say; change the job on the invoice by hand",
            )
        )


def _voided(inquiry: Inquiry) -> Iterator[Detected]:
    """Billed in the CRM, voided in QuickBooks, and no other copy there."""
    for crm_id, invoice in inquiry.standing.items():
        record = inquiry.crm.invoices_by_id[crm_id]
        if invoice.is_voided and record.is_final and record.total:
            about = _about(
                inquiry,
                invoice,
                kind="missing_invoice",
                summary=f"CRM invoice {record.number or crm_id} of {record.total} is voided in QuickBooks",
                crm=(record.ref,),
                no_action="find out why it was voided: void it in the CRM too, or enter it again by hand",
            )
            yield Detected(finding=replace(about, amount=record.total))


def _about(
    inquiry: Inquiry, invoice: Invoice, *, kind: FindingKind, summary: str, crm: tuple[CrmRef, ...], no_action: str
) -> Finding:
    return Finding(
        id=finding_id(kind, (invoice.ref,)),
        kind=kind,
        summary=summary,
        documents=(invoice.ref,),
        crm=crm,
        customer_id=invoice.customer_id,
        customer=inquiry.books.customer_name(invoice.customer_id),
        amount=invoice.balance or invoice.total_amt,
        no_action=no_action,
    )
