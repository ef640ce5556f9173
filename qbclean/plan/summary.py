"""What a plan says at its head: counts, dollars, and what carrying out the recommended tier would do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import get_args

import msgspec

from qbclean.actions import ACTION_KINDS
from qbclean.ledger.effect import income_by_year
from qbclean.ledger.receivable import ar_by_customer
from qbclean.ledger.world import World
from qbclean.model.action import Basis, PlannedAction
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.finding import Finding
from qbclean.model.money import ZERO, total
from qbclean.model.plan import BeforeAfter, IncomeChange, KindCount, PlanSummary


def counted(books: ReceivablesSnapshot) -> dict[str, int]:
    """Entity → how many objects the snapshot holds."""
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
    return {entity: len(objects) for entity, objects in counted.items()}


def summarised(
    books: ReceivablesSnapshot, start: World, findings: Sequence[Finding], actions: Sequence[PlannedAction]
) -> PlanSummary:
    """Counts and dollars, and what carrying out the recommended tier would do to A/R and income."""
    recommended = [action for action in actions if action.tier == "recommended"]
    ar = total(ar_by_customer(books, start).values())
    return PlanSummary(
        findings=dict(sorted(Counter(finding.kind for finding in findings).items())),
        actions=_kind_counts(actions),
        ar=BeforeAfter(before=ar, after=ar + total(action.effect.ar for action in recommended)),
        income=tuple(change for basis in get_args(Basis) for change in _income(books, start, basis, recommended)),
    )


def summary_of_part(whole: PlanSummary, actions: Sequence[PlannedAction]) -> PlanSummary:
    """The summary `whole` would have been with only these of its actions; the findings stay."""
    recommended = [action for action in actions if action.tier == "recommended"]
    moved = {basis: _income_moved(basis, recommended) for basis in get_args(Basis)}
    after = whole.ar.before + total(action.effect.ar for action in recommended)
    return PlanSummary(
        findings=whole.findings,
        actions=_kind_counts(actions),
        ar=BeforeAfter(before=whole.ar.before, after=after),
        income=tuple(
            msgspec.structs.replace(change, after=change.before + moved[change.basis][change.year])
            for change in whole.income
        ),
    )


def _kind_counts(actions: Sequence[PlannedAction]) -> tuple[KindCount, ...]:
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for action in actions:
        sums[action.kind, action.tier].append(action.amount)
    return tuple(
        KindCount(kind=kind, tier=tier, actions=len(amounts), amount=total(amounts))
        for kind in ACTION_KINDS
        for tier in ("recommended", "review", "hold")
        if (amounts := sums.get((kind, tier)))
    )


def _income_moved(basis: Basis, actions: Iterable[PlannedAction]) -> dict[int, Decimal]:
    """Year → what the actions add to income (+) or take off it (−)."""
    moved: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for action in actions:
        for change in action.effect.income:
            if change.basis == basis:
                moved[int(change.month[:4])] += change.amount
    return moved


def _income(
    books: ReceivablesSnapshot, start: World, basis: Basis, actions: Sequence[PlannedAction]
) -> Iterable[IncomeChange]:
    before = income_by_year(books, start, basis)
    moved = _income_moved(basis, actions)
    for year in sorted(before.keys() | moved.keys()):
        was = before.get(year, ZERO)
        yield IncomeChange(basis=basis, year=year, before=was, after=was + moved[year])
