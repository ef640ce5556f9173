"""`companies forget`: revoked, removed, and said what stays (R44)."""

from __future__ import annotations

from qbclean.sandbox.server import RunningSandbox
from tests.workflow.conftest import Cli


def test_forgetting_revokes_and_says_what_stays_r44(connected: Cli) -> None:
    (folder,) = (connected.home / "companies").iterdir()
    ready = (connected.folder / "ready.json").read_bytes()
    connected.ok("plan", "--out", "plan.json")
    ran = connected.ok("companies", "forget", folder.name)
    assert "revoked at Intuit" in ran.out
    for name in ("journal.db", "journal.key", "books.db"):
        assert str(folder / name) in ran.err
        assert (folder / name).exists()
    assert not list(folder.glob("tokens.sealed"))
    connected.ok("pull", code=6)
    (connected.folder / "ready.json").write_bytes(ready)
    connected.ok("connect", "--local", "ready.json", code=6)


def test_forgetting_while_intuit_is_away_removes_the_tokens_and_says_how_to_end_it_there(
    connected: Cli, server: RunningSandbox
) -> None:
    (folder,) = (connected.home / "companies").iterdir()
    server.stop()
    ran = connected.ok("companies", "forget", folder.name, code=1)
    assert "NOT revoked" in ran.out
    assert "disconnect qbclean" in ran.out
    assert not list(folder.glob("tokens.sealed"))
