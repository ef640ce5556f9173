"""The office desk at which the story is written: opens customers and jobs, issues invoices, numbers everything."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from qbclean.sandbox.generate import names
from qbclean.sandbox.generate.catalogue import Line, tax_on, untaxed
from qbclean.sandbox.generate.money import dollars
from qbclean.sandbox.generate.people import Directory
from qbclean.sandbox.generate.story import Customer, Invoice, Job, LookAlike, Story

FIRST_NUMBER = 1001


class Desk:
    """Writes into one `Story`, with the generator's random numbers."""

    def __init__(self, rng: random.Random, story: Story) -> None:
        """`story` is filled in place."""
        self.rng = rng
        self.story = story
        self.people = Directory(rng)
        self._bases = count(1)

    @property
    def size(self) -> int:
        """Customers and jobs together."""
        return len(self.story.customers) + len(self.story.jobs)

    def open_customer(self, *customers: Customer) -> None:
        """Enter customers in the story."""
        self.story.customers.extend(customers)

    def open_job(self, customer: Customer, name: str, contract: Decimal, start: date, days: int = 60) -> Job:
        """A new job; `name` need not be unique, the address makes it so."""
        job = Job(customer=customer, name=name, contract=contract, start=start, end=start + timedelta(days=days))
        self.story.jobs.append(job)
        return job

    def invoice(
        self,
        customer: Customer,
        job: Job | None,
        day: date,
        lines: tuple[Line, ...],
        pattern: str,
        base: str = "",
    ) -> Invoice:
        """Issue an invoice on `day`, which must not lie after today."""
        charged = lines if customer.taxable else untaxed(lines)
        invoice = Invoice(
            customer=customer,
            job=job,
            date=day,
            due=day + timedelta(days=customer.terms_days),
            lines=charged,
            tax=tax_on(charged),
            pattern=pattern,
            number_base=base,
            in_books_era=day >= self.story.company_start,
        )
        self.story.invoices.append(invoice)
        return invoice

    def base(self) -> str:
        """A fresh key under which invoices share a number."""
        return f"base{next(self._bases)}"

    def look_alike(self, kind: str, *invoices: Invoice, reserve: bool = True) -> None:
        """Declare that these invoices resemble each other and are all genuine."""
        self.story.lookalikes.append(LookAlike(kind, invoices))
        if reserve:
            for invoice in invoices:
                invoice.reserved = True

    def a_day(self, *, room: int = 0, books_era: bool = False) -> date:
        """A working day of the story with at least `room` days left before today."""
        first = self.story.company_start if books_era else self.story.start
        span = (self.story.today - first).days - room
        day = first + timedelta(days=self.rng.randint(0, max(0, span)))
        return day - timedelta(days=1) if day.weekday() == 6 and day > first else day

    def price(self, low: int, high: int, step: int = 5) -> Decimal:
        """A price in whole dollars."""
        return dollars(self.rng.randrange(low, high + 1, step))

    def street(self) -> str:
        """A house number and street."""
        rng = self.rng
        return f"{rng.randint(1, 9899)} {rng.choice(names.STREETS)} {rng.choice(names.STREET_KINDS)}"


def number(story: Story, rng: random.Random) -> None:
    """Sort everything by date and give ids and invoice numbers in that order, with the gaps of real books."""
    for place, customer in enumerate(story.customers, 1):
        customer.crm_id = f"C-{place:05d}"
    for place, job in enumerate(sorted(story.jobs, key=lambda job: job.start), 1):
        job.crm_id = f"J-{place:05d}"
    story.invoices.sort(key=lambda invoice: invoice.date)
    _number_invoices(story, rng)
    story.payments.sort(key=lambda payment: payment.date)
    for place, payment in enumerate(story.payments, 1):
        payment.crm_id = f"P-{place:06d}"
    story.credits.sort(key=lambda credit: credit.date)
    for place, credit in enumerate(story.credits, 1):
        credit.crm_id = f"CR-{place:05d}"
        shared = credit.invoice.number if credit.invoice and credit.numbered_like_invoice else ""
        credit.number = shared or f"CM-{200 + place}"


def _number_invoices(story: Story, rng: random.Random) -> None:
    following = FIRST_NUMBER
    of_base: dict[str, int] = {}
    issued: defaultdict[str, int] = defaultdict(int)
    for place, invoice in enumerate(story.invoices, 1):
        invoice.crm_id = f"I-{place:06d}"
        base = invoice.number_base
        if base not in of_base or not base:
            plain_number = following
            # Skipped numbers (estimates, deleted drafts) leave room for a second sync's "next number".
            following += 2 if rng.random() < 0.35 else 1
            if base:
                of_base[base] = plain_number
        else:
            plain_number = of_base[base]
        issued[base] += 1
        counted = f"-{issued[base]}" if base else ""
        suffix = counted if invoice.number_suffix is None else invoice.number_suffix
        invoice.number = f"{plain_number}{suffix}"
