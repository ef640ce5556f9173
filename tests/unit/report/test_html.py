"""Static pages: complete, self-contained, escaped."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from qbclean.model.journal import ChainHead, ChainReport
from qbclean.report.html import log_page, plan_page
from tests.unit.report.examples import a_journaled_run, a_plan, a_run, an_action
from tests.unit.report.nasty import NASTY_NAMES

CHAIN = ChainReport(head=ChainHead(rows=4, hash="ff" * 32), anchored=None)


class _Tags(HTMLParser):
    """Collects what a browser would act upon."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += [name for name, _ in attrs]


def test_the_plan_page_tells_findings_actions_evidence_effect_and_undo_in_words() -> None:
    page = plan_page(a_plan())
    for fact in (
        "Ridge &amp; Gutter Co.",
        "1 invoice entered twice",
        "The sync ran twice.",
        "Turn off the second sync.",
        "all lines equal those of 1041 of Acme Roofing",
        "−1,200.00",
        "QuickBooks cannot un-void an invoice.",
        "Mark invoice 1042 as exported.",
        "POST /v3/company/",
    ):
        assert fact in page


def test_the_page_after_a_run_shows_outcomes_and_the_proof() -> None:
    page = plan_page(a_plan(actions=(an_action(), an_action("A-2"))), run=a_run())
    assert "Payment 9 changed in QuickBooks." in page
    assert "exactly what was predicted" in page


def test_the_log_page_tells_every_write_and_where_the_chain_stands() -> None:
    page = log_page([a_journaled_run()], CHAIN)
    assert "Approved by" in page
    assert "ff" * 32 in page
    assert "Payment 9 changed." in page


def test_pages_load_nothing_and_run_nothing() -> None:
    for page in (plan_page(a_plan(), run=a_run()), log_page([a_journaled_run()], CHAIN)):
        assert not re.search(r'(?:src|href)="(?!#)', page)
        tags = _Tags()
        tags.feed(page)
        assert not {"script", "iframe", "img", "link", "object", "form"} & set(tags.seen)


def test_no_name_becomes_markup_on_any_page() -> None:
    """R39: 200 names, no element and no handler that the same page has not with a harmless name."""
    harmless = _Tags()
    harmless.feed(plan_page(a_plan()))
    for name in NASTY_NAMES:
        for page in (plan_page(a_plan(customer=name)), log_page([a_journaled_run(reason=name)], CHAIN)):
            tags = _Tags()
            tags.feed(page)
            assert not [tag for tag in tags.seen if tag in ("script", "img", "svg")]
            assert not [attribute for attribute in tags.attributes if attribute.startswith("on")]
            assert "\u202e" not in page
            assert "\x1b" not in page
        again = _Tags()
        again.feed(plan_page(a_plan(customer=name)))
        assert again.seen == harmless.seen
