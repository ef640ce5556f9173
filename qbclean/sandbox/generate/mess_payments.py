"""Payments that are in the books and pay the wrong thing, or nothing."""

from collections.abc import Callable

from qbclean.sandbox.generate.books import BookedInvoice
from qbclean.sandbox.generate.money import ZERO
from qbclean.sandbox.generate.story import Invoice, Payment
from qbclean.sandbox.generate.truth import Mess, Step
from qbclean.sandbox.generate.world import World


def unapplied_payments(world: World) -> None:
    """Payments that pay nothing in the books: for one invoice, several, a part of one, more than one, either of two."""
    wanted: tuple[tuple[str, int, Callable[[Payment], bool]], ...] = (
        ("exact_one", 18, lambda entry: editable(world, entry) and settles(entry, 1)),
        ("by_sum", 7, lambda entry: editable(world, entry) and settles(entry, 2)),
        ("part_payment", 6, lambda entry: editable(world, entry) and _part_of_one(entry)),
        ("overpayment", 3, lambda entry: editable(world, entry) and _too_much(entry)),
        ("deposited", 5, lambda entry: _in_deposit(world, entry)),
        ("closed_period", 3, lambda entry: _long_ago(world, entry)),
    )
    for variant, often, suits in wanted:
        for payment in world.take_payments(world.times(often), suits):
            _unlink(world, payment, variant)
    _for_either_of_two(world)


def misapplied_payments(world: World) -> None:
    """Payments on another open invoice: of the customer, of another job, of a look-alike customer."""
    _misapply_some(world, "look_alike_customer", 3, _of_namesake)
    _misapply_some(world, "wrong_job", 5, _of_other_job)
    _misapply_some(world, "wrong_invoice", 9, _of_customer)


def _misapply_some(world: World, variant: str, often: int, fits: Callable[[World, Invoice], Invoice | None]) -> None:
    wrong: dict[Payment, Invoice] = {}

    def suits(payment: Payment) -> bool:
        if not (editable(world, payment) and settles(payment, 1)):
            return False
        other = fits(world, payment.parts[0][0])
        if other is None or other in wrong.values():
            return False
        wrong[payment] = other
        return True

    for payment in world.take_payments(world.times(often), suits):
        world.touch(wrong[payment])
        _misapply(world, payment, wrong[payment], variant)


def editable(world: World, payment: Payment) -> bool:
    """In the open period, straight to the bank so never in a deposit, and with no credit used inside it."""
    return payment.route == "direct" and not world.closed(payment.date) and _cash_only(world, payment)


def _cash_only(world: World, payment: Payment) -> bool:
    return all(isinstance(target, BookedInvoice) for target, _ in world.booked_payment(payment).lines)


def settles(payment: Payment, invoices: int) -> bool:
    """Whether it pays exactly what so many invoices come to, each in full."""
    return (
        len(payment.parts) == invoices
        and all(invoice.total == amount for invoice, amount in payment.parts)
        and payment.amount == sum((amount for _, amount in payment.parts), ZERO)
    )


def _in_deposit(world: World, payment: Payment) -> bool:
    old_enough = (world.story.today - payment.date).days > 20
    plain = payment.parts != [] and _cash_only(world, payment)
    return payment.route == "check" and not world.closed(payment.date) and old_enough and plain


def _long_ago(world: World, payment: Payment) -> bool:
    return world.closed(payment.date) and payment.parts != [] and _cash_only(world, payment)


def _part_of_one(payment: Payment) -> bool:
    return len(payment.parts) == 1 and payment.amount < payment.parts[0][0].total


def _too_much(payment: Payment) -> bool:
    return len(payment.parts) == 1 and payment.amount > payment.parts[0][1]


def _unlink(world: World, payment: Payment, variant: str, hold: str = "") -> None:
    booked = world.booked_payment(payment)
    targets = tuple(target for target, _ in booked.lines if isinstance(target, BookedInvoice))
    booked.lines = []
    booked.token += world.rng.choice((0, 1))
    steps = (
        ()
        if hold
        else (
            Step(
                action="apply_payment",
                documents=(booked, *targets),
                crm=(payment, *(invoice for invoice, _ in payment.parts)),
                amount=sum((amount for _, amount in payment.parts), ZERO),
            ),
        )
    )
    world.truth.wrong(
        Mess(
            kind="unapplied_payment",
            variant=variant,
            documents=(booked, *targets),
            crm=(payment, *(invoice for invoice, _ in payment.parts)),
            amount=payment.amount,
            steps=steps,
            hold=hold,
        )
    )


def _for_either_of_two(world: World) -> None:
    """Money on account in both systems beside two equal open invoices: nobody can say which it pays."""
    for group in world.story.lookalikes:
        if group.kind == "payment_for_either":
            (payment,) = group.payments
            world.touch(*group.invoices)
            world.unclear_payments.add(payment)
            booked = world.booked_payment(payment)
            world.truth.wrong(
                Mess(
                    kind="unapplied_payment",
                    variant="ambiguous",
                    documents=(booked, *(world.booked(invoice) for invoice in group.invoices)),
                    crm=(payment, *group.invoices),
                    amount=payment.amount,
                    hold="Two open invoices fit equally well; all are shown and none is chosen (S07)",
                )
            )


def _misapply(world: World, payment: Payment, other: Invoice, variant: str) -> None:
    """Put the money on `other`; what does not fit there stays unapplied."""
    ((right, amount),) = payment.parts
    booked, target, wrong = world.booked_payment(payment), world.booked(right), world.booked(other)
    fits = min(amount, other.balance)
    booked.lines = [(wrong, fits)]
    booked.token += 1
    crosses = wrong.customer.top is not target.customer.top
    if crosses or wrong.customer is not target.customer:
        booked.customer = wrong.customer
    world.truth.wrong(
        Mess(
            kind="misapplied_payment",
            variant=variant,
            documents=(booked, wrong, target),
            crm=(payment, right, other),
            amount=fits,
            steps=(Step(action="move_payment", documents=(booked, wrong, target), crm=(right,), amount=amount),),
            review="The payment moves to another customer" if crosses else "",
        )
    )


def _open_and_clean(world: World, invoice: Invoice, other: Invoice) -> bool:
    return (
        other is not invoice
        and other.balance > 20
        and other not in world.payments_of
        and other not in world.credits_of
        and not world.closed(other.date)
        and world.clean(other)
    )


def _of_customer(world: World, invoice: Invoice) -> Invoice | None:
    return next(
        (
            other
            for other in world.invoices_of[invoice.customer]
            if other.job is invoice.job and _open_and_clean(world, invoice, other)
        ),
        None,
    )


def _of_other_job(world: World, invoice: Invoice) -> Invoice | None:
    return next(
        (
            other
            for other in world.invoices_of[invoice.customer]
            if other.job is not invoice.job and _open_and_clean(world, invoice, other)
        ),
        None,
    )


def _of_namesake(world: World, invoice: Invoice) -> Invoice | None:
    namesake = invoice.customer.namesake
    if namesake is None:
        return None
    others = world.invoices_of.get(namesake, ())
    return next((other for other in others if _open_and_clean(world, invoice, other)), None)
