"""`qbclean crm …` where no company is needed: inspect, profiles, fetch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qbclean.cli.app import app
from qbclean.crm.library import load_profile
from qbclean.errors import SettingsError

GOLDEN = Path(__file__).parents[2] / "golden" / "crm"


def ran(tmp_path: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["--home", str(tmp_path / "home"), *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_inspect_shows_profile_score_columns_sums_and_records(tmp_path: Path) -> None:
    shown = ran(tmp_path, "crm", "inspect", str(GOLDEN / "servicetitan" / "invoices.xlsx"))
    for part in (
        "servicetitan, score",
        "runner-up",
        "Business Unit",
        "1,578.98",
        "44120390",
        "1 draft, 1 paid, 1 partial",
    ):
        assert part in shown


def test_inspect_of_a_folder_answers_as_one_json_document(tmp_path: Path) -> None:
    found = json.loads(ran(tmp_path, "--json", "crm", "inspect", str(GOLDEN / "jobber")))
    assert [file["profile"] for file in found["files"]] == ["jobber"] * 4 + [""]  # the golden answer is no export
    assert found["files"][3]["sections"][0]["role"] == "payments"
    assert found["files"][3]["sections"][0]["totals"][1][1:] == ["-1745.25", "-1745.25"]


def test_inspect_writes_the_drafted_profile(tmp_path: Path) -> None:
    export, draft = tmp_path / "export.csv", tmp_path / "mine.toml"
    export.write_text("Faktura;Klient;Datum;Summe\nF-1;Ann;01.02.2026;12,50\n")
    shown = ran(tmp_path, "crm", "inspect", str(export), "--draft", str(draft))
    assert "no profile fits" in shown
    assert load_profile(draft).name == "my-crm"


def test_profiles_lists_the_packaged_ones_and_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "home" / "profiles" / "mine.toml"
    own.parent.mkdir(parents=True)
    own.write_text(
        '[profile]\nname = "acme"\ntitle = "Acme lists"\n[[file]]\nrole = "customers"\nrequire = ["name"]\n'
        'signs = ["Who"]\n[file.columns]\nname = ["Who"]\n'
    )
    names = [one["name"] for one in json.loads(ran(tmp_path, "--json", "crm", "profiles"))["profiles"]]
    assert names[0] == "acculynx"
    assert names[1] == "acme"
    assert names[-1] == "common"
    assert "Acme lists" in ran(tmp_path, "crm", "profiles")


def test_fetch_names_the_sources_it_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUBSPOT_ACCESS_TOKEN", raising=False)
    with pytest.raises(SettingsError, match="Known: hubspot, salesforce"):
        ran(tmp_path, "crm", "fetch", "jobber", "--out", str(tmp_path / "out"))
    with pytest.raises(SettingsError, match=r"\$HUBSPOT_ACCESS_TOKEN is not set"):
        ran(tmp_path, "crm", "fetch", "hubspot", "--out", str(tmp_path / "out"))
