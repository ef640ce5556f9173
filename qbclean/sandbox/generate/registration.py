"""Enters customers and jobs in the books, spelt and kept a little differently from the CRM."""

import random
from collections.abc import Iterable
from datetime import date, timedelta

from qbclean.sandbox.generate.books import BookedCustomer, Books
from qbclean.sandbox.generate.dates import at
from qbclean.sandbox.generate.mirror import Mirror
from qbclean.sandbox.generate.noise import Noise
from qbclean.sandbox.generate.spelling import respelt
from qbclean.sandbox.generate.story import Customer, Story

OFFICE_OPENS = 9 * 3600


def register(rng: random.Random, noise: Noise, story: Story, books: Books, mirror: Mirror) -> None:
    """Customers on the day of their first business, jobs on theirs; most of those who never had any are left out."""
    first_seen = _first_business(story)
    for place, customer in enumerate(story.customers):
        first = first_seen.get(customer)
        if first is None and rng.random() < 0.7:
            continue
        # Seconds by place keep the moments, and so the ids, distinct.
        seconds = OFFICE_OPENS + place % 20_000
        opened = max(first or story.company_start, story.company_start) - timedelta(days=rng.randint(1, 4))
        mirror.customers[customer] = books.add_customer(
            BookedCustomer(
                name=_booked_name(rng, noise, customer),
                created=at(opened, seconds),
                given=customer.given,
                family=customer.family,
                suffix=customer.suffix,
                company=customer.company,
                email="" if rng.random() < noise.contact_lost else customer.email,
                phone="" if rng.random() < noise.contact_lost else customer.phone,
                street=customer.street,
                city=customer.city,
                zip_code=customer.zip_code,
                taxable=customer.taxable,
            )
        )
    for job in story.jobs:
        parent = mirror.customers.get(job.customer)
        if parent is None:
            continue
        if rng.random() >= noise.job_in_books:
            mirror.jobs[job] = parent
            continue
        started = at(max(job.start, story.company_start), OFFICE_OPENS + rng.randint(0, 20_000))
        mirror.jobs[job] = books.add_customer(
            BookedCustomer(
                name=job.name.replace(":", " "),
                created=max(started, parent.created + timedelta(seconds=1)),
                parent=parent,
                taxable=parent.taxable,
            )
        )


def _booked_name(rng: random.Random, noise: Noise, customer: Customer) -> str:
    if customer.distinctive or rng.random() >= noise.name_respelt:
        return customer.name
    return respelt(rng, customer)


def _first_business(story: Story) -> dict[Customer, date]:
    """The first day on which something of the customer is due in the books."""
    first: dict[Customer, date] = {}
    for customer, day in _business(story):
        if day >= story.company_start and (customer not in first or day < first[customer]):
            first[customer] = day
    return first


def _business(story: Story) -> Iterable[tuple[Customer, date]]:
    for invoice in story.invoices:
        if invoice.state != "draft":
            yield invoice.customer, invoice.date
    for payment in story.payments:
        yield payment.customer, payment.date
    for credit in story.credits:
        yield credit.customer, credit.date
