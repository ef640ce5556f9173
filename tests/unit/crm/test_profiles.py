"""Profiles: checked strictly, found in three places; what a file may leave open and what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbclean.crm.library import known_profiles, load_profile, packaged_profiles, parsed
from qbclean.crm.profile import names_of
from qbclean.crm.reading import read_crm
from qbclean.errors import CrmFormatError, SettingsError

_MINE = """
[profile]
name = "my-crm"
title = "Mine"
[[file]]
role = "invoices"
require = ["number", "total"]
signs = ["Rechnung", "Kunde"]
[file.columns]
number = ["Rechnung"]
customer = ["Kunde"]
date = ["Datum"]
total = ["Betrag"]
[file.parse]
date = ["%d.%m.%Y"]
decimal = ","
"""
_EXPORT = "Rechnung;Kunde;Datum;Betrag\nR-1;Müller;13.02.2026;1.234,50\n"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('role = "invoices"', 'role = "bills"'), r"Invalid enum value 'bills' - at `\$\.file\[0\]\.role`"),
        (('title = "Mine"', 'titel = "Mine"'), r"unknown field `titel` - at `\$\.profile`"),
        (('title = "Mine"', ""), r"missing required field `title` - at `\$\.profile`"),
        (('total = ["Betrag"]', 'totals = ["Betrag"]'), r"columns\.totals: is not a field"),
        (('total = ["Betrag"]', ""), "require: total has no columns"),
        (('number = ["Rechnung"]', "number = []"), "number: has no column name"),
        (('["Kunde"]\ndate', '{ from = ["Kunde"], pattern = "(" }\ndate'), "is not a regular expression"),
        (('decimal = ","', 'decimal = "auto-detect"'), r"Invalid enum value 'auto-detect'.*parse\.decimal"),
        (('decimal = ","', "decimal = ,"), "Invalid value"),
    ],
)
def test_a_wrong_profile_is_refused_by_file_and_key(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    path = tmp_path / "mine.toml"
    assert change[0] in _MINE
    path.write_text(_MINE.replace(*change))
    with pytest.raises(SettingsError, match=rf"mine\.toml cannot be used: .*{complaint}"):
        load_profile(path)


def test_a_profile_of_ones_own_is_found_in_the_home_folder_and_by_its_path(tmp_path: Path) -> None:
    profile = tmp_path / "profiles" / "mine.toml"
    profile.parent.mkdir()
    profile.write_text(_MINE)
    export = tmp_path / "export.csv"
    export.write_text(_EXPORT)
    by_home = read_crm([export], home=tmp_path)
    assert by_home == read_crm([export], str(profile)) == read_crm([export], "my-crm", home=tmp_path)
    (invoice,) = by_home.records.invoices
    assert (invoice.number, str(invoice.date), str(invoice.total)) == ("R-1", "2026-02-13", "1234.50")
    with pytest.raises(CrmFormatError, match="is not a file qbclean can import"):
        read_crm([export])


def test_a_profile_of_ones_own_replaces_the_packaged_one_of_its_name(tmp_path: Path) -> None:
    profile = tmp_path / "profiles" / "jobber.toml"
    profile.parent.mkdir()
    profile.write_text(_MINE.replace("my-crm", "jobber"))
    names = [one.name for one in known_profiles(tmp_path)]
    assert names == [one.name for one in packaged_profiles()]
    assert next(one for one in known_profiles(tmp_path) if one.name == "jobber").profile.title == "Mine"


def test_the_packaged_profiles_name_no_column_for_two_fields_of_a_record() -> None:
    """A column under two plain lists is a slip; where it is meant, the profile says `first`, `pattern` or `join`."""
    for profile in packaged_profiles():
        for section in profile.file:
            plain = [
                (alias.casefold(), field)
                for field, column in section.columns.items()
                if isinstance(column, tuple)
                for alias in names_of(column)
            ]
            names = [alias for alias, _ in plain]
            twice = {alias for alias in names if names.count(alias) > 1}
            assert not twice, (profile.name, section.title, twice)


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["13/02/2026", "02/03/2026"], ["2026-02-13", "2026-03-02"]),  # one cell proves it for the column
        (["02/03/2026", "01/12/2026"], ["2026-02-03", "2026-01-12"]),  # nothing proves it: the first listed
    ],
)
def test_a_column_of_dates_is_read_in_one_order(tmp_path: Path, cells: list[str], read: list[str]) -> None:
    export = tmp_path / "export.csv"
    export.write_text("Rechnung;Kunde;Datum;Betrag\n" + "".join(f"R-{n};M;{it};1,00\n" for n, it in enumerate(cells)))
    profile = tmp_path / "mine.toml"
    profile.write_text(_MINE.replace('["%d.%m.%Y"]', '["%m/%d/%Y", "%d/%m/%Y"]'))
    assert [str(it.date) for it in read_crm([export], str(profile)).records.invoices] == read


def test_a_column_that_mixes_both_orders_is_refused(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text("Rechnung;Kunde;Datum;Betrag\nR-1;M;13/02/2026;1,00\nR-2;M;02/13/2026;1,00\n")
    profile = tmp_path / "mine.toml"
    profile.write_text(_MINE.replace('["%d.%m.%Y"]', '["%m/%d/%Y", "%d/%m/%Y"]'))
    with pytest.raises(CrmFormatError, match=r'row 2, Datum "13/02/2026": is not a date'):
        read_crm([export], str(profile))


@pytest.mark.parametrize(
    ("amounts", "read"),
    [
        (["1.234,50", "7"], ["1234.50", "7.00"]),
        (["12,5", "1.000"], ["12.50", "1000.00"]),
        (["1 234,50", "7,00"], ["1234.50", "7.00"]),
        (["1,234.50", "7"], ["1234.50", "7.00"]),
        (["1,234", "7"], ["1234.00", "7.00"]),
    ],
)
def test_the_decimal_mark_is_decided_by_the_file(tmp_path: Path, amounts: list[str], read: list[str]) -> None:
    export = tmp_path / "export.csv"
    export.write_text("Rechnung;Kunde;Datum;Betrag\n" + "".join(f"R-{it};M;01.02.2026;{it}\n" for it in amounts))
    profile = tmp_path / "mine.toml"
    profile.write_text(_MINE.replace('decimal = ","', 'decimal = "auto"'))
    assert [str(it.total) for it in read_crm([export], str(profile)).records.invoices] == read


@pytest.mark.parametrize("amounts", [["12,50", "12.50"], ["1.234", "7"]])
def test_a_file_that_leaves_the_decimal_mark_open_is_refused(tmp_path: Path, amounts: list[str]) -> None:
    export = tmp_path / "export.csv"
    export.write_text("Rechnung;Kunde;Datum;Betrag\n" + "".join(f"R-{it};M;01.02.2026;{it}\n" for it in amounts))
    profile = tmp_path / "mine.toml"
    profile.write_text(_MINE.replace('decimal = ","', 'decimal = "auto"'))
    with pytest.raises(CrmFormatError, match="1 row of the export cannot be read"):
        read_crm([export], str(profile))


def test_an_evening_in_utc_is_the_day_of_the_account(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text("Rechnung;Kunde;Datum;Betrag\nR-1;M;2026-01-10T03:30:00Z;1,00\n")
    profile = tmp_path / "mine.toml"
    profile.write_text(_MINE.replace('["%d.%m.%Y"]', '["iso"]'))

    def day(timezone: str | None) -> str:
        return str(read_crm([export], str(profile), timezone=timezone).records.invoices[0].date)

    assert [day(None), day("America/Denver"), day("Europe/Berlin")] == ["2026-01-09", "2026-01-09", "2026-01-10"]
    with pytest.raises(SettingsError, match="no time zone 'Mars/Olympus'"):
        day("Mars/Olympus")


def test_a_packaged_profile_is_named_in_its_error() -> None:
    with pytest.raises(SettingsError, match=r"broken\.toml cannot be used"):
        parsed("[profile", "broken.toml")
