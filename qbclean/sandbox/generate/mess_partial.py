"""Invoices of which only a part arrived: no lines, fewer lines, a wrong price, no tax."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from qbclean.sandbox.generate.catalogue import Line, tax_on
from qbclean.sandbox.generate.mess_missing import paid_alone, still_open
from qbclean.sandbox.generate.money import ZERO, rounded
from qbclean.sandbox.generate.story import Invoice
from qbclean.sandbox.generate.truth import Mess, Step
from qbclean.sandbox.generate.world import World

Remains = tuple[str, tuple[Line, ...], Decimal]
"""What is left of an invoice: the variant of the mess, lines and tax."""


def partial_syncs(world: World) -> None:
    """Each way in turn on open invoices, then on paid ones, whose money then fits only in part."""
    for turn in range(world.times(5)):
        for spoil, suits in _WAYS:
            for invoice in world.take(1, partial(_open_and, world, suits)):
                _part(world, invoice, spoil(invoice))
        spoil, suits = _WAYS[turn % len(_WAYS)]
        for invoice in world.take(1, partial(_paid_and, world, suits)):
            _part_paid(world, invoice, spoil(invoice))
    for invoice in world.take(world.times(2), lambda entry: still_open(world, entry, closed=True)):
        _part(world, invoice, _header_only(invoice))


def _open_and(world: World, suits: Callable[[Invoice], bool], invoice: Invoice) -> bool:
    return still_open(world, invoice) and suits(invoice)


def _paid_and(world: World, suits: Callable[[Invoice], bool], invoice: Invoice) -> bool:
    return paid_alone(world, invoice) and suits(invoice)


def _header_only(_: Invoice) -> Remains:
    return "header_only", (), ZERO


def _line_missing(invoice: Invoice) -> Remains:
    kept = invoice.lines[:1]
    return "lines_missing", kept, tax_on(kept)


def _price_wrong(invoice: Invoice) -> Remains:
    """A quantity fell back to one on the first line, or the price lost a tenth where it was one already."""
    first = invoice.lines[0]
    price = first.unit_price if first.quantity != 1 else rounded(first.unit_price * 9 / 10)
    wrong = Line(first.item, first.description, Decimal(1), price, price, first.taxable)
    lines = (wrong, *invoice.lines[1:])
    return "amount_wrong", lines, tax_on(lines)


def _tax_missing(invoice: Invoice) -> Remains:
    return "tax_missing", invoice.lines, ZERO


_WAYS: tuple[tuple[Callable[[Invoice], Remains], Callable[[Invoice], bool]], ...] = (
    (_tax_missing, lambda invoice: invoice.tax > 0),
    (_price_wrong, lambda invoice: invoice.lines[0].amount > 0 and invoice.lines[0].quantity >= 1),
    (_line_missing, lambda invoice: len(invoice.lines) > 1 and not invoice.lines[0].taxable),
    (_header_only, lambda invoice: len(invoice.lines) > 0),
)


def _part(world: World, invoice: Invoice, left: Remains) -> None:
    variant, lines, tax = left
    booked = world.booked(invoice)
    booked.lines, booked.tax = lines, tax
    missing = invoice.total - booked.total
    world.truth.wrong(
        Mess(
            kind="partial_sync",
            variant=variant,
            documents=(booked,),
            crm=(invoice,),
            amount=missing,
            steps=(Step(action="complete_invoice", documents=(booked,), crm=(invoice,), amount=missing),),
        )
    )


def _part_paid(world: World, invoice: Invoice, left: Remains) -> None:
    """The payment covered what there was; the rest hangs unapplied. Complete first, then apply."""
    variant, lines, tax = left
    (payment,) = world.payments_of[invoice]
    booked, money = world.booked(invoice), world.booked_payment(payment)
    money.release(booked)
    booked.lines, booked.tax = lines, tax
    if booked.total > 0:
        money.lines.append((booked, booked.total))
    missing = invoice.total - booked.total
    world.truth.wrong(
        Mess(
            kind="partial_sync",
            variant=f"{variant}_and_paid",
            documents=(booked, money),
            crm=(invoice, payment),
            amount=missing,
            steps=(
                Step(action="complete_invoice", documents=(booked,), crm=(invoice,), amount=missing),
                Step(action="apply_payment", documents=(money, booked), crm=(invoice,), amount=missing),
            ),
        )
    )
