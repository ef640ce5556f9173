"""The shape all of QuickBooks' reports share: header, columns found by key, nested rows of cells (contract 9.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Protocol

import msgspec

from qbclean.errors import GatewayError
from qbclean.model.money import ZERO, money


class ReportReader(Protocol):
    def report(self, name: str, params: Mapping[str, str], doing: str) -> bytes: ...


class _Pascal(msgspec.Struct, rename="pascal"):
    pass


class _NamedValue(_Pascal):
    name: str = ""
    value: str = ""


class Cell(msgspec.Struct):
    value: str = ""
    id: str = ""


class Cells(_Pascal):
    col_data: list[Cell] = []


class _Header(_Pascal):
    report_basis: str = ""
    start_period: str = ""
    end_period: str = ""
    option: list[_NamedValue] = []

    def options(self) -> dict[str, str]:
        return {option.name: option.value for option in self.option}


class _Column(_Pascal):
    col_type: str = ""
    meta_data: list[_NamedValue] = []

    def facts(self) -> dict[str, str]:
        return {pair.name: pair.value for pair in self.meta_data}


class _Columns(_Pascal):
    column: list[_Column] = []


class Row(_Pascal):
    header: Cells | None = None
    col_data: list[Cell] | None = None
    rows: Rows | None = None
    summary: Cells | None = None
    group: str = msgspec.field(default="", name="group")

    def children(self) -> list[Row]:
        return self.rows.row if self.rows else []


class Rows(_Pascal):
    row: list[Row] = []


class Report(_Pascal):
    header: _Header
    columns: _Columns
    rows: Rows

    def column(self, key: str, kind: str) -> int:
        """Where the column with that ColKey is, or else the only one of that ColType."""
        for number, column in enumerate(self.columns.column):
            if column.facts().get("ColKey") == key:
                return number
        of_kind = [number for number, column in enumerate(self.columns.column) if column.col_type == kind]
        if len(of_kind) != 1:
            raise unusable(f"it has no column {key}")
        return of_kind[0]

    def leaves(self) -> Iterator[list[Cell]]:
        waiting = list(reversed(self.rows.row))
        while waiting:
            row = waiting.pop()
            if row.col_data:
                yield row.col_data
            waiting += reversed(row.children())


def unusable(why: str) -> GatewayError:
    return GatewayError(
        "A report from QuickBooks cannot be used.",
        why=f"The report was read, but {why}.",
        do="Run the command again; compare with the report in QuickBooks if it stays so.",
        status=200,
    )


def amount_in(cells: list[Cell], number: int) -> Decimal:
    """The amount in a cell; an empty cell is zero."""
    text = cells[number].value.replace(",", "") if number < len(cells) else ""
    try:
        return money(text) if text else ZERO
    except (ValueError, InvalidOperation):
        raise unusable("it has a cell that is not an amount") from None
