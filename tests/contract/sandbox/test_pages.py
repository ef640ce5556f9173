"""The read-only pages at `/`."""

from __future__ import annotations

import html
import shutil

import pytest

from qbclean.sandbox.reports import REPORTS
from tests.contract.sandbox.caller import Caller
from tests.contract.sandbox.conftest import Opener

NASTY = "<script>alert(1)</script> & Sons"


def _page(caller: Caller, path: str) -> str:
    answer = caller.session.get(f"{caller.url}{path}", timeout=30)
    assert answer.status_code == 200, path
    assert answer.headers["content-type"] == "text/html;charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return answer.text


def test_the_overview_adds_up_and_leads_to_documents(caller: Caller) -> None:
    invoice = caller.invoice("1250.00", DocNumber="P-1")
    caller.payment("50.00", ("Invoice", invoice["Id"], "50.00"))
    caller.payment("20.00")
    text = _page(caller, "/")
    for shown in ("Made-up Plumbing &amp; Heating", "1,180.00", "P-1", "1,200.00", "20.00"):
        assert shown in text
    document = _page(caller, f"/company/documents/Invoice/{invoice['Id']}")
    assert "/company/documents/Payment/2" in document
    assert '"Balance": 1200.00' in html.unescape(document)


def test_names_are_escaped_everywhere(caller: Caller) -> None:
    customer = caller.post("customer", {"DisplayName": NASTY})["Customer"]
    invoice = caller.invoice("5.00", customer=customer["Id"], PrivateNote=NASTY, DocNumber="<b>1</b>")
    paths = ["/", "/company/customers", "/company/documents/Invoice", "/company/reports/CustomerBalance"]
    paths += [f"/company/documents/Invoice/{invoice['Id']}", "/company/trail"]
    for path in paths:
        text = _page(caller, path)
        assert "<script>" not in text
        assert "<b>1</b>" not in text
        assert "&lt;script&gt;" in text


def test_every_report_has_a_page(open_sandbox: Opener) -> None:
    _, caller = open_sandbox(documents=True, throttle=False)
    for name in REPORTS:
        assert name in _page(caller, f"/company/reports/{name}")


def test_the_trail_tells_what_was_asked_of_a_document(caller: Caller) -> None:
    invoice = caller.invoice("5.00")
    caller.void_invoice(invoice)
    assert "operation=void" in _page(caller, f"/company/documents/Invoice/{invoice['Id']}")
    assert "customer" in _page(caller, "/company/trail")


def test_pages_that_are_not_there_are_404_and_none_takes_writes(caller: Caller) -> None:
    for path in ("/company/documents/Invoice/77", "/company/documents/Token", "/company/reports/No", "/company/x"):
        assert caller.session.get(f"{caller.url}{path}", timeout=30).status_code == 404
    assert caller.session.post(f"{caller.url}/", timeout=30).status_code == 400


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs the system's chromium")
def test_a_real_browser_shows_the_company_without_errors(open_sandbox: Opener) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    _, caller = open_sandbox(documents=True, throttle=False)
    errors: list[str] = []
    with playwright.sync_playwright() as machine:
        browser = machine.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(caller.url)
        page.get_by_role("link", name="Invoices").click()
        page.get_by_role("link", name="1004").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Invoice 1004"
        page.get_by_role("link", name="Reports").click()
        page.get_by_role("link", name="AgedReceivables", exact=True).click()
        assert "TOTAL" in page.get_by_role("main").inner_text()
        browser.close()
    assert [error for error in errors if "favicon" not in error] == []
