"""What the mess operators share: story, books, who mirrors whom, the truth being written, and what is still clean."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from qbclean.sandbox.generate.books import BookedCustomer, BookedInvoice, BookedPayment, Books
from qbclean.sandbox.generate.mirror import Mirror
from qbclean.sandbox.generate.noise import Noise
from qbclean.sandbox.generate.story import Credit, Customer, Invoice, Payment, Story
from qbclean.sandbox.generate.sync import Sync
from qbclean.sandbox.generate.truth import Truth


@dataclass(slots=True, eq=False)
class World:
    """Handed to every operator. An operator takes clean invoices, spoils their books side, and tells the truth."""

    rng: random.Random
    noise: Noise
    story: Story
    books: Books
    sync: Sync
    truth: Truth
    payments_of: dict[Invoice, list[Payment]] = field(default_factory=dict)
    credits_of: dict[Invoice, list[Credit]] = field(default_factory=dict)
    invoices_of: dict[Customer, list[Invoice]] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    """Every number used by the CRM or by an invoice in the books."""
    touched: set[Invoice] = field(default_factory=set)
    touched_payments: set[Payment] = field(default_factory=set)
    unclear_payments: set[Payment] = field(default_factory=set)
    """On account in the story too, and yet surely for one of two invoices."""
    touched_credits: set[Credit] = field(default_factory=set)
    _shuffled: list[Invoice] = field(default_factory=list)
    _shuffled_payments: list[Payment] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Index the story and put invoices and payments in one random order for picking."""
        for payment in self.story.payments:
            for invoice, _ in payment.parts:
                self.payments_of.setdefault(invoice, []).append(payment)
        for credit in self.story.credits:
            if credit.invoice is not None:
                self.credits_of.setdefault(credit.invoice, []).append(credit)
        for invoice in self.story.invoices:
            self.invoices_of.setdefault(invoice.customer, []).append(invoice)
        self.numbers.update(invoice.number for invoice in self.story.invoices)
        self.numbers.update(invoice.number for invoice in self.books.invoices if invoice.number)
        self._shuffled = [entry for entry in self.story.invoices if entry in self.mirror.invoices]
        self._shuffled_payments = [entry for entry in self.story.payments if entry in self.mirror.payments]
        self.rng.shuffle(self._shuffled)
        self.rng.shuffle(self._shuffled_payments)

    @property
    def mirror(self) -> Mirror:
        """Which booked document stands for which true one."""
        return self.sync.mirror

    def times(self, per_default_company: float) -> int:
        """How often to do something that should happen so often in a default company of some 850 invoices."""
        scale = len(self.story.invoices) / 850 * self.noise.mess_scale
        return max(1, round(per_default_company * scale))

    def booked(self, invoice: Invoice) -> BookedInvoice:
        """The booked invoice that stands for a true one."""
        return self.mirror.invoices[invoice]

    def booked_payment(self, payment: Payment) -> BookedPayment:
        """The booked payment that stands for a true one."""
        return self.mirror.payments[payment]

    def home(self, customer: Customer) -> BookedCustomer:
        """The booked customer that stands for a true one."""
        return self.mirror.customers[customer]

    def closed(self, day: date) -> bool:
        """Whether the books are closed for `day` (S01)."""
        return day <= self.story.close_date

    def clean(self, invoice: Invoice) -> bool:
        """Live, in the books, not a rare look-alike and not spoilt yet, nor any of its payments or credits."""
        return (
            invoice.state == "live"
            and not invoice.reserved
            and invoice in self.mirror.invoices
            and invoice not in self.touched
            and invoice.total > 0
            and invoice.pattern not in {"consolidated", "split"}
            and not any(entry in self.touched_payments for entry in self.payments_of.get(invoice, ()))
            and not any(entry in self.touched_credits for entry in self.credits_of.get(invoice, ()))
        )

    def undo_payment(self, payment: Payment) -> None:
        """Take a payment out of the books as if it had never been entered."""
        booked = self.mirror.payments.pop(payment)
        booked.lines = []
        self.books.remove(booked)

    def undo_invoice(self, invoice: Invoice) -> None:
        """Take an invoice out of the books; what was applied to it becomes unapplied."""
        booked = self.mirror.invoices.pop(invoice)
        for payment in self.payments_of.get(invoice, ()):
            if payment in self.mirror.payments:
                self.mirror.payments[payment].release(booked)
        if booked.estimate is not None:
            booked.estimate.invoices.remove(booked)
        self.books.remove(booked)

    def take(self, wanted: int, suits: Callable[[Invoice], bool]) -> list[Invoice]:
        """Up to `wanted` clean invoices that suit, marked as touched together with their payments."""
        found: list[Invoice] = []
        passed: list[Invoice] = []
        pool = self._shuffled
        while pool and len(found) < wanted:
            invoice = pool.pop()
            if self.clean(invoice) and suits(invoice):
                self.touch(invoice)
                found.append(invoice)
            elif invoice not in self.touched:
                passed.append(invoice)
        # The pool turns like a wheel, so that operators do not scan the same unsuitable start again and again.
        pool[:0] = passed
        return found

    def take_payments(self, wanted: int, suits: Callable[[Payment], bool]) -> list[Payment]:
        """Up to `wanted` payments over clean invoices only that suit, marked with everything they pay."""
        found: list[Payment] = []
        for payment in self._shuffled_payments:
            if len(found) == wanted:
                break
            if payment in self.touched_payments or not suits(payment):
                continue
            if all(self.clean(invoice) for invoice, _ in payment.parts):
                self.touch(*(invoice for invoice, _ in payment.parts))
                self.touched_payments.add(payment)
                found.append(payment)
        return found

    def touch(self, *invoices: Invoice) -> None:
        """Mark invoices, and with them every other invoice their payments and credits reach, as spoilt."""
        for invoice in invoices:
            self.touched.add(invoice)
            self.touched_credits.update(self.credits_of.get(invoice, ()))
            for payment in self.payments_of.get(invoice, ()):
                self.touched_payments.add(payment)
                self.touched.update(other for other, _ in payment.parts)

    def untouched_pairs(self) -> Iterable[tuple[str, tuple[Invoice, ...], tuple[Payment, ...]]]:
        """The look-alikes that no mess has touched, which is what must stay untouched."""
        for group in self.story.lookalikes:
            if not any(invoice in self.touched for invoice in group.invoices):
                yield group.kind, group.invoices, group.payments
