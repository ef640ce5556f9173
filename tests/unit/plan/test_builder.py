"""From findings and proposals to a plan: order, what is only known while running, effects, holds, summary."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from qbclean.actions import ACTION_KINDS
from qbclean.ledger.receivable import ar_by_customer
from qbclean.ledger.world import World
from qbclean.model.action import ActionKind, PlannedAction
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import LinkedTxn
from qbclean.model.fingerprint import content_hash
from qbclean.model.locks import Locks
from qbclean.model.money import total
from qbclean.model.plan import Plan
from qbclean.model.settings import CompanySettings
from qbclean.plan.builder import PlanBasis, assemble
from qbclean.plan.codec import decode, encode
from tests.builders import DAY, REALM, a_credit_memo, a_payment, a_snapshot, an_invoice
from tests.crm_builders import (
    AS_OF,
    a_crm_credit,
    a_crm_invoice,
    a_crm_payment,
    actions,
    only_action,
    plan_of,
    the_crm,
)
from tests.rules.copies import SALE, first_copy, second_copy

LATER = SALE + timedelta(days=25)


def messy_books() -> ReceivablesSnapshot:
    """One of everything: a copy, a missing invoice with its payment, a credit of each sort."""
    return a_snapshot(
        first_copy(),
        second_copy(),
        an_invoice("303", number="1050", total="800.00", date=LATER),
        a_payment("410", total="320.00", date=LATER),
        a_credit_memo("388", total="40.00", date=LATER),
    )


MESSY_CRM = the_crm(
    a_crm_invoice("I-1", total="5400.00", date=SALE),
    a_crm_invoice("I-2", number="1050", total="800.00", date=LATER),
    a_crm_invoice("I-3", number="1060", total="320.00", date=LATER, status="paid"),
    a_crm_payment("P-1", amount="320.00", pays={"I-3": "320.00"}, date=LATER),
    a_crm_credit("CR-1", invoice="I-2", date=LATER),
    a_crm_credit("CR-2", invoice="I-1", number="CM-119", amount="55.00", date=LATER),
)


@pytest.fixture(scope="module")
def messy() -> Plan:
    return plan_of(messy_books(), MESSY_CRM)


# ------------------------------------------------------------------ order
def test_one_action_of_each_sort_is_found(messy: Plan) -> None:
    assert sorted(action.kind for action in messy.actions) == [
        "apply_credit",
        "apply_credit",
        "apply_payment",
        "create_credit_memo",
        "create_invoice",
        "void_invoice",
    ]


def test_an_action_comes_after_all_it_depends_on(messy: Plan) -> None:
    place = {action.id: number for number, action in enumerate(messy.actions)}

    for action in messy.actions:
        assert all(place[needed] < place[action.id] for needed in action.depends_on)
    assert any(action.depends_on for action in messy.actions)


def test_free_actions_come_by_kind_as_the_registry_lists_them(messy: Plan) -> None:
    free = [action.kind for action in messy.actions if not action.depends_on and not _is_needed(messy, action)]

    assert free == sorted(free, key=ACTION_KINDS.index)


def _is_needed(plan: Plan, action: PlannedAction) -> bool:
    return any(action.id in other.depends_on for other in plan.actions)


def test_only_keeps_the_kinds_asked_for_and_what_they_depend_on() -> None:
    plan = plan_of(messy_books(), MESSY_CRM, only=["apply_payment"])

    assert [action.kind for action in plan.actions] == ["create_invoice", "apply_payment"]
    listed = {action for finding in plan.findings for action in finding.actions}
    assert listed == {action.id for action in plan.actions}


@pytest.mark.parametrize("kind", ["void_invoice", "create_invoice", "create_credit_memo"])
def test_only_of_what_needs_nothing_keeps_nothing_else(kind: ActionKind) -> None:
    assert {action.kind for action in plan_of(messy_books(), MESSY_CRM, only=[kind]).actions} == {kind}


# ------------------------------------------------------------------ what only the run will know
def _placeholders(action: PlannedAction) -> set[tuple[str, str]]:
    """(action named, what of it) over all requests; a placeholder of the action itself is its own business."""
    text = msgspec.json.encode(action.requests).decode()
    found = {(match[0], match[1]) for match in re.findall(r"\$\{([^{}]+)\.(Id|SyncToken)\}", text)}
    return {pair for pair in found if pair[0] != action.id}


def test_an_id_to_come_is_named_by_the_action_that_makes_it(messy: Plan) -> None:
    apply = only_action(messy, "apply_payment")
    create = only_action(messy, "create_invoice")

    assert _placeholders(apply) == {(create.id, "Id")}
    assert apply.targets[1].id == f"${{{create.id}.Id}}"
    assert (apply.targets[1].sync_token, apply.targets[1].content_hash) == ("", "")


def test_an_action_depends_on_every_action_its_requests_name(messy: Plan) -> None:
    for action in messy.actions:
        assert {named for named, _ in _placeholders(action)} <= set(action.depends_on)


def _payment_over_copies_with_a_rest() -> Plan:
    """A payment over both copies of one sale, and 800.00 of it unapplied for another: two actions want to write it."""
    books = a_snapshot(
        first_copy(),
        second_copy(linked_txn=(LinkedTxn(txn_id="77", txn_type="Estimate"),)),
        an_invoice("303", number="1050", total="800.00", date=LATER),
        a_payment("410", total="6200.00", pays={"301": "2700.00", "302": "2700.00"}, date=LATER),
    )
    crm = the_crm(
        a_crm_invoice("I-1", total="5400.00", date=SALE),
        a_crm_invoice("I-2", number="1050", total="800.00", date=LATER),
        a_crm_payment("P-1", amount="6200.00", pays={"I-1": "5400.00", "I-2": "800.00"}, date=LATER),
    )
    return plan_of(books, crm)


def test_s18_of_two_actions_that_write_one_payment_only_the_first_may_run() -> None:
    plan = _payment_over_copies_with_a_rest()
    payment = [action for action in plan.actions if action.kind in ("move_payment", "apply_payment")]
    first, second = payment

    assert first.requests
    assert second.tier == "hold"
    assert first.id in second.hold_reason


# ------------------------------------------------------------------ targets, before and after
def test_targets_are_bound_to_token_and_content_as_pulled(messy: Plan) -> None:
    books = messy_books()
    bound = [target for action in messy.actions for target in action.targets if not target.id.startswith("${")]

    assert bound
    for target in bound:
        document = books.document(target.ref)
        assert document is not None
        assert (target.sync_token, target.content_hash) == (document.sync_token, content_hash(document))
        assert target.customer == "Harbor Lane Bakery"


def test_before_and_after_tell_what_changes_and_nothing_else(messy: Plan) -> None:
    void = only_action(messy, "void_invoice")

    assert [(state.id, state.total, state.open, state.voided) for state in void.before] == [
        ("302", Decimal("5400.00"), Decimal("5400.00"), False)
    ]
    assert [(state.id, state.total, state.open, state.voided) for state in void.after] == [("302", 0, 0, True)]


def test_what_an_action_creates_is_in_after_only(messy: Plan) -> None:
    create = only_action(messy, "create_invoice")

    assert create.before == ()
    assert [(state.kind, state.id) for state in create.after] == [("Invoice", f"${{{create.id}.Id}}")]


def test_every_action_belongs_to_a_finding_that_lists_it(messy: Plan) -> None:
    of = {action: finding.id for finding in messy.findings for action in finding.actions}

    assert {action.id: action.finding for action in messy.actions} == of


# ------------------------------------------------------------------ holds
def test_what_depends_on_an_action_on_hold_is_on_hold_too() -> None:
    crm = the_crm(
        a_crm_invoice("I-3", number=None, total="320.00", date=LATER, status="paid"),
        a_crm_payment("P-1", amount="320.00", pays={"I-3": "320.00"}, date=LATER),
    )

    plan = plan_of(a_snapshot(a_payment("410", total="320.00", date=LATER)), crm)

    assert [(action.kind, action.tier, action.requests) for action in plan.actions] == [
        ("create_invoice", "hold", ()),
        ("apply_payment", "hold", ()),
    ]
    assert "it depends on an action that is on hold" in plan.actions[1].hold_reason


def test_an_action_on_hold_has_no_effect_and_changes_nothing_after_it() -> None:
    plan = plan_of(a_snapshot(), the_crm(a_crm_invoice(number=None)))

    action = only_action(plan)
    assert (action.tier, action.before, action.after) == ("hold", (), ())
    assert (action.effect.ar, action.effect.income) == (0, ())
    assert plan.summary.ar.before == plan.summary.ar.after == 0


# ------------------------------------------------------------------ the plan as a whole
def test_the_summary_adds_up_what_the_recommended_tier_would_do(messy: Plan) -> None:
    recommended = [action for action in messy.actions if action.tier == "recommended"]

    assert recommended
    assert messy.summary.ar.after - messy.summary.ar.before == total(action.effect.ar for action in recommended)
    for change in messy.summary.income:
        moved = total(
            item.amount
            for action in recommended
            for item in action.effect.income
            if item.basis == change.basis and item.month.startswith(str(change.year))
        )
        assert change.after - change.before == moved


def test_the_summary_counts_actions_and_dollars_by_kind_and_tier(messy: Plan) -> None:
    assert sum(count.actions for count in messy.summary.actions) == len(messy.actions)
    assert total(count.amount for count in messy.summary.actions) == total(action.amount for action in messy.actions)
    assert sum(messy.summary.findings.values()) == len(messy.findings)


def test_the_plan_says_what_it_was_made_from(messy: Plan) -> None:
    books = messy_books()

    assert (messy.company.realm_id, messy.company.environment) == (REALM, "local")
    assert (messy.snapshot.id, messy.snapshot.taken_at) == (books.id, books.taken_at)
    assert messy.snapshot.counts["Invoice"] == 3
    assert messy.snapshot.ar == total(ar_by_customer(books, World.of(books.documents())).values())
    assert messy.as_of == AS_OF


def test_the_plan_is_sealed_and_nothing_is_decided_in_it(messy: Plan) -> None:
    assert decode(encode(messy)) == messy
    assert {action.decision.state for action in messy.actions} == {"undecided"}


def test_nothing_found_is_a_plan_too() -> None:
    settings = CompanySettings()
    books = a_snapshot(an_invoice(date=DAY))
    locks = Locks.of(books.preferences, settings)
    basis = PlanBasis.of(books, crm=(), settings=settings, locks=locks, as_of=AS_OF, tool="test")

    plan = assemble(basis, books, []).decoded()

    assert (plan.actions, plan.findings) == ((), ())
    assert plan.summary.ar.before == plan.summary.ar.after == Decimal("100.00")
    assert decode(encode(plan)) == plan


def test_ids_are_the_same_in_the_plan_of_a_later_snapshot(messy: Plan) -> None:
    """What was decided can be found again; requests differ, because they name the snapshot."""
    later = plan_of(a_snapshot(*messy_books().documents(), id="S-20260402T000000Z"), MESSY_CRM)

    assert [action.id for action in later.actions] == [action.id for action in messy.actions]
    ids = {request.request_id for plan in (messy, later) for action in plan.actions for request in action.requests}
    assert len(ids) == 2 * sum(len(action.requests) for action in messy.actions)


def test_action_ids_and_request_ids_are_unique_within_a_plan(messy: Plan) -> None:
    requests = [request.request_id for action in messy.actions for request in action.requests]

    assert len({action.id for action in actions(messy)}) == len(messy.actions)
    assert len(set(requests)) == len(requests)
