"""Old open invoices, journal entries on accounts receivable, invoices booked on the wrong job."""

from datetime import timedelta

from qbclean.sandbox.generate.books import BookedCustomer, BookedJournal
from qbclean.sandbox.generate.dates import at
from qbclean.sandbox.generate.mess_payments import settles
from qbclean.sandbox.generate.story import Invoice
from qbclean.sandbox.generate.truth import Mess
from qbclean.sandbox.generate.world import World


def stale_invoices(world: World) -> None:
    """Invoices open for over a year in both systems: collect, credit or write off is the owner's word (S11)."""
    for invoice in world.story.invoices:
        if (world.story.today - invoice.date).days > 365 and invoice.balance > 0 and world.clean(invoice):
            world.truth.wrong(
                Mess(
                    kind="stale_open_invoice",
                    variant="open_over_a_year",
                    documents=(world.booked(invoice),),
                    crm=(invoice,),
                    amount=invoice.balance,
                    hold="Whether it is collected, credited or written off is the owner's decision (S11)",
                )
            )


def journal_entries(world: World) -> None:
    """A payment entered as a journal entry: the customer's balance is right and the invoice stays open."""
    for payment in world.take_payments(
        world.times(7), lambda entry: settles(entry, 1) and not world.closed(entry.date)
    ):
        ((invoice, _),) = payment.parts
        target = world.booked(invoice)
        world.undo_payment(payment)
        day = min(payment.date + timedelta(days=world.rng.randint(0, 9)), world.story.today)
        entry = BookedJournal(
            customer=target.customer.top,
            date=day,
            created=at(day, world.rng.randint(9, 17) * 3600),
            receivable=-payment.amount,
            account="checking",
            number=f"AJE{len(world.books.journals) + 1}",
            note=f"Apply pmt {payment.customer.name}",
        )
        world.books.journals.append(entry)
        world.truth.wrong(
            Mess(
                kind="ar_journal_entry",
                variant="payment_as_journal_entry",
                documents=(entry, target),
                crm=(invoice, payment),
                amount=payment.amount,
                hold="The money is in A/R already, beside the invoice; the entry is linked by hand (S12)",
            )
        )


def wrong_jobs(world: World) -> None:
    """Invoices booked on another job of the customer: the balance is right, both job reports are wrong."""
    for invoice in world.take(world.times(5), lambda entry: _other_job(world, entry) is not None):
        booked, right, wrong = world.booked(invoice), world.booked(invoice).customer, _other_job(world, invoice)
        if wrong is None:
            continue
        booked.customer = wrong
        world.truth.wrong(
            Mess(
                kind="job_revenue_mismatch",
                variant="wrong_job",
                documents=(booked, wrong, right),
                crm=(invoice,),
                amount=invoice.total,
                hold="Which job earned the income is for the office to say; no total changes",
            )
        )


def _other_job(world: World, invoice: Invoice) -> BookedCustomer | None:
    """The sub-customer of another job of the same customer, where this invoice's job has one too."""
    if invoice.job is None or invoice.estimated or world.booked(invoice).customer.parent is None:
        return None
    for other in world.invoices_of[invoice.customer]:
        if other.job is not None and other.job is not invoice.job and world.mirror.jobs[other.job].parent:
            return world.mirror.jobs[other.job]
    return None
