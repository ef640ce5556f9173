"""The workspace: which companies there are, which is meant, and what its settings say."""

import stat
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from qbclean.errors import AuthorizationError, SettingsError
from qbclean.model.refs import RealmId
from qbclean.model.settings import CompanySettings
from qbclean.store.workspace import Company, Workspace

ONE, TWO = RealmId("101"), RealmId("202")


def a_company(realm_id: RealmId = ONE, name: str = "Example Plumbing") -> Company:
    return Company(
        realm_id=realm_id,
        name=name,
        environment="local",
        api_url="http://127.0.0.1:8080",
        connected_at=datetime(2026, 3, 2, 12, 0, tzinfo=UTC),
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "home")
    workspace.register(a_company(TWO, "Sample Roofing"))
    workspace.register(a_company())
    return workspace


def test_a_fresh_workspace_touches_nothing_and_sends_the_user_to_connect(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "home")
    assert workspace.companies() == ()
    with pytest.raises(AuthorizationError, match="qbclean connect"):
        workspace.select()
    assert not workspace.home.exists()


def test_companies_are_listed_by_name(workspace: Workspace) -> None:
    assert workspace.companies() == (a_company(), a_company(TWO, "Sample Roofing"))


def test_the_company_connected_last_is_the_current_one_until_another_is_chosen(workspace: Workspace) -> None:
    assert workspace.select().realm_id == ONE
    workspace.use(TWO)
    assert Workspace(workspace.home).select().realm_id == TWO


@pytest.mark.parametrize("wanted", ["202", "Sample Roofing", "sample roofing", "roof"])
def test_a_company_is_named_by_id_name_or_part_of_it(workspace: Workspace, wanted: str) -> None:
    assert workspace.select(wanted).realm_id == TWO


def test_an_ambiguous_or_unknown_name_is_refused_with_the_choices(workspace: Workspace) -> None:
    with pytest.raises(SettingsError, match=r"2 companies fit: Example Plumbing \(101\), Sample Roofing \(202\)"):
        workspace.select("ing")
    with pytest.raises(SettingsError, match=r"No connected company fits 'nobody'.*Example Plumbing \(101\)"):
        workspace.select("nobody")


def test_a_whole_name_wins_over_names_that_contain_it(workspace: Workspace) -> None:
    workspace.register(a_company(RealmId("303"), "Sample Roofing West"))
    assert workspace.select("Sample Roofing").realm_id == TWO


def test_a_forgotten_company_is_gone_but_its_log_stays(workspace: Workspace) -> None:
    workspace.journal_path(ONE).write_bytes(b"precious")
    workspace.forget(ONE)
    assert [company.realm_id for company in workspace.companies()] == [TWO]
    assert workspace.select().realm_id == TWO
    assert workspace.journal_path(ONE).read_bytes() == b"precious"


def test_without_a_current_company_several_are_not_guessed_from(workspace: Workspace) -> None:
    workspace.register(a_company(RealmId("303"), "Third"))
    workspace.forget(RealmId("303"))
    with pytest.raises(SettingsError, match="2 companies fit"):
        workspace.select()


def test_a_company_that_is_not_connected_cannot_be_used(workspace: Workspace) -> None:
    with pytest.raises(SettingsError, match="No connected company fits '404'"):
        workspace.use(RealmId("404"))


@pytest.mark.parametrize("realm_id", ["", "..", "../x", "a/b", "a\\b", ".hidden", "1\n"])
def test_an_id_never_leads_out_of_the_folder(workspace: Workspace, realm_id: str) -> None:
    with pytest.raises(SettingsError, match="is not a company id"):
        workspace.folder(RealmId(realm_id))


@pytest.mark.skipif(sys.platform == "win32", reason="mode bits are POSIX")
def test_folders_and_files_are_private_r34(workspace: Workspace) -> None:
    for place in [workspace.home, *workspace.home.rglob("*")]:
        assert stat.S_IMODE(place.stat().st_mode) == (0o700 if place.is_dir() else 0o600), place


def test_a_damaged_registry_entry_is_named(workspace: Workspace) -> None:
    (workspace.folder(ONE) / "company.json").write_text("{")
    with pytest.raises(SettingsError, match=r"company\.json cannot be read"):
        workspace.companies()


def test_without_a_settings_file_the_defaults_hold(workspace: Workspace) -> None:
    assert workspace.settings(ONE) == CompanySettings()


def test_settings_are_read_exactly_s25(workspace: Workspace) -> None:
    workspace.settings_path(ONE).write_text(
        'basis = "cash"\nincome_tax_filed_through = 2025-12-31\nsales_tax_filed_through = "2026-01-31"\n'
        'tax_rounding_per_line = 0.01\nmax_dollars_per_run = 25000\ndefault_item = "Labor"\n'
    )
    settings = workspace.settings(ONE)
    assert settings == CompanySettings(
        basis="cash",
        income_tax_filed_through=date(2025, 12, 31),
        sales_tax_filed_through=date(2026, 1, 31),
        tax_rounding_per_line=Decimal("0.01"),
        max_dollars_per_run=Decimal(25000),
        default_item="Labor",
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("max_plan_age = 3", r"settings\.toml cannot be used: .* unknown field max_plan_age\..*max_plan_age_hours"),
        ('max_plan_age_hours = "three"', r"settings\.toml cannot be used: max_plan_age_hours: Expected int, got str"),
        ('basis = "modified"', r"basis: Invalid enum value 'modified'"),
        ("start_date = 2025-13-01", r"settings\.toml is not TOML"),
        ("[accounting]\nbasis = 'cash'", "unknown field accounting"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_named_with_its_file(workspace: Workspace, text: str, complaint: str) -> None:
    workspace.settings_path(ONE).write_text(text)
    with pytest.raises(SettingsError, match=complaint) as refusal:
        workspace.settings(ONE)
    assert refusal.value.exit_code == 2
