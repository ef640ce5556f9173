"""Which booked document stands for which true one."""

from dataclasses import dataclass, field

from qbclean.sandbox.generate.books import BookedCredit, BookedCustomer, BookedInvoice, BookedPayment
from qbclean.sandbox.generate.story import Credit, Customer, Invoice, Job, Payment


@dataclass(slots=True, eq=False)
class Mirror:
    """What is missing here is not in the books. A job without a sub-customer of its own shows its customer."""

    customers: dict[Customer, BookedCustomer] = field(default_factory=dict)
    jobs: dict[Job, BookedCustomer] = field(default_factory=dict)
    invoices: dict[Invoice, BookedInvoice] = field(default_factory=dict)
    payments: dict[Payment, BookedPayment] = field(default_factory=dict)
    credits: dict[Credit, BookedCredit] = field(default_factory=dict)
    parts: dict[Invoice, tuple[BookedInvoice, ...]] = field(default_factory=dict)
    """Booked parts of an invoice that the office split; the first stands for it."""
