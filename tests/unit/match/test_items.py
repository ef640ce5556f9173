"""Which QuickBooks item a CRM line belongs on."""

from __future__ import annotations

from typing import Any

import msgspec

from qbclean.match.items import ItemMap
from qbclean.match.overview import overview_of
from qbclean.model.crm import CrmRecord
from tests.builders import DAY, a_line, a_snapshot, an_invoice
from tests.crm_builders import a_crm_invoice, a_crm_line, the_crm
from tests.lists import ITEMS, LABOR, MATERIALS


def mapped(*records: CrmRecord, **books_fields: Any) -> ItemMap:
    books = a_snapshot(
        an_invoice("301", number="1042"),
        an_invoice("302", number="1043", lines=[a_line("250.00", item=MATERIALS)], date=DAY),
        **books_fields,
    )
    crm = the_crm(*records)
    return overview_of(books, crm).items


def called(name: str, id: str = "I-1", **fields: Any) -> CrmRecord:  # noqa: A002
    return a_crm_invoice(id, lines=[a_crm_line(fields.get("total", "100.00"), item=name)], **fields)


def test_an_item_is_found_by_its_name_whatever_the_spelling() -> None:
    assert mapped(called("x")).find(" LABOR ") == LABOR


def test_a_crm_item_is_learned_from_how_paired_invoices_were_booked() -> None:
    assert mapped(called("Crew hours")).learned("crew hours") == LABOR


def test_a_crm_item_booked_now_so_now_otherwise_is_not_learned() -> None:
    records = (called("Crew hours"), called("Crew hours", "I-2", number="1043", total="250.00"))

    assert mapped(*records).learned("Crew hours") is None


def test_a_name_two_items_share_finds_neither() -> None:
    twin = msgspec.structs.replace(ITEMS[MATERIALS], id="99", name="Labor", fully_qualified_name=None)
    bare = msgspec.structs.replace(ITEMS[LABOR], fully_qualified_name=None)

    assert mapped(called("x"), items={**ITEMS, LABOR: bare, "99": twin}).find("Labor") is None


def test_inactive_inventory_and_incomeless_items_are_not_usable() -> None:
    for spoiled in ({"active": False}, {"type": "Inventory"}, {"income_account_ref": None}):
        items = {**ITEMS, LABOR: msgspec.structs.replace(ITEMS[LABOR], **spoiled)}
        found = mapped(called("Crew hours"), items=items)
        assert (found.find("Labor"), found.learned("Crew hours")) == (None, None)
