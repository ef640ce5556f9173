"""Which party everything of a company belongs to, and which parties have to be looked at together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from qbclean.match.customers import CustomerMap
from qbclean.match.party_records import crm_party
from qbclean.match.settlements import crm_group
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmCredit, CrmInvoice, CrmPayment, CrmRecord, CrmRecords
from qbclean.model.documents import Deposit, JournalEntry, JournalEntryLineDetail, Payment, SalesDocument
from qbclean.model.refs import line_key

NOBODY = ""
"""The party of what names no customer, or one that is in no list."""


def home_of(payment: CrmPayment, crm: CrmRecords, customers: CustomerMap) -> str:
    """The key of the party that a CRM payment belongs to, also of one QuickBooks does not know; "" for nobody."""
    if group := customers.group_of_crm.get(payment.customer_id or ""):
        return group
    group = crm_group(None, [line.invoice_id for line in payment.applied], crm, customers)
    return group or (f"c{payment.customer_id}" if payment.customer_id else NOBODY)


class Homes:
    """Homes are keys of customer groups; a CRM customer QuickBooks does not know is a home of its own."""

    def __init__(self, books: ReceivablesSnapshot, crm: CrmRecords, customers: CustomerMap) -> None:
        self.books, self.crm, self.customers = books, crm, customers

    def of_customer(self, customer_id: str) -> str:
        return self.customers.group_of_qbo.get(customer_id, NOBODY)

    def of_crm_customer(self, customer_id: str | None) -> str:
        known = self.customers.group_of_crm.get(customer_id or "")
        return known or (f"c{customer_id}" if customer_id else NOBODY)

    def of_record(self, invoice: CrmInvoice) -> str:
        return self.of_crm_customer(crm_party(invoice.customer_id, invoice.customer_name))

    @cached_property
    def of_invoices(self) -> Sequence[str]:
        """Of each QuickBooks invoice, in their order."""
        return self._of_each(self.books.invoices)

    @cached_property
    def of_booked(self) -> Sequence[str]:
        """Of each QuickBooks payment, in their order."""
        return self._of_each(self.books.payments)

    def _of_each(self, documents: Mapping[str, SalesDocument | Payment]) -> Sequence[str]:
        home_of_customer = self.customers.group_of_qbo.get
        return [home_of_customer(document.customer_id, NOBODY) for document in documents.values()]

    @cached_property
    def of_records(self) -> Sequence[str]:
        """Of each CRM invoice, in their order."""
        known = self.customers.group_of_crm.get
        return [known(invoice.customer_id or "") or self.of_record(invoice) for invoice in self.crm.invoices]

    @cached_property
    def of_payments(self) -> Sequence[str]:
        """Of each CRM payment, in their order."""
        known = self.customers.group_of_crm.get
        return [
            known(payment.customer_id or "") or home_of(payment, self.crm, self.customers)
            for payment in self.crm.payments
        ]

    def of_credit(self, credit: CrmCredit) -> str:
        known = crm_group(credit.customer_id, (credit.invoice_id or "",), self.crm, self.customers)
        return known or self.of_crm_customer(credit.customer_id)

    def of_entry(self, entry: JournalEntry) -> list[str]:
        """Of each line in A/R, then of each customer that other lines name, in the order of the lines."""
        details = [line.journal_entry_line_detail for line in entry.line if line.journal_entry_line_detail]
        receivable = self.books.receivable_accounts
        owed = [detail for detail in details if detail.account_ref and detail.account_ref.value in receivable]
        return [*(self.of_customer(_named(detail)) for detail in owed), *map(self.of_customer, customers_in(entry))]

    def of_deposit(self, deposit: Deposit, rivals: Mapping[str, Collection[str]]) -> list[str]:
        """Of each customer a deposit's own lines name; for a line that names nobody, of the `rivals` for it."""
        found: list[str] = []
        for place, _, detail in deposit.own_lines:
            named = detail.entity
            unnamed = () if named else sorted(rivals.get(line_key(deposit.ref, place), ()))
            found += [self.of_customer(named.value)] if named else unnamed
        return found

    def everything(self) -> Iterator[tuple[str, Collection[str], Sequence[str]]]:
        """For each kind of document, and each field of CrmRecords, that has one home: its name, the ids, the homes."""
        books, crm, of_crm = self.books, self.crm, self.of_crm_customer
        yield "Customer", books.customers.keys(), [self.of_customer(customer_id) for customer_id in books.customers]
        yield "Invoice", books.invoices.keys(), self.of_invoices
        yield "Payment", books.payments.keys(), self.of_booked
        yield "CreditMemo", books.credit_memos.keys(), self._of_each(books.credit_memos)
        yield "SalesReceipt", books.sales_receipts.keys(), self._of_each(books.sales_receipts)
        yield "RefundReceipt", books.refund_receipts.keys(), self._of_each(books.refund_receipts)
        yield "customers", _ids(crm.customers), [of_crm(customer.crm_id) for customer in crm.customers]
        yield "jobs", _ids(crm.jobs), [of_crm(job.customer_id) for job in crm.jobs]
        yield "invoices", _ids(crm.invoices), self.of_records
        yield "payments", _ids(crm.payments), self.of_payments
        yield "credits", _ids(crm.credits), [self.of_credit(credit) for credit in crm.credits]
        yield "refunds", _ids(crm.refunds), [of_crm(refund.customer_id) for refund in crm.refunds]

    def touching(self) -> Iterator[tuple[str, str]]:
        """Two homes each, of which one has a document that means one of the other's."""
        yield from self._paid_in_quickbooks()
        yield from self._paid_in_the_crm()
        jobs = {job.crm_id: self.of_crm_customer(job.customer_id) for job in self.crm.jobs}
        for invoice, home in zip(self.crm.invoices, self.of_records, strict=True):
            if invoice.job_id:
                if (other := jobs.get(invoice.job_id, home)) != home:
                    yield home, other
                if sub := self.customers.jobs.get(invoice.job_id):
                    yield home, self.of_customer(sub)

    def _paid_in_quickbooks(self) -> Iterator[tuple[str, str]]:
        billed = {"Invoice": self.books.invoices, "CreditMemo": self.books.credit_memos}
        for payment in self.books.payments.values():
            customer_id = payment.customer_id
            for line in payment.line:
                for link in line.linked_txn[:1]:
                    if target := billed[link.txn_type].get(link.txn_id) if link.txn_type in billed else None:
                        if target.customer_id != customer_id:
                            yield self.of_customer(customer_id), self.of_customer(target.customer_id)
                    elif link.txn_type == "JournalEntry" and link.txn_id in self.books.journal_entries:
                        yield self.of_customer(customer_id), self._home_of_entry(link.txn_id)

    def _home_of_entry(self, entry_id: str) -> str:
        return next(iter(self.of_entry(self.books.journal_entries[entry_id])), NOBODY)

    def _paid_in_the_crm(self) -> Iterator[tuple[str, str]]:
        invoices = self.crm.invoices_by_id
        for payment, home in zip(self.crm.payments, self.of_payments, strict=True):
            customer_id = payment.customer_id
            if customer_id and (own := self.of_crm_customer(customer_id)) != home:
                yield home, own
            for line in payment.applied:
                record = invoices.get(line.invoice_id)
                if record and not (customer_id and record.customer_id == customer_id):
                    yield home, self.of_record(record)
        for credit in self.crm.credits:
            if record := invoices.get(credit.invoice_id or ""):
                yield self.of_credit(credit), self.of_record(record)

    def perhaps_astray(self, strays: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
        """The home of a CRM payment with that of each QuickBooks payment which may be it (`match/strays.py`)."""
        if not strays:
            return
        for payment, home in zip(self.crm.payments, self.of_payments, strict=True):
            for other in strays.get(payment.crm_id, ()):
                yield home, self.of_customer(self.books.payments[other].customer_id)


def _ids(records: Sequence[CrmRecord]) -> Collection[str]:
    return [record.crm_id for record in records]


def customers_in(entry: JournalEntry) -> list[str]:
    """The customers that the lines of a journal entry name, in their order."""
    details = (line.journal_entry_line_detail for line in entry.line)
    return [customer_id for detail in details if detail and (customer_id := _named(detail))]


def _named(detail: JournalEntryLineDetail) -> str:
    return detail.entity.entity_ref.value if detail.entity and detail.entity.entity_ref else ""
