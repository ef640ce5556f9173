"""A plan of many actions of every kind, over the sandbox: rehearsed, partly stale, applied, logged (R2, R10, R28)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qbclean.model.outcome import RunReport
from qbclean.model.refs import DocumentRef
from qbclean.model.write import PlannedRequest, body_bytes
from qbclean.report.audit import AuditRow, audit_rows
from qbclean.workflow.apply import apply
from qbclean.workflow.rehearsal import rehearse
from tests import every_kind
from tests.real_desk import RealDesk, real_desk
from tests.unit.workflow.desk import BY, SETTINGS, approved

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("at scale")]  # they share one run

OPEN_FILLED_IN = re.compile(r"\$\{([^{}]+)\.(Id|SyncToken)\}")


@dataclass
class Carried:
    """What the dry run showed, what apply sent and said, and the log of it. `copies` of every kind of action."""

    copies: int
    shown: list[PlannedRequest]
    sent: list[dict[str, Any]]
    report: RunReport
    rows: list[AuditRow]
    sends_of_dry_run: int


def invoice_of(copy: int) -> DocumentRef:
    """The invoice that the copy's unapplied payment is to be applied to."""
    return DocumentRef("Invoice", str(1000 + 100 * copy + 70))


def edit(desk: RealDesk, ref: DocumentRef, **fields: str) -> None:
    """Somebody else saves a document meanwhile."""
    live = desk.quickbooks.read([ref])[ref].document
    a_request = approved_request(desk)
    path = f"/v3/company/{desk.books.realm_id}/invoice?minorversion=75&requestid=by-hand-{ref.id}"
    body = {"Id": ref.id, "SyncToken": live.sync_token, "sparse": True, **fields}
    desk.quickbooks.send(
        msgspec.structs.replace(a_request, target=ref, path=path, body=body, request_id=f"by-hand-{ref.id}")
    )


def approved_request(desk: RealDesk) -> PlannedRequest:
    """Any update of an invoice, to be changed."""
    (action,) = [each for each in every_kind.plan_of(desk.books) if each.kind == "complete_invoice"]
    return action.requests[0]


@pytest.fixture(
    scope="module",
    params=[10, pytest.param(100, marks=pytest.mark.long)],
    ids=["a hundred actions", "a thousand actions"],
)
def carried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Carried:
    """In every tenth copy the invoice gets another date before apply, in another tenth another memo."""
    copies = request.param
    folder: Path = tmp_path_factory.mktemp("scale")
    with real_desk(folder / "company", every_kind.company(copies)) as desk:
        settings = msgspec.structs.replace(SETTINGS, max_actions_per_run=5_000)
        plan = approved(desk, every_kind.plan_of(desk.books, copies), settings=settings)
        rehearsed = rehearse(plan, ports=desk.ports)
        dry = len(desk.writes)
        for copy in range(0, copies, 10):
            edit(desk, invoice_of(copy), TxnDate="2026-03-09")
            edit(desk, invoice_of(copy + 1), PrivateNote="called the customer")
        by_hand = len(desk.writes)
        report = apply(plan, books=desk.books, ports=desk.ports, by=BY)
        return Carried(
            copies=copies,
            shown=[request for outcome in rehearsed.outcomes for request in outcome.requests],
            sent=desk.writes[by_hand:],
            report=report,
            rows=list(audit_rows(desk.journal.events(), local=desk.running.url)),  # type: ignore[attr-defined]
            sends_of_dry_run=dry,
        )


def test_what_was_changed_relevantly_is_left_alone_and_everything_else_runs_r2(carried: Carried) -> None:
    stale = {f"A-apply-payment-{copy}" for copy in range(0, carried.copies, 10)}
    by_state = {
        state: {outcome.action_id for outcome in carried.report.outcomes if outcome.state == state}
        for state in {outcome.state for outcome in carried.report.outcomes}
    }
    assert by_state["stale"] == stale
    assert set(by_state) == {"stale", "done"}
    assert len(by_state["done"]) == carried.copies * len(every_kind.KINDS) - len(stale)
    assert {entry["status"] for entry in carried.sent} == {200}, "nothing was sent with an outdated SyncToken"
    assert len(carried.sent) == carried.copies * every_kind.WRITES_PER_COPY - len(stale)


def test_the_dry_run_shows_byte_for_byte_what_is_sent_and_sends_nothing_r10(carried: Carried) -> None:
    assert carried.sends_of_dry_run == 0
    shown = {request.path: body_bytes(request.body).decode() for request in carried.shown}
    assert len(shown) == carried.copies * every_kind.WRITES_PER_COPY
    plain = 0
    for entry in carried.sent:
        body = shown[f"{entry['path']}?{entry['query']}"]
        plain += "${" not in body
        # Only what the run itself brings about may stand open in it.
        pattern = r"[0-9]+".join(re.escape(part) for part in OPEN_FILLED_IN.sub("\0", body).split("\0"))
        assert re.fullmatch(pattern, entry["body"]), entry["query"]
    assert plain > len(carried.sent) / 2


def test_every_attempt_has_its_row_with_all_that_is_to_be_known_of_it_r28(carried: Carried) -> None:
    done = [row for row in carried.rows if row.result == "done"]
    skipped = [row for row in carried.rows if row.result == "skipped"]
    assert len(done) == len(carried.sent)
    assert len(skipped) == len(carried.rows) - len(done) == carried.copies // 10
    always = (
        "at monotonic_ns actor host tool rules environment company realm_id run run_kind plan_digest action "
        "action_kind action_summary approved_by approved_at reason"
    )
    of_writes = "operation document amount request_id intuit_tid status attempts sync_token_after after link about step"
    for row in carried.rows:
        assert [name for name in always.split() if not getattr(row, name)] == []
    for row in done:
        assert [name for name in of_writes.split() if not getattr(row, name)] == []
        created = row.operation == "create"
        assert created or (row.before and row.sync_token_before), row.request_id
    assert [row.row for row in carried.rows] == sorted({row.row for row in carried.rows})
