"""Tables: ids in numeric order, columns and indexes that follow every write."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from qbclean.sandbox.entities import SPECS
from qbclean.sandbox.table import Table, id_order


def _store(table: Table, object_id: str, **fields: Any) -> None:
    stored = {"Id": object_id, **fields}
    table.store(object_id, stored, json.dumps(stored).encode())


def test_ids_are_ordered_as_numbers_with_words_last() -> None:
    table = Table(SPECS["TaxCode"])
    for object_id in ("10", "NON", "9", "100", "2"):
        _store(table, object_id, Name=object_id)
    assert table.order == ["2", "9", "10", "100", "NON"]
    assert sorted(table.order, key=id_order) == table.order


def test_whole_amounts_are_read_as_decimals() -> None:
    table = Table(SPECS["Invoice"])
    _store(table, "1", Balance=3, Line=[{"Amount": 3, "LineNum": 1}])
    stored = table.read("1")
    assert stored is not None
    assert isinstance(stored["Balance"], Decimal)
    assert isinstance(stored["Line"][0]["Amount"], Decimal)
    assert isinstance(stored["Line"][0]["LineNum"], int)


def test_a_reader_cannot_change_what_is_stored() -> None:
    table = Table(SPECS["Invoice"])
    _store(table, "1", Line=[{"Amount": 3}])
    first = table.read("1")
    assert first is not None
    first["Line"].clear()
    assert table.read("1") != first


_WRITES = st.lists(
    st.tuples(st.sampled_from("12345678"), st.none() | st.tuples(st.sampled_from("AB"), st.integers(0, 3))), max_size=30
)


@given(_WRITES)
def test_columns_and_indexes_follow_every_write(writes: list[tuple[str, tuple[str, int] | None]]) -> None:
    table = Table(SPECS["Invoice"])
    expected: dict[str, tuple[str, int]] = {}
    table.column("DueDate")
    for object_id, content in writes:
        if content is not None:
            number, balance = content
            _store(table, object_id, DocNumber=number, Balance=balance, DueDate=f"2026-01-0{balance + 1}")
            expected[object_id] = content
        elif object_id in table:
            table.remove(object_id)
            del expected[object_id]
    assert table.order == sorted(expected)
    assert dict(table.values("Balance")) == {key: Decimal(balance) for key, (_, balance) in expected.items()}
    assert dict(table.values("DueDate")) == {key: f"2026-01-0{balance + 1}" for key, (_, balance) in expected.items()}
    for number in "AB":
        holders = table.holders("DocNumber", number.casefold())
        assert sorted(holders or []) == sorted(key for key, (given, _) in expected.items() if given == number)
