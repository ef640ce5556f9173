"""Money that went past the invoice: never entered, coded to income, or entered twice."""

from datetime import timedelta

from qbclean.sandbox.generate.books import BookedInvoice, BookedPayment, BookedReceipt, DepositLine
from qbclean.sandbox.generate.mess_payments import editable, settles
from qbclean.sandbox.generate.story import Payment
from qbclean.sandbox.generate.truth import Mess, Step
from qbclean.sandbox.generate.world import World


def missing_payments(world: World) -> None:
    """Payments that never reached the books."""
    for payment in world.take_payments(
        world.times(9), lambda entry: editable(world, entry) and bool(entry.parts) and settles(entry, len(entry.parts))
    ):
        documents = tuple(world.booked(invoice) for invoice, _ in payment.parts)
        world.undo_payment(payment)
        world.truth.wrong(
            Mess(
                kind="missing_payment",
                variant="never_synced",
                documents=documents,
                crm=(payment, *(invoice for invoice, _ in payment.parts)),
                amount=payment.amount,
                steps=(Step(action="record_payment", documents=documents, crm=(payment,), amount=payment.amount),),
                review="Recording money needs the bank's word that it came in",
            )
        )


def paid_by_deposit(world: World) -> None:
    """The money was coded to income on a deposit or a sales receipt while the invoice stays open."""
    for payment in world.take_payments(
        world.times(12), lambda entry: not world.closed(entry.date) and settles(entry, 1)
    ):
        ((invoice, _),) = payment.parts
        booked = world.booked(invoice)
        world.undo_payment(payment)
        income = _as_receipt(world, payment, booked) if world.rng.random() < 0.35 else _as_line(world, payment)
        world.truth.wrong(
            Mess(
                kind="paid_by_deposit",
                variant="sales_receipt" if isinstance(income, BookedReceipt) else "deposit_line",
                documents=(booked, income),
                crm=(invoice, payment),
                amount=payment.amount,
                hold="Income coded on a deposit moves by a same-total change or not at all (S06)",
            )
        )


def double_payments(world: World) -> None:
    """The bank feed entered a payment that the sync had entered already; the second one hangs unapplied."""
    for payment in world.take_payments(
        world.times(5), lambda entry: bool(entry.parts) and not world.closed(entry.date)
    ):
        first = world.booked_payment(payment)
        again = BookedPayment(
            customer=first.customer.top,
            date=min(payment.date + timedelta(days=world.rng.randint(0, 4)), world.story.today),
            total=payment.amount,
            method=payment.method,
            reference=payment.reference if world.rng.random() < 0.6 else "",
            route="direct",
            created=first.created + timedelta(days=2, seconds=world.rng.randint(60, 7000)),
        )
        world.books.payments.append(again)
        world.truth.wrong(
            Mess(
                kind="possible_double_payment",
                variant="bank_feed_again",
                documents=(first, again),
                crm=(payment, *(invoice for invoice, _ in payment.parts)),
                amount=payment.amount,
                hold="The second payment equals one already applied; only the bank can tell (S04)",
            )
        )


def _as_receipt(world: World, payment: Payment, booked: BookedInvoice) -> BookedReceipt:
    receipt = BookedReceipt(
        customer=booked.customer.top,
        number=world.sync.next_auto_number(),
        date=payment.date,
        created=world.sync.night_of(payment.date),
        lines=booked.lines,
        tax=booked.tax,
        method=payment.method,
        reference=payment.reference,
        route="direct",
    )
    world.books.receipts.append(receipt)
    return receipt


def _as_line(world: World, payment: Payment) -> DepositLine:
    ((invoice, _),) = payment.parts
    entry = DepositLine(
        date=min(payment.date + timedelta(days=world.rng.randint(0, 3)), world.story.today),
        amount=payment.amount,
        account=world.rng.choice(("service_income", "contract_income")),
        customer=world.home(payment.customer) if world.rng.random() < 0.75 else None,
        method=payment.method,
        reference=payment.reference if world.rng.random() < 0.7 else "",
        memo=payment.customer.name if world.rng.random() < 0.5 else f"pmt {invoice.number}",
    )
    world.books.loose_lines.append(entry)
    return entry
