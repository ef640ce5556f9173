"""Names are derived from content, stable and distinct (R15)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbclean.model.identity import REQUEST_ID_LIMIT, action_id, finding_id, planned_requests, request_id
from qbclean.model.refs import DocumentRef, RealmId
from qbclean.model.write import DocumentWrite

REALM = RealmId("9130347")


def test_an_action_keeps_its_id_whatever_the_order_of_its_targets() -> None:
    one = action_id("void_invoice", ["Invoice 1", "Invoice 2"])
    assert one == action_id("void_invoice", ["Invoice 2", "Invoice 1"])
    assert one.startswith("A-")
    assert len(one) == 14
    assert one != action_id("apply_payment", ["Invoice 1", "Invoice 2"])


def test_ids_do_not_run_together_when_targets_contain_separators() -> None:
    assert action_id("void_invoice", ["a,b"]) != action_id("void_invoice", ["a", "b"])


def test_a_finding_is_named_after_its_documents() -> None:
    name = finding_id("duplicate_invoice", [DocumentRef("Invoice", "7"), DocumentRef("Invoice", "8")])
    assert name == finding_id("duplicate_invoice", [DocumentRef("Invoice", "8"), DocumentRef("Invoice", "7")])
    assert name != finding_id("duplicate_invoice", [DocumentRef("Invoice", "7")])
    assert name != finding_id("duplicate_invoice", [DocumentRef("Invoice", "7"), DocumentRef("Invoice", "9")])
    assert name != finding_id("missing_invoice", [DocumentRef("Invoice", "7"), DocumentRef("Invoice", "8")])
    assert re.fullmatch("F-[0-9a-f]{12}", name)


def test_request_ids_ignore_the_order_of_keys_but_nothing_else() -> None:
    name = request_id(REALM, "s1", "A-1", 1, {"Id": "1", "SyncToken": "0"})
    assert name == request_id(REALM, "s1", "A-1", 1, {"SyncToken": "0", "Id": "1"})
    others = [
        request_id(RealmId("2"), "s1", "A-1", 1, {"Id": "1", "SyncToken": "0"}),
        request_id(REALM, "s2", "A-1", 1, {"Id": "1", "SyncToken": "0"}),
        request_id(REALM, "s1", "A-2", 1, {"Id": "1", "SyncToken": "0"}),
        request_id(REALM, "s1", "A-1", 2, {"Id": "1", "SyncToken": "0"}),
        request_id(REALM, "s1", "A-1", 1, {"Id": "1", "SyncToken": "1"}),
    ]
    assert len({name, *others}) == 6
    assert re.fullmatch("qbc-[0-9a-f]{40}", name)


@pytest.mark.long
def test_a_million_request_ids_are_all_different_r15() -> None:
    names = {request_id(REALM, "s1", f"A-{action}", step, {}) for action in range(100_000) for step in range(10)}
    assert len(names) == 1_000_000


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5), st.integers(1, 3)), unique=True, max_size=50))
def test_r15_different_work_never_shares_a_request_id_and_every_id_fits(work: list[tuple[str, str, int]]) -> None:
    names = {request_id(REALM, snapshot, action, step, {}) for snapshot, action, step in work}
    assert len(names) == len(work)
    assert all(len(name) <= REQUEST_ID_LIMIT for name in names)


def test_planned_requests_carry_their_own_id_in_the_path_and_count_steps_from_one() -> None:
    target = DocumentRef("Invoice", "301")
    void = DocumentWrite(operation="void", kind="Invoice", body={"Id": "301", "SyncToken": "2"}, target=target)
    create = DocumentWrite(operation="create", kind="Payment", body={"TotalAmt": "1.00"}, changes=(target,))
    first, second = planned_requests(REALM, "s1", "A-1", [void, create], include="allowduplicatedocnum")
    assert first.request_id == request_id(REALM, "s1", "A-1", 1, void.body)
    assert second.request_id == request_id(REALM, "s1", "A-1", 2, create.body)
    assert (first.changes, second.changes) == ((), (target,))
    assert "include" not in planned_requests(REALM, "s1", "A-1", [void, create])[1].path
    assert (first.step, second.step) == (1, 2)
    assert first.path == f"/v3/company/{REALM}/invoice?operation=void&minorversion=75&requestid={first.request_id}"
    assert "include=allowduplicatedocnum" in second.path
    assert first.target == target
    assert second.target is None
