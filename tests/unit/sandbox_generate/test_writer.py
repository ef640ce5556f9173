"""Amounts are JSON numbers with their own digits, and text stays text."""

from decimal import Decimal
from pathlib import Path

import pytest

from qbclean.sandbox.generate.writer import text, write_document, write_lines


def test_amounts_keep_their_two_places_and_zero_is_0() -> None:
    written = text({"TotalAmt": Decimal("450.00"), "Balance": Decimal("0.00"), "Amount": Decimal("-12.50")})
    assert written == '{"TotalAmt":450.00,"Balance":0,"Amount":-12.50}'


def test_a_number_that_is_text_stays_text() -> None:
    assert text({"DocNumber": "450.00", "Id": "7"}) == '{"DocNumber":"450.00","Id":"7"}'


def test_anything_else_is_refused() -> None:
    with pytest.raises(TypeError, match="object is not part"):
        text({"Amount": object()})


def test_an_entity_without_objects_gets_no_file(tmp_path: Path) -> None:
    assert write_lines(tmp_path / "Estimate.jsonl", []) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_document_has_a_line_for_each_entry(tmp_path: Path) -> None:
    write_document(tmp_path / "d.json", {"a": 1, "b": [{"x": 1}, {"x": 2}], "c": {}})
    written = (tmp_path / "d.json").read_text("utf-8")
    assert written == '{\n  "a": 1,\n  "b": [\n    {"x":1},\n    {"x":2}\n  ],\n  "c": {}\n}\n'
