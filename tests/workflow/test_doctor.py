"""`doctor`: what whoever helps asks first, without a company, with one, and with a broken one (R16)."""

from __future__ import annotations

import json
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.workflow.conftest import Cli, Prepared


def _content(folder: Path) -> dict[str, bytes]:
    return {str(place): place.read_bytes() for place in folder.rglob("*") if place.is_file()}


def _unwrapped(table: str) -> str:
    """Where a cell breaks depends on how long the folders' names are."""
    return " ".join(table.split())


def test_without_a_company_it_tells_the_sqlite_version_and_makes_nothing_r16(cli: Cli) -> None:
    told = _unwrapped(cli.ok("doctor").out)
    assert f"SQLite {sqlite3.sqlite_version}" in told
    assert "journal_mode=wal, synchronous=2, mmap_size=0" in told
    assert "qbclean connect" in told
    assert not cli.home.exists()


def test_a_company_that_is_well_is_told_so_without_a_request_and_without_a_change(cli: Cli, prepared: Prepared) -> None:
    """No sandbox listens here: a request would fail."""
    shutil.copytree(prepared.folder / "planned", cli.home)
    before = _content(cli.home)
    ran = cli.ok("doctor", "--json")
    document = ran.document
    assert (document["format_version"], document["kind"], document["well"]) == ("1.0", "doctor", True)
    (company,) = document["companies"]
    about = [check["about"] for check in company["checks"]]
    assert about == [
        "connection", "tokens", "settings", "snapshot", "lock", "journal", "hash chain", "in doubt", "file modes",
    ]  # fmt: skip
    assert {check["state"] for check in company["checks"]} == {"ok"}
    assert _content(cli.home) == before
    secrets = json.loads((prepared.folder / "ready.json").read_text("utf-8"))
    assert secrets["client_secret"] not in ran.out
    assert secrets["refresh_token"] not in ran.out


def test_a_company_that_is_not_well_ends_with_exit_1_and_advice(cli: Cli, prepared: Prepared) -> None:
    shutil.copytree(prepared.folder / "planned", cli.home)
    (folder,) = (cli.home / "companies").iterdir()
    (folder / "tokens.sealed").unlink()
    (folder / "journal.db").write_bytes(b"overwritten" * 500)
    told = _unwrapped(cli.ok("doctor", code=1).out)
    assert "2 problems to mend" in told
    assert "its tokens are gone → Run `qbclean connect`." in told
    assert "restore it from a backup" in told
    (folder / "company.json").write_text("{")
    assert "3 problems" not in cli.ok("doctor", code=1).out, "the record hides the tokens, it does not stop the rest"
    assert folder.name in cli.ok("doctor", "--company", folder.name, code=1).out
    cli.ok("doctor", "--company", "nobody", code=2)


def test_a_connection_about_to_end_is_advice_and_one_that_ended_a_problem_r44(cli: Cli, prepared: Prepared) -> None:
    shutil.copytree(prepared.folder / "planned", cli.home)
    (sealed,) = (cli.home / "companies").glob("*/tokens.sealed")
    for days, state, code in ((5, "advice", 0), (-5, "problem", 1)):
        content = json.loads(sealed.read_bytes())
        content["unused_until"] = (datetime.now(UTC) + timedelta(days=days)).isoformat()
        sealed.write_text(json.dumps(content))
        (company,) = cli.ok("doctor", "--json", code=code).document["companies"]
        assert company["checks"][0]["state"] == state
