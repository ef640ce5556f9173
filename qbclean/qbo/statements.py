"""QuickBooks' statements by account: profit and loss by month, balance sheet as of a day, on either basis.

They are the independent witness of a run. So a statement is taken only if its header repeats what was asked for, its
sections add up, and its two sides are equal; anything else is an error, not a number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from qbclean.model.action import Basis
from qbclean.model.money import ZERO
from qbclean.ports.gateway import ReportedAccount
from qbclean.qbo import translate
from qbclean.qbo.report_shape import Cell, Report, ReportReader, Row, amount_in, unusable

_BASIS: dict[Basis, str] = {"accrual": "Accrual", "cash": "Cash"}
_Amounts = tuple[Decimal, ...]


def income_by_account_and_month(
    reader: ReportReader, basis: Basis, first: date, last: date
) -> Mapping[tuple[ReportedAccount, str], Decimal]:
    """ProfitAndLoss: (account, `YYYY-MM`) → income earned between the two days; Income group only, zeros left out."""
    report = _statement(reader, "ProfitAndLoss", basis, first, last, {"summarize_column_by": "Month"})
    months = [
        (number, start[:7])
        for number, column in enumerate(report.columns.column)
        if (start := column.facts().get("StartDate"))
    ]
    columns = [*(number for number, _ in months), report.column("total", "Total")]
    name = report.column("account", "Account")
    found: dict[tuple[ReportedAccount, str], Decimal] = defaultdict(lambda: ZERO)
    for group in (row for row in report.rows.row if row.group == "Income"):
        for account, (*amounts, whole) in _accounts(group, name, columns):
            if sum(amounts, ZERO) != whole:
                raise unusable("its months do not add up to its total")
            for (_, month), amount in zip(months, amounts, strict=True):
                found[account, month] += amount
    return {key: amount for key, amount in found.items() if amount}


def balance_sheet(reader: ReportReader, basis: Basis, as_of: date) -> Mapping[ReportedAccount, Decimal]:
    """BalanceSheet: account → balance in its natural sign, net income among them; zeros left out."""
    report = _statement(reader, "BalanceSheet", basis, as_of, as_of, {})
    columns, name = [report.column("total", "Money")], report.column("account", "Account")
    found: dict[ReportedAccount, Decimal] = defaultdict(lambda: ZERO)
    sides: dict[str, Decimal] = {}
    for side in report.rows.row:
        for account, (amount,) in _accounts(side, name, columns):
            found[account] += amount
        sides[side.group] = amount_in(side.summary.col_data if side.summary else [], columns[0])
    if sides.get("TotalAssets", ZERO) != sides.get("TotalLiabilitiesAndEquity", ZERO):
        raise unusable("its two sides are not equal")
    return {account: amount for account, amount in found.items() if amount}


def _statement(
    reader: ReportReader, name: str, basis: Basis, first: date, last: date, more: Mapping[str, str]
) -> Report:
    doing = f"Reading the {name} report"
    asked = {
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
        "accounting_method": _BASIS[basis],
        **more,
    }
    report = translate.decode(reader.report(name, asked, doing), Report, doing)
    head = report.header
    if head.end_period != last.isoformat() or (more and head.start_period != first.isoformat()):
        raise unusable(f"it is not for {first} to {last}")
    if head.report_basis != _BASIS[basis]:
        raise unusable(f"it is not on {basis} basis")
    return report


def _accounts(row: Row, name: int, columns: Sequence[int]) -> Iterator[tuple[ReportedAccount, _Amounts]]:
    """Every account in `row` and below with its own amounts, those of its sub-accounts apart.

    Raises GatewayError where a section and what stands in it do not add up to its total.
    """
    if row.col_data is not None:
        yield _account(row.col_data, name), _amounts(row.col_data, columns)
        return
    inside = [found for child in row.children() for found in _accounts(child, name, columns)]
    yield from inside
    heading = row.header.col_data if row.header else []
    own = _amounts(heading, columns)
    if row.summary is not None:
        whole = _amounts(row.summary.col_data, columns)
        left = tuple(total - sum((amounts[place] for _, amounts in inside), ZERO) for place, total in enumerate(whole))
        if heading and heading[name].id and not any(own):
            own = left  # a parent account whose own amount stands only in its total
        if own != left:
            raise unusable("a section does not add up to its total")
    if any(own):
        yield _account(heading, name), own


def _account(cells: Sequence[Cell], name: int) -> ReportedAccount:
    if name >= len(cells):
        raise unusable("it has a row without an account")
    return ReportedAccount(cells[name].id, cells[name].value)


def _amounts(cells: list[Cell], columns: Sequence[int]) -> _Amounts:
    return tuple(amount_in(cells, number) for number in columns)
