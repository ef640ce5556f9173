"""The audit rows answer who changed a document, when, why, by whose approval, from what to what, and where to look."""

from __future__ import annotations

import pytest

from qbclean.errors import SettingsError
from qbclean.model.approval import decisions_on
from qbclean.model.refs import DocumentRef
from qbclean.report import text
from qbclean.report.audit import audit_rows
from qbclean.report.document_history import Wanted, history_of
from qbclean.report.html import log_page
from qbclean.report.links import document_url
from tests.unit.report.audit_examples import SECONDED, some_audit_rows, some_events
from tests.unit.report.examples import a_journaled_run, an_action, shown
from tests.unit.report.test_html import CHAIN


def test_a_row_tells_who_when_why_approved_by_whom_and_the_versions_r28() -> None:
    done, skipped = some_audit_rows()
    assert (done.row, done.actor, done.host, done.tool, done.monotonic_ns) == (5, "pat", "desk", "qbclean 0.1", 77)
    assert (done.result, done.operation, done.document, done.number) == ("done", "void", "Invoice 231", "1042")
    assert (done.sync_token_before, done.sync_token_after, done.intuit_tid) == ("3", "4", "1-abc")
    assert (done.approved_by, done.second_by) == (SECONDED.by, SECONDED.second_by)
    assert done.link == "http://127.0.0.1:9/company/documents/Invoice/231"
    assert (skipped.result, skipped.message, skipped.approved_by) == ("skipped", "Payment 9 changed.", "Dana Reyes")
    assert skipped.action_kind == "void_invoice"


def test_the_approval_of_a_row_is_the_one_the_journal_recorded_r9() -> None:
    """The same id on both sides is what lets an auditor go from the write to the decision."""
    event = some_events()[0]
    done = next(audit_rows([event]))
    action = an_action("A-1")
    decided = type(action)(
        **{name: getattr(action, name) for name in action.__struct_fields__} | {"decision": SECONDED}
    )
    first, second = decisions_on(decided, event.start.plan_digest, "single")
    assert (done.approval, done.second_approval) == (first.id, second.id)


def test_a_plan_of_another_version_leaves_gaps_and_hides_no_row() -> None:
    rows = list(audit_rows(some_events(plan='{"format_version": "9.0"}')))
    assert [row.result for row in rows] == ["done", "skipped"]
    assert (rows[0].approved_by, rows[0].approval, rows[0].link) == ("Dana Reyes", "", "")


@pytest.mark.parametrize("asked", ["1042", "Invoice:231", "invoice: 231"])
def test_a_document_is_found_by_number_or_by_kind_and_id(asked: str) -> None:
    rows = history_of(Wanted.parse(asked), some_audit_rows())
    assert [row.row for row in rows] == [5, 6], "skipped actions that were about it belong to its history"
    page = shown(text.document_history(asked, rows))
    for fact in (
        "void Invoice 231 (1042)", "Acme Roofing", "pat on desk", "entered twice",
        "Dana Reyes, 2026-03-01T11:00:00+00:00", "Sam Ortiz, 2026-03-01T11:30:00+00:00",
        "total 1,200.00", "TotalAmt 1,200.00 → 0.00", "qbc-1", "1-abc",
        "http://127.0.0.1:9/company/documents/Invoice/231", "Audit history",
    ):  # fmt: skip
        assert fact in " ".join(page.split()), fact


def test_another_document_has_no_history_and_the_answer_says_what_that_means() -> None:
    for asked in ("9999", "Payment:231", "Invoice:23"):
        assert history_of(Wanted.parse(asked), some_audit_rows()) == []
    assert "never wrote or relied on 9999" in shown(text.document_history("9999", []))


@pytest.mark.parametrize("asked", ["Bill:7", "Invoice:", ":7"])
def test_a_kind_there_is_not_is_refused(asked: str) -> None:
    with pytest.raises(SettingsError, match="names no document"):
        Wanted.parse(asked)


def test_a_run_and_the_page_show_both_people_and_where_to_look() -> None:
    rows = some_audit_rows()
    for shows in (shown(text.run_detail(a_journaled_run(), rows)), log_page([a_journaled_run()], CHAIN, rows)):
        assert "Sam Ortiz" in shows
        assert "127.0.0.1:9/company/documents/Invoice/231" in shows


@pytest.mark.parametrize(
    ("ref", "page"),
    [
        (DocumentRef("Invoice", "231"), "invoice?txnId=231"),
        (DocumentRef("Payment", "9"), "recvpayment?txnId=9"),
        (DocumentRef("CreditMemo", "3"), "creditmemo?txnId=3"),
        (DocumentRef("Customer", "58"), "customerdetail?nameId=58"),
    ],
)
def test_the_address_in_quickbooks_by_environment(ref: DocumentRef, page: str) -> None:
    assert document_url(ref, "production") == f"https://app.qbo.intuit.com/app/{page}"
    assert document_url(ref, "sandbox") == f"https://app.sandbox.qbo.intuit.com/app/{page}"


def test_what_has_no_page_gets_no_address() -> None:
    assert document_url(DocumentRef("Invoice", "${A-1.Id}"), "production") == ""
    assert document_url(DocumentRef("Invoice", "1"), "local") == ""
    assert document_url(DocumentRef("Customer", "58"), "local", "http://h:1/") == "http://h:1/company/customers/58"
    assert document_url(DocumentRef("Invoice", "1&x=/../"), "production").endswith("txnId=1%26x%3D%2F..%2F")
