"""The read-only pages at `/`."""

from __future__ import annotations

import html
import shutil
from pathlib import Path

import pytest

from qbclean.sandbox.reports import REPORTS
from tests.contract.sandbox.caller import Caller, a_line
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
    customer = _page(caller, "/company/customers/1")
    assert f"/company/documents/Invoice/{invoice['Id']}" in customer


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


def test_the_trail_tells_who_changed_what_with_both_values(caller: Caller) -> None:
    caller.session.headers["User-Agent"] = "Job desk 2.1"
    invoice = caller.invoice("5.00", DocNumber="T-1")
    payment = caller.payment("5.00", ("Invoice", invoice["Id"], "5.00"))
    caller.post("payment", {"Id": payment["Id"], "SyncToken": "0"}, operation="delete")
    caller.void_invoice(invoice)
    text = html.unescape(_page(caller, f"/company/documents/Invoice/{invoice['Id']}"))
    for told in ("Job desk 2.1", "created", f"with Payment {payment['Id']}", "voided", "Balance: <del>5.00</del> → 0"):
        assert told in text
    trail = _page(caller, "/company/trail")
    assert "deleted" in trail
    assert "Invoice T-1" in trail


def test_a_document_says_what_it_sells_and_how_much_each_link_settles(caller: Caller) -> None:
    line = a_line("90.00", Qty=3, UnitPrice=30)
    invoice = caller.invoice("10.00", Line=[line], DocNumber="D-1", TxnDate="2026-10-01", DueDate="2026-10-31")
    payment = caller.payment("100.00", ("Invoice", invoice["Id"], "40.00"), PaymentRefNum="CHK 7")
    document = html.unescape(_page(caller, f"/company/documents/Invoice/{invoice['Id']}"))
    for told in ("3 × 30", "Payment CHK 7</a>", "· 40.00", "past due", "Paid or credited", "50.00"):
        assert told in document
    assert "Invoice D-1" in _page(caller, f"/company/documents/Payment/{payment['Id']}")
    assert "late" in _page(caller, "/company/documents/Invoice")


def test_lists_are_searched_by_number_and_name(caller: Caller) -> None:
    customer = caller.post("customer", {"DisplayName": "Zenith & Sons"})["Customer"]
    other, mine = caller.invoice("1.00", DocNumber="Q-17"), caller.invoice("2.00", customer=customer["Id"])
    by_number = _page(caller, "/company/documents/Invoice?find=q-1")
    assert f"/Invoice/{other['Id']}" in by_number
    assert f"/Invoice/{mine['Id']}" not in by_number
    by_name = _page(caller, "/company/documents/Invoice?find=zenith+%26")
    assert f"/Invoice/{mine['Id']}" in by_name
    assert f"/Invoice/{other['Id']}" not in by_name
    assert "Zenith &amp; Sons</a>" in _page(caller, "/company/customers?find=ZEN")
    assert "Zenith" not in _page(caller, "/company/customers?find=nobody")
    assert "<script>" not in _page(caller, "/company/customers?find=%22%3E%3Cscript%3E")


def test_a_report_takes_its_dates_basis_and_columns_and_leads_to_what_it_names(caller: Caller) -> None:
    invoice = caller.invoice("70.00", TxnDate="2026-09-03")
    caller.payment("70.00", ("Invoice", invoice["Id"], "70.00"), TxnDate="2026-11-05")
    later = "start_date=2026-10-01&end_date=2026-11-30"
    assert "70.00" not in _page(caller, f"/company/reports/ProfitAndLoss?{later}&accounting_method=Accrual")
    cash = _page(caller, f"/company/reports/ProfitAndLoss?{later}&accounting_method=Cash&summarize_column_by=Month")
    for told in ("70.00", "cash basis", "Oct 2026", "Nov 2026"):
        assert told in cash
    detail = _page(caller, "/company/reports/CustomerBalanceDetail?report_date=2026-10-15")
    assert f'href="/company/documents/Invoice/{invoice["Id"]}"' in detail
    assert 'href="/company/customers/1"' in detail
    refused = caller.session.get(f"{caller.url}/company/reports/ProfitAndLoss?start_date=x", timeout=30)
    assert refused.status_code == 400
    assert "must be a date" in refused.text


def test_the_trail_survives_a_restart(open_sandbox: Opener, tmp_path: Path) -> None:
    running, caller = open_sandbox(state=tmp_path / "kept.db", throttle=False)
    caller.invoice("5.00", DocNumber="KEPT-1")
    running.stop()
    assert "Invoice KEPT-1" in _page(open_sandbox(state=tmp_path / "kept.db")[1], "/company/trail")


def test_long_lists_are_turned_page_by_page(caller: Caller) -> None:
    for _ in range(4):
        items = [
            {"bId": str(place), "operation": "create", "Customer": {"DisplayName": f"Page {_} {place}"}}
            for place in range(30)
        ]
        assert caller.post("batch", {"BatchItemRequest": items}).status == 200
    assert "?page=2" in _page(caller, "/company/customers")
    last = _page(caller, "/company/customers?page=2")
    assert last.count("/company/customers/") == 23
    assert "?page=3" not in last


def test_pages_that_are_not_there_are_404_and_none_takes_writes(caller: Caller) -> None:
    for path in ("/company/documents/Invoice/77", "/company/documents/Token", "/company/reports/No", "/company/x"):
        answer = caller.session.get(f"{caller.url}{path}", timeout=30)
        assert (answer.status_code, "Back to the overview" in answer.text) == (404, True)
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
        page.get_by_role("link", name="Invoices", exact=True).click()
        page.get_by_role("link", name="1004").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Invoice 1004"
        assert page.get_by_role("link", name="Payment", exact=False).count() > 0
        page.get_by_role("link", name="Reports").click()
        page.get_by_role("link", name="Aged receivables", exact=True).click()
        assert "TOTAL" in page.get_by_role("main").inner_text()
        page.set_viewport_size({"width": 360, "height": 740})
        for path in ("/", "/company/customers", "/company/documents/Invoice", "/company/trail", "/company/reports"):
            page.goto(f"{caller.url}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        browser.close()
    assert [error for error in errors if "favicon" not in error] == []
