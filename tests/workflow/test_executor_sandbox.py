"""The executor with nothing faked: real gateway, journal on disk and pull, the sandbox server on the other side."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qbclean.model.refs import DocumentRef
from qbclean.qbo.auth import IntuitOAuth
from qbclean.qbo.connection import open_company
from qbclean.qbo.gateway import QboGateway
from qbclean.qbo.limiter import UNLIMITED
from qbclean.qbo.source import QboBooksSource
from qbclean.sandbox.mischief import FaultRule
from qbclean.sandbox.sandbox import Settings
from qbclean.sandbox.server import RunningSandbox, start
from qbclean.store.books import SqliteBooks
from qbclean.store.journal import SqliteJournal
from qbclean.workflow.apply import apply
from qbclean.workflow.connect import connect_local
from qbclean.workflow.pull import pull
from qbclean.workflow.recover import recover
from qbclean.workflow.rehearsal import rehearse
from qbclean.workflow.rollback import rollback
from tests.fakes import ManualStop, RecordingProgress
from tests.sandbox_company import company_folder
from tests.unit.qbo.parts import MemoryTokens
from tests.unit.workflow.desk import (
    BY,
    OPEN,
    Desk,
    apply_other,
    apply_payment,
    approved,
    clear_for,
    messy_books,
    rollback_of,
    whole_plan,
)

KEY = b"k" * 32


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return datetime.now(UTC).date()


class RealDesk(Desk):
    running: RunningSandbox

    def documents(self) -> dict[DocumentRef, Any]:
        """What the sandbox holds, without tokens and times."""
        held = self.quickbooks.read([*self.created, *(document.ref for document in self.books.documents())])
        skipped = ("SyncToken", "MetaData", "PrivateNote", "sparse", "domain")
        return {
            ref: {key: value for key, value in json.loads(live.raw).items() if key not in skipped}
            for ref, live in held.items()
        }

    @property
    def created(self) -> list[DocumentRef]:
        return [
            write.outcome.ref
            for listed in self.journal.runs()
            if (run := self.journal.run(listed.start.id))
            for write in run.writes
            if write.outcome and write.outcome.ref and write.intent.operation == "create"
        ]

    def fault(self, **rule: Any) -> None:
        self.running.sandbox.mischief.add([FaultRule(**rule)])

    @property
    def writes(self) -> list[dict[str, Any]]:
        return [
            entry
            for entry in self.running.sandbox.requests
            if entry["method"] == "POST" and "/v3/company/" in entry["path"]
        ]


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[..., RealDesk]]:
    closing: list[Any] = []

    def opened(**settings: Any) -> RealDesk:
        folder = tmp_path / f"company{len(closing)}"
        folder.mkdir()
        server = start(Settings(company=company_folder(folder, messy_books()), throttle=False, **settings))
        running = server.__enter__()
        closing.append(lambda: server.__exit__(None, None, None))
        tokens = MemoryTokens()
        connected = connect_local(running.ready, oauth=IntuitOAuth(clock=RealClock()), store=tokens)
        connection = open_company(
            connected.realm_id, tokens, clock=RealClock(), limits=UNLIMITED, sleep=lambda _seconds: None
        )
        closing.append(connection.close)
        store = SqliteBooks(folder / "books.db")
        closing.append(store.close)
        pull(QboBooksSource(connection), store, RecordingProgress())
        journal = SqliteJournal.writing(folder / "journal.db", KEY)
        closing.append(journal.close)
        desk = RealDesk(
            books=store.load(),
            quickbooks=QboGateway(connection),  # type: ignore[arg-type]
            journal=journal,  # type: ignore[arg-type]
            clock=RealClock(),  # type: ignore[arg-type]
            progress=RecordingProgress(),
            stop=ManualStop(),
        )
        desk.running = running
        return desk

    try:
        yield opened
    finally:
        for close in reversed(closing):
            close()


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
