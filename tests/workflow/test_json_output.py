"""`--json` on every command: one document on stdout and nothing else there (R54)."""

from __future__ import annotations

import json

import pytest

from tests.workflow.conftest import Cli


def test_every_command_answers_with_one_document(connected: Cli) -> None:
    cli, kinds = connected, []
    for line, code in (
        ("connect --local ready.json", 0),
        ("companies", 0),
        ("doctor", 0),
        ("companies use {realm}", 0),
        ("pull", 0),
        ("crm profiles", 0),
        ("check", 3),
        ("plan --out plan.json", 0),
        ("show plan.json", 0),
        ("show plan.json {action}", 0),
        ("diff plan.json plan.json", 0),
        ("decide plan.json --tier recommended", 0),
        ("apply plan.json --dry-run", 0),
        ("apply plan.json --yes", 0),
        ("recover", 0),
        ("log", 0),
        ("log last", 0),
        ("log verify", 0),
        ("rollback last --yes", 0),
        ("companies forget {realm}", 0),
    ):
        values = {"realm": next((cli.home / "companies").iterdir()).name, "action": ""}
        if "{action}" in line:
            values["action"] = json.loads((cli.folder / "plan.json").read_text("utf-8"))["actions"][0]["id"]
        ran = cli.ok(*line.format(**values).split(), "--json", code=code)
        assert ran.document["format_version"] == "1.0"
        assert ran.err == "", f"{line}: no remarks with --json"
        kinds.append(ran.document["kind"])
    assert len(set(kinds)) >= 15


@pytest.mark.parametrize("line", ["pull", "show nowhere.json", "log"])
def test_a_refusal_is_a_document_too(cli: Cli, line: str) -> None:
    ran = cli.run(*line.split(), "--json")
    assert ran.document["kind"] == "error"
    assert ran.document["error"]["exit_code"] == ran.code


def test_every_way_to_show_a_check_counts_the_same_documents(planned: Cli) -> None:
    """Only those that list documents are given them; what is shown of them all stays the same."""
    planned.ok("check", "--html", "check.html", code=3)
    page = (planned.folder / "check.html").read_text("utf-8")

    every = planned.ok("check", "--all", "--json", code=3).document["reconciliation"]
    some = planned.ok("check", "--json", code=3).document["reconciliation"]

    differing = [item for item in every["documents"] if {item["bucket"], item["open_bucket"]} - {"agreed", None}]
    assert len(differing) < len(every["documents"])
    assert some["documents"] == differing
    assert (some["parties"], some["jobs"], some["aging"]) == (every["parties"], every["jobs"], every["aging"])
    assert f"{len(differing):,} documents" in page
    assert f"of {len(every['documents']):,}" in page
