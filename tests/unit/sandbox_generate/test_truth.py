"""The truth names documents that exist, and every kind of mess and look-alike is there."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbclean.sandbox.generate import GeneratedCompany
from tests.unit.sandbox_generate.auditor import Folder

KINDS = {
    "duplicate_invoice", "missing_invoice", "partial_sync", "unapplied_payment", "misapplied_payment",
    "missing_payment", "paid_by_deposit", "missing_credit", "unapplied_credit", "duplicate_customer",
    "stale_open_invoice", "ar_journal_entry", "possible_double_payment", "job_revenue_mismatch",
}  # fmt: skip
LOOK_ALIKES = {
    "monthly_service", "equal_draws", "deposit_and_final", "retainage_release", "houses_at_one_price",
    "two_calls_one_day", "change_order_reissue", "void_and_reissue", "consolidated_invoice", "split_invoice",
    "draft_never_sent", "before_the_books", "credit_with_invoice_number", "processor_deposit_net_of_fees",
    "copy_voided_already", "retainer", "booked_as_sales_receipt", "booked_on_a_deposit", "credit_on_account",
    "walk_in_sale", "other_money_on_a_deposit", "invoice_only_in_the_books", "retainer_on_the_liability_item",
}  # fmt: skip


@pytest.fixture
def truth(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "truth.json").read_text("utf-8"))
    return document


def test_every_kind_of_mess_is_there(company: GeneratedCompany) -> None:
    assert set(company.messes) == KINDS


def test_s13_every_kind_of_look_alike_is_there_with_sixty_pairs_and_more(truth: dict[str, Any]) -> None:
    """S13."""
    kinds = {entry["kind"] for entry in truth["lookalikes"]}
    assert kinds >= LOOK_ALIKES
    assert kinds & {"junior_and_senior", "firm_and_supply"}
    pairs = [entry for entry in truth["lookalikes"] if len(entry["qbo"]) >= 2]
    assert len(pairs) >= 60


def test_every_document_named_by_the_truth_is_in_the_books(folder: Path, truth: dict[str, Any]) -> None:
    books = Folder(folder)
    named = [ref for entry in (*truth["mess"], *truth["lookalikes"]) for ref in entry["qbo"]]
    named += [ref for entry in truth["mess"] for step in entry["remedy"]["steps"] for ref in step["qbo"]]
    assert named
    assert [ref for ref in named if ref["id"] not in books.of(ref["type"])] == []


def test_a_look_alike_is_never_part_of_a_mess(truth: dict[str, Any]) -> None:
    """S13: what must stay untouched is not listed among what is to be repaired."""
    repaired = {
        (ref["type"], ref["id"])
        for entry in truth["mess"]
        for step in entry["remedy"]["steps"]
        for ref in step["qbo"]
        if entry["kind"] != "duplicate_customer"
    }
    untouched = {(ref["type"], ref["id"]) for entry in truth["lookalikes"] for ref in entry["qbo"]}
    assert repaired & untouched == set()


def test_true_customer_balances_are_what_the_open_invoices_less_money_on_account_come_to(
    truth: dict[str, Any],
) -> None:
    invoices = sum(Decimal(balance) for balance in truth["true_balances"]["invoices"].values())
    customers = sum(Decimal(balance) for balance in truth["true_balances"]["customers"].values())
    assert Decimal(0) < customers < invoices
