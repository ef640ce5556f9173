"""A generated company is sound, repeatable and of the promised size."""

import csv
import hashlib
import json
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


@pytest.mark.parametrize("customers", [1, 25])
def test_a_tiny_company_still_holds_together(tmp_path: Path, customers: int) -> None:
    generate(tmp_path, seed=1, customers=customers, years=1, today=TODAY)
    assert problems(Folder(tmp_path)) == []


def test_hard_books_lose_more_numbers_and_hold_more_mess(tmp_path: Path) -> None:
    normal = generate(tmp_path / "normal", seed=2, today=TODAY)
    hard = generate(tmp_path / "hard", seed=2, today=TODAY, difficulty="hard")
    assert _share_with_crm_number(hard.directory) < 0.6 < _share_with_crm_number(normal.directory)
    assert sum(hard.messes.values()) > sum(normal.messes.values())


def test_generating_again_into_the_same_folder_leaves_nothing_of_the_first_time(tmp_path: Path) -> None:
    generate(tmp_path / "twice", seed=1, customers=80, today=TODAY)
    generate(tmp_path / "twice", seed=2, customers=40, today=TODAY)
    generate(tmp_path / "once", seed=2, customers=40, today=TODAY)
    assert _digest(tmp_path / "twice") == _digest(tmp_path / "once")


def test_nothing_lies_in_the_future(folder: Path) -> None:
    books = Folder(folder)
    dates = [entry["TxnDate"] for name in DOCUMENTS for entry in books.of(name).values()]
    assert max(dates) <= TODAY.isoformat()


def _share_with_crm_number(directory: Path) -> float:
    """How many booked invoices still carry the number of the CRM invoice they truly stand for."""
    standing = json.loads((directory / "truth.json").read_text("utf-8"))["true_invoices"]
    with (directory / "crm" / "invoices.csv").open(encoding="utf-8", newline="") as file:
        numbers = {row["invoice_id"]: row["number"] for row in csv.DictReader(file)}
    invoices = Folder(directory).of("Invoice")
    booked = [(numbers[crm_id], invoices[identity]) for crm_id, identity in standing.items() if identity]
    kept = sum(entry.get("DocNumber", "").removeprefix("INV-") == number for number, entry in booked)
    return kept / len(booked)


def _digest(directory: Path) -> str:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()
