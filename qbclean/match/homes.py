"""Which party everything of a company belongs to, and which parties have to be looked at together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from qbclean.match.customers import CustomerMap, crm_party
from qbclean.match.settlements import crm_group
from qbclean.match.strays import home_of
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmCredit, CrmInvoice, CrmRecords
from qbclean.model.documents import Deposit, JournalEntry, JournalEntryLineDetail
from qbclean.model.refs import line_key

NOBODY = ""
"""The party of what names no customer, or one that is in no list."""


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

    def everything(self) -> Iterator[tuple[str, str, str]]:
        """(home, kind of document or field of CrmRecords, id) of all that has one home."""
        books, crm = self.books, self.crm
        for customer_id in books.customers:
            yield self.of_customer(customer_id), "Customer", customer_id
        for documents in (books.invoices, books.payments, books.credit_memos):
            for key, document in documents.items():
                yield self.of_customer(document.customer_id), document.kind, key
        for receipts in (books.sales_receipts, books.refund_receipts):
            for key, receipt in receipts.items():
                yield self.of_customer(receipt.customer_id), receipt.kind, key
        for customer in crm.customers:
            yield self.of_crm_customer(customer.crm_id), "customers", customer.crm_id
        for job in crm.jobs:
            yield self.of_crm_customer(job.customer_id), "jobs", job.crm_id
        for invoice in crm.invoices:
            yield self.of_record(invoice), "invoices", invoice.crm_id
        for payment in crm.payments:
            yield home_of(payment, crm, self.customers), "payments", payment.crm_id
        for credit in crm.credits:
            yield self.of_credit(credit), "credits", credit.crm_id
        for refund in crm.refunds:
            yield self.of_crm_customer(refund.customer_id), "refunds", refund.crm_id

    def touching(self) -> Iterator[tuple[str, str]]:
        """Two homes each, of which one has a document that means one of the other's."""
        yield from self._paid_in_quickbooks()
        yield from self._paid_in_the_crm()
        jobs = {job.crm_id: self.of_crm_customer(job.customer_id) for job in self.crm.jobs}
        for invoice in self.crm.invoices:
            if invoice.job_id:
                home = self.of_record(invoice)
                yield home, jobs.get(invoice.job_id, home)
                if sub := self.customers.jobs.get(invoice.job_id):
                    yield home, self.of_customer(sub)

    def _paid_in_quickbooks(self) -> Iterator[tuple[str, str]]:
        books = self.books
        for payment in books.payments.values():
            for line in payment.line:
                for link in line.linked_txn[:1]:
                    if target := books.invoices.get(link.txn_id) if link.txn_type == "Invoice" else None:
                        other = target.customer_id
                    elif link.txn_type == "CreditMemo" and link.txn_id in books.credit_memos:
                        other = books.credit_memos[link.txn_id].customer_id
                    elif link.txn_type == "JournalEntry" and link.txn_id in books.journal_entries:
                        yield self.of_customer(payment.customer_id), self._home_of_entry(link.txn_id)
                        continue
                    else:
                        continue
                    if other != payment.customer_id:
                        yield self.of_customer(payment.customer_id), self.of_customer(other)

    def _home_of_entry(self, entry_id: str) -> str:
        return next(iter(self.of_entry(self.books.journal_entries[entry_id])), NOBODY)

    def _paid_in_the_crm(self) -> Iterator[tuple[str, str]]:
        invoices = self.crm.invoices_by_id
        for payment in self.crm.payments:
            home = home_of(payment, self.crm, self.customers)
            if payment.customer_id:
                yield home, self.of_crm_customer(payment.customer_id)
            for line in payment.applied:
                if line.invoice_id in invoices:
                    yield home, self.of_record(invoices[line.invoice_id])
        for credit in self.crm.credits:
            if record := invoices.get(credit.invoice_id or ""):
                yield self.of_credit(credit), self.of_record(record)

    def perhaps_astray(self, strays: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
        """The home of a CRM payment with that of each QuickBooks payment which may be it (`match/strays.py`)."""
        if not strays:
            return
        for payment in self.crm.payments:
            for other in strays.get(payment.crm_id, ()):
                yield (
                    home_of(payment, self.crm, self.customers),
                    self.of_customer(self.books.payments[other].customer_id),
                )


def customers_in(entry: JournalEntry) -> list[str]:
    """The customers that the lines of a journal entry name, in their order."""
    details = (line.journal_entry_line_detail for line in entry.line)
    return [customer_id for detail in details if detail and (customer_id := _named(detail))]


def _named(detail: JournalEntryLineDetail) -> str:
    return detail.entity.entity_ref.value if detail.entity and detail.entity.entity_ref else ""
