"""The true story: what really happened between the contractor and its customers.

Both systems should tell it. The CRM export is a faithful copy; the books are a copy that went wrong.
Everything is mutable while the story is told and left alone once it is being copied.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from qbclean.sandbox.generate.catalogue import Line
from qbclean.sandbox.generate.money import ZERO, total_of

InvoiceState = Literal["live", "draft", "void"]


@dataclass(slots=True, eq=False, kw_only=True)
class Customer:
    """Someone who is billed. `suffix` is Jr. or Sr.; `kind` steers what work they order."""

    name: str
    kind: str
    given: str = ""
    family: str = ""
    suffix: str = ""
    company: str = ""
    email: str
    phone: str
    street: str
    city: str
    zip_code: str
    taxable: bool = True
    terms_days: int = 30
    distinctive: bool = False
    """Part of a look-alike pair: its name must not be blurred and nothing may be moved off it unasked."""
    namesake: "Customer | None" = None
    """The other of a look-alike pair."""
    crm_id: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Job:
    """A piece of work at one place for one customer."""

    customer: Customer
    name: str
    contract: Decimal
    start: dt.date
    end: dt.date
    crm_id: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Invoice:
    """An invoice of the CRM. `paid` and `credited` are filled in by the settlement."""

    customer: Customer
    job: Job | None
    date: dt.date
    due: dt.date
    lines: tuple[Line, ...]
    tax: Decimal
    pattern: str
    state: InvoiceState = "live"
    number_base: str = ""
    """Invoices with the same non-blank base share a number: 1042-1, 1042-2, or 1042 and 1042-R1."""
    number_suffix: str | None = None
    """What follows the base; None counts the invoices of the base (-1, -2)."""
    estimated: bool = False
    """Billed from one estimate together with the others of its base."""
    reserved: bool = False
    """Stands for a rare look-alike: the mess leaves it alone."""
    in_books_era: bool = True
    """False when dated before the QuickBooks file was started."""
    unpaid_on_purpose: bool = False
    paid: Decimal = ZERO
    credited: Decimal = ZERO
    number: str = ""
    crm_id: str = ""
    subtotal: Decimal = field(init=False)
    total: Decimal = field(init=False)

    def __post_init__(self) -> None:
        """Work the totals out once; lines never change after that."""
        self.subtotal = total_of(entry.amount for entry in self.lines)
        self.total = self.subtotal + self.tax

    @property
    def balance(self) -> Decimal:
        """What is owed on it: 0 for void, the total for a draft (design 6)."""
        if self.state == "void":
            return ZERO
        return max(ZERO, self.total - self.paid - self.credited)


@dataclass(slots=True, eq=False, kw_only=True)
class Payment:
    """Money received once. `parts` says what it pays; nothing means a retainer or money on account."""

    customer: Customer
    date: dt.date
    amount: Decimal
    method: str
    reference: str
    parts: list[tuple[Invoice, Decimal]]
    route: str
    """How the money reaches the bank: direct, check (weekly deposit) or card (daily, net of fees)."""
    crm_id: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Credit:
    """A credit given. Without an invoice it is a credit on account."""

    customer: Customer
    invoice: Invoice | None
    date: dt.date
    amount: Decimal
    reason: str
    item: str
    numbered_like_invoice: bool = False
    number: str = ""
    crm_id: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class LookAlike:
    """Documents that resemble each other, or look missing, and are all right."""

    kind: str
    invoices: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()


@dataclass(slots=True, eq=False)
class Story:
    """Everything that happened, each list in order of date once numbered."""

    start: dt.date
    today: dt.date
    company_start: dt.date
    close_date: dt.date
    customers: list[Customer] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    lookalikes: list[LookAlike] = field(default_factory=list)
