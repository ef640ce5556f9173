"""Bad input tried for real: one clear message, the documented exit code, no traceback (R11, R59)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qbclean.sandbox.server import RunningSandbox
from tests.workflow.conftest import Cli


def _told(cli: Cli, line: str, code: int, *words: str) -> None:
    ran = cli.run(*line.split())
    assert ran.code == code, ran.err + ran.out
    assert ran.out == "", "a refusal puts nothing on stdout"
    for word in words:
        assert word in ran.err, ran.err
    assert not any(len(text) > 600 for text in ran.err.splitlines()), "a message is not a dump"


@pytest.mark.parametrize(
    ("line", "code", "word"),
    [
        ("pull", 6, "qbclean connect"),
        ("check", 6, "qbclean connect"),
        ("plan", 6, "qbclean connect"),
        ("log", 6, "qbclean connect"),
        ("recover", 6, "qbclean connect"),
        ("rollback last --yes", 6, "qbclean connect"),
        ("crm import .", 6, "qbclean connect"),
        ("companies use Acme", 6, "qbclean connect"),
        ("connect", 2, "QBCLEAN_CLIENT_ID"),
        ("connect --local nowhere.json", 2, "sandbox serve"),
        ("show nowhere.json", 2, "cannot be read"),
        ("diff nowhere.json nowhere.json", 2, "cannot be read"),
        ("decide nowhere.json --tier recommended", 2, "cannot be read"),
        ("apply nowhere.json", 2, "cannot be read"),
        ("--home a-file pull", 2, "not a folder"),
        ("demo --home occupied", 2, "was not made by"),
        ("frobnicate", 2, "No such command"),
        ("pull --frobnicate", 2, "No such option"),
        ("check --as-of yesterday", 2, "as-of"),
        ("sandbox serve --company occupied", 1, "did not start"),
    ],
)
def test_without_a_company(cli: Cli, line: str, code: int, word: str) -> None:
    (cli.folder / "a-file").touch()
    (cli.folder / "occupied").mkdir()
    (cli.folder / "occupied" / "mine.txt").touch()
    _told(cli, line, code, word)
    assert (cli.folder / "occupied" / "mine.txt").exists()


def test_a_ready_file_that_is_none_is_refused(cli: Cli) -> None:
    for text in ("", "{", "[]", '{"url": "http://127.0.0.1:9"}'):
        (cli.folder / "ready.json").write_text(text)
        _told(cli, "connect --local ready.json", 2, "ready")


def test_a_refused_token_says_connect(cli: Cli, server: RunningSandbox) -> None:
    (cli.folder / "ready.json").write_text(json.dumps(server.ready | {"refresh_token": "RT-stale"}))
    _told(cli, "connect --local ready.json", 6, "qbclean connect")


def test_connected_but_nothing_pulled(cli: Cli, server: RunningSandbox) -> None:
    cli.ok("connect", "--local", "ready.json")
    _told(cli, "check", 1, "qbclean pull")
    _told(cli, "plan", 1, "qbclean pull")
    _told(cli, "log R-1", 2, "qbclean log")
    _told(cli, "rollback R-1 --yes", 1, "qbclean pull")
    _told(cli, "--company Nobody pull", 2, "qbclean companies")


def test_a_server_that_is_down(cli: Cli, server: RunningSandbox) -> None:
    cli.ok("connect", "--local", "ready.json")
    server.stop()
    _told(cli, "pull", 1)


def test_settings_that_make_no_sense(cli: Cli, server: RunningSandbox) -> None:
    cli.ok("connect", "--local", "ready.json")
    cli.ok("pull")
    (settings,) = [folder / "settings.toml" for folder in (cli.home / "companies").iterdir()]
    for text in ("basis = ", 'basis = "gross"', "max_dolars_per_run = 5", 'income_tax_filed_through = "soon"'):
        settings.write_text(text)
        _told(cli, "check", 2, "settings.toml")


_ROW = "invoice_id,number,customer_id,customer_name,date,status,total\n"


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("invoices.csv", _ROW + "1,1042,7,Acme,2026-01-05,sent,12.3x\n", "12.3x"),
        ("invoices.csv", _ROW + "1,1042,7,Acme,05/06/2026,sent,12.30\n", "05/06/2026"),
        ("invoices.csv", _ROW + '1,"1042,7,Acme\n', "invoices.csv"),
        ("invoices.csv", "", "invoices.csv"),
        ("aging.csv", "Customer,Current,1 - 30,31 - 60,Total\nAcme,1,2,3,6\n", "aging.csv"),
        ("notes.txt", "hello\n", "notes.txt"),
    ],
)
def test_an_export_that_cannot_be_read(cli: Cli, server: RunningSandbox, name: str, text: str, word: str) -> None:
    cli.ok("connect", "--local", "ready.json")
    (cli.folder / name).write_text(text)
    _told(cli, f"crm import {name}", 1, word)


def test_an_export_that_is_not_there(cli: Cli, server: RunningSandbox) -> None:
    cli.ok("connect", "--local", "ready.json")
    ran = cli.run("crm", "import", "nowhere.csv")
    assert ran.code in (1, 2)
    assert "nowhere.csv" in ran.err


def test_a_company_that_another_run_holds(cli: Cli, server: RunningSandbox) -> None:
    """R5: exit 7, naming the holder."""
    from qbclean.store.lock import company_lock

    cli.ok("connect", "--local", "ready.json")
    (folder,) = (cli.home / "companies").iterdir()
    with company_lock(folder, command="apply", now=datetime.now(UTC)):
        _told(cli, "pull", 7, "apply")
    cli.ok("pull")


# ------------------------------------------------------------------ plans
def _edited(cli: Cli, **changes: object) -> None:
    path = cli.folder / "plan.json"
    plan = json.loads(path.read_text("utf-8"))
    action = next(item for item in plan["actions"] if item["requests"])
    for name, value in changes.items():
        if name in action:
            action[name] = value
        elif name == "realm_id":
            plan["company"]["realm_id"] = value
        elif name == "body":
            action["requests"][0]["body"]["SyncToken"] = value
        elif name == "target":
            action["targets"][0]["id"] = value
    path.write_text(json.dumps(plan), encoding="utf-8")


def test_plans_that_are_refused_send_nothing(planned: Cli, server: RunningSandbox) -> None:
    """R1, R3: one changed amount, body, target, company: exit 4, nothing sent."""
    good = (planned.folder / "plan.json").read_bytes()
    before = len(server.sandbox.requests)
    for changes in ({"amount": "1.00"}, {"body": "99"}, {"target": "1"}, {"realm_id": "1"}, {"tier": "review"}):
        (planned.folder / "plan.json").write_bytes(good)
        _edited(planned, **changes)
        _told(planned, "apply plan.json --yes", 4, "plan")
        _told(planned, "apply plan.json --dry-run", 4, "plan")
    for text in (b"", b"{", good[: len(good) // 2], b"[]", b"\xff\xfe", good.replace(b'"actions"', b'"acts"', 1)):
        (planned.folder / "plan.json").write_bytes(text)
        _told(planned, "apply plan.json --yes", 4)
        _told(planned, "show plan.json", 4)
    assert len(server.sandbox.requests) == before


def test_decisions_that_make_no_sense_change_nothing(planned: Cli) -> None:
    good = (planned.folder / "plan.json").read_bytes()
    held = next(item["id"] for item in json.loads(good)["actions"] if item["tier"] == "hold")
    _told(planned, "decide plan.json", 2, "No decision")
    _told(planned, "decide plan.json --approve A-nothing", 2, "A-nothing")
    _told(planned, "decide plan.json --tier certain", 2, "certain")
    _told(planned, f"decide plan.json --approve {held}", 4, "on hold")
    assert (planned.folder / "plan.json").read_bytes() == good


def test_a_plan_without_approvals_and_a_plan_of_strangers(connected: Cli) -> None:
    connected.ok("plan", "--out", "plan.json")
    _told(connected, "plan --out plan.json", 2, "not overwritten")
    _told(connected, "apply plan.json --yes", 4, "approved")
    connected.ok("decide", "plan.json", "--tier", "recommended")
    for journal in connected.home.rglob("journal*"):
        journal.unlink()
    _told(connected, "apply plan.json --yes", 4, "--adopt")


def test_nothing_is_written_without_a_yes(planned: Cli, server: RunningSandbox) -> None:
    """R55: no terminal and no --yes: refused, not hanging."""
    ran = planned.run("apply", "plan.json")
    assert ran.code == 2
    assert "--yes" in ran.err
    assert not [entry for entry in server.sandbox.requests if entry["method"] == "POST" and "/v3/" in entry["path"]]


def test_a_plan_file_of_another_folder_is_named_in_the_message(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"format_version": "9.0"}')
    _told(cli, "show p.json", 4, "9.0")
