"""Which customers have to be looked at together, and who counts what several of them share."""

from __future__ import annotations

import msgspec

from qbclean.match.overview import overview_of
from qbclean.match.slicing import Slice, cut
from qbclean.model.crm import CrmJob, CrmRecord, CrmRecords
from qbclean.model.documents import AnyDocument, Ref
from qbclean.model.refs import DocumentRef
from tests.builders import (
    a_customer,
    a_deposit,
    a_deposit_line,
    a_journal_entry,
    a_payment,
    a_snapshot,
    an_invoice,
)
from tests.crm_builders import a_crm_customer, a_crm_invoice, a_crm_payment, the_crm

BAKERY, DENTIST, GARAGE = "58", "59", "60"
PEOPLE = (a_customer(BAKERY), a_customer(DENTIST, "Ridge Street Dental"), a_customer(GARAGE, "Olin Motors"))
RECORDS = (a_crm_customer("C-1"), a_crm_customer("C-2", "Ridge Street Dental"), a_crm_customer("C-3", "Olin Motors"))


def slices(*documents: AnyDocument, records: tuple[CrmRecord, ...] = (), size: int = 1) -> list[Slice]:
    books, crm = a_snapshot(*documents, customers=PEOPLE), the_crm(*RECORDS, *records)
    return cut(books, crm, overview_of(books, crm), {}, size=size)


def together(*documents: AnyDocument, records: tuple[CrmRecord, ...] = ()) -> list[set[str]]:
    """The customers of each slice that has any, when every slice is as small as it can be."""
    return [set(part.customers) for part in slices(*documents, records=records) if part.customers]


def test_customers_who_have_nothing_to_do_with_each_other_are_apart() -> None:
    assert together(an_invoice("301"), an_invoice("302", customer=DENTIST)) == [{BAKERY}, {DENTIST}, {GARAGE}]


def test_a_slice_takes_customers_until_it_is_full() -> None:
    assert [set(part.customers) for part in slices(size=100)] == [{BAKERY, DENTIST, GARAGE}]


def test_a_sub_customer_is_with_its_parent() -> None:
    job = msgspec.structs.replace(PEOPLE[0], id="81", parent_ref=Ref(DENTIST))
    books = a_snapshot(customers=(*PEOPLE, job))
    parts = cut(books, the_crm(*RECORDS), overview_of(books, the_crm(*RECORDS)), {}, size=1)

    assert {DENTIST, "81"} in [set(part.customers) for part in parts]


def test_who_pays_anothers_invoice_is_with_it() -> None:
    paid = a_payment(pays={"302": "100.00"}, customer=BAKERY)

    assert {BAKERY, DENTIST} in together(an_invoice("302", customer=DENTIST), paid)


def test_a_payment_the_crm_has_for_two_customers_brings_them_together() -> None:
    sold = a_crm_invoice("I-1"), a_crm_invoice("I-2", number="1043", customer="C-2", name="Ridge Street Dental")
    paid = a_crm_payment(pays={"I-1": "40.00", "I-2": "60.00"})

    assert {BAKERY, DENTIST} in together(records=(*sold, paid))


def test_a_payment_that_may_be_anothers_brings_both_together() -> None:
    astray = a_payment(total="70.00", customer=GARAGE, payment_ref_num="2214")
    missing = a_crm_payment(amount="70.00", reference="2214")

    assert {BAKERY, GARAGE} in together(astray, records=(missing,))


def test_a_job_of_one_customer_billed_to_another_brings_them_together() -> None:
    job = CrmJob(crm_id="J-1", customer_id="C-2", name="Kitchen")

    assert {BAKERY, DENTIST} in together(records=(job, a_crm_invoice(job_id="J-1")))


def test_a_deposit_over_two_customers_is_seen_by_both_and_counted_once() -> None:
    shared = a_deposit(income=[a_deposit_line("10.00", customer=DENTIST), a_deposit_line("20.00", customer=GARAGE)])
    parts = {part.customers: part for part in slices(shared) if part.customers}

    seen = {whose for whose, part in parts.items() if part.documents.get("Deposit")}
    borrowed = [whose for whose, part in parts.items() if part.borrowed == {DocumentRef("Deposit", "601")}]
    assert seen == {(DENTIST,), (GARAGE,)}
    assert borrowed == [(GARAGE,)]


def test_a_deposit_line_without_a_name_is_seen_by_those_who_miss_its_money_together() -> None:
    nameless = a_deposit(income=[a_deposit_line("70.00", customer=None)])
    missing = [a_crm_payment(f"P-{key}", amount="70.00", customer=key, reference=None) for key in ("C-1", "C-3")]
    parts = slices(nameless, records=tuple(missing))

    (seeing,) = (part for part in parts if part.documents.get("Deposit"))
    assert set(seeing.customers) == {BAKERY, GARAGE}
    assert not seeing.borrowed


def test_a_deposit_nobody_may_claim_is_counted_once() -> None:
    parts = slices(a_deposit(income=[a_deposit_line("10.00", customer=None)]))

    assert [part.documents["Deposit"] for part in parts if part.documents.get("Deposit")] == [("601",)]


def test_a_journal_entry_names_the_strangers_in_it() -> None:
    first = a_journal_entry(debits={"84": "90.00"}, credits={"1": "90.00"}, customer=BAKERY)
    second = a_journal_entry(debits={"84": "35.00"}, credits={"1": "35.00"}, customer=DENTIST)
    entry = msgspec.structs.replace(first, line=(*first.line, *second.line))
    parts = {part.customers: part for part in slices(entry)}

    assert parts[BAKERY,].strangers == {DENTIST}
    assert parts[BAKERY,].borrowed == frozenset()
    assert parts[DENTIST,].strangers == {BAKERY}
    assert parts[DENTIST,].borrowed == {entry.ref}


def test_the_overview_of_a_slice_says_nothing_of_other_parties() -> None:
    invoices = an_invoice("301", number="1042"), an_invoice("302", number="1043", customer=DENTIST)
    sold = a_crm_invoice("I-1"), a_crm_invoice("I-2", number="1043", customer="C-2", name="Ridge Street Dental")
    parts = {part.customers: part for part in slices(*invoices, records=sold)}

    known = parts[BAKERY,].overview
    assert set(known.customers.group_of_qbo) == {BAKERY}
    assert set(known.customers.links) == {"C-1"}
    assert set(known.crm_numbers) == {"1042"}
    assert set(known.numbers_taken) == {"1042"}


def test_without_a_crm_a_slice_places_its_own_numbers_in_the_series_of_the_whole_company() -> None:
    books = a_snapshot(an_invoice("301", number="1042"), an_invoice("302", number="1043", customer=DENTIST))
    parts = cut(books, CrmRecords(), overview_of(books, CrmRecords()), {}, size=1)
    (bakery,) = (part.overview.series for part in parts if BAKERY in part.customers)

    assert (list(bakery.line), dict(bakery.place)) == ([1042, 1043], {"301": 0})


def test_each_slice_knows_what_kinds_of_record_the_export_has() -> None:
    assert all(part.told == {"payment"} for part in slices(records=(a_crm_payment(),)))
