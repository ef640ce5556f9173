"""What was carried out under another journal is not carried out again (R4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from qbclean.workflow.apply import apply
from qbclean.workflow.elsewhere import done_elsewhere
from qbclean.workflow.rehearsal import rehearse
from tests import every_kind
from tests.fakes import FakeJournal
from tests.unit.workflow.desk import BY, a_desk, approved

PULLED = datetime(2026, 3, 31, 8, tzinfo=UTC)
"""Before anything that the books in memory make; what was there before has older dates."""


def a_plan_for(desk):
    return approved(desk, every_kind.plan_of(desk.books))


@pytest.fixture
def desk():
    """Of every kind, and QuickBooks takes each request as if it had never seen it."""
    opened = a_desk(every_kind.company())
    opened.quickbooks.remembers_request_ids = False
    return opened


def test_a_plan_that_was_carried_out_under_another_journal_sends_nothing_r4(desk):
    plan = a_plan_for(desk)
    assert apply(plan, books=desk.books, ports=desk.ports, by=BY).state == "done"
    sent = len(desk.quickbooks.sent)
    anew = replace(desk, journal=FakeJournal())
    again = a_plan_for(anew)
    for report in (
        rehearse(again, ports=anew.ports),
        apply(again, books=anew.books, ports=anew.ports, by=BY),
    ):
        assert {outcome.state for outcome in report.outcomes} == {"stale", "blocked"}
    assert len(desk.quickbooks.sent) == sent
    (created,) = [outcome for outcome in report.outcomes if outcome.kind == "create_invoice"]
    assert created.reason.startswith("It was done elsewhere: Invoice ")


def test_a_mark_counts_only_on_what_was_made_since_and_where_the_journal_knows_nothing(desk):
    plan = a_plan_for(desk)
    apply(plan, books=desk.books, ports=desk.ports, by=BY)

    def found(journal, since):
        return done_elsewhere(plan.actions, since=since, gateway=desk.quickbooks, journal=journal)

    created = {
        action.id for action in plan.actions if any(request.operation == "create" for request in action.requests)
    }
    assert found(FakeJournal(), PULLED).keys() == created
    assert found(desk.journal, PULLED) == {}, "our own doing"
    assert found(FakeJournal(), datetime(2027, 1, 1, tzinfo=UTC)) == {}, "an older document with the same mark"
