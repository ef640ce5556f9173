"""The remedies in the truth lead from the books as they are to the balances as they should be."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbclean.sandbox.generate import generate
from tests.unit.sandbox_generate.auditor import Folder
from tests.unit.sandbox_generate.bookkeeper import Bookkeeper

CENT = Decimal("0.01")


@pytest.fixture(params=[("normal", 7), ("normal", 8), ("hard", 9)], ids=lambda param: f"{param[0]}-{param[1]}")
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Bookkeeper:
    difficulty, seed = request.param
    generate(tmp_path, seed=seed, customers=300, today=date(2026, 11, 23), difficulty=difficulty)
    return Bookkeeper(tmp_path)


def test_after_every_remedy_each_invoice_is_open_by_what_is_truly_owed(keeper: Bookkeeper) -> None:
    left_to_people = _invoices_of_matters_without_steps(keeper.truth)
    in_groups = {crm_id for group in keeper.truth["invoice_groups"] for crm_id in group["crm"]}
    # A hand entry that survives may be a cent off the CRM's tax, and stays so (S25).
    cents_off = {entry["crm"][0] for entry in keeper.truth["mess"] if entry["kind"] == "duplicate_invoice"}
    keeper.carry_out_everything()
    wrong = {
        crm_id: (keeper.balance_of(crm_id), owed)
        for crm_id, owed in keeper.truth["true_balances"]["invoices"].items()
        if crm_id not in left_to_people | in_groups
        and abs(keeper.balance_of(crm_id) - Decimal(owed)) > (CENT if crm_id in cents_off else 0)
    }
    assert wrong == {}


def test_before_any_remedy_the_customers_balances_are_far_off(keeper: Bookkeeper) -> None:
    books, truth = keeper.truth["books_balances"], keeper.truth["true_balances"]["customers"]
    off = sum(abs(Decimal(books[customer]) - Decimal(truth[customer])) for customer in truth)
    assert off > 20_000


def test_most_of_what_is_wrong_with_customers_can_be_repaired_without_a_person(keeper: Bookkeeper) -> None:
    acts = [entry for entry in keeper.truth["mess"] if entry["remedy"]["tier"] == "act"]
    assert len(acts) > len(keeper.truth["mess"]) * 0.6


def test_a_customer_whom_no_mess_touches_has_the_true_balance_already(keeper: Bookkeeper) -> None:
    touched = {crm_id for entry in keeper.truth["mess"] for crm_id in entry["crm"]}
    spoilt = {row["customer_id"] for crm_id, row in keeper.crm.items() if crm_id in touched}
    spoilt |= {rows[0]["customer_id"] for payment, rows in keeper.payment_rows.items() if payment in touched}
    books, truth = keeper.truth["books_balances"], keeper.truth["true_balances"]["customers"]
    assert {key for key in truth if key not in spoilt and Decimal(books[key]) != Decimal(truth[key])} == set()


def test_s01_a_duplicate_dated_in_the_closed_period_is_credited_and_never_voided(tmp_path: Path) -> None:
    """S01, S03."""
    generate(tmp_path, seed=2, customers=400, today=date(2026, 11, 23))
    keeper = Bookkeeper(tmp_path)
    invoices = Folder(tmp_path).of("Invoice")
    actions = {
        (step["action"], invoices[step["qbo"][0]["id"]]["TxnDate"] <= keeper.truth["close_date"])
        for entry in keeper.truth["mess"]
        for step in entry["remedy"]["steps"]
        if step["action"] in {"void_invoice", "credit_duplicate"}
    }
    assert actions == {("void_invoice", False), ("credit_duplicate", True)}


def test_s04_the_copy_that_carries_the_money_survives(tmp_path: Path) -> None:
    """S04: has any payment, before linked to the CRM."""
    generate(tmp_path, seed=2, customers=400, today=date(2026, 11, 23))
    invoices = Folder(tmp_path).of("Invoice")
    paid_by_hand = [
        entry
        for entry in Bookkeeper(tmp_path).truth["mess"]
        if entry["kind"] == "duplicate_invoice" and entry["variant"] == "paid_hand_entry"
    ]
    assert paid_by_hand
    for entry in paid_by_hand:
        assert invoices[entry["survivor"]["id"]]["LinkedTxn"]
        assert not any(invoices[extra["id"]]["LinkedTxn"] for extra in entry["extra"])


def _invoices_of_matters_without_steps(truth: dict[str, Any]) -> set[str]:
    return {crm_id for entry in truth["mess"] if not entry["remedy"]["steps"] for crm_id in entry["crm"]}
