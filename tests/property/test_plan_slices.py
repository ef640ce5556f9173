"""A plan is the same however the company is cut into slices, as long as each party stays whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbclean.actions.found import Found
from qbclean.crm.reading import read_crm
from qbclean.detect import detect
from qbclean.detect.inquiry import Inquiry
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.refs import DocumentRef
from qbclean.model.settings import CompanySettings
from qbclean.plan.builder import assemble, compose
from qbclean.plan.codec import encode
from qbclean.plan.digest import digest_of
from qbclean.plan.slice import PlanSlice, plan_slice
from qbclean.sandbox.generate import generate
from qbclean.workflow.propose import basis_for, inquire
from tests.builders import a_deposit, a_deposit_line, a_journal_entry, a_snapshot, an_invoice
from tests.company_folder import snapshot_of
from tests.crm_builders import AS_OF
from tests.property.messy_books import messy_companies
from tests.slices import cut

TODAY = date(2026, 11, 23)


def sent(part: PlanSlice) -> PlanSlice:
    """As another process would get it."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(part), type=PlanSlice)


def sliced(inquiry: Inquiry, found: list[Found], random: Random, *, slices: int) -> Iterator[PlanSlice]:
    """The company in `slices` random parts, in random order."""
    home = _homes(inquiry, found)
    number_of = {party: random.randrange(slices) for party in sorted(set(home.values()))}
    groups = inquiry.matches.customers.group_of_qbo
    told: dict[int, list[Found]] = defaultdict(list)
    for item in found:
        told[number_of.get(home.get(item.party, ""), 0)].append(item)
    parts = cut(inquiry.books, {customer: number_of[home[groups[customer]]] for customer in inquiry.books.customers})
    for number, books in random.sample(list(parts.items()), len(parts)):
        yield sent(plan_slice(books, inquiry.locks, told[number]))


def _homes(inquiry: Inquiry, found: list[Found]) -> dict[str, str]:
    """Party → one name for all parties that must stay together, because a payment of one pays an invoice of another."""
    home = {group: group for group in inquiry.matches.customers.group_of_qbo.values()}
    reached = [(item.party, proposal) for item in found for proposal in item.proposals]
    for party, proposal in reached:
        for ref in {role.ref for role in proposal.roles} | {ref for write in proposal.writes for ref in write.changes}:
            if (other := _party(inquiry, ref)) and home.setdefault(party, party) != home[other]:
                former = home[other]
                home = {key: home[party] if value == former else value for key, value in home.items()}
    return home


def _party(inquiry: Inquiry, ref: DocumentRef) -> str:
    customer = getattr(inquiry.books.document(ref), "customer_id", "")
    return inquiry.matches.customers.group_of_qbo.get(customer, "")


def require_same_bytes(books: ReceivablesSnapshot, crm: CrmRecords, random: Random, *, as_of: date) -> None:
    inquiry = inquire(books, crm, CompanySettings(), as_of=as_of)
    found = list(detect(inquiry))
    basis = basis_for(books, inquiry.crm.files, inquiry.settings, as_of=as_of, tool="qbclean test")
    whole = assemble(basis, books, found).decoded()
    assert digest_of(whole) == whole.digest
    for slices in (2, 40):
        composed = compose(basis, sliced(inquiry, found, random, slices=slices)).decoded()
        assert encode(composed) == encode(whole)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(messy_companies(), st.randoms(use_true_random=False))
def test_small_messy_books_give_the_same_bytes_however_they_are_cut(
    company: tuple[ReceivablesSnapshot, CrmRecords], random: Random
) -> None:
    require_same_bytes(*company, random, as_of=AS_OF)


@pytest.mark.parametrize("with_crm", [True, False], ids=["with the CRM", "alone"])
def test_a_generated_company_gives_the_same_bytes_however_it_is_cut(tmp_path: Path, *, with_crm: bool) -> None:
    generate(tmp_path, seed=12, customers=120, today=TODAY, difficulty="hard")
    crm = read_crm([tmp_path / "crm"]).records if with_crm else CrmRecords()

    require_same_bytes(snapshot_of(tmp_path), crm, Random(5), as_of=TODAY)


def test_what_two_parties_share_counts_once() -> None:
    """A deposit of both, and a journal entry that moves what one owes to the other."""
    deposit = a_deposit(income=[a_deposit_line("40.00"), a_deposit_line("60.00", customer="71")])
    owed = a_journal_entry("701", debits={"84": "25.00"}, credits={}, customer="58")
    credit = a_journal_entry("701", debits={}, credits={"84": "25.00"}, customer="71")
    moved = msgspec.structs.replace(owed, line=(*owed.line, *credit.line))
    books = a_snapshot(
        an_invoice("301", total="40.00"), an_invoice("302", customer="71", number="1043"), deposit, moved
    )

    require_same_bytes(books, CrmRecords(), Random(1), as_of=AS_OF)
    require_same_bytes(books, CrmRecords(), Random(2), as_of=AS_OF)
