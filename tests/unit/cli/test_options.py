"""Global options may stand anywhere on the line."""

from __future__ import annotations

import pytest

from qbclean.cli.options import hoisted


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        (["check", "--json"], ["--json", "check"]),
        (["log", "R-1", "--home", "w", "-v", "--csv", "f"], ["--home", "w", "-v", "log", "R-1", "--csv", "f"]),
        (["pull", "--company=Acme"], ["--company=Acme", "pull"]),
        (["--quiet", "show", "p.json"], ["--quiet", "show", "p.json"]),
        (["decide", "p.json", "--", "--json"], ["decide", "p.json", "--", "--json"]),
        (["check", "--home"], ["--home", "check"]),
    ],
)
def test_a_global_option_is_moved_before_the_command(given: list[str], understood: list[str]) -> None:
    assert hoisted(given) == understood


def test_the_sandbox_keeps_its_own_company_option() -> None:
    line = ["--quiet", "sandbox", "serve", "--company", "folder"]
    assert hoisted(line) == line
