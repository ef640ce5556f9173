"""What QuickBooks' own reports say at one moment: the figures a run is proved by (S21, S22)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import get_args

from qbclean.model.action import Basis
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.plan import Plan
from qbclean.ports.gateway import QuickBooksGateway, ReportedAccount

BASES: tuple[Basis, ...] = get_args(Basis)

IncomeByMonth = Mapping[tuple[ReportedAccount, str], Decimal]
"""(account, `YYYY-MM`) → income earned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What the reports cover: every day on which a document of the books or of the plan lies; `lock` is S01's L."""

    first: date
    last: date
    lock: date | None

    @classmethod
    def of(cls, books: ReceivablesSnapshot, plan: Plan, today: date) -> Span:
        lock = plan.locks.lock_date(taxed=False)
        days = [plan.as_of, today, *([lock] if lock else []), *(document.txn_date for document in books.documents())]
        return cls(first=date(min(days).year, 1, 1), last=date(max(days).year, 12, 31), lock=lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The reports of one moment. `sheet` is on accrual basis; `locked_…` is everything through the lock date."""

    ar: Mapping[str, Decimal]
    income: Mapping[Basis, IncomeByMonth]
    sheet: Mapping[ReportedAccount, Decimal]
    locked_ar: Mapping[str, Decimal]
    locked_income: Mapping[Basis, IncomeByMonth]
    locked_sheet: Mapping[Basis, Mapping[ReportedAccount, Decimal]]

    @classmethod
    def taken(cls, gateway: QuickBooksGateway, span: Span) -> Figures:
        """Asks for four reports, nine when a period is locked. Raises GatewayError when one cannot be had."""
        lock = span.lock
        return cls(
            ar=gateway.ar_by_customer(span.last),
            income={basis: gateway.income_by_account_and_month(basis, span.first, span.last) for basis in BASES},
            sheet=gateway.balance_sheet("accrual", span.last),
            locked_ar=gateway.ar_by_customer(lock) if lock else {},
            locked_income={
                basis: gateway.income_by_account_and_month(basis, span.first, lock) for basis in BASES if lock
            },
            locked_sheet={basis: gateway.balance_sheet(basis, lock) for basis in BASES if lock},
        )
