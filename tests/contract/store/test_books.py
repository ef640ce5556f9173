"""What any SnapshotStore must do; the SQLite one is held to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from qbclean.errors import StoreError
from qbclean.model.crm import (
    CrmApplication,
    CrmCredit,
    CrmCustomer,
    CrmFile,
    CrmInvoice,
    CrmJob,
    CrmLine,
    CrmPayment,
    CrmRecords,
    CrmRefund,
)
from qbclean.model.refs import DocumentRef
from qbclean.ports.books import PulledObject, SnapshotStore
from qbclean.store.books import SqliteBooks
from tests.contract.store.samples import NOON, REALM, deleted, facts, pulled, the_company


@pytest.fixture
def books(tmp_path: Path) -> Iterator[SnapshotStore]:
    with SqliteBooks(tmp_path / "books.db") as opened:
        yield opened


def a_full_pull(books: SnapshotStore, *objects: PulledObject) -> str:
    session = books.begin(full=True)
    session.put([*the_company(), *objects])
    return session.complete(facts())


def test_before_the_first_pull_there_is_nothing_to_load(books: SnapshotStore) -> None:
    assert books.last_facts() is None
    with pytest.raises(StoreError, match="qbclean pull"):
        books.load()
    with pytest.raises(StoreError, match="qbclean pull"):
        books.begin(full=False)


def test_a_pulled_document_is_loaded_typed_and_kept_verbatim(books: SnapshotStore) -> None:
    plain = pulled("Invoice", "7", TotalAmt=0).raw
    raw = plain.replace(b'"TotalAmt": 0', b'"TotalAmt":100.10,  "Balance":0.1,"Odd":null')
    a_full_pull(books, PulledObject(entity="Invoice", id="7", raw=raw))

    snapshot = books.load()

    invoice = snapshot.invoices["7"]
    assert (invoice.total_amt, invoice.balance, invoice.txn_date) == (
        Decimal("100.10"), Decimal("0.1"), date(2026, 1, 5),
    )  # fmt: skip
    assert snapshot.raw_of(DocumentRef("Invoice", "7")) == raw
    assert snapshot.company.company_name == "Example Plumbing"


def test_the_facts_of_a_pull_come_back_whole(books: SnapshotStore) -> None:
    told = facts(ar={"5": Decimal("10.10")}, reconciled=frozenset({DocumentRef("Payment", "3")}))
    session = books.begin(full=True)
    session.put(the_company())
    snapshot_id = session.complete(told)

    snapshot = books.load()

    assert books.last_facts() == told
    assert (snapshot.id, snapshot.realm_id, snapshot.taken_at) == (snapshot_id, REALM, NOON)
    assert snapshot.ar_by_customer == {"5": Decimal("10.10")}
    assert snapshot.reconciled == {DocumentRef("Payment", "3")}


def test_documents_come_in_the_numeric_order_of_their_ids(books: SnapshotStore) -> None:
    a_full_pull(books, *(pulled("Invoice", object_id) for object_id in ("100", "9", "20")))
    assert list(books.load().invoices) == ["9", "20", "100"]


def test_a_pull_in_progress_is_invisible_s29(books: SnapshotStore) -> None:
    a_full_pull(books, pulled("Invoice", "1"))
    session = books.begin(full=True)
    session.put([*the_company(), pulled("Invoice", "2")])
    assert list(books.load().invoices) == ["1"]
    session.complete(facts())
    assert list(books.load().invoices) == ["2"]


def test_an_abandoned_pull_leaves_nothing_behind(books: SnapshotStore) -> None:
    a_full_pull(books, pulled("Invoice", "1"))
    books.begin(full=True).put([pulled("Invoice", "2")])

    session = books.begin(full=False)
    session.complete(facts())

    assert list(books.load().invoices) == ["1"]


def test_an_incremental_pull_adds_changes_and_removes(books: SnapshotStore) -> None:
    a_full_pull(books, *(pulled("Invoice", object_id, TotalAmt=1) for object_id in ("1", "2", "3")))

    session = books.begin(full=False)
    session.put([pulled("Invoice", "2", TotalAmt=5), deleted("Invoice", "3"), pulled("Invoice", "4")])
    assert session.count("Invoice") == 3
    session.complete(facts(taken_at=NOON + timedelta(hours=1)))

    invoices = books.load().invoices
    assert list(invoices) == ["1", "2", "4"]
    assert invoices["2"].total_amt == 5


def test_a_deletion_during_a_full_pull_removes_what_an_earlier_page_brought(books: SnapshotStore) -> None:
    session = books.begin(full=True)
    session.put([*the_company(), pulled("Invoice", "1"), pulled("Invoice", "2")])
    session.put([deleted("Invoice", "1"), pulled("Invoice", "2", DocNumber="1042")])
    assert session.count("Invoice") == 1
    session.complete(facts())
    assert [invoice.doc_number for invoice in books.load().invoices.values()] == ["1042"]


def test_the_snapshot_id_covers_content_and_moment(books: SnapshotStore) -> None:
    first = a_full_pull(books, pulled("Invoice", "1", TotalAmt=1))
    again = a_full_pull(books, pulled("Invoice", "1", TotalAmt=1))
    other = a_full_pull(books, pulled("Invoice", "1", TotalAmt=2))
    session = books.begin(full=False)
    later = session.complete(facts(taken_at=NOON + timedelta(seconds=1)))
    assert first == again
    assert len({first, other, later}) == 3
    assert first.startswith("S-")
    assert len(first) == 18


def test_a_full_and_an_incremental_pull_of_the_same_books_agree_on_the_id(books: SnapshotStore) -> None:
    a_full_pull(books, pulled("Invoice", "1"), pulled("Payment", "8", CustomerRef={"value": "5"}))
    session = books.begin(full=False)
    session.put([pulled("Invoice", "2"), deleted("Payment", "8")])
    merged = session.complete(facts())
    assert merged == a_full_pull(books, pulled("Invoice", "2"), pulled("Invoice", "1"))


def test_raw_json_of_a_replaced_snapshot_is_refused_rather_than_mixed(books: SnapshotStore) -> None:
    a_full_pull(books, pulled("Invoice", "1", TotalAmt=1))
    old = books.load()
    a_full_pull(books, pulled("Invoice", "1", TotalAmt=2))
    with pytest.raises(StoreError, match="pulled again"):
        old.raw_of(DocumentRef("Invoice", "1"))


def test_raw_json_of_an_unknown_document_is_refused_by_name(books: SnapshotStore) -> None:
    a_full_pull(books)
    with pytest.raises(StoreError, match="Invoice 404"):
        books.load().raw_of(DocumentRef("Invoice", "404"))


def test_an_object_that_cannot_be_understood_is_named_and_nothing_is_guessed(books: SnapshotStore) -> None:
    a_full_pull(books, pulled("Invoice", "1"), pulled("Invoice", "66", TotalAmt="a lot"))
    with pytest.raises(StoreError, match=r"Invoice 66 .*\$\.TotalAmt"):
        books.load()


def test_a_snapshot_without_the_company_is_refused(books: SnapshotStore) -> None:
    session = books.begin(full=True)
    session.put([pulled("Invoice", "1")])
    session.complete(facts())
    with pytest.raises(StoreError, match="no CompanyInfo"):
        books.load()


def test_crm_records_come_back_as_saved_and_the_next_import_replaces_them(books: SnapshotStore) -> None:
    assert books.load_crm() == CrmRecords()
    line = CrmLine(amount=Decimal("10.10"), quantity=Decimal("1.5"), unit_price=Decimal("6.733333"))
    invoices = tuple(
        CrmInvoice(crm_id=str(number), status="open", total=Decimal("10.10"), lines=(line,), rows=(number,))
        for number in (3, 1, 2)
    )
    payment = CrmPayment(
        crm_id="p", date=date(2026, 1, 5), amount=Decimal("10.10"), applied=(CrmApplication(invoice_id="3"),)
    )
    files = (CrmFile(profile="generic", file="invoices.csv", sha256="ab", records=3),)
    refund = CrmRefund(crm_id="r", date=date(2026, 1, 9), amount=Decimal("1.00"))
    records = CrmRecords(invoices=invoices, payments=(payment,), refunds=(refund,), files=files)

    books.save_crm(records)
    assert books.load_crm() == records
    books.save_crm(CrmRecords(invoices=invoices[:1]))
    assert books.load_crm() == CrmRecords(invoices=invoices[:1])


class _Stopped(BaseException):
    """Ctrl-C, as it comes: in the middle, and no error."""


class _StoppedHalfway:
    """A source of records that ends in the middle of the payments."""

    customers: tuple[CrmCustomer, ...] = ()
    jobs: tuple[CrmJob, ...] = ()
    invoices = (CrmInvoice(crm_id="2", status="draft", total=Decimal("2.00")),)
    credits: tuple[CrmCredit, ...] = ()
    refunds: tuple[CrmRefund, ...] = ()
    files: tuple[CrmFile, ...] = ()

    @property
    def payments(self) -> Iterator[CrmPayment]:
        yield CrmPayment(crm_id="p", date=date(2026, 1, 5), amount=Decimal("1.00"))
        raise _Stopped


def test_an_import_stopped_while_it_is_saved_leaves_the_one_before(books: SnapshotStore) -> None:
    before = CrmRecords(invoices=(CrmInvoice(crm_id="1", status="draft", total=Decimal("1.00")),))
    books.save_crm(before)
    with pytest.raises(_Stopped):
        books.save_crm(_StoppedHalfway())
    assert books.load_crm() == before


def test_a_pull_leaves_the_crm_records_alone(books: SnapshotStore) -> None:
    records = CrmRecords(invoices=(CrmInvoice(crm_id="1", status="draft", total=Decimal("1.00")),))
    books.save_crm(records)
    a_full_pull(books)
    assert books.load_crm() == records


def test_outlines_are_the_whole_company_without_the_lines_of_its_sales(books: SnapshotStore) -> None:
    a_full_pull(
        books, pulled("Invoice", "129", TotalAmt=9, Balance=4, CustomerRef={"value": "58"}, Line=[{"Amount": 9}])
    )
    sold = CrmInvoice(crm_id="I-1", status="paid", total=Decimal("9.00"), lines=(CrmLine(amount=Decimal("9.00")),))
    books.save_crm(CrmRecords(invoices=(sold,)))

    seen, told = books.outlines()
    whole = books.load().invoices["129"]

    outline = seen.invoices["129"]
    assert (outline.customer_id, outline.total_amt, outline.balance) == (
        whole.customer_id,
        whole.total_amt,
        whole.balance,
    )
    assert not hasattr(outline, "line")
    assert not hasattr(told.invoices[0], "lines")
    assert list(books.in_full([("I-1", "129")])) == [(sold, whole)]


def test_records_of_an_older_version_are_found_by_their_id(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    record = CrmInvoice(crm_id="I-1", status="draft", total=Decimal("2.00"))
    with SqliteBooks(path) as books:
        books.save_crm(CrmRecords(invoices=(record,)))
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP INDEX idx_crm_kind_key")
        database.execute("ALTER TABLE crm DROP COLUMN key")
        database.execute("DELETE FROM _sqlite_migrations WHERE name = '0004_crm_keys'")
        database.commit()

    with SqliteBooks(path) as books:
        a_full_pull(books, pulled("Invoice", "129"))
        ((found, _),) = books.in_full([("I-1", "129")])
    assert found == record
