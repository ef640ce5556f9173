"""A generated company is sound, repeatable and of the promised size."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from qbclean.sandbox.generate import GeneratedCompany, generate
from tests.unit.sandbox_generate.auditor import Folder, problems

TODAY = date(2026, 11, 23)
DOCUMENTS = ("Invoice", "Payment", "CreditMemo", "SalesReceipt", "Estimate", "Deposit", "JournalEntry")


def test_the_books_contradict_themselves_nowhere(folder: Path) -> None:
    assert problems(Folder(folder)) == []


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("difficulty", ["normal", "hard"])
def test_books_of_any_seed_and_difficulty_are_sound(tmp_path: Path, seed: int, difficulty: str) -> None:
    generate(tmp_path, seed=seed, customers=120, today=TODAY, difficulty=difficulty)  # type: ignore[arg-type]
    assert problems(Folder(tmp_path)) == []


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2025, 1, 1), date(2027, 7, 31)])
@pytest.mark.parametrize("years", [1, 5])
def test_any_day_and_span_give_sound_books(tmp_path: Path, today: date, years: int) -> None:
    generate(tmp_path, seed=3, customers=90, years=years, today=today)
    assert problems(Folder(tmp_path)) == []


def test_the_default_company_has_about_400_customers_and_2000_documents(company: GeneratedCompany) -> None:
    assert 390 <= company.crm_rows["customers"] + company.crm_rows["jobs"] <= 420
    assert 1700 <= sum(company.entities[name] for name in DOCUMENTS) <= 2400


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_books(tmp_path: Path) -> None:
    first, again, other = (
        _digest(generate(tmp_path / name, seed=seed, customers=60, today=TODAY).directory)
        for name, seed in (("a", 4), ("b", 4), ("c", 5))
    )
    assert first == again
    assert first != other


def test_nothing_lies_in_the_future(folder: Path) -> None:
    books = Folder(folder)
    dates = [entry["TxnDate"] for name in DOCUMENTS for entry in books.of(name).values()]
    assert max(dates) <= TODAY.isoformat()


def _digest(directory: Path) -> str:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()
