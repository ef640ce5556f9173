"""Two weeks before a connection ends, whoever uses or lists it is told (R44)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from qbclean.model.connection import LONGEST
from tests.workflow.conftest import Cli

WARNING = "The connection to "


def _company(cli: Cli) -> Path:
    (folder,) = (cli.home / "companies").iterdir()
    return folder


def _change(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """What the passing of time would have written there."""
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content))


def test_five_years_after_the_consent_every_command_that_uses_the_connection_warns_r44(planned: Cli) -> None:
    in_days = datetime.now(UTC) + timedelta(days=13, hours=1)
    connected_at = (in_days - LONGEST).isoformat()
    _change(_company(planned) / "company.json", lambda company: company.update(connected_at=connected_at))
    for line in ("companies", "companies --json", "--quiet pull", "apply plan.json --dry-run", "apply plan.json --yes"):
        told = planned.ok(*line.split()).err
        assert f"ends on {in_days:%Y-%m-%d}, in 13 days: Intuit ends every connection five years" in told, line
    assert WARNING not in planned.ok("log").err, "what needs no connection keeps quiet"
    assert WARNING not in planned.ok("connect", "--local", "ready.json").err, "connected anew"


def test_a_connection_long_unused_is_listed_with_a_warning_and_using_it_puts_the_end_off_r44(connected: Cli) -> None:
    now = datetime.now(UTC)
    assert WARNING not in connected.ok("companies").err

    def long_unused(sealed: dict[str, Any]) -> None:
        sealed["unused_until"] = (now + timedelta(days=5, hours=1)).isoformat()

    _change(_company(connected) / "tokens.sealed", long_unused)
    listed = connected.ok("companies", "--json")
    assert "in 5 days: Intuit ends a connection that is not used for about 100 days" in listed.err
    (end,) = listed.document["ends"]
    assert end["cause"] == "unused"
    connected.ok("connect", "--local", "ready.json")
    assert WARNING not in connected.ok("companies").err
