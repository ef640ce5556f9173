"""The scorer itself, on plans and truths small enough to score by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from qbclean.model.action import PlannedAction, Target, Tier, Undo
from qbclean.model.money import money
from qbclean.model.plan import Plan
from qbclean.model.refs import CrmRef, DocumentRef
from qbclean.model.write import PlannedRequest
from tests.builders import a_snapshot
from tests.crm_builders import plan_of, the_crm
from tests.quality.score import f1, pooled, score
from tests.quality.truth import InvoiceGroup, LookAlike, Mess, Remedy, Step, Truth, TruthDocument


def a_doc(id: str, type: str = "Invoice") -> TruthDocument:  # noqa: A002
    return TruthDocument(type, id)


def a_step(action: str, *qbo: TruthDocument, crm: tuple[str, ...] = (), amount: str = "100.00") -> Step:
    return Step(action, qbo, crm, money(amount))


def a_mess(*steps: Step, tier: str = "act", may_hold: bool = False, **fields: Any) -> Mess:
    remedy = Remedy(tier=tier, why="because", hold_is_right_too=may_hold, steps=steps)  # type: ignore[arg-type]
    given = {"id": "M-1", "kind": "duplicate_invoice", "variant": "x", "qbo": (), "crm": (), "amount": money("100.00")}
    return Mess(**{**given, "remedy": remedy, **fields})


def a_truth(*mess: Mess, **fields: Any) -> Truth:
    given = {"lookalikes": (), "customers": {}, "jobs": {}, "invoice_groups": ()}
    return Truth(**{"today": date(2026, 11, 23), "close_date": date(2025, 12, 31), "mess": mess, **given, **fields})


def an_action(
    kind: str, *targets: tuple[str, str, str], tier: Tier = "recommended", crm: tuple[CrmRef, ...] = (), **fields: Any
) -> PlannedAction:
    """`targets` are (role, document kind, id); one request that changes all of them unless on hold."""
    made = tuple(Target(role=role, kind=type_, id=id_) for role, type_, id_ in targets)  # type: ignore[arg-type]
    request = PlannedRequest(
        step=1,
        operation="update",
        kind="Payment",
        target=None,
        changes=tuple(DocumentRef(target.kind, target.id) for target in made),
        path="",
        body={},
        request_id="r",
    )
    given = {"id": "A-1", "amount": money("100.00"), "summary": kind, "undo": Undo(class_="exact", how="")}
    return PlannedAction(
        **{
            **given,
            "kind": kind,
            "tier": tier,
            "targets": made,
            "crm": crm,
            "requests": () if tier == "hold" else (request,),
            **fields,
        }
    )


def a_plan(*actions: PlannedAction) -> Plan:
    return msgspec.structs.replace(plan_of(a_snapshot(), the_crm()), actions=actions)


VOID_302 = an_action("void_invoice", ("duplicate", "Invoice", "302"), ("survivor", "Invoice", "301"))
WANT_302 = a_mess(a_step("void_invoice", a_doc("302")))


def test_the_right_void_is_found_and_right() -> None:
    found = score(a_plan(VOID_302), a_truth(WANT_302))

    assert (found.precision, found.recall(), found.wrong, found.missed) == (1.0, 1.0, (), ())


def test_voiding_the_other_copy_is_wrong_and_misses_the_right_one() -> None:
    other = an_action("void_invoice", ("duplicate", "Invoice", "301"))

    found = score(a_plan(other), a_truth(WANT_302))

    assert (found.precision, found.recall()) == (0.0, 0.0)
    assert found.missed == ("M-1 duplicate_invoice, x: cancel Invoice 302",)


def test_of_interchangeable_copies_either_may_go_but_not_both() -> None:
    mess = a_mess(
        a_step("void_invoice", a_doc("302")), survivor=a_doc("301"), extra=(a_doc("302"),), interchangeable=True
    )
    first = an_action("void_invoice", ("duplicate", "Invoice", "301"), id="A-2")

    assert score(a_plan(first), a_truth(mess)).precision == 1.0
    assert score(a_plan(first), a_truth(mess)).recall() == 1.0
    assert score(a_plan(first, VOID_302), a_truth(mess)).precision == 0.5


def test_what_a_person_must_decide_is_wrong_to_recommend_and_right_to_hold() -> None:
    truth = a_truth(a_mess(a_step("void_invoice", a_doc("302")), tier="hold", may_hold=True))
    held = an_action("void_invoice", ("duplicate", "Invoice", "302"), tier="hold")

    assert score(a_plan(VOID_302), truth).precision == 0.0
    assert score(a_plan(held), truth).recall() == 1.0
    assert score(a_plan(held), truth).tallies["duplicate_invoice", "x"].offered == 1


def test_a_hold_where_one_could_act_is_found_but_not_offered() -> None:
    held = an_action("void_invoice", ("duplicate", "Invoice", "302"), tier="hold")

    tally = score(a_plan(held), a_truth(WANT_302)).tallies["duplicate_invoice", "x"]

    assert (tally.found, tally.offered, tally.recommended) == (1, 0, 0)


PAY = a_mess(a_step("apply_payment", a_doc("410", "Payment"), a_doc("305")), kind="unapplied_payment")


def paying(invoice: str, amount: str = "100.00") -> PlannedAction:
    targets = (("payment", "Payment", "410"), ("paid invoice", "Invoice", invoice))
    return an_action("apply_payment", *targets, amount=money(amount))


def test_money_on_the_wrong_invoice_or_of_another_amount_is_wrong() -> None:
    assert score(a_plan(paying("305")), a_truth(PAY)).precision == 1.0
    assert score(a_plan(paying("306")), a_truth(PAY)).precision == 0.0
    assert score(a_plan(paying("305", "99.99")), a_truth(PAY)).precision == 0.0


def test_money_on_any_part_of_a_split_invoice_is_right() -> None:
    truth = a_truth(PAY, invoice_groups=(InvoiceGroup("split", ("I-1",), ("305", "306")),))

    assert score(a_plan(paying("306")), truth).precision == 1.0


def test_applying_a_credit_that_was_rightly_created_is_right() -> None:
    ref = CrmRef("credit", "CR-1")
    truth = a_truth(a_mess(a_step("create_credit_memo", a_doc("305"), crm=("CR-1",)), kind="missing_credit"))
    create = an_action("create_credit_memo", ("credited invoice", "Invoice", "305"), crm=(ref,))
    apply = an_action("apply_credit", ("credited invoice", "Invoice", "305"), crm=(ref,), id="A-2", depends_on=("A-1",))

    assert score(a_plan(create, apply), truth).precision == 1.0
    assert score(a_plan(apply), truth).precision == 0.0


def test_a_look_alike_is_touched_by_any_unwanted_action_that_could_be_approved() -> None:
    truth = a_truth(
        lookalikes=(LookAlike("monthly", (a_doc("301"), a_doc("302")), ()), LookAlike("draft", (), ("I-9",)))
    )
    review = an_action("void_invoice", ("duplicate", "Invoice", "302"), tier="review")
    hold = an_action("void_invoice", ("duplicate", "Invoice", "302"), tier="hold")
    create = an_action("create_invoice", crm=(CrmRef("invoice", "I-9"),), tier="review")

    assert [entry.partition(":")[0] for entry in score(a_plan(review), truth).touched] == ["monthly"]
    assert score(a_plan(hold), truth).touched == ()
    assert [entry.partition(":")[0] for entry in score(a_plan(create), truth).touched] == ["draft"]


def test_pooled_scores_add_up() -> None:
    right, wrong = score(a_plan(VOID_302), a_truth(WANT_302)), score(a_plan(VOID_302), a_truth(PAY))

    both = pooled([right, wrong])

    assert (both.recommended, both.precision, both.recall()) == (2, 0.5, 0.5)


def test_f1_of_pairs() -> None:
    assert f1(set(), set()) == 1.0
    assert f1({("a", "1")}, {("a", "1"), ("b", "2"), ("c", "3")}) == 0.5
