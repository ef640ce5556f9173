"""Invoices that never arrived in the books, and those whose money arrived in another way."""

from datetime import timedelta

from qbclean.sandbox.generate.books import BookedReceipt, DepositLine
from qbclean.sandbox.generate.story import Invoice
from qbclean.sandbox.generate.truth import Mess, Step
from qbclean.sandbox.generate.world import World

SETTLING_DAYS = 4
"""Younger invoices may still be on their way; the sync does not lose those."""


def missing_invoices(world: World) -> None:
    """The sync lost invoices: open ones, paid ones, some in a closed period, some booked in another way."""
    for invoice in world.take(world.times(11), lambda entry: _open_and_alone(world, entry)):
        _lose(world, invoice, "never_synced")
    for invoice in world.take(world.times(3), lambda entry: still_open(world, entry)):
        _lose(world, invoice, "never_synced")
    for invoice in world.take(world.times(4), lambda entry: still_open(world, entry, closed=True)):
        _lose(world, invoice, "closed_period")
    for invoice in world.take(world.times(8), lambda entry: paid_alone(world, entry)):
        _lose_paid(world, invoice)
    for invoice in world.take(world.times(3), lambda entry: paid_alone(world, entry)):
        _lose_with_payment(world, invoice)
    for invoice in world.take(world.times(8), lambda entry: paid_alone(world, entry)):
        _sold_otherwise(world, invoice)


def still_open(world: World, invoice: Invoice, *, closed: bool = False) -> bool:
    """Whether nothing was paid or credited on it, in the open or the closed period."""
    return (
        world.closed(invoice.date) is closed
        and (world.story.today - invoice.date).days >= SETTLING_DAYS
        and invoice not in world.payments_of
        and invoice not in world.credits_of
        and not invoice.estimated
    )


def _open_and_alone(world: World, invoice: Invoice) -> bool:
    return still_open(world, invoice) and invoice.pattern not in {"monthly", "house", "draw"}


def paid_alone(world: World, invoice: Invoice) -> bool:
    """Whether one payment that pays nothing else pays it in full, in the open period and never deposited."""
    payments = world.payments_of.get(invoice, ())
    return (
        len(payments) == 1
        and not world.closed(invoice.date)
        and len(payments[0].parts) == 1
        and payments[0].amount == invoice.total
        and payments[0].route == "direct"
        and invoice not in world.credits_of
        and not invoice.estimated
    )


def _equal_money_near(world: World, invoice: Invoice) -> str:
    """A reason to leave the creation to a person: another invoice of the customer comes to the same (S15)."""
    near = (
        other
        for other in world.invoices_of[invoice.customer]
        if other is not invoice
        and other in world.mirror.invoices
        and other.total == invoice.total
        and abs(other.date - invoice.date) <= timedelta(days=45)
    )
    return "Equal money of the customer is in the books near that date (S15)" if any(near) else ""


def _lose(world: World, invoice: Invoice, variant: str) -> None:
    world.undo_invoice(invoice)
    closed = world.closed(invoice.date)
    world.truth.wrong(
        Mess(
            kind="missing_invoice",
            variant=variant,
            documents=(),
            crm=(invoice,),
            amount=invoice.total,
            steps=(Step(action="create_invoice", crm=(invoice,), amount=invoice.total),),
            hold="Dated in a closed period; a reviewer may choose the first open day (S16)" if closed else "",
            review=_equal_money_near(world, invoice),
        )
    )


def _lose_paid(world: World, invoice: Invoice) -> None:
    """The invoice is missing and its money hangs unapplied: create, then apply."""
    (payment,) = world.payments_of[invoice]
    booked = world.booked_payment(payment)
    world.undo_invoice(invoice)
    world.truth.wrong(
        Mess(
            kind="missing_invoice",
            variant="payment_arrived_without_it",
            documents=(booked,),
            crm=(invoice, payment),
            amount=invoice.total,
            steps=(
                Step(action="create_invoice", crm=(invoice,), amount=invoice.total),
                Step(action="apply_payment", documents=(booked,), crm=(invoice,), amount=payment.amount),
            ),
            review=_equal_money_near(world, invoice),
        )
    )


def _lose_with_payment(world: World, invoice: Invoice) -> None:
    """Neither the invoice nor its money arrived."""
    (payment,) = world.payments_of[invoice]
    world.undo_payment(payment)
    world.undo_invoice(invoice)
    world.truth.wrong(
        Mess(
            kind="missing_invoice",
            variant="payment_missing_too",
            documents=(),
            crm=(invoice, payment),
            amount=invoice.total,
            steps=(
                Step(action="create_invoice", crm=(invoice,), amount=invoice.total),
                Step(action="record_payment", crm=(payment,), amount=payment.amount),
            ),
            review="Recording money needs the bank's word that it came in",
        )
    )


def _sold_otherwise(world: World, invoice: Invoice) -> None:
    """Its money is income already, by a sales receipt or a deposit line, so it must not be created (S15)."""
    (payment,) = world.payments_of[invoice]
    booked = world.booked(invoice)
    world.undo_payment(payment)
    world.undo_invoice(invoice)
    if world.rng.random() < 0.6:
        receipt = BookedReceipt(
            customer=booked.customer,
            number=world.sync.next_auto_number(),
            date=payment.date,
            created=world.sync.night_of(payment.date),
            lines=invoice.lines,
            tax=invoice.tax,
            method=payment.method,
            reference=payment.reference,
            route="direct",
        )
        world.books.receipts.append(receipt)
        world.truth.trap("booked_as_sales_receipt", (receipt,), (invoice, payment))
        return
    entry = DepositLine(
        date=payment.date,
        amount=invoice.total,
        account="service_income",
        customer=booked.customer if world.rng.random() < 0.7 else None,
        method=payment.method,
        reference=payment.reference,
        memo=f"{invoice.customer.name} {invoice.number}",
    )
    world.books.loose_lines.append(entry)
    world.truth.trap("booked_on_a_deposit", (entry,), (invoice, payment))
