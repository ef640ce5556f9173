"""JSON documents for programs (R54)."""

from __future__ import annotations

import json

from qbclean.report.json import FORMAT_VERSION, document
from tests.unit.report.examples import a_plan, a_run
from tests.unit.report.nasty import NASTY_NAMES


def test_a_document_names_its_version_and_kind_first_and_keeps_amounts_as_text() -> None:
    read = json.loads(document("run", run=a_run()))
    assert list(read)[:2] == ["format_version", "kind"]
    assert read["format_version"] == FORMAT_VERSION
    assert read["run"]["proof"]["rows"][0]["actual"] == "1200.00"


def test_nasty_names_come_back_as_they_were_and_do_no_harm_on_the_way() -> None:
    """R39, R54."""
    for name in NASTY_NAMES:
        text = document("plan", plan=a_plan(customer=name))
        assert json.loads(text)["plan"]["findings"][0]["customer"] == name
        assert "\u202e" not in text
        assert "\x9b" not in text
        assert "\x1b" not in text
