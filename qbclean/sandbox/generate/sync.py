"""Copies the true story into QuickBooks the way a working sync does: right, but never quite the same."""

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from qbclean.sandbox.generate.books import (
    BookedCredit,
    BookedEstimate,
    BookedInvoice,
    BookedPayment,
    Books,
    Target,
)
from qbclean.sandbox.generate.catalogue import line, untaxed
from qbclean.sandbox.generate.dates import at
from qbclean.sandbox.generate.mirror import Mirror
from qbclean.sandbox.generate.money import ZERO, total_of
from qbclean.sandbox.generate.noise import Noise
from qbclean.sandbox.generate.registration import register
from qbclean.sandbox.generate.story import Credit, Invoice, Payment, Story

NIGHT = 22 * 3600
"""The nightly sync starts at ten in the evening, company time."""


class Sync:
    """One pass of the sync over a whole story."""

    def __init__(self, rng: random.Random, noise: Noise, story: Story, books: Books) -> None:
        """`books` is filled in place."""
        self._rng, self._noise, self._story, self._books = rng, noise, story, books
        self.mirror = Mirror()
        self._auto_numbers = count(noise.first_auto_number)
        self._forms = [form for form, _ in noise.number_forms]
        self._weights = [weight for _, weight in noise.number_forms]
        self._last: dict[date, int] = {}
        self._estimates: dict[str, BookedEstimate] = {}
        self._room: dict[BookedInvoice, Decimal] = {}
        self.joints: dict[BookedCredit, BookedPayment] = {}
        """The zero payment that joins a credit memo to its invoice."""
        self._payers: dict[BookedInvoice, BookedPayment] = {}

    def run(self) -> Mirror:
        """Enter customers, jobs, invoices, credits and payments; what the office does differently is included."""
        register(self._rng, self._noise, self._story, self._books, self.mirror)
        for invoice in self._story.invoices:
            if invoice.in_books_era and invoice.state != "draft" and invoice.pattern != "consolidated":
                self._invoice(invoice)
        for group in self._story.lookalikes:
            if group.kind == "consolidated_invoice":
                self._consolidated(group.invoices)
        for payment in self._story.payments:
            if payment.date >= self._story.company_start:
                self._payment(payment)
        for credit in self._story.credits:
            self._credit(credit)
        return self.mirror

    def night_of(self, day: date) -> datetime:
        """The moment the sync enters one more document dated `day`; each is some seconds after the last."""
        seconds = self._last.get(day, NIGHT) + self._rng.randint(1, 9)
        self._last[day] = seconds
        return at(day, seconds)

    def next_auto_number(self) -> str:
        """QuickBooks' own next number."""
        return str(next(self._auto_numbers))

    def number_form(self, number: str) -> str | None:
        """How the CRM's `number` arrives: as it is, dressed up, lost, or replaced by QuickBooks' own."""
        form = self._rng.choices(self._forms, self._weights)[0]
        if form == "auto":
            return self.next_auto_number()
        return {
            "exact": number,
            "prefixed": f"INV-{number}",
            "hash": f"#{number}",
            "padded": number.zfill(6),
            "blank": None,
        }[form]

    def _invoice(self, invoice: Invoice) -> None:
        rng, noise = self._rng, self._noise
        # A series is told apart by its dates, so those arrive as they are.
        in_series = invoice.pattern in {"monthly", "house"}
        day = invoice.date if in_series else self._shifted(invoice.date, noise.shift_days)
        target = self.mirror.customers[invoice.customer]
        if invoice.job is not None:
            target = self.mirror.jobs[invoice.job]
        booked = BookedInvoice(
            customer=target,
            number=self.number_form(invoice.number),
            date=day,
            due=day + (invoice.due - invoice.date),
            lines=invoice.lines,
            tax=invoice.tax,
            created=self.night_of(day),
            note=f"crm:invoice/{invoice.crm_id}" if rng.random() < noise.note_names_crm else "",
            emailed=rng.random() < 0.5,
            token=rng.choice((0, 0, 0, 1, 2)),
            voided=invoice.state == "void",
        )
        self._books.invoices.append(booked)
        self.mirror.invoices[invoice] = booked
        if invoice.estimated:
            self._estimate(invoice, booked)
        if invoice.pattern == "split":
            self._split(invoice, booked)

    def _shifted(self, day: date, most: int) -> date:
        """Now and then some days later, when it was entered; never across the closing date, never after today."""
        if self._rng.random() >= self._noise.date_shifted:
            return day
        later = min(day + timedelta(days=self._rng.randint(1, most)), self._story.today)
        crosses = day <= self._story.close_date < later
        return day if crosses else later

    def _estimate(self, invoice: Invoice, booked: BookedInvoice) -> None:
        estimate = self._estimates.get(invoice.number_base)
        if estimate is None:
            estimate = BookedEstimate(
                customer=booked.customer,
                number=f"E-{invoice.number.split('-')[0]}",
                date=booked.date - timedelta(days=6),
                created=at(booked.date - timedelta(days=6), 11 * 3600 + self._rng.randint(0, 7000)),
                lines=(line("contract", "Estimate", invoice.job.contract if invoice.job else invoice.total),),
            )
            self._estimates[invoice.number_base] = estimate
            self._books.estimates.append(estimate)
        estimate.invoices.append(booked)
        booked.estimate = estimate

    def _split(self, invoice: Invoice, booked: BookedInvoice) -> None:
        parts = []
        for place, entry in enumerate(invoice.lines):
            part = booked if place == 0 else _copy(booked, self.night_of(booked.date), self.next_auto_number())
            part.lines = (entry,)
            part.tax = invoice.tax if entry.taxable else ZERO
            parts.append(part)
        self._books.invoices.extend(parts[1:])
        self.mirror.parts[invoice] = tuple(parts)

    def _consolidated(self, invoices: tuple[Invoice, ...]) -> None:
        last = invoices[-1]
        day = last.date
        booked = BookedInvoice(
            customer=self.mirror.customers[last.customer],
            number=self.next_auto_number(),
            date=day,
            due=last.due,
            lines=tuple(entry for invoice in invoices for entry in invoice.lines),
            tax=total_of(invoice.tax for invoice in invoices),
            created=at(day, 14 * 3600 + self._rng.randint(0, 3600)),
            note="Monthly statement " + ", ".join(invoice.number for invoice in invoices),
        )
        self._books.invoices.append(booked)
        for invoice in invoices:
            self.mirror.invoices[invoice] = booked

    def _payment(self, payment: Payment) -> None:
        lines = list(self._booked_parts(payment.parts))
        homes = {target.customer for target, _ in lines}
        parent = self.mirror.customers[payment.customer]
        day = self._shifted(payment.date, 3)
        # A cheque for one job is entered on the job, one for several on the customer above.
        home = homes.pop() if len(homes) == 1 and self._rng.random() < 0.85 else parent
        booked = BookedPayment(
            customer=home,
            date=day,
            total=payment.amount,
            method=payment.method,
            reference="" if self._rng.random() < self._noise.reference_lost else payment.reference,
            route=payment.route,
            lines=lines,
            created=self.night_of(day),
            note=self._remark(payment),
            token=self._rng.choice((0, 0, 1)),
        )
        self._books.payments.append(booked)
        self.mirror.payments[payment] = booked
        for target, _ in lines:
            if isinstance(target, BookedInvoice):
                self._payers[target] = booked

    def _remark(self, payment: Payment) -> str:
        """What the office jots down with the money; now and then it names what it is for."""
        if not payment.parts or self._rng.random() > self._noise.note_names_crm:
            return ""
        return "inv " + ", ".join(invoice.number for invoice, _ in payment.parts)

    def _booked_parts(self, parts: Iterable[tuple[Invoice, Decimal]]) -> Iterable[tuple[Target, Decimal]]:
        merged: dict[Target, Decimal] = {}
        for invoice, amount in parts:
            rest = amount
            pieces = self.mirror.parts.get(invoice)
            if pieces is None:
                booked = self.mirror.invoices[invoice]
                merged[booked] = merged.get(booked, ZERO) + amount
                continue
            for piece in pieces:
                taken = min(rest, self._room.setdefault(piece, piece.total))
                if taken > 0:
                    merged[piece] = merged.get(piece, ZERO) + taken
                    self._room[piece] -= taken
                rest -= taken
        return merged.items()

    def _credit(self, credit: Credit) -> None:
        rng = self._rng
        invoice = None if credit.invoice is None else self.mirror.invoices[credit.invoice]
        home = self.mirror.customers[credit.customer]
        if invoice is not None and rng.random() < 0.8:
            home = invoice.customer
        booked = BookedCredit(
            customer=home,
            number=credit.number,
            date=credit.date,
            lines=untaxed((line(credit.item, credit.reason, credit.amount),)),
            created=self.night_of(credit.date),
        )
        self._books.credits.append(booked)
        self.mirror.credits[credit] = booked
        if invoice is None:
            return
        payer = self._payers.get(invoice)
        if payer is not None and payer.date >= credit.date and rng.random() < 0.3:
            # Used inside the cash payment, as the receive-payment screen offers it (contract 7.3).
            payer.lines = [
                (target, amount + credit.amount if target is invoice else amount) for target, amount in payer.lines
            ]
            payer.lines.append((booked, credit.amount))
        else:
            self.apply_credit(booked, invoice, credit.amount)

    def apply_credit(self, credit: BookedCredit, invoice: BookedInvoice, amount: Decimal) -> None:
        """Join credit memo and invoice by a zero payment dated as the credit."""
        day = max(credit.date, invoice.date)
        joint = BookedPayment(
            customer=credit.customer,
            date=day,
            total=ZERO,
            method="",
            reference="",
            route="none",
            lines=[(invoice, amount), (credit, amount)],
            created=self.night_of(day) + timedelta(seconds=1),
        )
        self._books.payments.append(joint)
        self.joints[credit] = joint


def _copy(invoice: BookedInvoice, created: datetime, number: str | None) -> BookedInvoice:
    return BookedInvoice(
        customer=invoice.customer,
        number=number,
        date=invoice.date,
        due=invoice.due,
        lines=invoice.lines,
        tax=invoice.tax,
        created=created,
    )
