"""Reads report JSON the way a client does: columns by ColKey, rows by id and group, amounts from text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

Report = Mapping[str, Any]


def column_keys(report: Report) -> list[str]:
    """Return the ColKeys in order."""
    return [
        next(pair["Value"] for pair in column["MetaData"] if pair["Name"] == "ColKey")
        for column in report["Columns"]["Column"]
    ]


def rows(report: Report) -> Iterator[Mapping[str, Any]]:
    """Yield every row, sections before what they hold."""
    yield from _walk(report["Rows"])


def _walk(holder: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for row in holder.get("Row", []):
        yield row
        yield from _walk(row.get("Rows", {}))


def leaves(report: Report) -> list[dict[str, dict[str, str]]]:
    """Return the data rows as cells by ColKey."""
    keys = column_keys(report)
    return [dict(zip(keys, row["ColData"], strict=True)) for row in rows(report) if "ColData" in row]


def amounts_by_id(report: Report, key: str = "total") -> dict[str, str]:
    """Return one column's values by the id in the first cell, of leaves and of headings that carry an amount."""
    position = column_keys(report).index(key)
    found = {}
    for row in rows(report):
        cells = row.get("ColData") or row.get("Header", {}).get("ColData") or [{}]
        if "id" in cells[0] and cells[position]["value"]:
            found[cells[0]["id"]] = cells[position]["value"]
    return found


def group(report: Report, name: str) -> list[Decimal]:
    """Return the amounts of a group's summary (or of the group's own row)."""
    for row in rows(report):
        if row.get("group") == name:
            cells = row["Summary"]["ColData"] if "Summary" in row else row["ColData"]
            return [Decimal(cell["value"] or "0") for cell in cells[1:]]
    return [Decimal(0)] * (len(report["Columns"]["Column"]) - 1)


def option(report: Report, name: str) -> str:
    """Return a value of the header's options."""
    return next(pair["Value"] for pair in report["Header"]["Option"] if pair["Name"] == name)
