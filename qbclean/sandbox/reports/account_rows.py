"""Sections of accounts: an account per row, sub-accounts below their parent, amounts per column and a total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from qbclean.sandbox.ledger.chart import Account, Chart
from qbclean.sandbox.reports.shape import Cell, Row, cell, data_row, money_cells, section

_TOP = "~top"


class Block(NamedTuple):
    """Rows and what they add up to, in natural sign, in cents per column."""

    rows: list[Row]
    totals: list[int]


def account_block(chart: Chart, types: Iterable[str], amounts: Mapping[str, Sequence[int]], width: int) -> Block:
    """Return the rows of the accounts of these types; accounts without any amount are left out.

    `amounts` are debit-positive; the block turns them into the natural sign of the account.
    """
    of_type = frozenset(types)
    known = {account.id: account for account in chart}
    for account_id in amounts:
        known.setdefault(account_id, chart.account(account_id))
    children: dict[str, list[Account]] = defaultdict(list)
    for account in sorted(known.values(), key=account_order):
        if account.type in of_type:
            parent = known.get(account.parent)
            below = account.parent if parent and parent.type in of_type else _TOP
            children[below].append(account)
    return _rows_below(_TOP, children, amounts, width)


def summed(blocks: Iterable[Sequence[int]], width: int) -> list[int]:
    """Return the sum of lists of amounts, column by column."""
    totals = [0] * width
    for block in blocks:
        totals = [a + b for a, b in zip(totals, block, strict=True)]
    return totals


def titled(title: str, block: Block, group: str) -> Row:
    """Return the block as a section with its title and `Total <title>`."""
    heading = [cell(title), *[cell("")] * len(block.totals)]
    return section(heading, block.rows, [cell(f"Total {title}"), *money_cells(block.totals)], group)


def total_line(title: str, totals: Sequence[int], group: str) -> Row:
    """Return a line such as Net Income, which has a summary and nothing below it."""
    return section(None, [], [cell(title), *money_cells(totals)], group)


def account_order(account: Account) -> tuple[str, str, str]:
    """Return the key by which accounts of one type are listed: number, name, id."""
    return account.number, account.name.casefold(), account.id


def account_cell(account: Account, title: str = "") -> Cell:
    """Return the cell that names an account, with its id if the company has it."""
    return cell(title or account.name, account.id if account.stored else "")


def _rows_below(
    parent: str, children: Mapping[str, list[Account]], amounts: Mapping[str, Sequence[int]], width: int
) -> Block:
    rows: list[Row] = []
    totals = [0] * width
    for account in children.get(parent, []):
        own = [account.sign * amount for amount in amounts.get(account.id, [0] * width)]
        below = _rows_below(account.id, children, amounts, width)
        whole = summed([own, below.totals], width)
        if below.rows:
            heading = [account_cell(account), *money_cells(own, blank_zero=True)]
            rows.append(section(heading, below.rows, [cell(f"Total {account.name}"), *money_cells(whole)]))
        elif any(own):
            rows.append(data_row([account_cell(account), *money_cells(own, blank_zero=width > 1)]))
        totals = summed([totals, whole], width)
    return Block(rows, totals)
