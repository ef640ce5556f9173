"""A company cut into slices: worked out apart, sent between processes and put together, it is the same report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.reconciliation import Reconciliation
from qbclean.model.settings import CompanySettings
from qbclean.reconcile.reconciliation import merge
from qbclean.reconcile.verdicts import Verdicts
from qbclean.workflow.propose import inquire
from tests.builders import (
    a_customer,
    a_deposit,
    a_deposit_line,
    a_journal_entry,
    a_payment,
    a_snapshot,
    an_invoice,
)
from tests.crm_builders import AS_OF, a_crm_invoice, a_crm_payment, the_crm
from tests.unit.reconcile.answers import bucket_of
from tests.unit.reconcile.slicing import Cut, Story, mismatches_of, reconciled_part, through_msgpack

BAKERY, OLIN, DALE = "58", "71", "72"


def a_story(books: ReceivablesSnapshot, crm: CrmRecords) -> Story:
    inquiry = inquire(books, crm, CompanySettings(), as_of=AS_OF)
    return Story(books, inquiry.crm, inquiry.matches, Verdicts())


def cut_and_merged(story: Story, count: int) -> Reconciliation:
    return merge(through_msgpack(reconciled_part(part, as_of=AS_OF)) for part in Cut(story, count).slices())


def three_customers() -> Story:
    """An opening balance, a settlement and a deposit that each touch several of three customers."""
    entry = a_journal_entry(debits={"84": "90.00"}, credits={"1": "90.00"}, customer=BAKERY)
    other = a_journal_entry(debits={"84": "35.00"}, credits={"1": "35.00"}, customer=OLIN)
    opening = msgspec.structs.replace(entry, line=(*entry.line, *other.line), total_amt=Decimal("125.00"))
    settled = a_journal_entry("702", debits={"1": "40.00"}, credits={"84": "40.00"}, customer=OLIN)
    elsewhere = a_journal_entry(debits={"1": "25.00"}, credits={"84": "25.00"}, customer=DALE)
    settled = msgspec.structs.replace(settled, line=(*settled.line, *elsewhere.line), total_amt=Decimal("65.00"))
    deposit = a_deposit(
        income=[
            a_deposit_line("60.00", customer=DALE),
            a_deposit_line("11.00", customer=BAKERY),
            a_deposit_line("77.00", customer=None),
        ]
    )
    books = a_snapshot(
        an_invoice(),
        an_invoice("302", number="2001", total="40.00", customer=OLIN),
        an_invoice("303", number="3001", total="60.00", customer=DALE),
        an_invoice("304", number="3002", total="77.00", customer=DALE),
        a_payment(total="30.00", pays={"301": "30.00"}),
        opening,
        settled,
        deposit,
        customers=(a_customer(OLIN, "Ann Olin"), a_customer(DALE, "Dale Roofing")),
    )
    crm = the_crm(
        a_crm_invoice(),
        a_crm_invoice("I-2", number="2001", total="40.00", customer="C-2", name="Ann Olin"),
        a_crm_invoice("I-3", number="3001", total="60.00", customer="C-3", name="Dale Roofing"),
        a_crm_invoice("I-4", number="3002", total="77.00", customer="C-3", name="Dale Roofing"),
        a_crm_payment("P-2", amount="40.00", customer="C-2", pays={"I-2": "40.00"}, reference="a"),
        a_crm_payment("P-3", amount="60.00", customer="C-3", pays={"I-3": "60.00"}, reference="b"),
        a_crm_payment("P-4", amount="77.00", customer="C-3", pays={"I-4": "77.00"}, reference="c"),
    )
    return a_story(books, crm)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_entries_and_deposits_over_several_customers_are_counted_once(count: int) -> None:
    story = three_customers()

    found = cut_and_merged(story, count)

    assert found == merge([reconciled_part(story, as_of=AS_OF)])
    assert found.ties
    entries = sorted((item.id, item.party, item.open) for item in found.documents if item.sort == "journal_entry")
    assert [(entry, amount) for entry, _, amount in entries] == [("701", 90), ("701", 35), ("702", -40), ("702", -25)]
    assert [bucket_of(found, "crm", key)[0] for key in ("P-2", "P-3", "P-4")] == ["journal_entry", "deposit", "deposit"]


def test_with_nothing_listed_the_totals_are_the_same_and_only_customers_whose_balances_differ_are_named() -> None:
    story = three_customers()
    whole = merge([reconciled_part(story, as_of=AS_OF)])

    found = merge([reconciled_part(story, as_of=AS_OF, listed="none")])

    for least, most in zip(found.comparisons, whole.comparisons, strict=True):
        assert (least.whole, least.by_month, least.by_job) == (most.whole, most.by_month, ())
        differing = tuple(row for row in most.by_customer if row.difference)
        assert least.by_customer == (differing if least.measure == "balances" else ())
    assert found.comparison("balances").by_customer
    assert (found.aging.books, found.aging.true) == (whole.aging.books, whole.aging.true)
    assert (found.tie_out, found.job_revenue) == (whole.tie_out, whole.job_revenue)
    assert not found.documents


def test_balances_nothing_explains_are_found_slice_by_slice() -> None:
    books = a_snapshot(
        *(an_invoice(f"30{place}", total="80.00", customer=key) for place, key in enumerate((BAKERY, OLIN, DALE))),
        customers=(a_customer(OLIN, "Ann Olin"), a_customer(DALE, "Dale Roofing")),
    )
    crm = the_crm(a_crm_invoice(number="7", total="12.00", date=date(2025, 1, 7), customer="C-9", name="Lee Ortiz"))
    whole = a_story(books, crm)
    parts = Cut(whole, 2).slices()
    sent = [through_msgpack(reconciled_part(part, as_of=AS_OF)) for part in parts]

    found = mismatches_of(sent, parts, ())

    assert {finding.customer for finding in found.values()} == {"Harbor Lane Bakery", "Ann Olin", "Dale Roofing"}
    assert found == mismatches_of([reconciled_part(whole, as_of=AS_OF)], [whole], ())


def test_an_entry_that_stands_for_one_customers_payment_is_still_open_with_the_other() -> None:
    """It settles what the CRM knows to be paid by Ann Olin, and nothing the CRM knows of by Dale Roofing."""
    aging = merge([reconciled_part(three_customers(), as_of=AS_OF)]).aging

    assert {row.name: row.true.total for row in aging.by_customer} == {
        "Harbor Lane Bakery": 190, "Ann Olin": 35, "Dale Roofing": -25,
    }  # fmt: skip


def test_a_slice_lists_the_lines_of_nobody_of_the_entries_it_counts() -> None:
    entry = a_journal_entry(debits={"84": "90.00"}, credits={"1": "90.00"}, customer="999")
    books = replace(a_snapshot(entry), customers={})

    def listed(part: ReceivablesSnapshot) -> list[str]:
        return [item.id for item in reconciled_part(a_story(part, CrmRecords()), as_of=AS_OF).documents]

    assert listed(books) == ["701"]
    assert listed(replace(books, borrowed=frozenset((entry.ref,)))) == []


def test_a_customer_without_payments_is_compared_when_the_export_has_payments_of_others() -> None:
    payment = a_payment(total="30.00")
    books = a_snapshot(payment)
    crm = CrmRecords(elsewhere=frozenset(("payment",)))

    alone, part = (merge([reconciled_part(a_story(books, told), as_of=AS_OF)]) for told in (CrmRecords(), crm))

    assert bucket_of(alone, "quickbooks", payment.id)[0] == "not_compared"
    assert bucket_of(part, "quickbooks", payment.id)[0] == "extra"
    assert not alone.comparison("payments").compared
    assert part.comparison("payments").compared
