"""Whatever stands in the books and the export: every dollar is explained, in any order and however they are cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import msgspec
import pytest

from qbclean.crm.reading import read_crm
from qbclean.match.overview import overview_of
from qbclean.match.owners import owners_of, with_owners
from qbclean.match.slicing import Slice, cut
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.settings import CompanySettings
from qbclean.plan.codec import encode
from qbclean.sandbox.generate import generate
from qbclean.workflow.answer import Answer, answer
from qbclean.workflow.in_slices import WorkedOut
from qbclean.workflow.propose import basis_for
from qbclean.workflow.question import Question
from tests.company_folder import snapshot_of
from tests.property.spoilt_books import spoilt
from tests.property.test_pairing_order import shuffled_books, shuffled_crm

TODAY = date(2026, 11, 23)
ASKED = Question(settings=CompanySettings(), as_of=TODAY, listed="every")
Company = tuple[ReceivablesSnapshot, CrmRecords]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder: Path = tmp_path_factory.mktemp("company")
    generate(folder, seed=23, customers=120, today=TODAY, difficulty="hard")
    return snapshot_of(folder), read_crm([folder / "crm"]).records


def worked_out(books: ReceivablesSnapshot, crm: CrmRecords, answers: list[Answer]) -> WorkedOut:
    return WorkedOut(basis_for(books, crm.files, ASKED.settings, as_of=TODAY, tool="qbclean test"), answers)


@pytest.mark.parametrize("seed", range(6))
def test_spoilt_books_are_explained_to_the_cent_and_in_any_order(generated: Company, seed: int) -> None:
    random = Random(seed)
    books, crm = spoilt(*generated, random)
    mixed = shuffled_books(random, books), shuffled_crm(random, crm)

    told = worked_out(books, crm, [answer(ASKED, books, crm)])
    again = worked_out(*mixed, [answer(ASKED, *mixed)])

    reconciliation = told.reconciliation()
    assert all(row.residual == 0 for found in reconciliation.comparisons for row in (found.whole, *found.by_customer))
    assert again.reconciliation() == reconciliation
    assert encode(again.plan().decoded()) == encode(told.plan().decoded())


@pytest.mark.parametrize("seed", range(6))
def test_spoilt_books_give_the_same_however_they_are_cut(generated: Company, seed: int) -> None:
    random = Random(seed)
    books, crm = spoilt(*generated, random)
    owners = owners_of(crm)
    owned = with_owners(crm, owners)

    parts = cut(books, owned, overview_of(books, owned), owners, size=150)
    whole = worked_out(books, crm, [answer(ASKED, books, crm)])
    sliced = worked_out(books, crm, [of_part(books, crm, part) for part in random.sample(parts, len(parts))])

    assert len(parts) > 5
    assert sliced.reconciliation() == whole.reconciliation()
    assert encode(sliced.plan().decoded()) == encode(whole.plan().decoded())


def of_part(books: ReceivablesSnapshot, crm: CrmRecords, part: Slice) -> Answer:
    """What a slice answers to another process."""
    return msgspec.msgpack.decode(
        msgspec.msgpack.encode(answer(ASKED, *part_of(books, crm, part), part.overview, part.owners)), type=Answer
    )


_KINDS = {
    "Customer": "customers",
    "Invoice": "invoices",
    "Payment": "payments",
    "CreditMemo": "credit_memos",
    "SalesReceipt": "sales_receipts",
    "RefundReceipt": "refund_receipts",
    "Deposit": "deposits",
    "JournalEntry": "journal_entries",
}


def part_of(books: ReceivablesSnapshot, crm: CrmRecords, part: Slice) -> Company:
    """What the store would read of a slice."""
    ids = {kind: frozenset(held) for kind, held in ({"Customer": part.customers} | dict(part.documents)).items()}
    documents = {
        field: {key: one for key, one in getattr(books, field).items() if key in ids.get(kind, ())}
        for kind, field in _KINDS.items()
    }
    records = {
        field: tuple(record for record in getattr(crm, field) if record.crm_id in frozenset(held))
        for field, held in part.records.items()
    }
    shared = {"ar_by_customer": part.ar_by_customer, "borrowed": part.borrowed, "strangers": part.strangers}
    return replace(books, **documents, **shared), msgspec.structs.replace(crm, **records, elsewhere=part.told)
