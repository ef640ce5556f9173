"""Which copy of a duplicated invoice survives, and what is to be done with the others (rules S01, S03, S04)."""

from dataclasses import dataclass
from datetime import date

from qbclean.sandbox.generate.books import BookedCredit, BookedInvoice, BookedPayment, Books, Posted
from qbclean.sandbox.generate.story import Invoice
from qbclean.sandbox.generate.truth import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The surviving copy and the remedy for the rest."""

    survivor: BookedInvoice
    extras: tuple[BookedInvoice, ...]
    steps: tuple[Step, ...]
    hold: str
    review: str
    interchangeable: bool
    """No money on any copy and no difference that matters, so that keeping either is right."""


class Judge:
    """Decides over finished books, where it is known what reached the bank."""

    def __init__(self, books: Books, close_date: date, exported_ids: dict[Invoice, str]) -> None:
        """`exported_ids` is what the CRM believes to be the QuickBooks id of each invoice."""
        self._touching = books.paid_by()
        self._close = close_date
        self._exported = exported_ids
        self._numbers = {entry.number for entry in (*books.invoices, *books.credits, *books.receipts)}

    def decide(self, invoice: Invoice, copies: tuple[BookedInvoice, ...]) -> Verdict:
        """Rule S04, first difference wins; then void in the open period, credit in a closed one."""
        ranked = sorted(copies, key=lambda copy: self._rank(invoice, copy))
        survivor, extras = ranked[0], tuple(ranked[1:])
        on_extras = [(extra, *paid) for extra in extras for paid in self._touching.get(extra, ())]
        stuck = any(self.frozen(payment) for _, payment, _ in on_extras)
        moves = [
            Step(action="move_payment", documents=(payment, extra, survivor), amount=amount)
            for extra, payment, amount in on_extras
        ]
        removals = [
            Step(
                action="credit_duplicate" if self.is_closed(extra) else "void_invoice",
                documents=(extra,),
                amount=extra.total,
            )
            for extra in extras
        ]
        alike = len({(copy.customer, copy.date, copy.lines, copy.tax) for copy in copies}) == 1
        return Verdict(
            survivor=survivor,
            extras=extras,
            steps=() if stuck else (*moves, *removals),
            hold="Money on both copies, and what is on the extra one cannot be moved (S04, S05)" if stuck else "",
            review="Money is on both copies (S04)" if moves else _linked(extras),
            interchangeable=alike and not any(self._touching.get(copy) for copy in copies),
        )

    def frozen(self, payment: BookedPayment) -> bool:
        """Whether the payment cannot be edited: deposited, or dated when the books are closed (S01, S05, S08)."""
        return payment.deposit is not None or payment.date <= self._close

    def caution(self, step: Step) -> str:
        """Why a careful tool may leave a step to a person although it is right; empty for no reason."""
        money = [entry for entry in step.documents if isinstance(entry, BookedPayment | BookedCredit)]
        invoices = [entry for entry in step.documents if isinstance(entry, BookedInvoice)]
        if step.action == "record_payment" and len({invoice.customer for invoice in invoices}) > 1:
            return "It pays invoices of several customers or jobs (S07)"
        billed = [record for record in step.crm if isinstance(record, Invoice)]
        if step.action == "create_invoice" and any(invoice.number in self._numbers for invoice in billed):
            return "Its number is taken in the books (S15)"
        if any(self.is_closed(invoice) for invoice in invoices):
            return "It touches an invoice dated in a closed period (contract 7.7)"
        if any(entry.customer is not invoice.customer for entry in money for invoice in invoices):
            return "Money and invoice are on different entries of the customer list (S07)"
        return ""

    def is_closed(self, document: object) -> bool:
        """Whether `document` is a transaction dated when the books are closed."""
        return isinstance(document, Posted) and document.date <= self._close

    def _rank(self, invoice: Invoice, copy: BookedInvoice) -> tuple[object, ...]:
        payers = [payment for payment, _ in self._touching.get(copy, ())]
        banked = any(self.frozen(payment) for payment in payers)
        linked = (
            bare(copy.number) == bare(invoice.number)
            or invoice.crm_id in copy.note
            or self._exported.get(invoice) == copy.id
        )
        matches = copy.total == invoice.total and [entry.amount for entry in copy.lines] == [
            entry.amount for entry in invoice.lines
        ]
        return (not banked, not payers, not linked, not matches, not copy.emailed, copy.created, int(copy.id))


def _linked(extras: tuple[BookedInvoice, ...]) -> str:
    return "A copy is linked to an estimate (S03)" if any(extra.estimate for extra in extras) else ""


def bare(number: str | None) -> str:
    """A number without the dress of either system: INV-1042, #1042 and 001042 are 1042."""
    return (number or "?").removeprefix("INV-").lstrip("#0")
