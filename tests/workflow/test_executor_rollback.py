"""Taking back every kind of repair over the real gateway: what comes back, what stays, what is left alone (R26)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from qbclean.model.action import PlannedAction
from qbclean.model.outcome import RunReport
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite
from qbclean.plan.inverse import undo_id
from qbclean.workflow.apply import apply
from qbclean.workflow.rollback import rollback
from tests import every_kind
from tests.builders import a_payment, a_snapshot, an_invoice
from tests.real_desk import RealDesk, real_desk
from tests.sandbox_company import not_as_before, objects_of
from tests.unit.workflow.desk import BY, an_action, approved, clear_for, rollback_of

BOOKS = every_kind.company()
EXACT = {"move_payment", "apply_payment", "apply_credit", "complete_invoice"}
"""Kinds after whose undo nothing of the run is left (but for QuickBooks' audit log)."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RealDesk]:
    with real_desk(tmp_path / "company", BOOKS, at_once=8) as opened:
        yield opened


def applied(desk: RealDesk, actions: tuple[PlannedAction, ...]) -> RunReport:
    report = apply(approved(desk, actions), books=desk.books, ports=desk.ports, by=BY)
    assert report.state == "done", report.message
    return report


def taken_back(desk: RealDesk, run_id: str) -> RunReport:
    undo = clear_for(desk, rollback_of(desk, run_id))
    return rollback(undo, undoes=run_id, books=desk.books, ports=desk.ports, by=BY)


@pytest.mark.parametrize("kind", every_kind.KINDS)
def test_each_kind_taken_back_alone_leaves_the_books_as_before_r26(desk, kind):
    before = objects_of(desk.running)
    wanted = [action for action in every_kind.plan_of(desk.books) if action.kind == kind]
    needed = {id_ for action in wanted for id_ in action.depends_on}
    actions = tuple(a for a in every_kind.plan_of(desk.books) if a.id in needed or a in wanted)
    run_id = applied(desk, actions).run_id
    assert objects_of(desk.running) != before
    undone = taken_back(desk, run_id)
    assert undone.state == "done", undone.message
    after = objects_of(desk.running)
    assert not_as_before(before, after) == []
    left = {key: item for key, item in after.items() if key not in before}
    if kind in EXACT:
        assert left == {}
    assert all(item["TotalAmt"] == 0 and item.get("Balance", 0) == 0 for item in left.values()), left


def test_a_rollback_can_be_taken_back_and_the_repair_stands_again(desk):
    run_id = applied(desk, every_kind.plan_of(desk.books)).run_id
    repaired = objects_of(desk.running)
    undone = taken_back(desk, run_id)
    again = taken_back(desk, undone.run_id)
    assert again.state == "done", again.message
    found = not_as_before(
        {key: item for key, item in repaired.items() if key in before_ids(desk)}, objects_of(desk.running)
    )
    # what was created again has new Ids, so only the links to them differ
    assert all("TxnId" in said or "PrivateNote" in said for said in found), found


def before_ids(desk: RealDesk) -> set[tuple[str, str]]:
    return {(ref.kind, ref.id) for ref in (document.ref for document in desk.books.documents())}


def test_what_somebody_changed_since_is_left_and_the_rest_is_taken_back_s23(desk):
    """R26: 0 foreign edits overwritten, whatever kind of repair the document belongs to."""
    before = objects_of(desk.running)
    run = applied(desk, every_kind.plan_of(desk.books))
    edited = [DocumentRef("Invoice", "1040"), DocumentRef("Payment", "1071")]
    for ref in edited:
        _edit(desk, ref, PrivateNote="corrected by hand", TxnDate="2026-03-09")
    by_hand = {(ref.kind, ref.id): objects_of(desk.running)[ref.kind, ref.id] for ref in edited}
    plan = rollback_of(desk, run.run_id)
    held = {action.id for action in plan.actions if action.tier == "hold"}
    journaled = desk.journal.run(run.run_id)
    assert journaled is not None
    assert held == {undo_id(write.intent.request_id) for write in journaled.writes if write.intent.target in edited}
    undone = rollback(clear_for(desk, plan), undoes=run.run_id, books=desk.books, ports=desk.ports, by=BY)
    assert undone.state == "partial", undone.message
    assert {outcome.action_id for outcome in undone.outcomes if outcome.state == "refused"} == held
    after = objects_of(desk.running)
    assert not_as_before(by_hand, after) == []
    customers = {item["CustomerRef"]["value"] for item in by_hand.values()}
    others = {
        key: item
        for key, item in before.items()
        if (key[1] if key[0] == "Customer" else item["CustomerRef"]["value"]) not in customers
    }
    assert not_as_before(others, after) == []


def test_an_invoice_that_had_no_lines_gets_total_balance_and_links_back_and_says_what_stays(tmp_path):
    """A header-only invoice, paid in part: QuickBooks takes no invoice without a line, so one of nothing stays."""
    header = an_invoice("301", total="0.00", number="1042", lines=[], balance="0.00")
    paid = a_payment("410", total="40.00")
    books = a_snapshot(header, paid)
    with real_desk(tmp_path / "company", books) as desk:
        before = objects_of(desk.running)
        line = {
            "DetailType": "SalesItemLineDetail",
            "Amount": "90.00",
            "SalesItemLineDetail": {"ItemRef": {"value": "12"}, "TaxCodeRef": {"value": "TAX"}},
        }
        rate = {"TaxRateRef": {"value": "3"}, "PercentBased": True, "TaxPercent": 8, "NetAmountTaxable": "90.00"}
        tax = {
            "TxnTaxCodeRef": {"value": "2"},
            "TotalTax": "7.20",
            "TaxLine": [{"Amount": "7.20", "DetailType": "TaxLineDetail", "TaxLineDetail": rate}],
        }
        body = {"Id": "301", "SyncToken": "0", "sparse": True, "Line": [line], "TxnTaxDetail": tax}
        write = DocumentWrite(operation="update", kind="Invoice", body=body, target=header.ref)
        action = an_action(desk.books, "A-complete", "complete_invoice", [write], [header.ref])
        run = applied(desk, (action,))
        assert objects_of(desk.running)["Invoice", "301"]["TotalAmt"] == Decimal("97.20")
        plan = rollback_of(desk, run.run_id)
        (undo,) = plan.actions
        assert undo.undo.class_ == "compensating"
        assert "one line of 0.00" in undo.undo.leaves
        undone = rollback(clear_for(desk, plan), undoes=run.run_id, books=desk.books, ports=desk.ports, by=BY)
        assert undone.state == "done", undone.message
        after = objects_of(desk.running)
        now, then = after["Invoice", "301"], before["Invoice", "301"]
        for fact in ("TotalAmt", "Balance", "LinkedTxn", "DocNumber", "TxnDate", "DueDate", "CustomerRef"):
            assert now.get(fact) == then.get(fact), fact
        assert after["Customer", "58"]["Balance"] == before["Customer", "58"]["Balance"]


def _edit(desk: RealDesk, ref: DocumentRef, **fields: str) -> None:
    """Somebody else's sparse update."""
    live = desk.quickbooks.read([ref])[ref].document
    plan = every_kind.plan_of(desk.books)
    like = next(request for action in plan for request in action.requests if request.target == ref)
    body = {"Id": ref.id, "SyncToken": live.sync_token, "sparse": True, **fields}
    if ref.kind == "Payment":
        body = {**like.body, **body}
    path = f"/v3/company/{desk.books.realm_id}/{ref.kind.lower()}?minorversion=75&requestid=by-hand-{ref.id}"
    desk.quickbooks.send(msgspec.structs.replace(like, path=path, body=body, request_id=f"by-hand-{ref.id}"))
