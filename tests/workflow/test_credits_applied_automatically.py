"""S09 with nothing faked: a company that applies credits by itself, under each outcome that contract 7.4 allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.lists import Preferences
from qbclean.workflow.apply import apply
from qbclean.workflow.rehearsal import rehearse
from qbclean.workflow.rollback import rollback
from tests.builders import PREFERENCES, a_payment, a_snapshot, an_invoice
from tests.crm_builders import a_crm_invoice, only_action, plan_of, the_crm
from tests.real_desk import RealDesk, real_desk
from tests.sandbox_company import objects_of
from tests.unit.workflow.desk import BY, approved, clear_for, rollback_of

SALE = date(2026, 2, 27)
TIMES = ("off", "on", "later")


def closed_and_automatic() -> Preferences:
    return msgspec.structs.replace(
        PREFERENCES,
        accounting_info_prefs=msgspec.structs.replace(PREFERENCES.accounting_info_prefs, book_close_date=SALE),
        sales_forms_prefs=msgspec.structs.replace(PREFERENCES.sales_forms_prefs, auto_apply_credit=True),
    )


def a_sale_booked_twice(*, older: bool) -> ReceivablesSnapshot:
    """The true invoice 301 is paid, its copy 302 open; with `older`, invoice 290 of the month before is open too."""
    other = [an_invoice("290", total="500.00", number="1001", date=date(2026, 1, 20))] if older else []
    return a_snapshot(
        *other,
        an_invoice("301", total="540.00", date=SALE),
        an_invoice("302", total="540.00", number="1043", date=SALE),
        a_payment("411", total="540.00", pays={"301": "540.00"}, date=SALE),
        preferences=closed_and_automatic(),
    )


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[..., RealDesk]]:
    with ExitStack() as closing:

        def opened(when: str, *, older: bool = False) -> RealDesk:
            desk = real_desk(tmp_path / "company", a_sale_booked_twice(older=older), quirks={"auto_apply_credit": when})
            return closing.enter_context(desk)

        yield opened


def the_credit(desk: RealDesk) -> Any:
    """The plan's own action for the copy, approved."""
    crm = the_crm(a_crm_invoice(total="540.00", date=SALE), a_crm_invoice("I-2", number="1001", total="500.00"))
    action = only_action(plan_of(desk.books, crm), "credit_duplicate")
    return msgspec.structs.replace(
        action,
        decision=msgspec.structs.replace(
            action.decision, state="approved", by="Dana Reyes", at=desk.clock.now().isoformat()
        ),
    )


def documents(desk: RealDesk) -> Any:
    """Balances and links of all there is but void payments of 0.00, which stay when QuickBooks made them."""
    return {
        key: (row.get("Balance"), row.get("UnappliedAmt"), row.get("TotalAmt"), row.get("LinkedTxn") or [])
        for key, row in objects_of(desk.running).items()
        if not (key[0] == "Payment" and str(row.get("PrivateNote")).startswith("Voided"))
    }


def take_back(desk: RealDesk, run_id: str) -> None:
    plan = clear_for(desk, rollback_of(desk, run_id))
    undone = rollback(plan, undoes=run_id, books=desk.books, ports=desk.ports, by=BY)
    assert undone.state == "done", undone.message


@pytest.mark.parametrize("when", TIMES)
def test_s09_the_copy_is_closed_whoever_applies_the_credit_and_rollback_opens_it_again(open_desk, when):
    desk = open_desk(when)
    before = documents(desk)
    plan = approved(desk, [the_credit(desk)])
    dry = rehearse(plan, ports=desk.ports)
    assert [len(outcome.requests) for outcome in dry.outcomes] == [2]
    report = apply(plan, books=desk.books, ports=desk.ports, by=BY)
    assert report.state == "done", report.message
    assert report.proof is not None
    assert report.proof.agrees
    assert len(desk.writes) == (2 if when == "off" else 1)
    assert documents(desk)["Invoice", "302"][0] == 0
    take_back(desk, report.run_id)
    assert documents(desk) == before
    assert desk.journal.verify().problem == ""


@pytest.mark.parametrize("when", ["on", "later"])
def test_s09_a_credit_used_for_an_older_invoice_stops_the_action_and_rollback_frees_that_one(open_desk, when):
    desk = open_desk(when, older=True)
    before = documents(desk)
    action = the_credit(desk)
    assert action.tier == "review"
    report = apply(approved(desk, [action]), books=desk.books, ports=desk.ports, by=BY)
    (outcome,) = report.outcomes
    assert (report.state, outcome.state) == ("partial", "stale"), report.message
    assert "500.00 on invoice 1001 (id 290) and 40.00 on invoice 1043 (id 302)" in outcome.reason
    assert report.proof is not None
    assert report.proof.agrees, report.proof
    assert len(desk.writes) == 1
    take_back(desk, report.run_id)
    assert documents(desk) == before


@pytest.mark.parametrize("when", ["on", "later"])
@pytest.mark.parametrize("fault", ["reset", "502", "empty_200"])
def test_s09_a_lost_reply_in_between_makes_no_second_credit_and_no_second_link_r20(open_desk, when, fault):
    desk = open_desk(when)
    plan = approved(desk, [the_credit(desk)])
    desk.fault(fault=fault, method="POST", path="/v3/company/", nth=1, times=6, when="after")
    for _ in range(3):
        report = apply(plan, books=desk.books, ports=desk.ports, by=BY)
        if report.state == "done":
            break
    assert report.state == "done", report.message
    kinds = [kind for kind, _ in documents(desk)]
    assert (kinds.count("CreditMemo"), kinds.count("Payment")) == (1, 2)
    assert documents(desk)["Invoice", "302"][0] == 0
