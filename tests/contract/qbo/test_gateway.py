"""The gateway over the sandbox: what the executor relies on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from qbclean.errors import (
    AuthorizationError,
    BooksClosedError,
    DuplicateDocNumberError,
    RefusedError,
    StaleDocumentError,
)
from qbclean.model.action import Basis
from qbclean.model.documents import Invoice, Payment
from qbclean.model.refs import DocumentRef
from qbclean.model.write import WriteReceipt
from qbclean.ports.gateway import DocumentSearch, LiveDocument
from tests.contract.qbo.conftest import Line
from tests.contract.qbo.writes import a_payment, an_invoice, create, planned, void


def read(line: Line, receipt: WriteReceipt) -> Invoice | Payment:
    document = line.gateway.read([receipt.ref])[receipt.ref].document
    assert isinstance(document, Invoice | Payment)
    return document


def test_company_and_preferences_are_read(line: Line) -> None:
    assert line.gateway.company().company_name == "Made-up Plumbing & Heating"
    assert line.gateway.preferences().sales_forms_prefs.custom_txn_numbers
    assert (line.gateway.environment, line.gateway.realm_id) == ("local", line.running.ready["realm_id"])


def test_create_pay_move_void_and_delete_do_what_the_plan_says(line: Line) -> None:
    first, second = create(line, "Invoice", an_invoice("1")), create(line, "Invoice", an_invoice("2"))
    paid = create(line, "Payment", a_payment("60.00", ("Invoice", first.ref.id, "60.00")))
    assert (read(line, first).balance, read(line, second).balance) == (Decimal("40.00"), Decimal("100.00"))  # type: ignore[union-attr]
    moved = a_payment("60.00", ("Invoice", second.ref.id, "60.00")) | {
        "Id": paid.ref.id,
        "SyncToken": paid.sync_token,
        "sparse": True,
    }
    receipt = line.gateway.send(planned(line, "update", "Payment", moved, paid.ref))
    assert receipt.sync_token == "1"
    assert read(line, paid).applications == ((second.ref, Decimal("60.00")),)  # type: ignore[union-attr]
    voided = line.gateway.send(void(line, first))
    assert read(line, first).is_voided
    assert msgspec.json.decode(voided.after, type=Invoice).is_voided
    line.gateway.send(void(line, receipt))
    assert read(line, paid).is_voided
    memo = create(line, "CreditMemo", an_invoice("3", "30.00"))
    gone = {"Id": memo.ref.id, "SyncToken": memo.sync_token}
    line.gateway.send(planned(line, "delete", "CreditMemo", gone, memo.ref))
    assert line.gateway.read([memo.ref]) == {}


def test_every_write_carries_its_request_id_voids_included(line: Line) -> None:
    """P2."""
    receipt = create(line, "Invoice", an_invoice("1"))
    line.gateway.send(void(line, receipt))
    posts = [entry for entry in line.requests() if entry["method"] == "POST" and "/company/" in entry["path"]]
    assert len(posts) == 2
    assert all("requestid=qb-" in str(entry) for entry in posts)


def test_the_same_request_twice_is_done_once(line: Line) -> None:
    request = planned(line, "create", "Invoice", an_invoice("1"))
    assert line.gateway.send(request).ref == line.gateway.send(request).ref
    assert line.source.count("Invoice") == 1


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"SyncToken": "7", "sparse": True, "PrivateNote": "x"}, StaleDocumentError),
        ({"SyncToken": "0", "sparse": True, "DocNumber": "2"}, DuplicateDocNumberError),
        ({"SyncToken": "0", "sparse": True, "Nonsense": 1}, RefusedError),
    ],
)
def test_a_refusal_arrives_as_its_own_error(line: Line, body: dict[str, object], error: type[Exception]) -> None:
    receipt = create(line, "Invoice", an_invoice("1"))
    create(line, "Invoice", an_invoice("2"))
    sent = len(line.requests())
    with pytest.raises(error):
        line.gateway.send(planned(line, "update", "Invoice", {"Id": receipt.ref.id, **body}, receipt.ref))
    assert len(line.requests()) == sent + 1, "R22: not repeated"


def test_closed_books_are_told_apart(line: Line) -> None:
    """S28."""
    receipt = create(line, "Invoice", an_invoice("1"))
    line.fault(fault="fault", method="POST", code="6210", detail="The account period has closed")
    with pytest.raises(BooksClosedError):
        line.gateway.send(void(line, receipt))


def test_two_hundred_and_fifty_invoices_are_read_with_two_queries(line: Line) -> None:
    refs = {create(line, "Invoice", an_invoice(f"N{number}")).ref for number in range(250)}
    refs.add(DocumentRef("Invoice", "99999"))
    before = line.connection.calls
    found = line.gateway.read(refs)
    assert line.connection.calls - before == 2
    assert set(found) == refs - {DocumentRef("Invoice", "99999")}


def test_what_was_created_is_found_by_marker_date_customer_and_number(line: Line) -> None:
    create(line, "Invoice", an_invoice("A'1"))
    create(line, "Invoice", an_invoice("B1", customer="2"))
    create(line, "Payment", a_payment("5.00") | {"PrivateNote": "[qbclean P1]"})

    def found(kind: str, marker: str, customer: str, on: date, number: str | None) -> int:
        search = DocumentSearch(kind=kind, customer_id=customer, txn_date=on, doc_number=number, marker=marker)  # type: ignore[arg-type]
        return len(line.gateway.find(search))

    day = date(2026, 3, 2)
    assert found("Invoice", "[qbclean A'1]", "1", day, None) == 1
    assert found("Invoice", "[qbclean A'1]", "1", date(2026, 1, 1), "A'1") == 1
    assert found("Invoice", "[qbclean A'1]", "1", date(2026, 1, 1), None) == 0
    assert found("Invoice", "[qbclean B1]", "1", day, None) == 0
    assert found("Payment", "[qbclean P1]", "1", date(2026, 3, 20), None) == 1


def test_reports_agree_with_the_documents(line: Line) -> None:
    invoice = create(line, "Invoice", an_invoice("1", "100.00", on="2025-12-31"))
    create(line, "Invoice", an_invoice("2", "40.00", customer="2", on="2026-01-01"))
    create(line, "Payment", a_payment("30.00", ("Invoice", invoice.ref.id, "30.00"), on="2026-02-01"))
    assert line.gateway.ar_by_customer(date(2026, 12, 31)) == {"1": Decimal("70.00"), "2": Decimal("40.00")}
    assert line.gateway.ar_by_customer(date(2025, 12, 31)) == {"1": Decimal("100.00")}
    years = (date(2024, 1, 1), date(2026, 12, 31))

    def income(basis: Basis) -> dict[str, Decimal]:
        found = line.gateway.income_by_account_and_month(basis, *years)
        assert len({account for account, _ in found}) == 1
        return {month: amount for (_, month), amount in found.items()}

    assert income("accrual") == {"2025-12": Decimal("100.00"), "2026-01": Decimal("40.00")}
    assert income("cash") == {"2026-02": Decimal("30.00")}


def test_the_balance_sheet_shows_receivables_money_and_earnings_as_of_the_day(line: Line) -> None:
    invoice = create(line, "Invoice", an_invoice("1", "100.00", on="2025-12-31"))
    create(line, "Payment", a_payment("30.00", ("Invoice", invoice.ref.id, "30.00"), on="2026-02-01"))

    def sheet(basis: Basis, as_of: date) -> dict[str, Decimal]:
        return {account.name: amount for account, amount in line.gateway.balance_sheet(basis, as_of).items()}

    assert sheet("cash", date(2025, 12, 31)) == {}
    assert sheet("accrual", date(2025, 12, 31)) == {
        "Accounts Receivable (A/R)": Decimal("100.00"),
        "Net Income": Decimal("100.00"),
    }
    assert sheet("accrual", date(2026, 12, 31)) == {
        "Accounts Receivable (A/R)": Decimal("70.00"),
        "Undeposited Funds": Decimal("30.00"),
        "Retained Earnings": Decimal("100.00"),
    }


def test_a_token_that_expires_in_the_middle_is_renewed_once(line: Line) -> None:
    create(line, "Invoice", an_invoice("1"))
    line.running.sandbox.authority.expire_access_tokens()
    receipt = create(line, "Invoice", an_invoice("2"))
    assert receipt.attempts == 2
    assert line.source.count("Invoice") == 2


def test_rotation_at_every_refresh_locks_nobody_out(connect: Callable[..., Line]) -> None:
    """R25."""
    line = connect(quirks={"rotate_refresh": "every"})
    for number in range(5):
        line.running.sandbox.authority.expire_access_tokens()
        create(line, "Invoice", an_invoice(str(number)))
    kept = [event for event in line.store.events if event.startswith("saved")]
    assert len(set(kept)) == len(kept) == 6


def test_a_revoked_connection_asks_to_connect_again(line: Line) -> None:
    line.running.sandbox.authority.revoke(line.store.load(line.realm_id).refresh_token)
    with pytest.raises(AuthorizationError, match="qbclean connect") as caught:
        line.gateway.company()
    assert caught.value.exit_code == 6
    assert "AB11" not in str(caught.value)


def test_what_was_saved_since_a_moment_is_found_also_where_it_was_made_before(line: Line) -> None:
    old, changed = create(line, "Invoice", an_invoice("A1")), create(line, "Invoice", an_invoice("A2"))
    made = line.gateway.read([old.ref])[old.ref].document.meta_data.create_time
    tomorrow = made + timedelta(days=1)
    line.running.sandbox.clock.advance(timedelta(days=2).total_seconds())
    line.gateway.send(void(line, changed))

    def found(documents: Sequence[LiveDocument]) -> list[DocumentRef]:
        return [live.document.ref for live in documents]

    assert found(line.gateway.created_since("Invoice", made)) == [old.ref, changed.ref]
    assert found(line.gateway.created_since("Invoice", tomorrow)) == []
    assert found(line.gateway.changed_since("Invoice", tomorrow)) == [changed.ref]
    assert found(line.gateway.changed_since("Payment", made)) == []
