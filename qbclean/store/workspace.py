"""The folder qbclean works in: which companies are connected, which one is current, and where each keeps its files."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from qbclean.errors import AuthorizationError, SettingsError
from qbclean.model.books import Environment
from qbclean.model.refs import RealmId
from qbclean.model.settings import CompanySettings
from qbclean.store.private_files import make_private_folder, write_atomically

_REALM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""Digits from Intuit, a word from a sandbox; never anything that leads out of the folder."""


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """A connected company; nothing in it is secret. `api_url` is the root before `/v3`."""

    realm_id: RealmId
    name: str
    environment: Environment
    api_url: str
    connected_at: datetime


class Workspace:
    """`<home>/companies/<realm_id>/` per company, and `<home>/current` with the realm id of the current one."""

    def __init__(self, home: Path) -> None:
        """Touches nothing on disk until something is kept."""
        self.home = home
        self._current = home / "current"

    # ------------------------------------------------------------------ places
    def folder(self, realm_id: RealmId) -> Path:
        """Raises SettingsError when `realm_id` cannot be one."""
        if not _REALM.fullmatch(realm_id):
            raise SettingsError(f"{realm_id!r} is not a company id.", do="See `qbclean companies`.")
        return self.home / "companies" / realm_id

    def books_path(self, realm_id: RealmId) -> Path:
        return self.folder(realm_id) / "books.db"

    def journal_path(self, realm_id: RealmId) -> Path:
        return self.folder(realm_id) / "journal.db"

    def settings_path(self, realm_id: RealmId) -> Path:
        return self.folder(realm_id) / "settings.toml"

    # ------------------------------------------------------------------ companies
    def companies(self) -> tuple[Company, ...]:
        """By name, then id."""
        found = [_read_company(path) for path in self.home.glob("companies/*/company.json")]
        return tuple(sorted(found, key=lambda company: (company.name.casefold(), company.realm_id)))

    def company(self, realm_id: RealmId) -> Company | None:
        """None when it is not connected, or no longer. Raises SettingsError when its record cannot be read."""
        path = self.folder(realm_id) / "company.json"
        return _read_company(path) if path.exists() else None

    def known(self) -> tuple[RealmId, ...]:
        """The id of every company that has a folder here, a forgotten one with its journal too."""
        folders = (path for path in self.home.glob("companies/*") if path.is_dir())
        return tuple(sorted(RealmId(path.name) for path in folders if _REALM.fullmatch(path.name)))

    def register(self, company: Company) -> None:
        """Add or replace `company` and make it the current one."""
        folder = self.folder(company.realm_id)
        make_private_folder(folder)
        write_atomically(folder / "company.json", msgspec.json.format(msgspec.json.encode(company)) + b"\n")
        self.use(company.realm_id)

    def use(self, realm_id: RealmId) -> None:
        """Make a connected company the current one. Raises SettingsError when it is not connected."""
        if not (self.folder(realm_id) / "company.json").exists():
            raise _unknown(realm_id, self.companies())
        write_atomically(self._current, realm_id.encode() + b"\n")

    def forget(self, realm_id: RealmId) -> None:
        """Take the company off the list. Its journal, books and settings stay: the log is the firm's record."""
        (self.folder(realm_id) / "company.json").unlink(missing_ok=True)
        if self._current_id() == realm_id:
            self._current.unlink()

    def select(self, wanted: str | None = None) -> Company:
        """The company with that realm id or name (a unique part of the name is enough); None: the current or only one.

        Raises AuthorizationError when none is connected, SettingsError when `wanted` fits none or several.
        """
        companies = self.companies()
        if not companies:
            raise AuthorizationError("No company is connected.", do="Run `qbclean connect`, or `qbclean demo` to look.")
        if wanted is None:
            current = self._current_id()
            fitting = [company for company in companies if company.realm_id == current] or list(companies)
        else:
            fitting = _fitting(wanted, companies)
        if not fitting:
            raise _unknown(wanted or "", companies)
        if len(fitting) > 1:
            raise SettingsError(
                f"{len(fitting)} companies fit: {_listed(fitting)}.",
                do="Name one with `--company`, or choose one for good with `qbclean companies use`.",
            )
        return fitting[0]

    def _current_id(self) -> str | None:
        return self._current.read_text().strip() if self._current.exists() else None

    # ------------------------------------------------------------------ settings
    def settings(self, realm_id: RealmId) -> CompanySettings:
        """From `settings.toml`; without the file, the defaults. Raises SettingsError naming file and key."""
        path = self.settings_path(realm_id)
        if not path.exists():
            return CompanySettings()
        try:
            # Decimal, because 0.01 read as a float would not be one cent (S25)
            return msgspec.convert(tomllib.loads(path.read_text("utf-8"), parse_float=Decimal), CompanySettings)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} is not TOML: {error}.", do="Correct the file.") from error
        except msgspec.ValidationError as error:
            known = ", ".join(field.name for field in msgspec.structs.fields(CompanySettings))
            raise SettingsError(
                f"{path} cannot be used: {_key_first(str(error))}.",
                why=f"Settings are: {known}.",
                do="Correct the file.",
            ) from error


def _fitting(wanted: str, companies: tuple[Company, ...]) -> list[Company]:
    """By realm id, else by whole name, else by part of it; case does not matter in names."""
    name = wanted.casefold()
    return (
        [company for company in companies if company.realm_id == wanted]
        or [company for company in companies if company.name.casefold() == name]
        or [company for company in companies if name in company.name.casefold()]
    )


def _read_company(path: Path) -> Company:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Company)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read: {error}.", why="It names a connected company.", do="Run `qbclean connect` again."
        ) from error


def _key_first(message: str) -> str:
    """`Expected int, got str - at $.max_plan_age_hours` → `max_plan_age_hours: Expected int, got str`."""
    problem, _, place = message.replace("`", "").partition(" - at $.")
    return f"{place}: {problem}" if place else problem


def _listed(companies: list[Company] | tuple[Company, ...]) -> str:
    return ", ".join(f"{company.name} ({company.realm_id})" for company in companies)


def _unknown(wanted: str, companies: tuple[Company, ...]) -> SettingsError:
    return SettingsError(
        f"No connected company fits {wanted!r}.",
        why=f"Connected: {_listed(companies) or 'none'}.",
        do="See `qbclean companies`, or run `qbclean connect`.",
    )
