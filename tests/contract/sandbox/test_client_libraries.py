"""python-quickbooks and intuit-oauth, unchanged, against the running sandbox (contract sheet 10)."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_delete
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import AuthorizationException, QuickbooksException
from quickbooks.objects import (
    Attachable,
    CreditMemo,
    Customer,
    Deposit,
    Estimate,
    Invoice,
    Item,
    JournalEntry,
    Payment,
    Preferences,
    SalesReceipt,
    Term,
)
from quickbooks.objects.deposit import AttachableRef, DepositLine, DepositLineDetail
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.payment import PaymentLine
from quickbooks.objects.recurringtransaction import RecurringTransaction

from qbclean.sandbox.server import RunningSandbox
from tests.contract.sandbox.conftest import Opener

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def running(open_sandbox: Opener, monkeypatch: pytest.MonkeyPatch) -> RunningSandbox:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    return open_sandbox(throttle=False)[0]


@pytest.fixture
def auth(running: RunningSandbox) -> AuthClient:
    ready = running.ready
    return AuthClient(
        ready["client_id"], ready["client_secret"], "http://localhost:9/cb", environment=ready["discovery_url"]
    )


@pytest.fixture
def books(running: RunningSandbox, auth: AuthClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[QuickBooks]:
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{running.url}/v3")
    auth.refresh(running.ready["refresh_token"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client = QuickBooks(
            auth_client=auth,
            refresh_token=auth.refresh_token,
            company_id=running.ready["realm_id"],
            minorversion=75,
            use_decimal=True,
        )
        yield client
        client.session.close()


def _line(amount: int) -> SalesItemLine:
    line = SalesItemLine()
    line.Amount = amount
    line.SalesItemLineDetail = SalesItemLineDetail()
    return line


def _invoice(books: QuickBooks, amount: int = 100, **more: Any) -> Invoice:
    invoice = Invoice()
    invoice.CustomerRef = Customer.get(1, qb=books).to_ref()
    invoice.Line.append(_line(amount))
    for name, value in more.items():
        setattr(invoice, name, value)
    return invoice.save(qb=books)


def test_intuit_oauth_exchanges_a_code_refreshes_and_revokes(running: RunningSandbox, auth: AuthClient) -> None:
    import requests

    url = auth.get_authorization_url([Scopes.ACCOUNTING]) + f"&consent={running.ready['realm_id']}"
    with requests.Session() as session:
        location = session.get(url, allow_redirects=False, timeout=30).headers["location"]
    code = dict(part.split("=") for part in location.partition("?")[2].split("&"))["code"]
    auth.get_bearer_token(code, realm_id=running.ready["realm_id"])
    assert auth.expires_in == 3600
    auth.refresh()
    assert auth.get_user_info().status_code == 200
    assert auth.revoke(auth.refresh_token) is True


def test_intuit_oauth_accepts_the_signature_of_an_id_token(running: RunningSandbox, auth: AuthClient) -> None:
    import requests

    scopes = [Scopes.ACCOUNTING, Scopes.OPENID]
    url = auth.get_authorization_url(scopes) + f"&consent={running.ready['realm_id']}"
    location = requests.get(url, allow_redirects=False, timeout=30).headers["location"]
    code = dict(part.split("=") for part in location.partition("?")[2].split("&"))["code"]
    auth.get_bearer_token(code, realm_id=running.ready["realm_id"])
    assert auth.id_token.count(".") == 2  # kept only after it has been verified


def test_what_the_librarys_own_suite_saves_again_unchanged(books: QuickBooks) -> None:
    from quickbooks.objects import Account, Department, Employee, Term, Vendor
    from quickbooks.objects.companycurrency import CompanyCurrency
    from quickbooks.objects.creditcardpayment_entity import CreditCardPayment
    from quickbooks.objects.exchangerate import ExchangeRate
    from quickbooks.objects.trackingclass import Class
    from quickbooks.objects.transfer import Transfer

    for kind in (Account, Class, Department, Employee, Term, Vendor):
        first = kind.all(max_results=1, qb=books)[0]
        assert int(first.save(qb=books).SyncToken) == int(first.SyncToken) + 1
    assert CompanyCurrency.get(id=1, qb=books).Name == "Canadian Dollar"
    rate = ExchangeRate.where("SourceCurrencyCode = 'EUR'", qb=books)[0]
    rate.Rate += 1
    assert rate.save(qb=books).Rate == rate.Rate
    assets = Account.where(
        "Classification = 'Asset' AND FullyQualifiedName != 'Accounts Receivable (A/R)'", max_results=2, qb=books
    )
    payment = CreditCardPayment()
    payment.Amount = 100
    payment.BankAccountRef, payment.CreditCardAccountRef = assets[0].to_ref(), Account.get(42, qb=books).to_ref()
    payment.save(qb=books)
    assert CreditCardPayment.get(payment.Id, qb=books).Amount == 100
    assert Transfer.get(payment.Id, qb=books).Amount == 100


def test_an_invoice_lives_its_life(books: QuickBooks) -> None:
    invoice = _invoice(books, 100, DocNumber="L1", PrivateNote="first")
    assert (invoice.Balance, invoice.SyncToken) == (100, "0")
    invoice.PrivateNote = "second"
    updated = invoice.save(qb=books)
    assert (updated.SyncToken, updated.PrivateNote, updated.TotalAmt) == ("1", "second", 100)
    with pytest.raises(QuickbooksException) as stale:
        invoice.save(qb=books)
    assert stale.value.error_code == 5010
    updated.void(qb=books)
    voided = Invoice.get(updated.Id, qb=books)
    assert (voided.TotalAmt, voided.PrivateNote) == (0, "Voided - second")
    voided.delete(qb=books)
    with pytest.raises(QuickbooksException):
        Invoice.get(updated.Id, qb=books)


def test_a_second_save_with_the_same_request_id_returns_the_first_document(books: QuickBooks) -> None:
    invoice = Invoice()
    invoice.CustomerRef = Customer.get(1, qb=books).to_ref()
    invoice.Line.append(_line(5))
    first = invoice.save(qb=books, request_id="twice")
    invoice.Id = None
    assert invoice.save(qb=books, request_id="twice").Id == first.Id
    assert Invoice.count(qb=books) == 1


def test_payment_credit_and_deposit_work_together(books: QuickBooks) -> None:
    invoice = _invoice(books, 100)
    payment = Payment()
    payment.CustomerRef = Customer.get(1, qb=books).to_ref()
    payment.TotalAmt = 60
    line = PaymentLine()
    line.Amount = 60
    line.LinkedTxn.append(invoice.to_linked_txn())
    payment.Line.append(line)
    payment = payment.save(qb=books)
    assert Invoice.get(invoice.Id, qb=books).Balance == 40
    deposit = Deposit()
    deposit.DepositToAccountRef = payment.DepositToAccountRef
    deposit.DepositToAccountRef.value = "1"
    deposit_line = DepositLine()
    deposit_line.Amount = 25
    deposit_line.DepositLineDetail = DepositLineDetail()
    deposit_line.DepositLineDetail.AccountRef = Item.get(1, qb=books).IncomeAccountRef
    deposit.Line.append(deposit_line)
    assert deposit.save(qb=books).TotalAmt == 25
    payment.void(qb=books)
    assert Invoice.get(invoice.Id, qb=books).Balance == 100


def test_lists_filters_counts_and_preferences(books: QuickBooks) -> None:
    assert Customer.all(order_by="Id", qb=books)[0].DisplayName == "Harbor Lane Bakery"
    assert Customer.filter(Active=True, DisplayName="maple court hoa", qb=books)[0].Id == "3"
    assert Customer.choose(["1", "3"], field="Id", qb=books)[1].Id == "3"
    assert Term.count(qb=books) == 4
    assert len(Item.all(qb=books)) == 6
    assert Preferences.get(qb=books).SalesFormsPrefs.CustomTxnNumbers is True


@pytest.mark.parametrize("kind", [CreditMemo, SalesReceipt, Estimate])
def test_other_sales_documents_are_saved(books: QuickBooks, kind: type[Any]) -> None:
    document = kind()
    document.CustomerRef = Customer.get(1, qb=books).to_ref()
    document.Line.append(_line(30))
    saved = document.save(qb=books)
    assert saved.TotalAmt == 30
    assert kind.get(saved.Id, qb=books).Line[0].Amount == 30


def test_batch_and_change_data_capture(books: QuickBooks) -> None:
    customers = []
    for name in ("Batch A", "Batch B", "Harbor Lane Bakery"):
        customer = Customer()
        customer.DisplayName = name
        customers.append(customer)
    result = batch_create(customers, qb=books)
    assert (len(result.successes), len(result.faults)) == (2, 1)
    invoice = _invoice(books)
    assert len(batch_delete([invoice], qb=books).successes) == 1
    since = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=2)
    changed = change_data_capture([Customer, Invoice], since, qb=books)
    assert {customer.DisplayName for customer in changed.Customer} >= {"Batch A", "Batch B"}
    assert changed.Invoice[0].status == "Deleted"


def test_papers_pdf_send_and_upload(books: QuickBooks, tmp_path: Path) -> None:
    invoice = _invoice(books)
    assert invoice.download_pdf(qb=books).startswith(b"%PDF-1.4")
    invoice.send(qb=books, send_to="ap@harborlane.example")
    assert Invoice.get(invoice.Id, qb=books).EmailStatus == "EmailSent"
    note = tmp_path / "note.txt"
    note.write_text("twelve bytes")
    attachable = Attachable()
    reference = AttachableRef()
    reference.EntityRef = invoice.to_ref()
    attachable.AttachableRef.append(reference)
    attachable.FileName = "note.txt"
    attachable._FilePath = str(note)
    attachable.ContentType = "text/plain"
    saved = attachable.save(qb=books)
    assert (saved.FileName, saved.Size) == ("note.txt", 12)


def test_reports_come_as_reports(books: QuickBooks) -> None:
    _invoice(books, 100)
    report = books.get_report("CustomerBalance", {"report_date": "2026-11-20"})
    assert report["Header"]["ReportName"] == "CustomerBalance"
    assert "100.00" in json.dumps(report)


def test_an_expired_token_is_an_authorization_exception(books: QuickBooks, running: RunningSandbox) -> None:
    running.sandbox.authority.expire_access_tokens()
    with pytest.raises(AuthorizationException):
        Customer.get(1, qb=books)


def test_a_journal_entry_is_read_back(books: QuickBooks) -> None:
    body = {
        "Line": [
            {
                "Amount": 5,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
            }
            for side, account in (("Debit", "1"), ("Credit", "12"))
        ]
    }
    saved = JournalEntry.from_json(body).save(qb=books)
    assert len(JournalEntry.get(saved.Id, qb=books).Line) == 2


def test_a_recurring_template_carries_its_identity_inside(books: QuickBooks) -> None:
    invoice = {"CustomerRef": {"value": "1"}, "RecurringInfo": {"Name": "Monthly", "RecurType": "Automated"}}
    saved = RecurringTransaction.from_json({"Invoice": {**invoice, "Line": []}}).save(qb=books)
    found = RecurringTransaction.get(saved.Invoice.Id, qb=books)
    found.Invoice.RecurringInfo.Name = "Quarterly"
    found.save(qb=books)
    (only,) = RecurringTransaction.where("Type = 'Invoice'", qb=books)
    assert (only.Invoice.RecurringInfo.Name, only.Invoice.SyncToken) == ("Quarterly", "1")
    only.delete(qb=books)
    assert RecurringTransaction.all(qb=books) == []


def test_tax_codes_are_made_by_the_tax_service(books: QuickBooks) -> None:
    rate = {"TaxRateName": "County", "RateValue": 2.5, "TaxAgencyId": 1, "TaxApplicableOn": "Sales"}
    answer = books.create_object("TaxService/Taxcode", json.dumps({"TaxCode": "County", "TaxRateDetails": [rate]}))
    assert answer["TaxRateDetails"][0]["TaxAgencyId"] == "1"
    line = {**_line(200).to_dict(), "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "TAX"}}}
    body = {
        "CustomerRef": {"value": "1"},
        "Line": [{name: value for name, value in line.items() if value}],
        "TxnTaxDetail": {"TxnTaxCodeRef": {"value": answer["TaxCodeId"]}},
    }
    invoice = books.create_object("Invoice", json.dumps(body))["Invoice"]
    assert invoice["TxnTaxDetail"]["TotalTax"] == 5
