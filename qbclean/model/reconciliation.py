"""The reconciliation: both totals, and every document in the one bucket that explains its part of the difference."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, Literal

import msgspec

from qbclean.model.money import ZERO
from qbclean.model.plan import PlanCompany

Side = Literal["crm", "quickbooks"]
DocumentSort = Literal["invoice", "payment", "credit", "journal_entry"]
MeasureName = Literal["invoices", "payments", "credits", "balances"]
Bucket = Literal[
    "agreed",
    "timing",
    "other_job",
    "rounding",
    "consolidated",
    "split",
    "duplicate",
    "missing",
    "amount_differs",
    "extra",
    "not_billed",
    "crm_draft",
    "crm_void",
    "quickbooks_void",
    "before_start",
    "after_as_of",
    "sales_receipt",
    "deposit",
    "refund",
    "journal_entry",
    "lowered_invoice",
    "credit_for_duplicate",
    "unapplied_payment",
    "misapplied_payment",
    "missing_payment",
    "extra_payment",
    "unapplied_credit",
    "missing_credit",
    "extra_credit",
    "written_off",
    "joins_credit",
    "nothing",
    "not_compared",
    "unexplained",
]

BUCKETS: Final[dict[Bucket, tuple[str, str]]] = {
    "agreed": ("Agreed", "both sides say the same"),
    "timing": ("Dated in another month", "same amount, but in another month on each side"),
    "other_job": ("On another job", "same amount, but on another job, or on the customer instead of the job"),
    "rounding": ("Tax rounding", "sales tax rounded differently, within the tolerance"),
    "consolidated": ("Billed together", "one QuickBooks invoice stands for several of the CRM"),
    "split": ("Billed in parts", "several QuickBooks invoices stand for one of the CRM"),
    "duplicate": ("Entered twice", "a further copy in QuickBooks of something already there"),
    "missing": ("Missing from QuickBooks", "in the CRM, not in QuickBooks"),
    "amount_differs": ("Another amount", "arrived in QuickBooks with another amount, or only in part"),
    "extra": ("Not in the CRM", "in QuickBooks, not in the CRM"),
    "not_billed": ("Live only in QuickBooks", "live in QuickBooks, but a draft or void in the CRM"),
    "crm_draft": ("Draft in the CRM", "not billed yet, so rightly not in QuickBooks"),
    "crm_void": ("Void in the CRM", "cancelled in the CRM, so rightly not in QuickBooks"),
    "quickbooks_void": ("Void in QuickBooks", "voided in QuickBooks, where it counts nothing"),
    "before_start": ("Before the books began", "dated before the QuickBooks company was started"),
    "after_as_of": ("After the as-of date", "dated later than the day of this report"),
    "sales_receipt": ("Booked as sales receipt", "QuickBooks has a sales receipt instead"),
    "deposit": ("Booked on a deposit", "the money is on a bank deposit, coded without the invoice"),
    "refund": ("Booked as refund", "QuickBooks has a refund receipt instead of a credit memo"),
    "journal_entry": ("Journal entry in A/R", "booked by a journal entry beside the invoices"),
    "lowered_invoice": ("Credit taken off the invoice", "the QuickBooks invoice is lower instead of a credit memo"),
    "credit_for_duplicate": ("Credit for a duplicate", "a credit memo that takes an invoice entered twice out of A/R"),
    "unapplied_payment": ("Payment not applied", "the payment is in QuickBooks, but not applied as in the CRM"),
    "misapplied_payment": ("Payment on the wrong invoice", "applied in QuickBooks to something else than in the CRM"),
    "missing_payment": ("Payment missing", "paid in the CRM; QuickBooks has no such payment"),
    "extra_payment": ("Payment not in the CRM", "paid in QuickBooks by money the CRM does not know"),
    "unapplied_credit": ("Credit not applied", "the credit memo is in QuickBooks, but not applied as in the CRM"),
    "missing_credit": ("Credit missing", "credited in the CRM; QuickBooks has no such credit"),
    "extra_credit": ("Credit not in the CRM", "credited in QuickBooks, not in the CRM"),
    "written_off": ("Written off in the CRM", "given up in the CRM, still open in QuickBooks"),
    "joins_credit": ("Joins a credit", "a payment of zero that applies a credit to an invoice"),
    "nothing": ("Zero amount", "counts nothing on either side"),
    "not_compared": ("Nothing to compare with", "the CRM's export has no records of this kind"),
    "unexplained": ("Not explained", "the sides differ and nothing found says why: look at it"),
}
"""Bucket → its name and one line that explains it, in the order reports show them. Closed: there is no `other`."""

AGING_LABELS: Final = ("Current", "1–30", "31–60", "61–90", "91+")

Listed = Literal["every", "differing", "none"]
"""Which documents and rows the report is to list: there may be millions, and on most the sides agree. With "none", no
documents and nothing by customer or job but the customers whose balances differ."""
AGREED: Final[frozenset[Bucket | None]] = frozenset(("agreed", None))


class ReconciledDocument(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record of one side. Amounts carry the sign they have in their side's total: credits given are positive
    amounts of their own list, but lower what is open.

    `bucket` explains `amount` among invoices, payments or credits; None for journal entries, which are in none of
    those lists. `open_bucket` explains `open` among the balances; None when neither this record nor its counterpart
    has anything open. `party` names the customer on both sides alike, `job` likewise ("" for none). `counterparts`
    are ids on the other side (of a duplicate: the CRM record it repeats).
    """

    side: Side
    sort: DocumentSort
    id: str
    number: str = ""
    day: date | None
    due: date | None = None
    party: str
    job: str
    amount: Decimal
    bucket: Bucket | None
    open: Decimal
    open_bucket: Bucket | None
    counterparts: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """False when the two sides simply agree."""
        return self.bucket not in AGREED or self.open_bucket not in AGREED


class BucketSum(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one bucket explains: records and amounts of each side; `difference` is QuickBooks less CRM."""

    bucket: Bucket
    crm_records: int
    quickbooks_documents: int
    crm: Decimal
    quickbooks: Decimal
    difference: Decimal


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """Two totals, taken from the sources, and the buckets, taken from the documents, that lead from one to the other.

    `residual` = `difference` − Σ buckets, and always 0.00. `key` and `name` say of what: a customer, job or month.
    """

    key: str = ""
    name: str = ""
    crm: Decimal
    quickbooks: Decimal
    difference: Decimal
    residual: Decimal
    buckets: tuple[BucketSum, ...]

    @property
    def differs(self) -> bool:
        """False when the two sides agree on all of it."""
        return any(bucket.bucket not in AGREED for bucket in self.buckets)


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One measure, in all and by customer, job and month. `compared` is False where the CRM has no such records."""

    measure: MeasureName
    compared: bool
    whole: Explained
    by_customer: tuple[Explained, ...]
    by_job: tuple[Explained, ...]
    by_month: tuple[Explained, ...]


class JobRevenue(msgspec.Struct, frozen=True, kw_only=True):
    """Billed without sales tax, less credits, since the books began. QuickBooks' side counts sales receipts too."""

    job: str
    name: str
    customer: str
    contract: Decimal | None
    crm: Decimal
    quickbooks: Decimal
    difference: Decimal


class Aged(msgspec.Struct, frozen=True, kw_only=True):
    """Open amounts by days past due on the as-of date."""

    current: Decimal = ZERO
    days_1_30: Decimal = ZERO
    days_31_60: Decimal = ZERO
    days_61_90: Decimal = ZERO
    days_91_over: Decimal = ZERO
    total: Decimal = ZERO

    @property
    def spans(self) -> tuple[Decimal, ...]:
        """The five amounts in the order of `AGING_LABELS`."""
        return (self.current, self.days_1_30, self.days_31_60, self.days_61_90, self.days_91_over)


class AgedCustomer(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    name: str
    books: Aged
    true: Aged


class Aging(msgspec.Struct, frozen=True, kw_only=True):
    """A/R as the books show it, and as it truly is.

    True is what the CRM says for all that both sides know, what QuickBooks says for the rest, nothing for copies.
    """

    books: Aged
    true: Aged
    by_customer: tuple[AgedCustomer, ...]


class TieOutFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One way to A/R; `off` is what it differs by from the first, the ledger's control account."""

    what: str
    amount: Decimal
    off: Decimal


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report, `documents` CRM first, by kind, date and id. Documents and rows of customers and jobs are those
    that were asked for (`Listed`), and all totals count those of every record. `parties` and `jobs` name those of every
    document, if any are listed."""

    company: PlanCompany
    snapshot_id: str
    as_of: date
    comparisons: tuple[Comparison, ...]
    job_revenue: tuple[JobRevenue, ...]
    aging: Aging
    tie_out: tuple[TieOutFigure, ...]
    documents: tuple[ReconciledDocument, ...]
    parties: dict[str, str]
    jobs: dict[str, str]

    @property
    def ties(self) -> bool:
        """True when all ways to A/R lead to one figure."""
        return not any(figure.off for figure in self.tie_out)

    def comparison(self, measure: MeasureName) -> Comparison:
        return next(item for item in self.comparisons if item.measure == measure)
