"""The CRM's exports in the generic format (design 6): the true story, with the small untidiness of a real export."""

import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from qbclean.sandbox.generate.books import BookedCustomer, Posted
from qbclean.sandbox.generate.catalogue import ITEMS
from qbclean.sandbox.generate.mirror import Mirror
from qbclean.sandbox.generate.noise import Noise
from qbclean.sandbox.generate.spelling import respelt
from qbclean.sandbox.generate.story import Credit, Customer, Invoice, Job, Payment, Story
from qbclean.sandbox.generate.truth import Truth
from qbclean.sandbox.generate.writer import write_table

Row = tuple[object, ...]

_INVOICE_COLUMNS = (
    "invoice_id,number,customer_id,customer_name,job_id,job_name,date,due_date,status,subtotal,tax,total,balance,qbo_id"
)


class CrmExport:
    """Writes the six files. QuickBooks ids must have been assigned."""

    def __init__(self, rng: random.Random, noise: Noise, story: Story, mirror: Mirror, truth: Truth) -> None:
        """`mirror` and `truth` are read for the qbo_id columns only."""
        self._rng, self._noise, self._story, self._mirror = rng, noise, story, mirror
        self.exported_ids: dict[Invoice, str] = {}
        """The qbo_id written for each invoice, blank for none."""
        self._second = {
            mess.crm[0]: mess.copies[1]
            for mess in truth.messes
            if mess.kind == "duplicate_invoice" and mess.variant == "double_sync"
        }

    def write(self, folder: Path) -> dict[str, int]:
        """Write into `folder`; returns the number of rows by file."""
        folder.mkdir(parents=True, exist_ok=True)
        story = self._story
        tables: tuple[tuple[str, str, Iterator[Row]], ...] = (
            ("customers", "customer_id,name,company,email,phone,address,qbo_id",
             (self._customer(entry) for entry in story.customers)),
            ("jobs", "job_id,customer_id,name,status,contract_amount,start_date,end_date,qbo_id",
             (self._job(entry) for entry in sorted(story.jobs, key=lambda job: job.crm_id))),
            ("invoices", _INVOICE_COLUMNS, (self._invoice(entry) for entry in story.invoices)),
            ("invoice_lines", "invoice_id,line,item,description,quantity,unit_price,amount,taxable",
             (row for entry in story.invoices for row in _lines(entry))),
            ("payments", "payment_id,invoice_id,customer_id,date,amount,method,reference,qbo_id",
             (row for entry in story.payments for row in self._payment(entry))),
            ("credits", "credit_id,number,invoice_id,customer_id,date,amount,reason,qbo_id",
             (self._credit(entry) for entry in story.credits)),
        )  # fmt: skip
        return {
            name: write_table(folder / f"{name}.csv", tuple(header.split(",")), rows) for name, header, rows in tables
        }

    def _customer(self, customer: Customer) -> Row:
        address = f"{customer.street}, {customer.city} CS {customer.zip_code}"
        known = self._known(self._mirror.customers.get(customer))
        return (
            customer.crm_id, customer.name, customer.company, customer.email, customer.phone, address, known,
        )  # fmt: skip

    def _job(self, job: Job) -> Row:
        booked = self._mirror.jobs.get(job)
        known = self._known(booked) if booked is not None and booked.parent is not None else ""
        status = "completed" if job.end < self._story.today else "in progress"
        return (
            job.crm_id, job.customer.crm_id, job.name, status, job.contract or "", job.start.isoformat(),
            job.end.isoformat(), known,
        )  # fmt: skip

    def _invoice(self, invoice: Invoice) -> Row:
        rng, customer, job = self._rng, invoice.customer, invoice.job
        name = customer.name
        if not customer.distinctive and rng.random() < self._noise.crm_name_respelt:
            name = respelt(rng, customer)
        # Exports lose the job now and then.
        named_job = None if job is None or rng.random() < 0.08 else job
        return (
            invoice.crm_id, invoice.number, customer.crm_id, name,
            named_job.crm_id if named_job else "", named_job.name if named_job else "",
            invoice.date.isoformat(), invoice.due.isoformat(), status(invoice),
            invoice.subtotal, invoice.tax, invoice.total, invoice.balance, self._exported(invoice),
        )  # fmt: skip

    def _exported(self, invoice: Invoice) -> str:
        self.exported_ids[invoice] = self._invoice_id(invoice)
        return self.exported_ids[invoice]

    def _invoice_id(self, invoice: Invoice) -> str:
        second = self._second.get(invoice)
        if second is not None and self._rng.random() < 0.5:
            return second.id
        booked = self._mirror.invoices.get(invoice)
        if booked is None and invoice.state == "live" and invoice.in_books_era and self._rng.random() < 0.2:
            # The id of a document that somebody deleted in QuickBooks.
            return str(900_000_000 + self._rng.randint(1, 9999))
        return self._known(booked)

    def _payment(self, payment: Payment) -> Iterator[Row]:
        known = self._known(self._mirror.payments.get(payment))
        extra = payment.amount - sum(amount for _, amount in payment.parts)
        parts: list[tuple[Invoice | None, Decimal]] = [*payment.parts] or [(None, payment.amount)]
        for place, (invoice, amount) in enumerate(parts):
            # The row of an overpayment carries the full amount (design 6).
            shown = amount + extra if place == 0 and invoice is not None else amount
            yield (
                payment.crm_id, invoice.crm_id if invoice else "", payment.customer.crm_id,
                payment.date.isoformat(), shown, payment.method, payment.reference, known,
            )  # fmt: skip

    def _credit(self, credit: Credit) -> Row:
        return (
            credit.crm_id, credit.number, credit.invoice.crm_id if credit.invoice else "", credit.customer.crm_id,
            credit.date.isoformat(), credit.amount, credit.reason, self._known(self._mirror.credits.get(credit)),
        )  # fmt: skip

    def _known(self, document: Posted | BookedCustomer | None) -> str:
        """The id of the booked document, where the CRM kept it; a few are stale."""
        if document is None or self._rng.random() >= self._noise.crm_knows_qbo_id:
            return ""
        if self._rng.random() < self._noise.qbo_id_stale:
            return str(900_000_000 + self._rng.randint(1, 9999))
        return document.id


def status(invoice: Invoice) -> str:
    """The CRM's word for where an invoice stands."""
    if invoice.state != "live":
        return invoice.state
    if invoice.balance == 0:
        return "paid"
    return "partial" if invoice.balance < invoice.total else "sent"


def _lines(invoice: Invoice) -> Iterator[Row]:
    for place, entry in enumerate(invoice.lines, 1):
        yield (
            invoice.crm_id, place, ITEMS[entry.item].name, entry.description, entry.quantity, entry.unit_price,
            entry.amount, "true" if entry.taxable else "false",
        )  # fmt: skip
