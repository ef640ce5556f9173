"""An import as a whole: which files, which reader, and the refusal of what cannot be read completely."""

import hashlib
import shutil
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qbclean.crm
from qbclean.crm import CRM_READERS
from qbclean.crm.reading import read_crm
from qbclean.errors import CrmFormatError, SettingsError
from qbclean.model.crm import (
    CrmApplication,
    CrmCredit,
    CrmCustomer,
    CrmInvoice,
    CrmJob,
    CrmLine,
    CrmPayment,
    CrmRecords,
)
from tests.unit.crm.exports import INVOICES, PAYMENTS, a_payment, an_invoice, render, write_rows


def test_a_folder_is_read_whole_and_strangers_are_mentioned(tmp_path: Path) -> None:
    write_rows(tmp_path, INVOICES, [an_invoice()])
    write_rows(tmp_path, PAYMENTS, [a_payment()])
    (tmp_path / "notes.csv").write_text("who,what\nLee,called\n")
    (tmp_path / "truth.json").write_text("{}")
    reading = read_crm([tmp_path])
    assert [file.file for file in reading.records.files] == ["invoices.csv", "payments.csv"]
    assert reading.remarks == (
        "notes.csv was not read: it is not an export qbclean knows.",
        "truth.json was not read: it is not an export qbclean knows.",
    )


def test_every_file_is_named_with_its_hash(tmp_path: Path) -> None:
    path = write_rows(tmp_path, INVOICES, [an_invoice()])
    (file,) = read_crm([path]).records.files
    assert (file.profile, file.file, file.records) == ("generic", "invoices.csv", 1)
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_one_bad_row_refuses_the_import_and_names_it(tmp_path: Path) -> None:
    write_rows(tmp_path, INVOICES, [an_invoice(), an_invoice(invoice_id="2", total="12,5")])
    with pytest.raises(CrmFormatError) as refusal:
        read_crm([tmp_path])
    assert 'invoices.csv row 3, total "12,5": has a group separator where none belongs' in str(refusal.value)
    assert str(refusal.value).startswith("1 row of the export cannot be read:")


def test_many_bad_rows_are_counted_and_the_first_ten_listed(tmp_path: Path) -> None:
    write_rows(tmp_path, INVOICES, [an_invoice(invoice_id=str(n), total="?") for n in range(25)])
    with pytest.raises(CrmFormatError, match="25 rows of the export") as refusal:
        read_crm([tmp_path])
    assert str(refusal.value).count("invoices.csv row ") == 10
    assert "and 15 more" in str(refusal.value)


def test_rejects_are_allowed_only_up_to_the_number_a_person_chose(tmp_path: Path) -> None:
    write_rows(tmp_path, INVOICES, [an_invoice(), an_invoice(invoice_id="2", total="?")])
    reading = read_crm([tmp_path], allow_rejects=1)
    assert [row.row for row in reading.rejected] == [3]
    assert len(reading.records.invoices) == 1


@pytest.mark.parametrize(
    ("content", "known_as"),
    [
        ("A/R Aging Summary\nAs of March 1 2026\n\n,Current,1 - 30,Total\n", "an A/R aging report"),
        ("Customer,Current,1 - 30,31 - 60,61 - 90,Total\nSmith,1,2,3,4,10\n", "an A/R aging report"),
        ("Full name,Email,Phone,Billing address\nSmith,s@mail.example,1,2\n", "a customer list"),
        ("Example Plumbing\nProfit and Loss\nJanuary 2026\n", "a profit and loss report"),
        ("Deposit Detail\nDate,Type,Amount\n", "a deposit report"),
        ("Totals\n\nTotal Transactions,5\n", "a transaction list"),
        ("Vendor,Bill no,Amount\n", "a bill or vendor list"),
        ("Invoice,Amount,Memo\n1,2,3\n", "an invoice list of another format"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_recognised_and_said(tmp_path: Path, content: str, known_as: str) -> None:
    path = tmp_path / "export.csv"
    path.write_text(content)
    with pytest.raises(
        CrmFormatError, match=rf"export\.csv is not a file qbclean can import: it looks like {known_as}\."
    ):
        read_crm([path])


def test_an_unknown_file_is_refused_with_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("who,what\nLee,called\n")
    with pytest.raises(CrmFormatError, match=r"can import\. Its columns are who, what\."):
        read_crm([path])


def test_a_file_named_by_hand_is_never_skipped(tmp_path: Path) -> None:
    stranger = tmp_path / "notes.csv"
    stranger.write_text("who,what\nLee,called\n")
    with pytest.raises(CrmFormatError, match=r"notes\.csv is not a file"):
        read_crm([write_rows(tmp_path, INVOICES, [an_invoice()]), stranger])


def test_an_unknown_profile_is_a_usage_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    path = write_rows(tmp_path, INVOICES, [an_invoice()])
    with pytest.raises(SettingsError, match=r"'jobbr'.*Known: .*generic"):
        read_crm([path], "jobbr")
    assert len(read_crm([path], "generic").records.invoices) == 1


@pytest.mark.parametrize("make", [lambda folder: [], lambda folder: [folder]])
def test_nothing_to_read_is_refused(tmp_path: Path, make: object) -> None:
    with pytest.raises(CrmFormatError, match="no exports in"):
        read_crm(make(tmp_path))  # type: ignore[operator]


def test_the_same_files_give_the_same_reading(tmp_path: Path) -> None:
    write_rows(tmp_path, PAYMENTS, [a_payment(payment_id=f"p{n}", reference="7", invoice_id=str(n)) for n in range(9)])
    write_rows(tmp_path, INVOICES, [an_invoice(invoice_id=str(n), number=f"N{n}") for n in range(9)])
    elsewhere = Path(shutil.copytree(tmp_path, tmp_path / "elsewhere" / "deep"))
    assert read_crm([tmp_path]) == read_crm([elsewhere])


def test_every_reader_is_registered_under_a_name_of_its_own() -> None:
    names = [reader.name for reader in CRM_READERS]
    assert len(set(names)) == len(names)
    for name in names:
        assert (Path(qbclean.crm.__file__).parent / "profiles" / f"{name}.toml").exists()


# ------------------------------------------------------------------ render → read is identity
_SAFE = st.text(st.characters(categories=["L", "N"], include_characters=" ,;\"'&|#-/é\t"), min_size=1, max_size=12)
_WORDS = _SAFE.map(lambda raw: " ".join(raw.split())).filter(bool)
_MONEY = st.decimals(min_value="0.01", max_value=10**7, places=2)
_DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
_QBO = st.none() | st.integers(1, 9999).map(str)


def _ids(prefix: str, many: int) -> list[str]:
    return [f"{prefix}{n:05d}" for n in range(many)]


@st.composite
def crm_records(draw: st.DrawFn) -> CrmRecords:
    """Records a generic export can express: ids of their own, references per payment, consistent status."""
    customers = tuple(
        CrmCustomer(crm_id=id_, name=draw(_WORDS), company=draw(st.none() | _WORDS), email=draw(st.none() | _WORDS),
                    phone=draw(st.none() | _WORDS), address=draw(st.none() | _WORDS), qbo_id=draw(_QBO))
        for id_ in _ids("c", draw(st.integers(0, 3)))
    )  # fmt: skip
    jobs = tuple(
        CrmJob(crm_id=id_, customer_id=draw(st.sampled_from(_ids("c", 3))), name=draw(_WORDS),
               status=draw(st.none() | _WORDS), contract_amount=draw(st.none() | _MONEY),
               start_date=draw(st.none() | _DAYS), end_date=draw(st.none() | _DAYS), qbo_id=draw(_QBO))
        for id_ in _ids("j", draw(st.integers(0, 2)))
    )  # fmt: skip
    has_lines = draw(st.booleans())
    invoices = tuple(draw(_invoices(id_, has_lines=has_lines)) for id_ in _ids("i", draw(st.integers(1, 4))))
    payments = tuple(
        draw(_payments(id_, [invoice.crm_id for invoice in invoices])) for id_ in _ids("p", draw(st.integers(0, 3)))
    )
    credits_ = tuple(
        CrmCredit(crm_id=id_, number=draw(st.none() | st.just(f"CM {id_}")), date=draw(_DAYS),
                  amount=draw(_MONEY), invoice_id=draw(st.none() | st.sampled_from(_ids("i", 4))),
                  customer_id=draw(st.none() | st.just("c00001")), reason=draw(st.none() | _WORDS), qbo_id=draw(_QBO))
        for id_ in _ids("k", draw(st.integers(0, 2)))
    )  # fmt: skip
    return CrmRecords(customers=customers, jobs=jobs, invoices=invoices, payments=payments, credits=credits_)


@st.composite
def _invoices(draw: st.DrawFn, id_: str, *, has_lines: bool) -> CrmInvoice:
    status = draw(st.sampled_from(["draft", "open", "partial", "paid", "void", "written_off"]))
    total = draw(_MONEY)
    lines = st.lists(
        st.builds(CrmLine, amount=_MONEY | _MONEY.map(lambda value: -value), item=st.none() | _WORDS,
                  description=st.none() | _WORDS, quantity=st.none() | _MONEY, unit_price=st.none() | _MONEY,
                  taxable=st.none() | st.booleans()),
        max_size=3,
    )  # fmt: skip
    return CrmInvoice(
        crm_id=id_, number=f"N-{id_}", customer_id=draw(st.none() | st.sampled_from(_ids("c", 3))),
        customer_name=draw(_WORDS), job_id=draw(st.none() | st.just("j00001")), job_name=draw(st.none() | _WORDS),
        date=draw(_DAYS), due_date=draw(st.none() | _DAYS), status=status, subtotal=draw(st.none() | _MONEY),
        tax=draw(st.none() | _MONEY | st.just(Decimal("0.00"))), total=total, qbo_id=draw(_QBO),
        balance={"open": total, "draft": total, "partial": Decimal("0.01")}.get(status, Decimal("0.00")),
        lines=tuple(draw(lines)) if has_lines else None,
    )  # fmt: skip


@st.composite
def _payments(draw: st.DrawFn, id_: str, invoices: list[str]) -> CrmPayment:
    parts = [
        CrmApplication(invoice_id=invoice, amount=draw(_MONEY))
        for invoice in sorted(draw(st.lists(st.sampled_from(invoices), unique=True, max_size=3)))
    ]
    return CrmPayment(
        crm_id=id_, customer_id=draw(st.none() | st.just("c00000")), date=draw(_DAYS), method=draw(st.none() | _WORDS),
        amount=sum((part.amount or Decimal(0) for part in parts), Decimal(0)) if parts else draw(_MONEY),
        reference=draw(st.none() | st.just(f"ref {id_}")), applied=tuple(parts), qbo_id=draw(_QBO),
    )  # fmt: skip


def _without_places(records: CrmRecords) -> CrmRecords:
    """Files and rows are where a record was read, not what it says."""
    return CrmRecords(
        **{
            kind: tuple(msgspec.structs.replace(it, file="", rows=()) for it in getattr(records, kind))
            for kind in ("customers", "jobs", "invoices", "payments", "credits")
        }
    )


@given(records=crm_records())
@settings(max_examples=60, deadline=None)
def test_what_is_rendered_reads_back_as_it_was(records: CrmRecords) -> None:
    with tempfile.TemporaryDirectory() as folder:
        render(records, Path(folder))
        reading = read_crm([Path(folder)])
    assert reading.rejected == ()
    assert _without_places(reading.records) == records
