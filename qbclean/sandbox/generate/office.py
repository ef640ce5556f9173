"""What only the office knows: honest entries in the books that the CRM never had, and that must stay untouched."""

from datetime import date, timedelta
from decimal import Decimal

from qbclean.sandbox.generate.books import BookedCustomer, BookedInvoice, BookedPayment, BookedReceipt, DepositLine
from qbclean.sandbox.generate.catalogue import Line, line, tax_on
from qbclean.sandbox.generate.dates import at
from qbclean.sandbox.generate.money import dollars
from qbclean.sandbox.generate.world import World


def office_entries(world: World) -> None:
    """Walk-in sales, supplier refunds and bank interest on deposits, and invoices for things sold outside the CRM."""
    counter = world.books.add_customer(
        BookedCustomer(name="Walk-in customer", created=at(world.story.company_start, 8 * 3600))
    )
    for _ in range(world.times(6)):
        _walk_in_sale(world, counter)
    for _ in range(world.times(8)):
        _other_money(world)
    for _ in range(world.times(5)):
        _sold_outside_the_crm(world)
    _retainers_as_liability(world)


def _a_day(world: World) -> date:
    span = (world.story.today - world.story.company_start).days
    return world.story.company_start + timedelta(days=world.rng.randint(3, span - 40))


def _goods(world: World) -> tuple[Line, ...]:
    return (line("materials", "Leftover materials", Decimal(world.rng.randrange(900, 24000)) / 100),)


def _walk_in_sale(world: World, counter: BookedCustomer) -> None:
    day, lines = _a_day(world), _goods(world)
    receipt = BookedReceipt(
        customer=counter,
        number=world.sync.next_auto_number(),
        date=day,
        created=at(day, world.rng.randint(9, 17) * 3600),
        lines=lines,
        tax=tax_on(lines),
        method="cash",
        reference="",
        route="check",
    )
    world.books.receipts.append(receipt)
    world.truth.trap("walk_in_sale", (receipt,))


def _other_money(world: World) -> None:
    """Not a customer's money, though it may come to what some customer owes."""
    refund = world.rng.random() < 0.6
    entry = DepositLine(
        date=_a_day(world),
        amount=dollars(world.rng.randrange(15, 600)),
        account="bank_fees" if refund else "other_income",
        memo="Supplier refund" if refund else "Bank promotion",
    )
    world.books.loose_lines.append(entry)
    world.truth.trap("other_money_on_a_deposit", (entry,))


def _sold_outside_the_crm(world: World) -> None:
    """An invoice of a known customer, paid by its own payment, of which the CRM knows nothing."""
    customer = world.rng.choice([entry for entry in world.books.customers if entry.parent is None])
    day, lines = _a_day(world), _goods(world)
    invoice = BookedInvoice(
        customer=customer,
        number=world.sync.next_auto_number(),
        date=day,
        due=day + timedelta(days=30),
        lines=lines,
        tax=tax_on(lines),
        created=at(day, world.rng.randint(9, 17) * 3600 + world.rng.randint(0, 3599)),
    )
    paid_on = day + timedelta(days=world.rng.randint(3, 30))
    payment = BookedPayment(
        customer=customer,
        date=paid_on,
        total=invoice.total,
        method="check",
        reference=str(world.rng.randint(1001, 9999)),
        route="check",
        lines=[(invoice, invoice.total)],
        created=at(paid_on, world.rng.randint(9, 17) * 3600 + world.rng.randint(0, 3599)),
    )
    world.books.invoices.append(invoice)
    world.books.payments.append(payment)
    world.truth.trap("invoice_only_in_the_books", (invoice, payment))


def _retainers_as_liability(world: World) -> None:
    """Every third retainer was entered as a sales receipt of the deposit item, so that it is a liability (S14)."""
    retainers = [
        payment
        for payment in world.story.payments
        if not payment.parts and payment in world.mirror.payments and payment not in world.unclear_payments
    ]
    for payment in retainers[::3]:
        customer = world.booked_payment(payment).customer
        world.undo_payment(payment)
        world.truth.off_receivables.add(payment)
        receipt = BookedReceipt(
            customer=customer,
            number=world.sync.next_auto_number(),
            date=payment.date,
            created=at(payment.date, 16 * 3600),
            lines=(line("deposit", "Retainer received", payment.amount),),
            method=payment.method,
            reference=payment.reference,
            route=payment.route,
        )
        world.books.receipts.append(receipt)
        world.truth.trap("retainer_on_the_liability_item", (receipt,), (payment,))
