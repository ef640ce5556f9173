"""A generated company as `pull` and `crm import` leave it in a workspace, without a server in between."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from qbclean.crm.reading import read_crm
from qbclean.model.refs import RealmId
from qbclean.ports.books import LISTS, NOT_IN_CDC, TRANSACTIONS, PulledObject, SnapshotFacts
from qbclean.sandbox.generate import generate
from qbclean.sandbox.generate.noise import Difficulty
from qbclean.store.books import SqliteBooks
from qbclean.store.workspace import Company, Workspace

REALM = RealmId("9130000000000001")
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_pulled_company(folder: Path, customers: int, *, difficulty: Difficulty = "normal", seed: int = 1) -> Path:
    """Generate a company and put it into a workspace; returns the workspace, for `qbclean --home`.

    In a process of its own, so that its memory is not counted.
    """
    making = multiprocessing.get_context("spawn").Process(target=_make, args=(folder, customers, difficulty, seed))
    making.start()
    making.join()
    assert making.exitcode == 0
    return folder / "home"


def books_of(home: Path) -> SqliteBooks:
    return SqliteBooks(Workspace(home).books_path(REALM))


def _make(folder: Path, customers: int, difficulty: Difficulty, seed: int) -> None:
    company, home = folder / "company", folder / "home"
    generate(company, seed=seed, customers=customers, difficulty=difficulty, today=TODAY)
    name = json.loads((company / "CompanyInfo.json").read_text())["CompanyName"]
    Workspace(home).register(
        Company(realm_id=REALM, name=name, environment="local", api_url="http://127.0.0.1:1", connected_at=NOON)
    )
    with books_of(home) as books:
        pull, counts, ar = books.begin(full=True), {}, {}
        for entity in (*TRANSACTIONS, *LISTS, *NOT_IN_CDC, "CompanyInfo", "Preferences"):
            objects = list(_objects(company, entity))
            counts[entity] = len(objects)
            if entity == "Customer":
                ar = {item.id: balance for item in objects if (balance := _balance(item.raw))}
            for start in range(0, len(objects), 1_000):
                pull.put(objects[start : start + 1_000])
        facts = SnapshotFacts(
            realm_id=REALM,
            environment="local",
            taken_at=NOON,
            server_time=NOON,
            counts=counts,
            ar_by_customer=ar,
            reconciled=frozenset(),
        )
        pull.complete(facts)
        books.save_crm(read_crm([company / "crm"]).records)


def _objects(company: Path, entity: str) -> Iterator[PulledObject]:
    for path in company.glob(f"{entity}.json*"):
        for raw in path.read_bytes().splitlines() if path.suffix == ".jsonl" else (path.read_bytes(),):
            yield PulledObject(entity=entity, id=json.loads(raw)["Id"], raw=raw)


def _balance(customer: bytes) -> Decimal:
    balance: Decimal = json.loads(customer, parse_float=Decimal, parse_int=Decimal)["Balance"]
    return balance
