"""Pull over the sandbox into books.db: a generated company, edits between and during pulls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from qbclean.errors import IncompleteBooksError
from qbclean.sandbox.generate import generate
from qbclean.store.books import SqliteBooks
from qbclean.workflow.pull import PullResult, pull
from tests.contract.qbo.conftest import Line
from tests.contract.qbo.writes import an_invoice, create, void
from tests.fakes import RecordingProgress


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A messy contractor company with jobs, credits and reconciled payments."""
    directory = tmp_path_factory.mktemp("company")
    generate(directory, seed=7, customers=120, years=2, today=date(2026, 11, 20))
    return directory


@pytest.fixture
def messy(connect: Callable[..., Line], folder: Path) -> Line:
    return connect(company=folder)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[SqliteBooks]:
    with SqliteBooks(tmp_path / "books.db") as store:
        yield store


def pulled(line: Line, books: SqliteBooks, *, full: bool = False) -> PullResult:
    return pull(line.source, books, RecordingProgress(), full=full)


def test_the_snapshot_is_the_company(messy: Line, books: SqliteBooks, folder: Path) -> None:
    """S29: every document is there, and QuickBooks' own report agrees with each customer and job."""
    result = pulled(messy, books)
    for entity in ("Invoice", "Payment", "CreditMemo", "Customer", "Deposit"):
        assert result.counts[entity] == len((folder / f"{entity}.jsonl").read_text().splitlines())
    snapshot = books.load()
    assert snapshot.realm_id == messy.realm_id
    balances = {id_: each.balance for id_, each in snapshot.customers.items() if each.balance}
    assert snapshot.ar_by_customer == balances
    assert any(snapshot.customers[id_].parent_ref for id_ in balances), "jobs are among them"
    assert len(balances) > 10
    assert snapshot.reconciled


def test_calls_are_a_page_per_thousand_and_a_constant(messy: Line, books: SqliteBooks) -> None:
    """design.md 10."""
    result = pulled(messy, books)
    assert result.calls == messy.connection.calls
    assert result.calls - sum(-(-count // 1000) for count in result.counts.values()) <= 50


def test_a_second_pull_brings_edits_voids_and_deletions_only(messy: Line, books: SqliteBooks) -> None:
    pulled(messy, books)
    before = messy.connection.calls
    invoice = create(messy, "Invoice", an_invoice("Z-1", customer="1", on="2026-11-19"))
    other = create(messy, "Invoice", an_invoice("Z-2", customer="1", on="2026-11-19"))
    messy.gateway.send(void(messy, other))
    result = pulled(messy, books)
    assert not result.full
    assert 2 <= result.changed <= 4, "two invoices, their customer"
    assert messy.connection.calls - before < 40
    snapshot = books.load()
    assert snapshot.invoices[invoice.ref.id].doc_number == "Z-1"
    assert snapshot.invoices[other.ref.id].is_voided
    assert snapshot.raw_of(invoice.ref) == messy.gateway.read([invoice.ref])[invoice.ref].raw


def test_an_incremental_pull_ends_where_a_full_one_does(messy: Line, books: SqliteBooks, tmp_path: Path) -> None:
    pulled(messy, books)
    create(messy, "Invoice", an_invoice("Z-1", customer="1", on="2026-11-19"))
    pulled(messy, books)
    with SqliteBooks(tmp_path / "fresh.db") as fresh:
        pulled(messy, fresh)
        one, other = books.load(), fresh.load()
        assert one.invoices == other.invoices
        assert one.customers == other.customers
        assert one.ar_by_customer == other.ar_by_customer


@pytest.mark.parametrize("entity", ["Invoice", "Customer", "JournalEntry"])
def test_an_entity_that_cannot_be_read_makes_no_snapshot(messy: Line, books: SqliteBooks, entity: str) -> None:
    """S29."""
    first = pulled(messy, books)
    messy.fault(fault="503_html", path="/query", contains=f"FROM+{entity}", times=100, nth=2)
    with pytest.raises(IncompleteBooksError, match=entity):
        pulled(messy, books, full=True)
    messy.running.sandbox.mischief.clear()
    assert books.load().id == first.snapshot_id
