"""Journaled attempts with a whole plan behind them, and the audit rows they become."""

from __future__ import annotations

import msgspec

from qbclean.model.action import Decision
from qbclean.model.journal import Image, LoggedEvent, RowStamp
from qbclean.report.audit import AuditRow, audit_rows
from tests.unit.report.examples import a_journaled_run, a_plan, an_action

SECONDED = Decision(
    state="approved", by="Dana Reyes", at="2026-03-01T11:00:00+00:00",
    second_by="Sam Ortiz", second_at="2026-03-01T11:30:00+00:00",
)  # fmt: skip


def some_events(reason: str = "entered twice", raw_note: str = "", plan: str | None = None) -> list[LoggedEvent]:
    """A void that was done, and an action that was skipped, of one plan."""
    run = a_journaled_run(reason=reason)
    actions = tuple(msgspec.structs.replace(an_action(name), decision=SECONDED) for name in ("A-1", "A-2"))
    text = msgspec.json.encode(a_plan(actions=actions)).decode() if plan is None else plan
    start = msgspec.structs.replace(run.start, plan=text)
    (write,), (skip,) = run.writes, run.skipped
    (image,) = write.intent.before
    before = image.raw.replace("{", f'{{"SyncToken": "3", "PrivateNote": "{raw_note}", ', 1)
    intent = msgspec.structs.replace(write.intent, amount=actions[0].amount, before=(Image(ref=image.ref, raw=before),))
    by = {"actor": "pat", "host": "desk", "tool": "qbclean 0.1"}
    return [
        LoggedEvent(stamp=RowStamp(seq=5, monotonic_ns=77, **by), start=start, intent=intent, outcome=write.outcome),
        LoggedEvent(stamp=RowStamp(seq=6, monotonic_ns=78, **by), start=start, skipped=skip),
    ]


def some_audit_rows(reason: str = "entered twice", raw_note: str = "") -> list[AuditRow]:
    return list(audit_rows(some_events(reason, raw_note), local="http://127.0.0.1:9"))
