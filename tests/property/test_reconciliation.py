"""Every dollar is explained, whatever the books look like, and in whatever order they come."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbclean.crm.reading import read_crm
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.reconciliation import Reconciliation
from qbclean.reconcile.reconciliation import merge
from qbclean.sandbox.generate import generate
from tests.company_folder import snapshot_of
from tests.property.messy_books import messy_companies
from tests.property.test_pairing_order import shuffled_books, shuffled_crm
from tests.unit.reconcile.answers import reconciled
from tests.unit.reconcile.slicing import Cut, judged, mismatches_of, reconciled_part, through_msgpack

TODAY = date(2026, 11, 23)
Company = tuple[ReceivablesSnapshot, CrmRecords]


def require_every_dollar_explained(answer: Reconciliation, books: ReceivablesSnapshot, crm: CrmRecords) -> None:
    require_every_document_once(answer, books, crm)
    for comparison in answer.comparisons:
        tables = (comparison.by_customer, comparison.by_job, comparison.by_month)
        for row in (comparison.whole, *(row for table in tables for row in table)):
            assert row.residual == 0
            assert sum(bucket.difference for bucket in row.buckets) == row.quickbooks - row.crm == row.difference
        for table in tables:
            assert sum(row.difference for row in table) == comparison.whole.difference
    assert answer.ties
    assert answer.aging.books.total == sum(books.ar_by_customer.values())
    assert answer.aging.true.total == sum(row.true.total for row in answer.aging.by_customer)


def require_every_document_once(answer: Reconciliation, books: ReceivablesSnapshot, crm: CrmRecords) -> None:
    """Each record of the sources stands in the report once, and in exactly one bucket of its list."""
    listed = Counter((item.side, item.sort, item.id) for item in answer.documents if item.sort != "journal_entry")
    expected = [("crm", "invoice", item.crm_id) for item in crm.invoices]
    expected += [("crm", "payment", item.crm_id) for item in crm.payments]
    expected += [("crm", "credit", item.crm_id) for item in crm.credits]
    expected += [("quickbooks", "invoice", key) for key in books.invoices]
    expected += [("quickbooks", "payment", key) for key in books.payments]
    expected += [("quickbooks", "credit", key) for key in books.credit_memos]
    assert listed == Counter(expected)
    assert all(item.bucket for item in answer.documents if item.sort != "journal_entry")
    assert all(item.open_bucket for item in answer.documents if item.open)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(messy_companies(), st.randoms(use_true_random=False))
def test_small_messy_books_are_explained_in_any_order(company: Company, random: Random) -> None:
    books, crm = company

    answer = reconciled(books, crm)

    require_every_dollar_explained(answer, books, crm)
    assert reconciled(shuffled_books(random, books), shuffled_crm(random, crm)) == answer


@pytest.fixture(scope="module", params=[(1, "normal"), (2, "normal"), (3, "hard"), (4, "hard")], ids=str)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    seed, difficulty = request.param
    made: Path = tmp_path_factory.mktemp("company")
    generate(made, seed=seed, customers=100, today=TODAY, difficulty=difficulty)
    return made


def told(folder: Path) -> Company:
    return snapshot_of(folder), read_crm([folder / "crm"]).records


def test_a_generated_company_is_explained_in_any_order(folder: Path) -> None:
    books, crm = told(folder)

    answer = reconciled(books, crm, as_of=TODAY)

    require_every_dollar_explained(answer, books, crm)
    mixed = Random(5)
    assert reconciled(shuffled_books(mixed, books), shuffled_crm(mixed, crm), as_of=TODAY) == answer


def test_a_generated_company_cut_into_slices_is_the_same_report(folder: Path) -> None:
    whole, findings = judged(*told(folder), as_of=TODAY)
    alone = reconciled_part(whole, as_of=TODAY)
    parts = list(reversed(Cut(whole, 9).slices()))

    sent = [through_msgpack(reconciled_part(part, as_of=TODAY)) for part in parts]

    assert mismatches_of(sent, parts, findings) == mismatches_of([alone], [whole], findings)
    assert merge(sent) == merge([alone])


@pytest.mark.parametrize("without", ["payments", "credits", "jobs", "customers"])
def test_an_export_in_part_is_explained_too(folder: Path, without: str) -> None:
    books, crm = told(folder)
    part = msgspec.structs.replace(crm, **{without: ()})

    require_every_dollar_explained(reconciled(books, part, as_of=TODAY), books, part)


def test_the_books_alone_are_explained_too(folder: Path) -> None:
    books, nothing = snapshot_of(folder), CrmRecords()

    require_every_dollar_explained(reconciled(books, nothing, as_of=TODAY), books, nothing)


def test_the_true_aging_is_far_nearer_the_truth_than_the_books(folder: Path) -> None:
    """`truth.json` knows what each customer owes; the books are off by about as much as is owed in all."""
    books, crm = told(folder)
    truth = msgspec.json.decode((folder / "truth.json").read_bytes())["true_balances"]["customers"]
    answer = reconciled(books, crm, as_of=TODAY)
    parties = {item.id: item.party for item in answer.documents if (item.side, item.sort) == ("crm", "invoice")}
    party_of = {item.customer_id: parties[item.crm_id] for item in crm.invoices}
    owed: dict[str, Decimal] = {}
    for customer, amount in truth.items():
        if customer in party_of:
            owed[party_of[customer]] = owed.get(party_of[customer], Decimal(0)) + Decimal(amount)
    aged = {row.key: (row.books.total, row.true.total) for row in answer.aging.by_customer}
    off_books = sum(abs(amount - aged.get(party, (0, 0))[0]) for party, amount in owed.items())
    off_true = sum(abs(amount - aged.get(party, (0, 0))[1]) for party, amount in owed.items())

    assert off_books > 10_000
    assert off_true < off_books / 8
