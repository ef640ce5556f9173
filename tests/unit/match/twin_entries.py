"""QuickBooks invoices of one party at one total, and what is seen when they are held beside each other."""

from __future__ import annotations

import datetime as dt
from typing import Any

from qbclean.match.number_series import NumberSeries
from qbclean.match.runs import Run
from qbclean.match.sale_levels import SalesContext
from qbclean.match.sales import Sale, qbo_sale
from qbclean.match.twin_levels import TwinContext, compare_twins
from qbclean.match.twins import find_twins
from qbclean.model.documents import Invoice, MetaData
from tests.builders import DAY, a_line, an_invoice
from tests.lists import ITEMS

SALES = SalesContext(crm_numbers={}, spellings={}, parents={"81": "58", "82": "58"}, rounding_cents=1)
MORNING = dt.datetime(2026, 3, 3, 9, 0, tzinfo=dt.UTC)


def an_entry(id: str, *, seconds: int = 0, days: int = 0, text: str = "Labor", **fields: Any) -> Invoice:  # noqa: A002
    """An invoice dated `days` after the first and typed in `seconds` after it, with one line saying `text`."""
    total = fields.pop("total", "100.00")
    entered = MORNING + dt.timedelta(days=days, seconds=seconds)
    given = {
        "total": total,
        "date": DAY + dt.timedelta(days=days),
        "lines": [a_line(total, description=text)],
        "meta_data": MetaData(create_time=entered, last_updated_time=entered),
    }
    return an_invoice(id, **{**given, **fields})


def sold(invoice: Invoice) -> Sale:
    return qbo_sale(invoice, group="g", is_job=False, cancelled=False, item_name=lambda item: ITEMS[item].name)


def levels(*entries: Invoice) -> dict[str, str]:
    """The levels of the first two; the others are what else the party was billed at that total."""
    sales = [sold(entry) for entry in entries]
    return compare_twins(sales[0], sales[1], Run.of(sales), seen_among(*entries))


def twins(*entries: Invoice) -> list[tuple[str, ...]]:
    sales = [sold(entry) for entry in entries]
    return [found.ids for found in find_twins(sales, seen_among(*entries))]


def seen_among(*entries: Invoice, prices: frozenset[int] = frozenset()) -> TwinContext:
    """The company that these are the only invoices of."""
    return TwinContext(
        sales=SALES,
        invoices={entry.id: entry for entry in entries},
        prices=prices,
        series=NumberSeries.of(entries),
        today=max(entry.txn_date.toordinal() for entry in entries),
    )


def a_year_of_numbers(first: int, *, step: int = 1) -> list[Invoice]:
    """Forty invoices to one party, at amounts of their own, numbered by one system."""
    return [
        an_entry(str(9000 + place), number=str(first + place * step), days=place, total=f"{500 + place}.00")
        for place in range(40)
    ]


def monthly(text: str = "Lawn care") -> list[Invoice]:
    return [an_entry(str(10 + month), number=str(1100 + 10 * month), days=30 * month, text=text) for month in range(6)]
