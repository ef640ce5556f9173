"""Invoices that never arrived, and invoices of which only a part arrived."""

from datetime import timedelta
from decimal import Decimal

from qbclean.sandbox.generate.books import BookedReceipt, DepositLine
from qbclean.sandbox.generate.catalogue import Line
from qbclean.sandbox.generate.money import ZERO, rounded, total_of
from qbclean.sandbox.generate.story import Invoice
from qbclean.sandbox.generate.truth import Mess, Step
from qbclean.sandbox.generate.world import World


def missing_invoices(world: World) -> None:
    """The sync lost invoices: open ones, paid ones, some in a closed period, some booked in another way."""
    for invoice in world.take(world.times(14), lambda entry: _open(world, entry)):
        _lose(world, invoice, "never_synced")
    for invoice in world.take(world.times(5), lambda entry: _open(world, entry, closed=True)):
        _lose(world, invoice, "closed_period")
    for invoice in world.take(world.times(8), lambda entry: _paid_alone(world, entry)):
        _lose_paid(world, invoice)
    for invoice in world.take(world.times(3), lambda entry: _paid_alone(world, entry)):
        _lose_with_payment(world, invoice)
    for invoice in world.take(world.times(8), lambda entry: _paid_alone(world, entry)):
        _sold_otherwise(world, invoice)


def partial_syncs(world: World) -> None:
    """Header without lines, lines missing, a wrong price, tax left out; some in a closed period."""
    spoilers = (_header_only, _line_missing, _price_wrong, _tax_missing)
    for spoil in spoilers:
        for invoice in world.take(
            world.times(5), lambda entry: _open(world, entry) and len(entry.lines) > 1 and entry.tax > 0
        ):
            _part(world, invoice, spoil(invoice))
    for invoice in world.take(world.times(2), lambda entry: _open(world, entry, closed=True)):
        _part(world, invoice, _header_only(invoice))
    for invoice in world.take(world.times(4), lambda entry: _paid_alone(world, entry) and len(entry.lines) > 1):
        _part_paid(world, invoice)


def _open(world: World, invoice: Invoice, *, closed: bool = False) -> bool:
    """Nothing paid or credited on it."""
    return (
        world.closed(invoice.date) is closed
        and invoice not in world.payments_of
        and invoice not in world.credits_of
        and not invoice.estimated
    )


def _paid_alone(world: World, invoice: Invoice) -> bool:
    """Paid in full by one payment that pays nothing else, in the open period and not by a weekly deposit."""
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
        )
    )


def _lose_with_payment(world: World, invoice: Invoice) -> None:
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


def _header_only(_: Invoice) -> tuple[str, tuple[Line, ...], Decimal]:
    return "header_only", (), ZERO


def _line_missing(invoice: Invoice) -> tuple[str, tuple[Line, ...], Decimal]:
    kept = invoice.lines[:1]
    return "lines_missing", kept, ZERO if not any(entry.taxable for entry in kept) else invoice.tax


def _price_wrong(invoice: Invoice) -> tuple[str, tuple[Line, ...], Decimal]:
    """A quantity fell back to one on the first line, or the price lost a tenth where it was one already."""
    first = invoice.lines[0]
    price = first.unit_price if first.quantity != 1 else rounded(first.unit_price * 9 / 10)
    wrong = Line(first.item, first.description, Decimal(1), price, price, first.taxable)
    return "amount_wrong", (wrong, *invoice.lines[1:]), invoice.tax


def _tax_missing(invoice: Invoice) -> tuple[str, tuple[Line, ...], Decimal]:
    return "tax_missing", invoice.lines, ZERO


def _part(world: World, invoice: Invoice, left: tuple[str, tuple[Line, ...], Decimal]) -> None:
    variant, lines, tax = left
    booked = world.booked(invoice)
    booked.lines, booked.tax = lines, tax
    world.truth.wrong(
        Mess(
            kind="partial_sync",
            variant=variant,
            documents=(booked,),
            crm=(invoice,),
            amount=invoice.total - booked.total,
            steps=(
                Step(
                    action="complete_invoice",
                    documents=(booked,),
                    crm=(invoice,),
                    amount=invoice.total - booked.total,
                ),
            ),
        )
    )


def _part_paid(world: World, invoice: Invoice) -> None:
    """Header only, so that its payment found nothing to pay: complete, then apply."""
    (payment,) = world.payments_of[invoice]
    booked, money = world.booked(invoice), world.booked_payment(payment)
    money.release(booked)
    money.created += timedelta(seconds=1)
    booked.lines, booked.tax = (), ZERO
    world.truth.wrong(
        Mess(
            kind="partial_sync",
            variant="header_only_with_unapplied_payment",
            documents=(booked, money),
            crm=(invoice, payment),
            amount=total_of((invoice.total,)),
            steps=(
                Step(action="complete_invoice", documents=(booked,), crm=(invoice,), amount=invoice.total),
                Step(action="apply_payment", documents=(money, booked), crm=(invoice,), amount=payment.amount),
            ),
        )
    )
