"""The exact requests each action kind compiles to (contract 1.1, 7.1–7.3)."""

from __future__ import annotations

import re

import pytest

from qbclean.actions import ACTION_KINDS
from qbclean.model.action import PlannedAction
from qbclean.model.identity import REQUEST_ID_LIMIT
from tests.builders import DAY, REALM, a_credit_memo, a_payment, a_snapshot, an_invoice
from tests.crm_builders import (
    a_crm_credit,
    a_crm_invoice,
    a_crm_payment,
    closed_through,
    only_action,
    plan_of,
    the_crm,
)
from tests.rules.copies import SALE, first_copy, plan_for, second_copy


def every_kind() -> dict[str, PlannedAction]:
    """One small plan per action kind."""
    one = a_crm_invoice()
    credited = plan_of(a_snapshot(an_invoice()), the_crm(one, a_crm_credit()))
    plans = {
        "void_invoice": plan_for(first_copy(), second_copy(sync_token="3")),
        "credit_duplicate": plan_for(first_copy(), second_copy(), preferences=closed_through(SALE)),
        "apply_payment": plan_of(
            a_snapshot(an_invoice(), a_payment("410", sync_token="2")),
            the_crm(one, a_crm_payment(pays={"I-1": "100.00"})),
        ),
        "move_payment": plan_for(
            first_copy(), second_copy(), a_payment("410", total="5400.00", pays={"301": "3000.00", "302": "2400.00"})
        ),
        "apply_credit": plan_of(a_snapshot(an_invoice(), a_credit_memo(total="40.00")), the_crm(one, a_crm_credit())),
        "create_credit_memo": credited,
        "create_invoice": plan_of(a_snapshot(), the_crm(one)),
    }
    return {kind: only_action(plan, kind) for kind, plan in plans.items()}  # type: ignore[arg-type]


EVERY = every_kind()


@pytest.mark.parametrize("kind", EVERY)
def test_request_ids_are_short_enough_and_stand_in_the_path(kind: str) -> None:
    for request in EVERY[kind].requests:
        assert 0 < len(request.request_id) <= REQUEST_ID_LIMIT
        assert request.path.endswith(f"minorversion=75&requestid={request.request_id}")
        assert request.path.startswith(f"/v3/company/{REALM}/{request.kind.lower()}?")


@pytest.mark.parametrize("kind", EVERY)
def test_steps_are_counted_from_one(kind: str) -> None:
    requests = EVERY[kind].requests

    assert [request.step for request in requests] == list(range(1, len(requests) + 1))
    assert requests


@pytest.mark.parametrize("kind", EVERY)
def test_what_is_created_carries_the_mark_of_its_action(kind: str) -> None:
    for request in EVERY[kind].requests:
        if request.operation == "create":
            assert request.target is None
            assert request.body["PrivateNote"].endswith(f"[qbclean {EVERY[kind].id}]")
            assert "Id" not in request.body


@pytest.mark.parametrize("kind", EVERY)
def test_what_is_changed_is_named_with_the_version_reviewed(kind: str) -> None:
    action = EVERY[kind]
    for request in action.requests:
        if request.target is not None:
            (target,) = (target for target in action.targets if target.ref == request.target)
            assert (request.body["Id"], request.body["SyncToken"]) == (target.id, target.sync_token)


@pytest.mark.parametrize("kind", EVERY)
def test_every_document_whose_balance_moves_is_a_target(kind: str) -> None:
    action = EVERY[kind]
    touched = {ref for request in action.requests for ref in request.changes if not ref.id.startswith("${")}

    assert touched <= {target.ref for target in action.targets}


@pytest.mark.parametrize("kind", EVERY)
def test_an_action_says_how_it_is_undone_and_what_it_risks_in_words(kind: str) -> None:
    action = EVERY[kind]

    assert action.undo.how
    assert action.summary
    assert re.fullmatch(r"A-[0-9a-f]{12}", action.id)


def test_every_kind_a_plan_may_propose_is_tried_here() -> None:
    tried = set(EVERY)

    assert set(ACTION_KINDS) - {"complete_invoice", "record_payment", "write_off_invoice"} <= tried


def test_a_void_sends_id_and_token_alone() -> None:
    (request,) = EVERY["void_invoice"].requests

    assert request.body == {"Id": "302", "SyncToken": "3"}
    assert "/invoice?operation=void&" in request.path


def test_credit_duplicate_creates_the_memo_and_joins_it_by_its_placeholder() -> None:
    action = EVERY["credit_duplicate"]
    memo, joining = action.requests
    placeholder = f"${{{action.id}.Id}}"

    assert (memo.kind, joining.kind) == ("CreditMemo", "Payment")
    assert "EmailStatus" not in memo.body
    assert joining.body["TotalAmt"] == "0.00"
    assert joining.body["Line"] == [
        {"Amount": "5400.00", "LinkedTxn": [{"TxnId": "302", "TxnType": "Invoice"}]},
        {"Amount": "5400.00", "LinkedTxn": [{"TxnId": placeholder, "TxnType": "CreditMemo"}]},
    ]


def test_a_credit_takes_back_each_line_in_proportion() -> None:
    body = EVERY["create_credit_memo"].requests[0].body

    assert [line["Amount"] for line in body["Line"]] == ["40.00"]
    assert (body["DocNumber"], body["TxnDate"]) == ("CM-118", DAY.isoformat())
    assert "CRM credit CM-118" in body["PrivateNote"]
