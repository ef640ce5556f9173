"""Made-up journal records and pulled objects for the suites of the store's ports."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from qbclean.model.approval import DecisionRecord
from qbclean.model.journal import ActionSkipped, Image, RunEnd, RunStart, WriteIntent, WriteOutcome
from qbclean.model.refs import DocumentRef, RealmId
from qbclean.ports.books import PulledObject, SnapshotFacts

REALM = RealmId("9130000000000001")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
META = {"CreateTime": "2026-01-05T08:00:00-08:00", "LastUpdatedTime": "2026-01-05T08:00:00-08:00"}


def a_run(run_id: str = "R-1", **changes: Any) -> RunStart:
    facts: dict[str, Any] = {
        "id": run_id, "kind": "apply", "realm_id": REALM, "plan_digest": "d1", "plan": '{"format_version": "1.0"}',
        "at": NOON, "actor": "pat", "host": "desk", "tool": "qbclean 0.1", "rules": "1",
    }  # fmt: skip
    return RunStart(**{**facts, **changes})


def an_end(run_id: str = "R-1", **changes: Any) -> RunEnd:
    return RunEnd(**{"run_id": run_id, "state": "done", "at": NOON + timedelta(minutes=5), **changes})


def an_intent(request_id: str = "q-1", **changes: Any) -> WriteIntent:
    invoice = DocumentRef("Invoice", "231")
    facts: dict[str, Any] = {
        "run_id": "R-1", "action_id": "A-1", "step": 1, "request_id": request_id, "operation": "void",
        "kind": "Invoice", "target": invoice, "method": "POST", "path": "/v3/company/1/invoice?operation=void",
        "body": {"SyncToken": "3", "Id": "231"}, "body_sha256": "ab" * 32,
        "before": (Image(ref=invoice, raw='{"Id": "231", "TotalAmt": 100.10}'),),
        "approved_by": "pat", "reason": "entered twice", "amount": Decimal("100.10"), "at": NOON,
    }  # fmt: skip
    return WriteIntent(**{**facts, **changes})


def an_outcome(request_id: str = "q-1", **changes: Any) -> WriteOutcome:
    facts: dict[str, Any] = {"run_id": "R-1", "request_id": request_id, "state": "done", "at": NOON, "status": 200}
    return WriteOutcome(**{**facts, **changes})


def a_decision(action_id: str = "A-1", **changes: Any) -> DecisionRecord:
    facts: dict[str, Any] = {
        "id": f"D-{action_id}", "plan_digest": "d1", "action_id": action_id, "role": "first", "state": "approved",
        "by": "Dana Reyes", "at": "2026-03-02T11:00:00+00:00", "how": "single", "amount": Decimal("100.10"),
    }  # fmt: skip
    return DecisionRecord(**{**facts, **changes})


def a_skip(action_id: str = "A-2", **changes: Any) -> ActionSkipped:
    return ActionSkipped(**{"run_id": "R-1", "action_id": action_id, "reason": "stale", "at": NOON, **changes})


def pulled(entity: str, object_id: str, **fields: Any) -> PulledObject:
    """An object as QBO would send it; documents get a date and metadata."""
    wire = {"Id": object_id, "SyncToken": "0", "MetaData": META, "TxnDate": "2026-01-05", **fields}
    return PulledObject(entity=entity, id=object_id, raw=json.dumps(wire).encode())


def deleted(entity: str, object_id: str) -> PulledObject:
    return PulledObject(entity=entity, id=object_id, raw=b"", deleted=True)


def the_company() -> list[PulledObject]:
    """What every snapshot needs."""
    return [pulled("CompanyInfo", "1", CompanyName="Example Plumbing"), pulled("Preferences", "1")]


def facts(
    *,
    taken_at: datetime = NOON,
    ar: Mapping[str, Decimal] | None = None,
    reconciled: frozenset[DocumentRef] = frozenset(),
) -> SnapshotFacts:
    return SnapshotFacts(
        realm_id=REALM,
        environment="local",
        taken_at=taken_at,
        server_time=taken_at - timedelta(minutes=1),
        counts={"Invoice": 2, "Customer": 1},
        ar_by_customer=ar or {},
        reconciled=reconciled,
    )
