"""Duplicate invoices of every kind of the accounting rules, section 4."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from qbclean.sandbox.generate.books import BookedCustomer, BookedInvoice, BookedPayment
from qbclean.sandbox.generate.catalogue import Line
from qbclean.sandbox.generate.dates import at
from qbclean.sandbox.generate.mess_customers import second_spelling
from qbclean.sandbox.generate.money import CENT, share, total_of
from qbclean.sandbox.generate.story import Invoice
from qbclean.sandbox.generate.survivor import bare
from qbclean.sandbox.generate.truth import Mess
from qbclean.sandbox.generate.world import World


def duplicates(world: World) -> None:
    """Every kind of duplicate, most of them plain."""
    for invoice in world.take(world.times(19), lambda entry: not world.closed(entry.date)):
        _tell(world, "double_sync", invoice, double_sync(world, invoice))
    for invoice in world.take(world.times(19), lambda entry: not world.closed(entry.date)):
        _tell(world, "hand_entry", invoice, hand_entry(world, invoice))
    for invoice in world.take(world.times(8), lambda entry: world.closed(entry.date)):
        how = double_sync if world.rng.random() < 0.5 else hand_entry
        _tell(world, "closed_period", invoice, how(world, invoice))
    for invoice in world.take(world.times(4), lambda entry: not world.closed(entry.date)):
        _tell(world, "triplet", invoice, double_sync(world, invoice), hand_entry(world, invoice))
    for invoice in world.take(world.times(6), _paid_once(world)):
        copy = hand_entry(world, invoice)
        _hand_over(world, invoice, copy)
        _tell(world, "paid_hand_entry", invoice, copy)
    for invoice in world.take(world.times(4), _paid_once(world)):
        _one_payment_over_both(world, invoice)
    for invoice in world.take(world.times(3), _paid_twice(world)):
        _second_payment_on_copy(world, invoice)
    for invoice in world.take(world.times(4), lambda entry: not world.closed(entry.date)):
        _voided_already(world, invoice)
    for invoice in world.take(world.times(3), _paid_once(world)):
        _both_paid(world, invoice)


def double_sync(world: World, invoice: Invoice) -> BookedInvoice:
    """The sync ran twice: the same document again, seconds later, with the next, the same or no number."""
    rng, first = world.rng, world.booked(invoice)
    number = first.number
    draw = rng.random()
    if draw < 0.6 and number:
        number = _next_free(world, number)
    elif draw < 0.75:
        number = None
    copy = BookedInvoice(
        customer=first.customer,
        number=number,
        date=first.date,
        due=first.due,
        lines=first.lines,
        tax=first.tax,
        note=first.note,
        created=first.created + timedelta(seconds=rng.randint(2, 40)),
    )
    world.books.invoices.append(copy)
    return copy


def hand_entry(world: World, invoice: Invoice) -> BookedInvoice:
    """Someone typed the invoice in as well: another day, other words, perhaps the wrong name and a cent off."""
    rng, first = world.rng, world.booked(invoice)
    # Among equal neighbours a late copy would be a copy of the next one just as well.
    furthest = 4 if invoice.pattern in {"monthly", "draw", "house"} else world.noise.hand_entry_days
    late = rng.random() < world.noise.hand_entry_late
    days = rng.randint(0, furthest) if late else rng.choice((0, 0, 1, 2, 3))
    day = min(first.date + timedelta(days=min(days, furthest)), world.story.today)
    vague = rng.random() < 0.6
    lines = _collapsed(invoice) if vague and not _stands_for_two(world, invoice) else _reworded(invoice)
    tax = first.tax
    if tax > 1 and rng.random() < 0.35:
        tax += rng.choice((CENT, -CENT))
    number = rng.choice((world.sync.next_auto_number(), world.sync.next_auto_number(), None, invoice.number))
    copy = BookedInvoice(
        customer=_hand_picked_customer(world, invoice, first.customer),
        number=number,
        date=day,
        due=day + (invoice.due - invoice.date),
        lines=lines,
        tax=tax,
        emailed=rng.random() < 0.2,
        created=at(min(day + timedelta(days=rng.randint(0, 6)), world.story.today), rng.randint(8, 17) * 3600),
    )
    world.books.invoices.append(copy)
    return copy


def _stands_for_two(world: World, invoice: Invoice) -> bool:
    """Whether an equal sale of about that day never arrived: a copy that names no lot would be that as well."""
    return any(
        other.total == invoice.total
        and other.state == "live"
        and other.in_books_era
        and other not in world.mirror.invoices
        and abs(other.date - invoice.date) <= timedelta(days=10)
        for other in world.invoices_of[invoice.customer]
    )


def _hand_picked_customer(world: World, invoice: Invoice, right: BookedCustomer) -> BookedCustomer:
    if world.rng.random() < 0.5:
        return right.top
    if world.rng.random() < 0.3 and not invoice.customer.distinctive:
        return second_spelling(world, invoice.customer)
    return right


def _collapsed(invoice: Invoice) -> tuple[Line, ...]:
    item = invoice.lines[0].item
    words = "Work as agreed" if item == "contract" else invoice.lines[0].description.split(" - ")[0]
    return (Line(item, words, Decimal(1), invoice.subtotal, invoice.subtotal, taxable=invoice.tax > 0),)


def _reworded(invoice: Invoice) -> tuple[Line, ...]:
    return tuple(
        Line(
            entry.item,
            entry.description.replace(" - ", ", ").lower(),
            entry.quantity,
            entry.unit_price,
            entry.amount,
            entry.taxable,
        )
        for entry in invoice.lines
    )


def _next_free(world: World, number: str) -> str | None:
    head = number.rstrip("0123456789")
    digits = number[len(head) :]
    following = f"{head}{int(digits) + 1:0{len(digits)}d}" if digits else None
    # "INV-1043" would be taken for the CRM's 1043, be that a draft or the next draw.
    if following is None or not world.numbers.isdisjoint({following, bare(following)}):
        return number
    world.numbers.add(following)
    return following


def _tell(world: World, variant: str, invoice: Invoice, *copies: BookedInvoice) -> None:
    first = world.booked(invoice)
    world.truth.wrong(
        Mess(
            kind="duplicate_invoice",
            variant=variant,
            documents=(first, *copies),
            crm=(invoice,),
            amount=total_of(copy.total for copy in copies),
            copies=(first, *copies),
        )
    )


def _payers(world: World, invoice: Invoice) -> list[BookedPayment]:
    return [world.booked_payment(payment) for payment in world.payments_of.get(invoice, ())]


def _paid_once(world: World) -> Callable[[Invoice], bool]:
    def suits(invoice: Invoice) -> bool:
        payments = world.payments_of.get(invoice, ())
        return (
            not world.closed(invoice.date)
            and len(payments) == 1
            and len(payments[0].parts) == 1
            and invoice not in world.credits_of
            and payments[0].amount == invoice.total
            and invoice.total > 20
        )

    return suits


def _paid_twice(world: World) -> Callable[[Invoice], bool]:
    def suits(invoice: Invoice) -> bool:
        payments = world.payments_of.get(invoice, ())
        return (
            not world.closed(invoice.date)
            and len(payments) == 2
            and all(len(payment.parts) == 1 for payment in payments)
            and invoice not in world.credits_of
        )

    return suits


def _hand_over(world: World, invoice: Invoice, copy: BookedInvoice) -> None:
    """The payment was put on the copy instead. A cent too little on the copy stays unapplied."""
    (payment,) = _payers(world, invoice)
    freed = payment.release(world.booked(invoice))
    payment.customer = copy.customer
    payment.lines.append((copy, min(freed, copy.total)))


def _one_payment_over_both(world: World, invoice: Invoice) -> None:
    first, copy = world.booked(invoice), double_sync(world, invoice)
    (payment,) = _payers(world, invoice)
    freed = payment.release(first)
    on_copy = share(freed, 40)
    payment.lines += [(first, freed - on_copy), (copy, on_copy)]
    _tell(world, "payment_over_both", invoice, copy)


def _second_payment_on_copy(world: World, invoice: Invoice) -> None:
    first, copy = world.booked(invoice), double_sync(world, invoice)
    second = _payers(world, invoice)[1]
    freed = second.release(first)
    second.lines.append((copy, freed))
    _tell(world, "payments_on_each", invoice, copy)


def _voided_already(world: World, invoice: Invoice) -> None:
    copy = double_sync(world, invoice)
    copy.voided = True
    copy.token += 1
    world.truth.trap("copy_voided_already", (copy, world.booked(invoice)), (invoice,))


def _both_paid(world: World, invoice: Invoice) -> None:
    first, copy = world.booked(invoice), hand_entry(world, invoice)
    (payment,) = _payers(world, invoice)
    again = BookedPayment(
        customer=copy.customer,
        date=min(payment.date + timedelta(days=world.rng.randint(0, 6)), world.story.today),
        total=copy.total,
        method=payment.method,
        reference=payment.reference if world.rng.random() < 0.5 else "",
        route="direct",
        lines=[(copy, copy.total)],
        created=payment.created + timedelta(days=1, seconds=world.rng.randint(60, 9000)),
    )
    world.books.payments.append(again)
    world.truth.wrong(
        Mess(
            kind="possible_double_payment",
            variant="both_copies_paid",
            documents=(first, copy, payment, again),
            crm=(invoice, *world.payments_of[invoice]),
            amount=copy.total,
            hold="Money is on both copies; whether the customer paid twice is for a person to find out (S04)",
        )
    )
