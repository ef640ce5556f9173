"""The few shapes every terminal page is built from: titles, pairs, lists and quiet tables of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from qbclean.report.plain import plain

BLANK = Text("")


def title(text: str, *, note: str = "") -> Text:
    """A bold line, with a quieter remark after it."""
    line = Text(plain(text), style="bold")
    if note:
        line.append(f"  {plain(note)}", style="not bold dim")
    return line


def line(text: str, style: str = "") -> Text:
    """One line of plain text."""
    return Text(plain(text), style=style)


def exact(text: str, style: str = "") -> Text:
    """A line that must not be broken or cut, whatever the width: something to copy, or a request as it is sent."""
    return Text(plain(text), style=style, no_wrap=True, overflow="ignore")


def pairs(rows: Iterable[tuple[str, str]], *, indent: int = 2) -> RenderableType:
    """Label and value in two columns; rows with an empty value are left out."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in rows:
        if value:
            grid.add_row(Text(label), Text(plain(value)))
    return Padding(grid, (0, 0, 0, indent), expand=False)


def bullets(items: Iterable[str], *, indent: int = 2) -> RenderableType:
    """One dash per item, long ones wrapped under themselves."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for item in items:
        grid.add_row(Text("–"), Text(plain(item)))
    return Padding(grid, (0, 0, 0, indent), expand=False)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, indent: int = 2) -> RenderableType:
    """A table without frames. A column whose name ends in `>` is right-aligned, in `!` is never broken."""
    grid = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2), header_style="dim")
    for name in columns:
        label = name.rstrip(">!")
        grid.add_column(
            label, justify="right" if name.endswith(">") else "left", no_wrap=name != label, overflow="fold"
        )
    for row in rows:
        grid.add_row(*(Text(plain(cell)) for cell in row))
    return Padding(grid, (0, 0, 0, indent), expand=False)


def page(*parts: RenderableType | None) -> Group:
    """Parts one below the other, None left out."""
    return Group(*(part for part in parts if part is not None))
