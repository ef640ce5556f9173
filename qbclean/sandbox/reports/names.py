"""Customers and vendors by id, with their places in the tree of parents and jobs, and rows that show that tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from qbclean.sandbox.ledger.wire_values import ref
from qbclean.sandbox.reports.shape import Cell, Row, cell, data_row, money_cells, section
from qbclean.sandbox.view import BooksView

NOT_SPECIFIED = "Not Specified"


class Name(NamedTuple):
    """A customer, vendor, class, department or item as reports name it."""

    id: str
    name: str
    full: str
    parent: str


class NameList:
    """The names of one entity by id; the empty id is what no name was given to."""

    def __init__(self, view: BooksView, entity: str) -> None:
        self._names: dict[str, Name] = {}
        for wire in view.documents(entity):
            shown = str(wire.get("DisplayName") or wire.get("Name") or "")
            full = str(wire.get("FullyQualifiedName") or shown)
            own = str(wire["Id"])
            self._names[own] = Name(own, shown, full, ref(wire, "ParentRef"))

    def __getitem__(self, name_id: str) -> Name:
        if not name_id:
            return Name("", NOT_SPECIFIED, NOT_SPECIFIED, "")
        return self._names.get(name_id) or Name(name_id, f"Name {name_id}", f"Name {name_id}", "")

    def ordered(self, ids: set[str]) -> list[Name]:
        """Return the names in alphabetical order of their full names, what is not specified last."""
        return sorted((self[i] for i in ids), key=lambda name: (not name.id, name.full.casefold(), name.id))

    def tree_rows(
        self, amounts: Mapping[str, Sequence[int]], cells: Callable[[Sequence[int]], list[Cell]] | None = None
    ) -> list[Row]:
        """Return a row per name, jobs nested below their parent with a total; parents without amounts show blanks."""
        as_cells = cells or (lambda values: money_cells(values, blank_zero=len(values) > 1))
        shown = set(amounts)
        for name_id in amounts:
            shown.update(self._ancestors(name_id))
        children: dict[str, list[Name]] = defaultdict(list)
        for name in self.ordered(shown):
            children[name.parent if name.parent in shown else ""].append(name)
        width = max((len(values) for values in amounts.values()), default=0)

        def rows_below(parent: str) -> tuple[list[Row], list[int]]:
            rows: list[Row] = []
            totals = [0] * width
            for name in children[parent]:
                own = amounts.get(name.id)
                below, below_totals = rows_below(name.id) if name.id else ([], [0] * width)
                whole = [a + b for a, b in zip(own or [0] * width, below_totals, strict=True)]
                heading = [cell(name.name, name.id), *(as_cells(own) if own else [cell("")] * width)]
                if below:
                    summary = [cell(f"Total {name.name}"), *as_cells(whole)]
                    rows.append(section(heading, below, summary))
                else:
                    rows.append(data_row(heading))
                totals = [a + b for a, b in zip(totals, whole, strict=True)]
            return rows, totals

        return rows_below("")[0]

    def _ancestors(self, name_id: str) -> set[str]:
        found: set[str] = set()
        parent = self[name_id].parent
        while parent and parent not in found:
            found.add(parent)
            parent = self[parent].parent
        return found
