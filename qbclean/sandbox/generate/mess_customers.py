"""Customers entered twice under another spelling."""

from datetime import timedelta

from qbclean.sandbox.generate.books import BookedCustomer
from qbclean.sandbox.generate.money import ZERO
from qbclean.sandbox.generate.spelling import respelt
from qbclean.sandbox.generate.story import Customer
from qbclean.sandbox.generate.truth import Mess
from qbclean.sandbox.generate.world import World


def second_spelling(world: World, customer: Customer) -> BookedCustomer:
    """The second entry of `customer` in the books, made on first use and then told as a duplicate customer."""
    known = world.truth.second_customers.get(customer)
    if known:
        return known[0]
    rng, first = world.rng, world.home(customer)
    second = world.books.add_customer(
        BookedCustomer(
            name=respelt(rng, customer),
            created=first.created + timedelta(days=rng.randint(1, 20), seconds=rng.randint(1, 9000)),
            given=customer.given,
            family=customer.family,
            company=customer.company,
            # What was kept of the contact is what lets one see that the two are one.
            email=customer.email if rng.random() < 0.6 else "",
            phone=customer.phone if rng.random() < 0.6 else "",
            street=customer.street,
            city=customer.city,
            zip_code=customer.zip_code,
            taxable=customer.taxable,
        )
    )
    world.truth.second_customers.setdefault(customer, []).append(second)
    world.truth.wrong(
        Mess(
            kind="duplicate_customer",
            variant="second_spelling",
            documents=(first, second),
            crm=(customer,),
            amount=ZERO,
            hold="Customers are merged by hand, never by a tool (S12)",
        )
    )
    return second


def duplicate_customers(world: World) -> None:
    """Customers entered twice; some of their later invoices and payments then sit on the second entry."""
    chosen = 0
    for customer in world.rng.sample(world.story.customers, len(world.story.customers)):
        if chosen == world.times(8):
            break
        if customer.distinctive or customer not in world.mirror.customers or customer in world.truth.second_customers:
            continue
        second = second_spelling(world, customer)
        chosen += 1
        if world.rng.random() < 0.6:
            _book_under(world, customer, second)


def _book_under(world: World, customer: Customer, second: BookedCustomer) -> None:
    """Put clean invoices that sit on the customer itself, with the payments that pay only them, on `second`."""
    first = world.home(customer)
    for invoice in world.invoices_of.get(customer, ())[-2:]:
        payments = world.payments_of.get(invoice, ())
        if not world.clean(invoice) or world.booked(invoice).customer is not first or invoice.estimated:
            continue
        if invoice in world.credits_of or any(len(payment.parts) > 1 for payment in payments):
            continue
        world.booked(invoice).customer = second
        for payment in payments:
            world.booked_payment(payment).customer = second
