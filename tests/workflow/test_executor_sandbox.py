"""The executor with nothing faked: real gateway, journal on disk and pull, the sandbox server on the other side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qbclean.workflow.apply import apply
from qbclean.workflow.recover import recover
from qbclean.workflow.rehearsal import rehearse
from qbclean.workflow.rollback import rollback
from tests.real_desk import RealDesk, real_desk
from tests.unit.workflow.desk import (
    BY,
    OPEN,
    apply_other,
    apply_payment,
    approved,
    clear_for,
    messy_books,
    rollback_of,
    whole_plan,
)


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[..., RealDesk]]:
    with ExitStack() as closing:

        def opened(**settings: Any) -> RealDesk:
            return closing.enter_context(real_desk(tmp_path / "company", messy_books(), **settings))

        yield opened


def test_apply_proves_itself_and_rollback_leaves_the_books_as_before_r13_r26(open_desk):
    desk = open_desk()
    before = desk.documents()
    report = apply(approved(desk, whole_plan(desk.books)), books=desk.books, ports=desk.ports, by=BY)
    assert report.state == "done", report.message
    assert report.proof is not None
    assert report.proof.agrees
    assert desk.documents() != before
    undo = clear_for(desk, rollback_of(desk, report.run_id))
    undone = rollback(undo, undoes=report.run_id, books=desk.books, ports=desk.ports, by=BY)
    assert undone.state == "done", undone.message
    after = desk.documents()
    for ref, then in before.items():
        for fact in ("TotalAmt", "Balance", "UnappliedAmt", "LinkedTxn", "DocNumber", "TxnDate", "DueDate"):
            assert after[ref].get(fact) == then.get(fact), (ref, fact)
    assert desk.journal.verify().problem == ""


def test_a_void_the_server_will_not_restore_is_created_again(open_desk):
    desk = open_desk(quirks={"unvoid": "refuse"})
    actions = whole_plan(desk.books)[:2]
    report = apply(approved(desk, actions), books=desk.books, ports=desk.ports, by=BY)
    undo = clear_for(desk, rollback_of(desk, report.run_id))
    undone = rollback(undo, undoes=report.run_id, books=desk.books, ports=desk.ports, by=BY)
    assert undone.state == "done", undone.message
    (again,) = desk.created
    assert desk.documents()[again]["Balance"] == 0
    assert desk.documents()[again]["DocNumber"] == "1042-B"


@pytest.mark.parametrize(
    "fault", ["reset", "half_body", "empty_200", "bad_json", "500", "502", "503_html", "504", "404_html", "fault_200"]
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_at_any_write_leaves_no_duplicate_and_no_false_outcome_r20(open_desk, fault, when):
    """Six answers in a row go wrong, more than the gateway repeats; whatever is left open, the next run finishes."""
    desk = open_desk()
    plan = approved(desk, whole_plan(desk.books))
    desk.fault(fault=fault, method="POST", path="/v3/company/", nth=2, times=6, when=when)
    for _ in range(4):
        report = apply(plan, books=desk.books, ports=desk.ports, by=BY)
        assert {outcome.state for outcome in report.outcomes} <= {"done", "unknown", "blocked"}, report.outcomes
        if report.state == "done":
            break
    assert report.state == "done", report.message
    live = desk.quickbooks.read(desk.created)
    assert sorted(ref.kind for ref in live) == ["CreditMemo", "Invoice", "Payment", "Payment"]
    assert len(live) == len(desk.created)


def test_a_dry_run_sends_no_write_and_shows_what_apply_sends_r10(open_desk):
    desk = open_desk()
    plan = approved(desk, whole_plan(desk.books))
    report = rehearse(plan, ports=desk.ports)
    assert {outcome.state for outcome in report.outcomes} == {"would run"}, report.outcomes
    assert desk.writes == []
    apply(plan, books=desk.books, ports=desk.ports, by=BY)
    assert len(desk.writes) == sum(len(outcome.requests) for outcome in report.outcomes)


def test_an_edited_invoice_is_skipped_and_the_others_run_s17(open_desk):
    desk = open_desk()
    plan = approved(desk, [apply_payment(desk.books), apply_other(desk.books)])
    gateway = desk.quickbooks
    live = gateway.read([OPEN])[OPEN].document
    edit = plan.actions[0].requests[0]
    gateway.send(
        msgspec.structs.replace(
            edit,
            kind="Invoice",
            target=OPEN,
            path=f"/v3/company/{desk.books.realm_id}/invoice?minorversion=75&requestid=by-hand",
            body={"Id": "303", "SyncToken": live.sync_token, "sparse": True, "TxnDate": "2026-03-05"},
            request_id="by-hand",
        )
    )
    report = apply(plan, books=desk.books, ports=desk.ports, by=BY)
    assert [outcome.state for outcome in report.outcomes] == ["stale", "done"]
    assert "date then 2026-03-02, now 2026-03-05" in report.outcomes[0].reason


def test_a_write_in_doubt_on_disk_is_settled_by_reading_back_s19(open_desk):
    desk = open_desk()
    plan = approved(desk, [apply_other(desk.books)])
    settle, killed = desk.journal.settle, []

    def die(_outcome):
        killed.append(1)
        raise KeyboardInterrupt

    desk.journal.settle = die
    with pytest.raises(KeyboardInterrupt):
        apply(plan, books=desk.books, ports=desk.ports, by=BY)
    desk.journal.settle = settle
    (outcome,) = recover(desk.quickbooks, desk.journal, desk.clock)
    assert (outcome.state, outcome.settled_by) == ("done", "read-back")
    assert len(desk.writes) == 1
