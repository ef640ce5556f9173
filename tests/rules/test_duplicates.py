"""S03, S04, S12, S26: which copy goes, how, and when none does."""

from __future__ import annotations

import pytest

from qbclean.model.action import PlannedAction
from qbclean.model.documents import AnyDocument, LinkedTxn
from qbclean.model.plan import Plan
from qbclean.model.refs import DocumentRef
from tests.builders import a_credit_memo, a_deposit, a_line, a_payment, a_snapshot
from tests.crm_builders import (
    a_crm_invoice,
    a_crm_line,
    actions,
    only_action,
    plan_of,
    requesting,
    the_crm,
)
from tests.rules.copies import SALE, entered, first_copy, plan_for, plan_told_of_payment, second_copy


def cancelled(plan: Plan) -> str:
    """Id of the one invoice the plan voids."""
    (request,) = only_action(plan, "void_invoice").requests
    assert request.target is not None
    return request.target.id


# ------------------------------------------------------------------ S03
def test_s03_a_copy_with_nothing_on_it_is_voided() -> None:
    action = only_action(plan_for(first_copy(), second_copy()))

    assert (action.kind, action.tier) == ("void_invoice", "recommended")
    assert [(state.id, state.total, state.voided) for state in action.after] == [("302", 0, True)]


@pytest.mark.parametrize("linked", ["TimeActivity", "Expense", "Estimate", "Charge"])
def test_s03_a_copy_with_anything_linked_to_it_is_not_voided(linked: str) -> None:
    plan = plan_for(first_copy(), second_copy(linked_txn=(LinkedTxn(txn_id="77", txn_type=linked),)))

    action = only_action(plan, "void_invoice")
    assert (action.tier, action.requests) == ("hold", ())
    assert f"{linked} 77" in action.hold_reason


def test_s03_a_copy_with_a_credit_on_it_is_not_voided_while_the_other_is_paid() -> None:
    plan = plan_for(
        first_copy(),
        second_copy(),
        a_payment("410", total="5400.00", pays={"301": "5400.00"}),
        a_credit_memo("388", total="40.00"),
        a_payment("411", total="0.00", pays={"302": "40.00"}, uses={"388": "40.00"}),
    )

    assert not any(request.operation == "void" for action in requesting(plan) for request in action.requests)


def test_s03_a_payment_over_both_copies_is_moved_first_as_an_action_of_its_own() -> None:
    payment = a_payment("410", total="5400.00", pays={"301": "2700.00", "302": "2700.00"})

    move, void = plan_for(first_copy(), second_copy(), payment).actions

    assert (move.kind, void.kind) == ("move_payment", "void_invoice")
    assert void.depends_on == (move.id,)
    assert (move.tier, void.tier) == ("review", "review")
    assert move.requests[0].body["Line"] == [
        {"Amount": "5400.00", "LinkedTxn": [{"TxnId": "301", "TxnType": "Invoice"}]}
    ]


def test_s04_money_on_both_copies_is_for_review_even_where_the_crm_has_it_in_full_for_the_one_sale() -> None:
    halves = {"301": "2700.00", "302": "2700.00"}
    payment = a_payment("410", total="5400.00", pays=halves, payment_ref_num="CHK 7714")

    plan = plan_told_of_payment("5400.00", first_copy(), second_copy(), payment)
    move, void = only_action(plan, "move_payment"), only_action(plan, "void_invoice")

    assert (move.kind, void.kind) == ("move_payment", "void_invoice")
    assert (move.tier, void.tier) == ("review", "review")


# ------------------------------------------------------------------ S04
PAID_SECOND = a_payment("412", total="5400.00", pays={"302": "5400.00"})


def test_s04_a_copy_with_money_survives_the_one_the_crm_links_to() -> None:
    assert cancelled(plan_for(first_copy(), second_copy(), PAID_SECOND)) == "301"


def test_s04_a_copy_with_a_credit_survives_the_one_the_crm_links_to() -> None:
    zero = a_payment("411", total="0.00", pays={"302": "40.00"}, uses={"388": "40.00"})

    assert cancelled(plan_for(first_copy(), second_copy(), a_credit_memo("388", total="40.00"), zero)) == "301"


def test_s04_without_money_the_copy_with_the_crms_number_survives_the_older_and_sent_one() -> None:
    plan = plan_for(first_copy(number="7001", email_status="EmailSent"), second_copy(number="1042"))

    assert cancelled(plan) == "301"


def test_s04_the_quickbooks_id_the_crm_stored_counts_as_a_link() -> None:
    sale = a_crm_invoice(total="5400.00", date=SALE, qbo_id="302")

    assert cancelled(plan_for(first_copy(number=None), second_copy(number=None), sale=sale)) == "301"


def test_s04_a_memo_that_names_the_crms_record_is_a_link_too() -> None:
    """Both are linked, one by number and one by memo; the one entered first stays."""
    synced = first_copy(number="50058", private_note="crm:invoice/I-1042")
    sale = a_crm_invoice("I-1042", total="5400.00", date=SALE)

    assert cancelled(plan_for(synced, second_copy(number="1042"), sale=sale)) == "302"


def test_s04_without_a_link_the_copy_with_the_crms_lines_survives_the_older_and_sent_one() -> None:
    sale = a_crm_invoice(
        number="88", total="5400.00", date=SALE, lines=[a_crm_line("5000.00"), a_crm_line("400.00", item="Materials")]
    )
    collapsed = first_copy(number=None, email_status="EmailSent")
    itemised = second_copy(number=None, lines=[a_line("5000.00"), a_line("400.00", item="13", id="2")])

    assert cancelled(plan_for(collapsed, itemised, sale=sale)) == "301"


def test_s04_of_equal_copies_the_sent_one_survives_the_older_one() -> None:
    plan = plan_for(first_copy(number=None), second_copy(number=None, email_status="EmailSent"))

    assert cancelled(plan) == "301"


@pytest.mark.parametrize(("first_days", "gone"), [(0, "302"), (9, "301")])
def test_s04_of_copies_equal_in_all_else_the_one_created_first_survives(first_days: int, gone: str) -> None:
    plan = plan_for(first_copy(number=None, meta_data=entered(days=first_days)), second_copy(number=None))

    assert cancelled(plan) == gone


def paid_both(*more: AnyDocument) -> tuple[AnyDocument, ...]:
    """Both copies, each paid by a cheque of its own."""
    one = a_payment("410", total="5400.00", pays={"301": "5400.00"})
    return (first_copy(), second_copy(), one, PAID_SECOND, *more)


def test_s04_money_on_both_copies_is_a_possible_double_payment_and_nothing_is_voided() -> None:
    plan = plan_for(*paid_both())

    assert [finding.kind for finding in plan.findings] == ["possible_double_payment"]
    assert {action.tier for action in plan.actions} == {"hold"}
    assert list(requesting(plan)) == []


def test_s04_a_deposited_payment_outranks_one_that_is_not() -> None:
    (finding,) = plan_for(*paid_both(a_deposit("601", payments={"412": "5400.00"}))).findings

    assert finding.documents[0] == DocumentRef("Invoice", "302")


def test_s04_a_reconciled_payment_outranks_one_that_is_not() -> None:
    plan = plan_for(*paid_both(), reconciled=frozenset({DocumentRef("Payment", "412")}))

    assert plan.findings[0].documents[0] == DocumentRef("Invoice", "302")


def test_s04_the_finding_says_which_criterion_decided() -> None:
    (finding,) = plan_for(first_copy(), second_copy(), PAID_SECOND).findings

    assert "1043" in finding.summary
    assert "it has a payment or credit" in finding.summary


# ------------------------------------------------------------------ S12, S26
def everything_wrong() -> Plan:
    """Books with a copy, a missing invoice, a credit nobody recorded and a payment that hangs."""
    crm = the_crm(
        a_crm_invoice("I-1", total="5400.00", date=SALE),
        a_crm_invoice("I-2", number="1050", total="320.00", date=SALE),
    )
    return plan_of(a_snapshot(first_copy(), second_copy()), crm)


def steps(plan: Plan) -> list[PlannedAction]:
    return [action for action in actions(plan) if action.kind in ("void_invoice", "create_invoice")]


def test_s26_voids_and_creations_name_the_step_to_do_in_the_crm() -> None:
    found = steps(everything_wrong())

    assert len(found) == 2
    assert all("CRM" in action.crm_step for action in found)
    assert "302" in found[0].crm_step


def test_s12_nothing_is_deleted_merged_or_journaled() -> None:
    requests = [request for action in everything_wrong().actions for request in action.requests]

    assert requests
    assert {request.kind for request in requests} <= {"Invoice", "Payment", "CreditMemo"}
    assert "delete" not in {request.operation for request in requests}
