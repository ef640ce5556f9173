"""Safety rules a hand-edited or wrongly built plan runs into, even when it is sealed and recorded (S01–S18)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from qbclean.errors import UnsafePlanError
from qbclean.model.action import Decision, PlannedAction
from qbclean.model.identity import planned_requests
from qbclean.model.locks import Locks
from qbclean.model.money import money
from qbclean.model.refs import DocumentRef
from qbclean.model.settings import CompanySettings
from qbclean.model.write import DocumentWrite
from qbclean.plan.case import Case
from qbclean.plan.policy import require_safe
from tests.builders import REALM, a_credit_memo, a_payment, an_invoice
from tests.plans import LOCKS, SNAPSHOT, a_plan, a_void, an_action, an_application
from tests.writes import a_body_line, a_sale, a_write

OPEN_DAY, CLOSED_DAY = date(2026, 1, 1), date(2025, 12, 31)


def problems(
    *actions: PlannedAction, locks: Locks = LOCKS, counts: dict[str, int] | None = None, **settings: Any
) -> str:
    """The message a plan of these actions is refused with; "" when it is safe."""
    plan = a_plan(*actions)
    if counts:
        plan = msgspec.structs.replace(plan, snapshot=msgspec.structs.replace(plan.snapshot, counts=counts))
    try:
        require_safe(Case.of(plan, locks, CompanySettings(**settings)))
    except UnsafePlanError as error:
        return str(error)
    return ""


def a_create(kind: Any, body: dict[str, Any], *changes: DocumentRef) -> DocumentWrite:
    return DocumentWrite(operation="create", kind=kind, body={"CustomerRef": {"value": "58"}, **body}, changes=changes)


def a_credit(id: str = "A-c", day: str = "2026-03-02", money_in: str = "0.00") -> PlannedAction:  # noqa: A002
    """A mirrored credit memo for invoice 301 and the zero payment that joins them."""
    invoice = an_invoice()
    memo = a_create("CreditMemo", {"TxnDate": day, "Line": [a_sale("100.00")]})
    lines = [a_body_line("Invoice", "301", "100.00"), a_body_line("CreditMemo", f"${{{id}.Id}}", "100.00")]
    joining = a_create("Payment", {"TxnDate": day, "TotalAmt": money_in, "Line": lines}, invoice.ref)
    return an_action("credit_duplicate", [memo, joining], on=[invoice], id=id)


def test_an_honest_plan_is_safe() -> None:
    assert (
        problems(a_void(), an_application(id="A-2"), a_credit()) == ""
        or problems(a_void(), an_application(id="A-2")) == ""
    )
    assert problems(a_credit()) == ""


def test_what_is_not_approved_is_not_judged() -> None:
    assert problems(a_void(tier="hold", decision=Decision()), an_application(id="A-2")) == ""


def test_an_action_on_hold_is_not_carried_out() -> None:
    assert "on hold: money on both" in problems(a_void(tier="hold", hold_reason="money on both"))


# ------------------------------------------------------------------ S01
@pytest.mark.parametrize("operation", ["void", "delete", "update"])
def test_s01_nothing_in_a_closed_period_is_voided_deleted_or_changed(operation: Any) -> None:
    def on(day: date) -> str:
        invoice = an_invoice(date=day)
        body = {"Id": "301", "SyncToken": "0", "sparse": True, "Line": [a_sale("90.00")]}
        return problems(an_action("undo", [a_write(operation, "Invoice", body, "301")], on=[invoice]))

    assert "closed through 2025-12-31 (S01)" in on(CLOSED_DAY)
    assert on(OPEN_DAY) == ""


def test_s01_a_document_is_not_dated_into_a_closed_period_or_out_of_it() -> None:
    for was, becomes in ((OPEN_DAY, CLOSED_DAY), (CLOSED_DAY, OPEN_DAY)):
        body = {"Id": "301", "SyncToken": "0", "sparse": True, "TxnDate": becomes.isoformat()}
        action = an_action("complete_invoice", [a_write("update", "Invoice", body, "301")], on=[an_invoice(date=was)])
        assert "(S01)" in problems(action)


def test_s01_nothing_is_created_in_a_closed_period_or_on_no_day() -> None:
    assert "(S01)" in problems(a_credit(day="2025-12-31"))
    assert "of what day" in problems(an_action("create_invoice", [a_create("Invoice", {"Line": [a_sale("1.00")]})]))
    unreadable = a_create("Invoice", {"TxnDate": "soon", "Line": [a_sale("1.00")]})
    assert "of what day" in problems(an_action("create_invoice", [unreadable]))


def test_s01_a_void_of_a_document_whose_day_is_not_told_is_refused() -> None:
    assert "cannot be checked" in problems(a_void(before=()))


def test_s01_the_sales_tax_return_locks_taxed_documents_only() -> None:
    locks = Locks(sales_tax_filed=date(2026, 3, 31))
    taxed = {"TxnDate": "2026-03-02", "Line": [a_sale("1.00")], "TxnTaxDetail": {"TotalTax": "0.08"}}
    untaxed = {**taxed, "TxnTaxDetail": {"TotalTax": "0.00"}}
    assert "(S01)" in problems(an_action("create_invoice", [a_create("Invoice", taxed)]), locks=locks)
    assert problems(an_action("create_invoice", [a_create("Invoice", untaxed)]), locks=locks) == ""


def test_s01_a_note_on_an_old_invoice_and_money_applied_to_it_are_no_change_of_the_period() -> None:
    old = an_invoice(date=CLOSED_DAY)
    note = a_write("update", "Invoice", {"Id": "301", "SyncToken": "0", "sparse": True, "PrivateNote": "x"}, "301")
    assert problems(an_action("complete_invoice", [note], on=[old])) == ""
    assert problems(an_application(old)) == ""
    full = a_write("update", "Invoice", {"Id": "301", "SyncToken": "0", "PrivateNote": "x"}, "301")
    assert "(S01)" in problems(an_action("complete_invoice", [full], on=[old]))


# ------------------------------------------------------------------ S03
def a_move(id: str = "A-m", *, amount: str = "100.00", **fields: Any) -> PlannedAction:  # noqa: A002
    """Payment 410 of 100.00 goes from the duplicate 301 to the original 302."""
    payment = a_payment(pays={"301": "100.00"})
    body = {
        "Id": "410",
        "SyncToken": "0",
        "sparse": True,
        "TotalAmt": "100.00",
        "Line": [a_body_line("Invoice", "302", amount)],
    }
    touched = (DocumentRef("Invoice", "301"), DocumentRef("Invoice", "302"))
    write = DocumentWrite(operation="update", kind="Payment", body=body, target=payment.ref, changes=touched)
    return an_action("move_payment", [write], on=[payment, an_invoice("302")], id=id, **fields)


PAID_COPY = an_invoice("301", balance="0.00")


def test_s03_an_invoice_with_money_on_it_is_voided_only_after_the_money_is_moved() -> None:
    assert "100.00 is applied to invoice 1042" in problems(a_void(PAID_COPY, id="A-v"))
    assert problems(a_move(), a_void(PAID_COPY, id="A-v", depends_on=("A-m",))) == ""


def test_s03_a_move_that_is_rejected_or_not_depended_on_does_not_count() -> None:
    rejected = a_move(decision=Decision(state="rejected"))
    assert "(S03)" in problems(rejected, a_void(PAID_COPY, id="A-v", depends_on=("A-m",)))
    assert "(S03)" in problems(a_move(), a_void(PAID_COPY, id="A-v"))


def test_s03_a_move_of_a_part_is_not_enough() -> None:
    half = an_invoice("301", total="200.00", balance="0.00")
    assert "200.00 is applied" in problems(a_move(), a_void(half, id="A-v", depends_on=("A-m",)))


# ------------------------------------------------------------------ S07, S18
def test_s18_two_actions_that_write_one_document_need_an_order() -> None:
    first, second = (
        an_application(id="A-1", amount="50.00"),
        an_application(an_invoice("303"), id="A-2", amount="50.00"),
    )
    assert "both change Payment 410, in no given order" in problems(first, second)
    assert problems(first, msgspec.structs.replace(second, depends_on=("A-1",))) == ""


def test_s18_an_order_may_lead_through_other_actions() -> None:
    first = an_application(id="A-1", amount="50.00")
    between = a_void(an_invoice("309"), id="A-2", depends_on=("A-1",))
    last = an_application(an_invoice("303"), id="A-3", amount="50.00", depends_on=("A-2",))
    assert problems(first, between, last) == ""
    undecided = msgspec.structs.replace(between, decision=Decision())
    assert "in no given order" in problems(first, undecided, last)


def test_s18_both_copies_of_a_pair_may_go_but_not_one_copy_twice() -> None:
    assert "both change Invoice 301" in problems(a_void(id="A-1"), a_void(id="A-2"))


def test_s18_money_is_not_applied_to_what_another_action_voids() -> None:
    assert "both change Invoice 301" in problems(a_void(id="A-1"), an_application(an_invoice("301"), id="A-2"))


def test_s18_a_dependency_stands_before_what_needs_it() -> None:
    later = a_void(id="A-1", depends_on=("A-2",))
    assert "does not come before it" in problems(later, an_application(id="A-2"))
    assert "does not come before it" in problems(a_void(id="A-1", depends_on=("A-404",)))


def test_s18_what_stands_in_for_a_document_is_made_by_a_dependency() -> None:
    create = an_action(
        "create_invoice", [a_create("Invoice", {"TxnDate": "2026-03-02", "Line": [a_sale("9.00")]})], id="A-1"
    )
    pays = an_application(id="A-2")
    line = a_body_line("Invoice", "${A-1.Id}", "100.00")
    body = {**pays.requests[0].body, "Line": [line]}
    write = DocumentWrite(operation="update", kind="Payment", body=body, target=DocumentRef("Payment", "410"))
    loose = an_action("apply_payment", [write], on=[a_payment()], id="A-2")
    assert "uses what A-1 makes" in problems(create, loose)
    assert problems(create, msgspec.structs.replace(loose, depends_on=("A-1",))) == ""
    unapproved = msgspec.structs.replace(create, decision=Decision())
    assert "uses what A-1 makes" in problems(unapproved, msgspec.structs.replace(loose, depends_on=("A-1",)))


def test_s07_two_payments_do_not_pay_one_invoice_twice() -> None:
    invoice = an_invoice("302", total="100.00")
    first, second = (an_application(invoice, a_payment(ref), id=f"A-{ref}") for ref in ("1", "2"))
    assert "200.00 would be applied to Invoice 302, of which 100.00 is open" in problems(first, second)
    halves = (an_application(invoice, a_payment(ref), id=f"A-{ref}", amount="50.00") for ref in ("1", "2"))
    assert problems(*halves) == ""


def test_s07_a_credit_is_used_once() -> None:
    memo = a_credit_memo("388", total="100.00")

    def use(id: str, invoice: str) -> PlannedAction:  # noqa: A002
        lines = [a_body_line("Invoice", invoice, "100.00"), a_body_line("CreditMemo", "388", "100.00")]
        write = a_create("Payment", {"TxnDate": "2026-03-02", "TotalAmt": "0.00", "Line": lines}, memo.ref)
        return an_action("apply_credit", [write], on=[memo, an_invoice(invoice)], id=id)

    assert problems(use("A-1", "302")) == ""
    assert "200.00 would be applied to CreditMemo 388" in problems(use("A-1", "302"), use("A-2", "303"))


# ------------------------------------------------------------------ smuggling
@pytest.mark.parametrize(
    ("kind", "operation", "entity"),
    [
        ("void_invoice", "void", "Payment"),
        ("void_invoice", "delete", "Invoice"),
        ("apply_payment", "void", "Payment"),
        ("apply_payment", "update", "Invoice"),
        ("complete_invoice", "void", "Invoice"),
        ("create_invoice", "create", "CreditMemo"),
        ("undo", "update", "Deposit"),
        ("undo", "delete", "JournalEntry"),
    ],
)
def test_s12_a_kind_sends_only_its_own_writes(kind: str, operation: Any, entity: Any) -> None:
    write = a_write(operation, entity, {"Id": "301", "SyncToken": "0"}, "301")
    assert f"does not {operation} a {entity}" in problems(an_action(kind, [write], on=[an_invoice()]))


def test_an_approved_action_without_requests_or_with_other_steps_is_refused() -> None:
    assert "has no request" in problems(a_void(requests=()))
    void = a_void()
    request = msgspec.structs.replace(void.requests[0], step=2)
    assert "steps are not numbered" in problems(msgspec.structs.replace(void, requests=(request,)))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"request_id": "qbc-0"}, "not the one of its body"),
        ({"path": "/v3/company/42/invoice?operation=void&minorversion=75"}, "goes to /v3/company/42/invoice"),
        ({"body": {"Id": "301", "SyncToken": "0", "include": "all"}}, "not the one of its body"),
    ],
)
def test_r15_a_request_is_the_one_its_id_was_made_for(change: dict[str, Any], why: str) -> None:
    void = a_void()
    request = msgspec.structs.replace(void.requests[0], **change)
    assert why in problems(msgspec.structs.replace(void, requests=(request,)))


def test_r15_no_two_requests_share_an_id() -> None:
    void = a_void()
    assert "shares a request id" in problems(void, void)


def test_a_taken_number_is_used_again_only_to_undo() -> None:
    body = {"CustomerRef": {"value": "58"}, "TxnDate": "2026-03-02", "DocNumber": "1042", "Line": [a_sale("9.00")]}
    create = DocumentWrite(operation="create", kind="Invoice", body=body)
    requests = planned_requests(REALM, SNAPSHOT, "A-1", [create], include="allowduplicatedocnum")
    assert problems(an_action("undo", [], id="A-1", requests=requests)) == ""
    assert "another query" in problems(an_action("create_invoice", [], id="A-1", requests=requests))


@pytest.mark.parametrize(
    ("body", "target", "why"),
    [
        ({"Id": "302", "SyncToken": "0"}, "302", "no target of the action"),
        ({"Id": "302", "SyncToken": "0"}, "301", "its body for id 302"),
        ({"Id": "301", "SyncToken": "7"}, "301", "reviewed was 0"),
        ({"Id": "301", "SyncToken": "0"}, "", "writes nothing"),
    ],
)
def test_s17_a_request_writes_the_document_that_was_reviewed(body: dict[str, Any], target: str, why: str) -> None:
    assert why in problems(an_action("void_invoice", [a_write("void", "Invoice", body, target)], on=[an_invoice()]))


def test_s17_a_payment_pays_only_invoices_that_were_reviewed_or_paid_before() -> None:
    assert "links Invoice 302, which was not reviewed" in problems(an_application(targets=an_application().targets[:1]))
    payment = a_payment(total="200.00", pays={"333": "100.00"})
    lines = [a_body_line("Invoice", "333", "100.00"), a_body_line("Invoice", "302", "100.00")]
    body = {"Id": "410", "SyncToken": "0", "sparse": True, "TotalAmt": "200.00", "Line": lines}
    write = a_write("update", "Payment", body, "410")
    assert problems(an_action("apply_payment", [write], on=[payment, an_invoice("302")])) == ""


def test_a_create_names_no_document() -> None:
    create = a_create("Invoice", {"Id": "301", "TxnDate": "2026-03-02", "Line": [a_sale("9.00")]})
    assert "creates and yet names" in problems(an_action("create_invoice", [create]))


@pytest.mark.parametrize("change", [{"TotalAmt": "99.00"}, {"TxnDate": "2026-03-03"}, {"TotalAmt": "much"}])
def test_s05_an_applied_payment_keeps_amount_and_date(change: dict[str, Any]) -> None:
    honest = an_application()
    body = {**honest.requests[0].body, **change}
    write = DocumentWrite(operation="update", kind="Payment", body=body, target=DocumentRef("Payment", "410"))
    found = problems(an_action("apply_payment", [write], on=[a_payment(), an_invoice("302")]))
    assert "amount or date of the payment" in found or "no readable TotalAmt" in found
    assert problems(honest) == ""


def test_s21_a_credit_brings_no_money_along() -> None:
    assert "would record 5.00 of money" in problems(a_credit(money_in="5.00"))


# ------------------------------------------------------------------ limits
def test_the_caps_of_a_run_are_kept_with_the_numbers_in_the_message() -> None:
    two = (a_void(id="A-1"), an_application(id="A-2"))
    assert "2 actions are approved, 1 are allowed" in problems(*two, max_actions_per_run=1)
    assert "200.00 dollars are approved, 199.99 are" in problems(*two, max_dollars_per_run=money("199.99"))
    assert problems(*two, max_dollars_per_run=money("200.00")) == ""
    assert "apply PLAN --only KIND" in problems(*two, max_actions_per_run=1)


def test_more_than_ten_voids_are_capped_at_their_share_of_the_invoices_whatever_is_open() -> None:
    company = {"Invoice": 20}
    voids = [a_void(an_invoice(str(number), total="600.00"), id=f"A-{number}") for number in range(12)]

    assert "12 of 20 invoices would be voided or credited away, 50% are allowed" in problems(*voids, counts=company)
    assert problems(*voids, counts=company, max_share_of_invoices_voided=Decimal("0.60")) == ""
    assert problems(*voids[:10], counts={"Invoice": 11}) == ""


def test_taking_a_run_back_is_not_capped() -> None:
    write = a_write("void", "Invoice", {"Id": "301", "SyncToken": "0"}, "301")
    assert problems(an_action("undo", [write], on=[an_invoice()]), max_actions_per_run=0) == ""


def test_an_amount_that_is_none_is_refused() -> None:
    for senseless in ("NaN", "Infinity", "-1"):
        assert f"its amount is {senseless}" in problems(msgspec.structs.replace(a_void(), amount=Decimal(senseless)))


def test_the_message_names_five_and_counts_the_rest() -> None:
    held = [a_void(an_invoice(str(number)), id=f"A-{number}", tier="hold") for number in range(8)]
    message = problems(*held, max_share_of_invoices_voided=Decimal(1))
    assert "breaks 8 safety rules" in message
    assert "and 3 more" in message
