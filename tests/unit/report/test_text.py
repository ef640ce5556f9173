"""What a terminal shows of plans, runs and the log."""

from __future__ import annotations

import re
import unicodedata

import msgspec

from qbclean.model.write import body_bytes
from qbclean.report import text
from qbclean.report.text.plan import requests_needed, writes_of
from tests.unit.report.checks import a_check
from tests.unit.report.examples import a_journaled_run, a_plan, a_request, a_run, an_action, shown
from tests.unit.report.nasty import NASTY_NAMES


def test_a_plan_shows_company_totals_and_every_action_on_one_line() -> None:
    page = shown(text.plan_overview(a_plan()), width=160)
    assert "Plan for Ridge & Gutter Co." in page
    assert "9130347798120106, local" in page
    assert re.search(r"A/R +2,400\.00 +1,200\.00 +−1,200\.00", page)
    assert re.search(r"A-1 +undecided +1,200\.00 +Acme Roofing +Void invoice 1042 of Acme Roofing", page)
    assert "cash" not in page, "income that does not move is not worth a line"


def test_a_plan_says_how_many_requests_it_takes_and_what_intuit_counts_of_them_r24() -> None:
    assert "It takes up to 47 requests to QuickBooks, about 1 minute" in shown(text.plan_overview(a_plan()), width=200)
    assert requests_needed(writes_of([an_action()] * 2_000)) == (
        "It takes up to 4,045 requests to QuickBooks, about 10 minutes at the pace it allows; 2,045 of them are reads, "
        "of which Intuit's free tier allows an app 500,000 a month."
    )


def test_an_action_shows_evidence_effect_undo_and_its_request_byte_for_byte() -> None:
    page = shown(text.action_detail(an_action()), width=60)
    assert "+30" in page
    assert "-5" in page
    assert "income, Roofing in 2026-02 (accrual): −1,200.00" in re.sub(r"\s+", " ", page)
    assert "compensating" in page
    request = a_request()
    lines = page.splitlines()
    assert f"  POST {request.path}" in lines, "a request is never wrapped or cut"
    assert f"  {body_bytes(request.body).decode()}" in lines


def test_a_dry_run_says_that_nothing_was_written_and_shows_the_requests() -> None:
    page = shown(text.run_result(a_run(dry_run=True), requests=True))
    assert "dry run: nothing was written" in page
    assert f"POST {a_request().path}" in page
    assert "Payment 9 changed in QuickBooks." in re.sub(r"\s+", " ", page)


def test_what_quickbooks_had_done_by_itself_is_told_s09() -> None:
    run = a_run()
    reason = "QuickBooks had applied the credit by itself, with payment 415; this request was not sent."
    first = msgspec.structs.replace(run.outcomes[0], reason=reason)
    page = shown(text.run_result(msgspec.structs.replace(run, outcomes=(first, *run.outcomes[1:]))))
    assert "1 action done in part by QuickBooks itself" in page
    assert "with payment 415; this request was not sent." in re.sub(r"\s+", " ", page)


def test_a_request_that_may_not_be_sent_says_so_s09() -> None:
    joining = msgspec.structs.replace(a_request(), kind="Payment", applies_itself=True)
    run = a_run(dry_run=True)
    first = msgspec.structs.replace(run.outcomes[0], requests=(joining,))
    page = shown(text.run_result(msgspec.structs.replace(run, outcomes=(first,)), requests=True))
    assert "not sent where QuickBooks has applied the credit by itself" in page
    assert "applied the credit" not in shown(text.run_result(run, requests=True))


def test_a_proof_shows_the_sums_and_the_customers_together() -> None:
    page = shown(text.run_result(a_run()))
    assert "all 2 figures" in page
    assert re.search(r"A/R of the 2 customers that moved +2,409\.00 +1,209\.00 +1,209\.00 +agrees", page)
    assert "Quiet Ltd" not in page


def test_a_proof_that_fails_is_not_called_proved_and_names_the_customer() -> None:
    page = shown(text.run_result(a_run(actual="1199.99")))
    assert "Proved" not in page
    assert re.search(r"A/R Acme Roofing .* DIFFERS", page)


def test_check_groups_findings_by_kind_with_dollars() -> None:
    page = shown(text.check_result(a_plan(), a_check()[1]))
    assert re.search(r"1 +invoice entered twice +1,200\.00 +1", page)
    assert "Invoice 1042 of Acme Roofing is a second copy of 1041." in page


def test_a_log_entry_shows_who_when_why_before_and_after() -> None:
    page = shown(text.run_detail(a_journaled_run()))
    for fact in (
        "Dana Reyes",
        "2026-03-01 12:00 UTC",
        "entered twice",
        "Invoice 1042 of 2026-02-03, total 1,200.00, open 1,200.00",
        "total 0.00, open 0.00",
        "Payment 9 changed.",
    ):
        assert fact in page


def test_a_run_that_was_killed_is_said_to_need_recover() -> None:
    assert "qbclean recover" in shown(text.run_list([a_journaled_run(answered=False)]))


def test_plans_without_difference_are_said_to_be_equal() -> None:
    assert "No difference" in shown(text.plan_changes(added=(), gone=(), changed=()))


def test_a_changed_action_names_the_fields_that_differ() -> None:
    page = shown(
        text.plan_changes(added=(), gone=(an_action("A-9"),), changed=[(an_action(), an_action(), ["amount"])])
    )
    assert "1 action gone" in page
    assert "differs in" in page


def test_no_name_reaches_the_terminal_as_anything_but_text() -> None:
    """R39: 200 names through every page; no control code, no direction mark, no markup obeyed."""
    assert len(NASTY_NAMES) >= 200
    _, explained = a_check()
    for name in NASTY_NAMES:
        plan = a_plan(customer=name)
        for part in (
            text.plan_overview(plan),
            text.action_detail(plan.actions[0]),
            text.check_result(plan, explained),
            text.run_detail(a_journaled_run(reason=name)),
        ):
            page = shown(part, width=400)
            assert not [
                char for char in page.replace("\n", "") if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")
            ]
            assert "[bold red]x[/bold red]" in page or "[bold" not in name
