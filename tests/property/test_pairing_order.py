"""A plan depends on what the books and the export say, never on the order in which they say it (R3, design 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbclean.crm.reading import read_crm
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.plan.codec import encode
from qbclean.sandbox.generate import generate
from tests.company_folder import snapshot_of
from tests.crm_builders import plan_of
from tests.property.messy_books import messy_companies

TODAY = date(2026, 11, 23)
Company = tuple[ReceivablesSnapshot, CrmRecords]


def shuffled(random: Random, many: Sequence[Any]) -> list[Any]:
    return random.sample(list(many), len(many))


def shuffled_books(random: Random, books: ReceivablesSnapshot) -> ReceivablesSnapshot:
    """Every map of the snapshot in another order."""
    maps = {
        field.name: dict(shuffled(random, list(value.items())))
        for field in fields(books)
        if isinstance(value := getattr(books, field.name), Mapping)
    }
    return replace(books, **maps)


def shuffled_crm(random: Random, crm: CrmRecords) -> CrmRecords:
    """Every list of the export in another order; lines within an invoice keep theirs."""
    names = ("customers", "jobs", "invoices", "payments", "credits")
    return msgspec.structs.replace(crm, **{name: tuple(shuffled(random, getattr(crm, name))) for name in names})


@settings(max_examples=60, deadline=None, derandomize=True)
@given(messy_companies(), st.randoms(use_true_random=False))
def test_small_messy_books_in_any_order_give_the_same_bytes(company: Company, random: Random) -> None:
    books, crm = company

    assert encode(plan_of(shuffled_books(random, books), shuffled_crm(random, crm))) == encode(plan_of(books, crm))


@settings(max_examples=20, deadline=None, derandomize=True)
@given(messy_companies())
def test_the_same_books_twice_give_the_same_bytes(company: Company) -> None:
    books, crm = company

    assert encode(plan_of(books, crm)) == encode(plan_of(replace(books), msgspec.structs.replace(crm)))


@pytest.fixture(scope="module", params=["normal", "hard"])
def generated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder: Path = tmp_path_factory.mktemp("company")
    generate(folder, seed=11, customers=150, today=TODAY, difficulty=request.param)
    return snapshot_of(folder), read_crm([folder / "crm"]).records


@pytest.mark.parametrize("seed", range(4))
def test_a_generated_company_in_any_order_gives_the_same_bytes(generated: Company, seed: int) -> None:
    books, crm = generated
    random = Random(seed)

    mixed = plan_of(shuffled_books(random, books), shuffled_crm(random, crm), as_of=TODAY)

    assert encode(mixed) == encode(plan_of(books, crm, as_of=TODAY))


@pytest.mark.parametrize("seed", range(4))
def test_the_actions_for_a_generated_company_are_the_same_in_any_order(generated: Company, seed: int) -> None:
    books, crm = generated
    random = Random(seed)

    mixed = plan_of(shuffled_books(random, books), shuffled_crm(random, crm), as_of=TODAY)

    assert mixed.actions == plan_of(books, crm, as_of=TODAY).actions
