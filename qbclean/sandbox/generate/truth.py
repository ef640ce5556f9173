"""What is wrong with the generated books, told while it is being done; `answers.py` writes it down as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from qbclean.sandbox.generate.books import BookedCustomer, BookedInvoice, DepositLine, Transaction
from qbclean.sandbox.generate.money import ZERO
from qbclean.sandbox.generate.story import Credit, Customer, Invoice, Payment

Told = Invoice | Payment | Credit | Customer
"""A record of the CRM."""

Document = Transaction | BookedCustomer | DepositLine
"""A record of the books; a loose deposit line is named by the deposit that carries it."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Step:
    """One action of design 7 that is part of the right remedy."""

    action: str
    documents: tuple[Document, ...] = ()
    crm: tuple[Told, ...] = ()
    amount: Decimal = ZERO


@dataclass(slots=True, eq=False, kw_only=True)
class Mess:
    """One thing that is wrong. With `copies` the remedy is worked out at the end, by rule S04."""

    kind: str
    variant: str
    documents: tuple[Document, ...]
    crm: tuple[Told, ...] = ()
    amount: Decimal
    steps: tuple[Step, ...] = ()
    copies: tuple[BookedInvoice, ...] = ()
    hold: str = ""
    """Why nothing can be done safely without a person; empty where the steps may run."""
    review: str = ""
    """Why leaving it to a person is also right, though the steps are."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Trap:
    """Something that resembles a mess and must stay untouched."""

    kind: str
    documents: tuple[Document, ...] = ()
    crm: tuple[Told, ...] = ()


@dataclass(slots=True, eq=False)
class Truth:
    """The collected confessions of the operators."""

    messes: list[Mess] = field(default_factory=list)
    traps: list[Trap] = field(default_factory=list)
    second_customers: dict[Customer, list[BookedCustomer]] = field(default_factory=dict)
    """Booked customers that duplicate the one in the mirror."""
    off_receivables: set[Payment] = field(default_factory=set)
    """Retainers booked as a liability, which no customer balance shows (S14)."""

    def wrong(self, mess: Mess) -> None:
        """Record a mess."""
        self.messes.append(mess)

    def trap(self, kind: str, documents: Iterable[Document] = (), crm: Iterable[Told] = ()) -> None:
        """Record a look-alike."""
        self.traps.append(Trap(kind=kind, documents=tuple(documents), crm=tuple(crm)))
