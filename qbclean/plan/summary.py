"""What a plan says at its head: counts, dollars, and what carrying out the recommended tier would do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from qbclean.actions import ACTION_KINDS
from qbclean.ledger.chart import Chart
from qbclean.ledger.income import Year, income_by_year
from qbclean.ledger.receivable import open_in_all
from qbclean.ledger.world import World
from qbclean.model.action import ActionKind, PlannedAction, Tier
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.finding import Finding
from qbclean.model.money import ZERO, total
from qbclean.model.plan import BeforeAfter, IncomeChange, KindCount, PlanSummary

_TIERS: tuple[Tier, ...] = ("recommended", "review", "hold")


def counted(books: ReceivablesSnapshot) -> dict[str, int]:
    """Entity → how many objects the snapshot holds; those it borrowed are counted with another slice."""
    counted: Mapping[str, Mapping[str, object]] = {
        "Customer": books.customers,
        "Invoice": books.invoices,
        "Payment": books.payments,
        "CreditMemo": books.credit_memos,
        "SalesReceipt": books.sales_receipts,
        "RefundReceipt": books.refund_receipts,
        "Deposit": books.deposits,
        "JournalEntry": books.journal_entries,
    }
    borrowed = Counter[str](ref.kind for ref in books.borrowed)
    return {entity: len(objects) - borrowed[entity] for entity, objects in counted.items()}


class Tally:
    """Actions counted one by one: their dollars by kind and tier, and what the recommended ones would do."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._amounts: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
        self.ar = ZERO
        """What the recommended actions add to A/R (+) or take off it (−)."""
        self.income: dict[Year, Decimal] = defaultdict(lambda: ZERO)
        """Basis and year → what they add to income (+) or take off it (−)."""

    @classmethod
    def of(cls, actions: Iterable[PlannedAction]) -> Tally:
        tally = cls()
        for action in actions:
            tally.add(action)
        return tally

    def add(self, action: PlannedAction) -> None:
        self._count(action.kind, action.tier, 1, action.amount)
        if action.tier == "recommended":
            self.ar += action.effect.ar
            for change in action.effect.income:
                self.income[change.basis, int(change.month[:4])] += change.amount

    def add_counts(self, summary: PlanSummary) -> None:
        """Add what `summary` counted."""
        for count in summary.actions:
            self._count(count.kind, count.tier, count.actions, count.amount)
        self.ar += summary.ar.after - summary.ar.before
        for change in summary.income:
            self.income[change.basis, change.year] += change.after - change.before

    def _count(self, kind: ActionKind, tier: Tier, actions: int, amount: Decimal) -> None:
        self._counts[kind, tier] += actions
        self._amounts[kind, tier] += amount

    def counts(self) -> tuple[KindCount, ...]:
        """By kind as listed in ACTION_KINDS, then by tier."""
        return tuple(
            KindCount(kind=kind, tier=tier, actions=self._counts[kind, tier], amount=self._amounts[kind, tier])
            for kind in ACTION_KINDS
            for tier in _TIERS
            if self._counts[kind, tier]
        )


def summarised(books: ReceivablesSnapshot, findings: Iterable[Finding], tally: Tally) -> PlanSummary:
    """Counts and dollars, and what carrying out the recommended tier would do to A/R and income."""
    chart, world = Chart.of(books), World.of_books(books)
    ar = open_in_all(books)
    before = income_by_year(chart, world, books.documents())
    return PlanSummary(
        findings=dict(sorted(Counter(finding.kind for finding in findings).items())),
        actions=tally.counts(),
        ar=BeforeAfter(before=ar, after=ar + tally.ar),
        income=_income(before, tally.income),
    )


def added_up(summaries: Sequence[PlanSummary]) -> PlanSummary:
    """The summary of a company from those of its slices."""
    findings: Counter[str] = Counter()
    tally, before = Tally(), defaultdict[Year, Decimal](lambda: ZERO)
    for summary in summaries:
        findings.update(summary.findings)
        tally.add_counts(summary)
        for change in summary.income:
            before[change.basis, change.year] += change.before
    ar = total(summary.ar.before for summary in summaries)
    return PlanSummary(
        findings=dict(sorted(findings.items())),
        actions=tally.counts(),
        ar=BeforeAfter(before=ar, after=ar + tally.ar),
        income=_income(before, tally.income),
    )


def summary_of_part(whole: PlanSummary, actions: Iterable[PlannedAction]) -> PlanSummary:
    """The summary `whole` would have been with only these of its actions; the findings stay."""
    tally = Tally.of(actions)
    before = {(change.basis, change.year): change.before for change in whole.income}
    return PlanSummary(
        findings=whole.findings,
        actions=tally.counts(),
        ar=BeforeAfter(before=whole.ar.before, after=whole.ar.before + tally.ar),
        income=_income(before, tally.income),
    )


def _income(before: Mapping[Year, Decimal], moved: Mapping[Year, Decimal]) -> tuple[IncomeChange, ...]:
    return tuple(
        IncomeChange(
            basis=basis,
            year=year,
            before=before.get((basis, year), ZERO),
            after=before.get((basis, year), ZERO) + moved.get((basis, year), ZERO),
        )
        for basis, year in sorted(before.keys() | moved.keys())
    )
