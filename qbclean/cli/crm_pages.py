"""How `crm inspect` and `crm import` show a file: what it is, what was read, what could not be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from qbclean.report.text.layout import bullets, exact, line, page, pairs, table, title

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qbclean.crm.inspection import FileView, SectionView
    from qbclean.model.crm import CrmRecord, RejectedRow

_SHOWN = 20
_NOT_SHOWN = frozenset({"file", "flags", "lines", "applied"})


def inspected(views: Sequence[FileView]) -> RenderableType:
    """Every file one after the other."""
    return page(*(part for view in views for part in _file(view)))


def rejected_rows(rejected: Sequence[RejectedRow]) -> RenderableType:
    """The rows that cannot be read, the first of them in full."""
    rows = [(row.file, str(row.row), row.column or "", row.cell or "", row.reason) for row in rejected[:_SHOWN]]
    return page(
        line(f"{len(rejected):,} rows cannot be read without guessing:"),
        table(("file", "row>", "column", "cell", "why"), rows),
    )


def _file(view: FileView) -> Iterable[RenderableType]:
    if not view.profile:
        yield title(view.file, note="no profile fits")
        near = f"{view.runner_up} ({view.runner_up_score} of 100)" if view.runner_up else ""
        yield pairs((("it looks like", view.looks_like), ("nearest", near)))
    else:
        yield title(view.file, note=f"{view.profile}, score {view.score} of 100")
        runner_up = f"{view.runner_up} ({view.runner_up_score})" if view.runner_up else ""
        doubt = "too close to tell: choose one with --profile" if view.undecided else ""
        yield pairs((("runner-up", runner_up), ("doubt", doubt), ("it looks like", view.looks_like)))
    for section in view.sections:
        yield from _section(section)
    if view.draft:
        yield line("A profile to start from (--draft FILE writes it):")
        yield page(*(exact(text) for text in view.draft.splitlines()))


def _section(view: SectionView) -> Iterable[RenderableType]:
    statuses = ", ".join(f"{count:,} {word}" for word, count in view.statuses)
    yield pairs(
        (
            ("kind", view.title or view.role),
            ("records", f"{view.records:,}"),
            ("by status", statuses),
            ("decimal", "comma" if view.decimal == "," else "point"),
            ("lacks", ", ".join(view.missing)),
            ("not used", ", ".join(view.unused)),
            ("problem", view.problem),
        )
    )
    yield table(("field", "column"), view.mapped)
    if view.ambiguous:
        yield bullets(f"{field}: {' or '.join(names)}; a profile must say which" for field, names in view.ambiguous)
    if view.sums:
        stated = {column: value for column, value, _ in view.totals}
        rows = [
            (
                column,
                f"{value:,}" if value is not None else "unreadable",
                f"{stated[column]:,}" if column in stated else "",
            )
            for column, value in view.sums
        ]
        yield table(("column", "sum of rows>", "the file's total>"), rows)
    if view.first:
        yield line("The first records as read:")
        yield bullets(_in_short(record) for record in view.first)
    if view.rejected:
        yield rejected_rows(view.rejected)


def _in_short(record: CrmRecord) -> str:
    """The filled fields of a record."""
    facts = msgspec.structs.asdict(record)
    return ", ".join(
        f"{name} {'+'.join(map(str, value)) if isinstance(value, tuple) else value}"
        for name, value in facts.items()
        if name not in _NOT_SHOWN and value not in (None, "", ())
    )
