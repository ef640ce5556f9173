"""Apply from first to last: the proof against the reports, single use, continuing after interruption, dry run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from qbclean.errors import AuthorizationError, StalePlanError, UnavailableError, WrongCompanyError
from qbclean.model.journal import RunEnd, RunStart
from qbclean.model.outcome import Proof
from qbclean.workflow.apply import apply
from qbclean.workflow.rehearsal import rehearse
from tests.fakes import Crash, CrashPoints, FakeJournal, FakeQuickBooks, ManualStop
from tests.unit.workflow.desk import (
    BY,
    OPEN,
    SETTINGS,
    a_desk,
    apply_other,
    apply_payment,
    approved,
    create_invoice,
    messy_books,
    move_payment,
    pay_new_invoice,
    void_duplicate,
    whole_plan,
)


def run(desk, plan):
    return apply(plan, books=desk.books, ports=desk.ports, by=BY)


def test_predicted_figures_equal_the_reports_to_the_cent_r13():
    desk = a_desk()
    report = run(desk, approved(desk, whole_plan(desk.books)))
    assert report.state == "done", report.message
    assert report.proof is not None
    rows = {(row.what, row.scope): row for row in report.proof.rows}
    assert report.proof.agrees
    assert rows["A/R", "all customers"].predicted - rows["A/R", "all customers"].before == Decimal("-590.00")
    accrual, cash = rows["Income accrual", "2026"], rows["Income cash", "2026"]
    assert accrual.actual - accrual.before == Decimal("-440.00")  # −500 voided, +150 new, −90 credited
    assert cash.actual - cash.before == Decimal("150.00")  # the new payment; the rest only changes accounts


def test_the_run_is_journaled_with_its_whole_plan_its_actor_and_its_proof():
    desk = a_desk()
    plan = approved(desk, [apply_other(desk.books)])
    report = run(desk, plan)
    start = next(row for row in desk.journal.rows if isinstance(row, RunStart))
    end = next(row for row in desk.journal.rows if isinstance(row, RunEnd))
    assert (start.id, start.actor, start.plan_digest) == (report.run_id, "Dana Reyes", plan.plan.digest)
    assert '"A-other"' in start.plan
    assert msgspec.json.decode(end.proof, type=Proof) == report.proof


def test_an_edit_by_somebody_else_during_the_run_fails_the_proof_and_is_named():
    desk = a_desk()
    plan = approved(desk, [move_payment(desk.books), apply_other(desk.books)])
    desk.quickbooks.meanwhile(2, lambda: desk.quickbooks.edit(OPEN, TxnDate="2025-12-31"))
    report = run(desk, plan)
    assert report.state == "failed"
    assert "Income accrual, 2026: 960.00, predicted 1260.00" in report.message


def test_a_touched_document_that_reads_back_differently_fails_the_run_and_is_named_s09():
    desk = a_desk()
    plan = approved(desk, [apply_payment(desk.books), apply_other(desk.books)])
    desk.quickbooks.meanwhile(2, lambda: desk.quickbooks.edit(OPEN, DocNumber="1043-X"))
    report = run(desk, plan)
    assert report.state == "failed"
    assert report.proof is not None
    assert report.proof.documents == ("Invoice 1043 (id 303): doc_number should be 1043, is 1043-X",)


def test_a_locked_period_that_moves_fails_the_run_s22():
    desk = a_desk()
    filed = msgspec.structs.replace(SETTINGS, income_tax_filed_through=date(2025, 12, 31))
    plan = approved(desk, [apply_other(desk.books)], settings=filed)
    desk.quickbooks.meanwhile(1, lambda: desk.quickbooks.edit(OPEN, TxnDate="2025-12-31"))
    report = run(desk, plan)
    assert report.state == "failed"
    assert "Income accrual, through 2025-12-31 (locked): 300.00, predicted 0.00" in report.message
    assert "A/R, through 2025-12-31 (locked): 300.00, predicted 0.00" in report.message


def test_the_locked_period_is_part_of_every_proof_s22():
    desk = a_desk()
    filed = msgspec.structs.replace(SETTINGS, income_tax_filed_through=date(2026, 2, 28))
    report = run(desk, approved(desk, whole_plan(desk.books), settings=filed))
    assert report.state == "done", report.message
    assert report.proof is not None
    locked = [row for row in report.proof.rows if "locked" in row.scope]
    assert [(row.what, row.before, row.actual) for row in locked] == [
        (what, Decimal("0.00"), Decimal("0.00"))
        for what in (
            "A/R",
            "Income accrual",
            "Change of the balance sheet accrual",
            "Income cash",
            "Change of the balance sheet cash",
        )
    ]


def test_what_was_skipped_makes_the_run_partial_and_the_rest_is_still_proved():
    desk = a_desk()
    plan = approved(desk, [apply_payment(desk.books), apply_other(desk.books)])
    desk.quickbooks.edit(OPEN, TxnDate="2026-03-03")
    report = run(desk, plan)
    assert report.state == "partial"
    assert report.proof is not None
    assert report.proof.agrees
    assert "1 stale, 1 done" in report.message


def test_a_plan_runs_once_r4():
    desk = a_desk()
    plan = approved(desk, whole_plan(desk.books))
    run(desk, plan)
    sent = len(desk.quickbooks.sent)
    with pytest.raises(StalePlanError, match="carried out already"):
        run(desk, plan)
    assert len(desk.quickbooks.sent) == sent


def test_more_of_a_plan_can_be_approved_later_and_only_that_is_sent():
    desk = a_desk()
    first, second = create_invoice(desk.books), pay_new_invoice(desk.books)
    undecided = msgspec.structs.replace(second, decision=msgspec.structs.replace(second.decision, state="undecided"))
    assert run(desk, approved(desk, [first, undecided])).state == "done"
    assert run(desk, approved(desk, [first, second])).state == "done"
    assert [request.kind for request in desk.quickbooks.sent] == ["Invoice", "Payment"]


def test_another_company_is_refused_before_anything_is_read_or_sent_s24():
    desk = a_desk()
    plan = approved(desk, [apply_other(desk.books)])
    desk.quickbooks.realm_id = "999"  # type: ignore[assignment]
    with pytest.raises(WrongCompanyError, match="999"):
        run(desk, plan)
    assert (desk.quickbooks.sent, desk.journal.rows) == ([], [])


def test_an_interrupted_run_says_so_and_applying_again_finishes_it_r6():
    desk = a_desk(stop=ManualStop(at_check=4))
    plan = approved(desk, whole_plan(desk.books))
    assert run(desk, plan).state == "interrupted"
    desk.stop = ManualStop()
    report = run(desk, plan)
    assert report.state == "done"
    assert len(desk.quickbooks.sent) == 8


def test_a_server_that_stopped_answering_leaves_the_run_done_in_part_and_applying_again_finishes_it_r11():
    desk = a_desk()
    plan = approved(desk, whole_plan(desk.books))
    desk.quickbooks.meanwhile(1, lambda: setattr(desk.quickbooks, "unreachable", True))
    assert run(desk, plan).state == "partial", "130 is for whoever pressed Ctrl-C"
    desk.quickbooks.unreachable = False
    assert run(desk, plan).state == "done"


def test_lost_authorization_closes_the_run_and_the_next_one_finishes_it():
    desk = a_desk()
    plan = approved(desk, whole_plan(desk.books))
    desk.quickbooks.fault(3, "before", AuthorizationError("Connect again."))  # type: ignore[arg-type]
    with pytest.raises(AuthorizationError, match=r"Then run the same command again: .* \(`qbclean log R-"):
        run(desk, plan)
    assert [row.state for row in desk.journal.rows if isinstance(row, RunEnd)] == ["interrupted"]
    assert run(desk, plan).state == "done"


def test_reports_that_cannot_be_had_before_the_run_send_nothing():
    desk = a_desk()
    plan = approved(desk, [apply_other(desk.books)])
    desk.quickbooks.unreachable = True
    with pytest.raises(UnavailableError):
        run(desk, plan)
    assert (desk.quickbooks.sent, desk.journal.rows) == ([], [])


def test_a_run_that_cannot_be_proved_is_failed_and_still_tells_what_it_did():
    desk = a_desk()
    plan = approved(desk, [apply_other(desk.books)])

    def disconnect() -> None:
        desk.quickbooks.unreachable = True

    desk.quickbooks.meanwhile(1, disconnect)
    report = run(desk, plan)
    assert (report.state, report.outcomes[0].state) == ("failed", "done")
    assert "could not be proved" in report.message
    assert [row.state for row in desk.journal.rows if isinstance(row, RunEnd)] == ["failed"]


def test_death_at_every_point_of_apply_and_applying_again_ends_like_no_death_r6():
    books = messy_books()

    def until_done(deaths):
        points = CrashPoints()
        desk = a_desk(books, quickbooks=FakeQuickBooks(books, touch=points), journal=FakeJournal(touch=points))
        plan = approved(desk, whole_plan(books))
        for at in (*deaths, 0):
            points.at = len(points.passed) + at if at else 0
            try:
                state = run(desk, plan).state
            except Crash:
                continue
            except StalePlanError:  # it died after everything was done
                return desk, points
            assert state == "done"
            return desk, points
        raise AssertionError("it never came to the end")

    straight, points = until_done([])
    for at in range(1, len(points.passed) + 1, 2):
        desk, _ = until_done([at])
        assert desk.quickbooks.essence() == straight.quickbooks.essence(), at
        assert len({request.request_id for request in desk.quickbooks.sent}) == 8
        assert all(listed.end for listed in desk.journal.runs())


# ------------------------------------------------------------------ dry run
def test_a_dry_run_shows_the_requests_that_apply_sends_and_sends_none_r10():
    desk = a_desk()
    plan = approved(desk, whole_plan(desk.books))
    rows = len(desk.journal.rows)
    report = rehearse(plan, ports=desk.ports)
    assert report.dry_run
    assert {outcome.state for outcome in report.outcomes} == {"would run"}
    assert (desk.quickbooks.sent, len(desk.journal.rows)) == ([], rows)
    run(desk, plan)
    shown = [request for outcome in report.outcomes for request in outcome.requests]
    for said, sent in zip(shown, desk.quickbooks.sent, strict=True):
        assert (said.method, said.path) == (sent.method, sent.path)
        if "${" not in str(said.body):
            assert msgspec.json.encode(said.body) == msgspec.json.encode(sent.body)


def test_a_dry_run_finds_what_is_stale_and_what_is_blocked_by_it():
    desk = a_desk()
    plan = approved(desk, [move_payment(desk.books), void_duplicate(desk.books), apply_other(desk.books)])
    desk.quickbooks.edit(move_payment(desk.books).targets[0].ref, TotalAmt=Decimal("510.00"))
    report = rehearse(plan, ports=desk.ports)
    assert [outcome.state for outcome in report.outcomes] == ["stale", "blocked", "would run"]
    assert report.state == "partial"


def test_a_dry_run_of_a_half_done_plan_tells_what_is_done():
    desk = a_desk(stop=ManualStop(at_check=3))
    plan = approved(desk, whole_plan(desk.books))
    run(desk, plan)
    desk.stop = ManualStop()
    report = rehearse(plan, ports=desk.ports)
    assert [outcome.state for outcome in report.outcomes] == ["done", "done", *["would run"] * 5]
    assert len(desk.quickbooks.sent) == 2
