"""The QuickBooks file in the making: documents that point at each other, balances worked out from the pointers.

Nothing stores a balance. Whoever changes what a payment pays, removes a document or adds one cannot leave the
books contradicting themselves, because both sides of each link are derived from the payment's lines at the end.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from qbclean.sandbox.generate.catalogue import Line
from qbclean.sandbox.generate.money import ZERO, total_of


@dataclass(slots=True, eq=False, kw_only=True)
class BookedCustomer:
    """A customer, or with a `parent` a job, as QuickBooks knows it."""

    name: str
    created: dt.datetime
    parent: "BookedCustomer | None" = None
    given: str = ""
    family: str = ""
    suffix: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    street: str = ""
    city: str = ""
    zip_code: str = ""
    taxable: bool = True
    active: bool = True
    id: str = ""

    @property
    def top(self) -> "BookedCustomer":
        """The customer above all jobs."""
        return self if self.parent is None else self.parent.top


@dataclass(slots=True, eq=False, kw_only=True)
class Posted:
    """What all transactions have. `created` is when it was entered, company-local."""

    date: dt.date
    created: dt.datetime
    note: str = ""
    token: int = 0
    id: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class SalesDocument(Posted):
    """A document with sales lines."""

    customer: BookedCustomer
    number: str | None
    lines: tuple[Line, ...]
    tax: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Lines and tax."""
        return total_of(entry.amount for entry in self.lines) + self.tax


@dataclass(slots=True, eq=False, kw_only=True)
class BookedInvoice(SalesDocument):
    """An invoice. A voided one keeps its lines here and shows them as zero on the wire."""

    due: dt.date
    emailed: bool = False
    voided: bool = False
    estimate: "BookedEstimate | None" = None

    @property
    def total(self) -> Decimal:
        """Lines and tax, 0 when voided."""
        return ZERO if self.voided else total_of(entry.amount for entry in self.lines) + self.tax


@dataclass(slots=True, eq=False, kw_only=True)
class BookedCredit(SalesDocument):
    """A credit memo."""


@dataclass(slots=True, eq=False, kw_only=True)
class BookedReceipt(SalesDocument):
    """A sales receipt: sold and paid at once."""

    method: str
    reference: str
    route: str
    deposit: "BookedDeposit | None" = None


@dataclass(slots=True, eq=False, kw_only=True)
class BookedEstimate(Posted):
    """An estimate and the invoices billed from it."""

    customer: BookedCustomer
    number: str
    lines: tuple[Line, ...]
    invoices: list[BookedInvoice] = field(default_factory=list)


Target = BookedInvoice | BookedCredit


@dataclass(slots=True, eq=False, kw_only=True)
class BookedPayment(Posted):
    """Money received, or with a total of zero the link between a credit memo and an invoice (contract 7.3).

    `route` says where the money goes: direct to the bank, or by Undeposited Funds in a cheque or card deposit.
    """

    customer: BookedCustomer
    total: Decimal
    method: str
    reference: str
    route: str
    lines: list[tuple[Target, Decimal]] = field(default_factory=list)
    deposit: "BookedDeposit | None" = None

    @property
    def unapplied(self) -> Decimal:
        """Total less what invoices take, plus what credit memos bring."""
        taken = ZERO
        for target, amount in self.lines:
            taken += amount if isinstance(target, BookedInvoice) else -amount
        return self.total - taken

    def release(self, invoice: BookedInvoice) -> Decimal:
        """Unlink `invoice`; what was applied to it becomes unapplied and is returned."""
        freed = total_of(amount for target, amount in self.lines if target is invoice)
        self.lines = [entry for entry in self.lines if entry[0] is not invoice]
        self.token += 1
        return freed


@dataclass(slots=True, eq=False, kw_only=True)
class DepositLine:
    """Money straight onto an account, without a customer payment behind it. Fees are negative."""

    date: dt.date
    amount: Decimal
    account: str
    customer: BookedCustomer | None = None
    method: str = ""
    reference: str = ""
    memo: str = ""
    deposit: "BookedDeposit | None" = None


@dataclass(slots=True, eq=False, kw_only=True)
class BookedDeposit(Posted):
    """A bank deposit of received payments, receipts and other lines."""

    sources: list[BookedPayment | BookedReceipt | DepositLine]

    @property
    def total(self) -> Decimal:
        """What reaches the bank."""
        return total_of(entry.amount if isinstance(entry, DepositLine) else entry.total for entry in self.sources)


@dataclass(slots=True, eq=False, kw_only=True)
class BookedJournal(Posted):
    """A journal entry with one line on A/R: positive raises the customer's balance."""

    customer: BookedCustomer
    receivable: Decimal
    account: str
    number: str


Transaction = (
    BookedInvoice | BookedPayment | BookedCredit | BookedReceipt | BookedEstimate | BookedDeposit | BookedJournal
)


@dataclass(slots=True, eq=False)
class Books:
    """All of the file. `loose_lines` wait for the deposit that will carry them."""

    customers: list[BookedCustomer] = field(default_factory=list)
    invoices: list[BookedInvoice] = field(default_factory=list)
    payments: list[BookedPayment] = field(default_factory=list)
    credits: list[BookedCredit] = field(default_factory=list)
    receipts: list[BookedReceipt] = field(default_factory=list)
    estimates: list[BookedEstimate] = field(default_factory=list)
    deposits: list[BookedDeposit] = field(default_factory=list)
    journals: list[BookedJournal] = field(default_factory=list)
    loose_lines: list[DepositLine] = field(default_factory=list)
    removed: set[Transaction] = field(default_factory=set)
    _names: set[str] = field(default_factory=set)

    def add_customer(self, customer: BookedCustomer) -> BookedCustomer:
        """Enter a customer; a name already taken is made unique, as QuickBooks demands (contract 6.2)."""
        wanted, attempt = customer.name, 1
        while customer.name.casefold() in self._names:
            attempt += 1
            customer.name = f"{wanted} ({attempt})"
        self._names.add(customer.name.casefold())
        self.customers.append(customer)
        return customer

    def remove(self, document: Transaction) -> None:
        """Take a document out as if it had never been entered. Links to it must be gone already."""
        self.removed.add(document)

    def settle_removals(self) -> None:
        """Drop the removed documents from the lists, once, after all changes."""
        if self.removed:
            self.invoices = [entry for entry in self.invoices if entry not in self.removed]
            self.payments = [entry for entry in self.payments if entry not in self.removed]
            self.credits = [entry for entry in self.credits if entry not in self.removed]
            self.removed = set()

    def transactions(self) -> Iterable[Transaction]:
        """Every transaction, by entity and order of entry."""
        for group in (
            self.invoices, self.payments, self.credits, self.receipts, self.estimates, self.deposits, self.journals,
        ):  # fmt: skip
            yield from group

    def assign_ids(self) -> None:
        """Number names and transactions in order of creation, transactions in one sequence as QuickBooks does."""
        for place, customer in enumerate(sorted(self.customers, key=lambda entry: entry.created), 1):
            customer.id = str(place)
        for place, document in enumerate(sorted(self.transactions(), key=lambda entry: entry.created), 1):
            document.id = str(place)

    def paid_by(self) -> dict[Target, list[tuple[BookedPayment, Decimal]]]:
        """For each invoice and credit memo the payments that touch it, with amounts."""
        touching: dict[Target, list[tuple[BookedPayment, Decimal]]] = {}
        for payment in self.payments:
            for target, amount in payment.lines:
                touching.setdefault(target, []).append((payment, amount))
        return touching
