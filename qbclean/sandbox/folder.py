"""Loads a company folder and writes one: wire JSON, one file per entity, ids and times as given (design 5)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from qbclean.sandbox.checks import check_books
from qbclean.sandbox.collector import collector_paused
from qbclean.sandbox.company import Company
from qbclean.sandbox.entities import SPECS
from qbclean.sandbox.wire import decode, encode, stamp

_SINGLETONS = ("CompanyInfo", "Preferences")
_CLEARED = ("Uncleared", "Cleared", "Reconciled", "Deposited")


class CompanyFolderError(Exception):
    """A folder that cannot be taken as a company; the message names file, line and object."""


def realm_of(directory: Path) -> str:
    """Return the realm id of a folder: digits, the same at every start."""
    digest = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()
    return "9130" + str(int(digest, 16))[:15]


def load_folder(company: Company, directory: Path) -> None:
    """Fill an empty company from a folder and check that its links and balances agree.

    Raises CompanyFolderError, with nothing usable in the company.
    """
    if not directory.is_dir():
        raise CompanyFolderError(f"{directory} is no folder. Make one with `qbclean sandbox new {directory}`.")
    with collector_paused():
        _load_all(company, directory)


def _load_all(company: Company, directory: Path) -> None:
    for entity in _SINGLETONS:
        _load_singleton(company, directory, entity)
    for entity in SPECS:
        if entity in _SINGLETONS:
            continue
        path = directory / f"{entity}.jsonl"
        if path.exists():
            for place, stored, line in _lines(path):
                _load_object(company, entity, place, stored, line)
    _load_cleared(company, directory / "Cleared.jsonl")
    problems = check_books(company)
    first = next(problems, None)
    if first is not None:
        raise CompanyFolderError(f"The books in {directory} contradict themselves. {first}")


def dump_folder(company: Company, directory: Path) -> None:
    """Write the company as a folder that `load_folder` takes back."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in dump_files(company):
        (directory / name).write_bytes(content)


def dump_files(company: Company) -> Iterator[tuple[str, bytes]]:
    """Yield (file name, content) of the company folder, without files that would be empty."""
    with company.lock:
        for entity, table in company.tables.items():
            if entity in _SINGLETONS:
                for object_id in table.order[:1]:
                    yield f"{entity}.json", table.bodies[object_id] + b"\n"
            elif table.order:
                yield f"{entity}.jsonl", b"".join(table.bodies[key] + b"\n" for key in table.order)
        if company.cleared_states:
            rows = (
                encode({"TxnType": entity, "TxnId": key, "Status": status}) + b"\n"
                for (entity, key), status in sorted(company.cleared_states.items())
            )
            yield "Cleared.jsonl", b"".join(rows)


def _load_singleton(company: Company, directory: Path, entity: str) -> None:
    path = directory / f"{entity}.json"
    if not path.exists():
        raise CompanyFolderError(f"{path} is missing. A company folder holds CompanyInfo.json and Preferences.json.")
    stored = _parse(path.read_bytes(), str(path))
    stored.setdefault("Id", "1")
    _load_object(company, entity, str(path), stored, None)


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            line = raw.strip()
            if line:
                place = f"{path}, line {number}"
                yield place, _parse(line, place), line


def _parse(text: bytes, place: str) -> dict[str, Any]:
    try:
        stored = decode(text)
    except (msgspec.DecodeError, ArithmeticError, RecursionError, ValueError) as unreadable:
        raise CompanyFolderError(f"{place}: this is not JSON ({unreadable}).") from unreadable
    if not isinstance(stored, dict):
        raise CompanyFolderError(f"{place}: a JSON object is expected.")
    return stored


def _load_object(company: Company, entity: str, place: str, stored: dict[str, Any], line: bytes | None) -> None:
    object_id = stored.get("Id")
    if not isinstance(object_id, str) or not object_id:
        raise CompanyFolderError(f'{place}: the object has no Id (text, like "Id": "301").')
    if object_id in company.tables[entity]:
        raise CompanyFolderError(f"{place}: {entity} {object_id} appears twice.")
    if not str(stored.get("SyncToken", "0")).isdigit():
        raise CompanyFolderError(f"{place}: SyncToken of {entity} {object_id} must be a whole number.")
    body = line
    if "SyncToken" not in stored or "MetaData" not in stored:
        now = stamp(company.clock.now())
        stored.setdefault("SyncToken", "0")
        stored.setdefault("MetaData", {"CreateTime": now, "LastUpdatedTime": now})
        body = None
    try:
        company.load(entity, stored, body or encode(stored))
    except (ArithmeticError, AttributeError, TypeError, ValueError) as unreadable:
        raise CompanyFolderError(f"{place}: {entity} {object_id} cannot be read ({unreadable}).") from unreadable


def _load_cleared(company: Company, path: Path) -> None:
    if not path.exists():
        return
    for place, stored, _ in _lines(path):
        entity, object_id, status = stored.get("TxnType"), stored.get("TxnId"), stored.get("Status")
        if status not in _CLEARED:
            raise CompanyFolderError(f"{place}: Status must be one of {', '.join(_CLEARED)}.")
        if entity not in company.tables or str(object_id) not in company.tables[entity]:
            raise CompanyFolderError(f"{place}: {entity} {object_id} is not in the folder.")
        company.cleared_states[str(entity), str(object_id)] = status
