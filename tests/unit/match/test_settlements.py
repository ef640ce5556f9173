"""Which CRM payment is which QuickBooks payment, and which credit which credit memo."""

from __future__ import annotations

from datetime import timedelta

from qbclean.match.pairing import MatchSet, match
from qbclean.model.crm import CrmRecord
from qbclean.model.documents import AnyDocument, Ref
from qbclean.model.settings import CompanySettings
from tests.builders import DAY, a_credit_memo, a_customer, a_payment, a_snapshot, an_invoice
from tests.crm_builders import a_crm_credit, a_crm_invoice, a_crm_payment, the_crm


def matched(documents: list[AnyDocument], *records: CrmRecord) -> MatchSet:
    books = a_snapshot(*documents, customers=[a_customer("77", "Quarry Road Dental")])
    return match(books, the_crm(a_crm_invoice(), *records), CompanySettings())


def test_the_same_amount_and_reference_pair_though_entered_weeks_later() -> None:
    late = a_payment("410", date=DAY + timedelta(days=30), reference="chk #7714")

    found = matched([an_invoice(), late], a_crm_payment(reference="7714"))

    assert found.payments.pairs == {"P-1": "410"}


def test_of_two_equal_payments_the_reference_tells_which_is_which() -> None:
    booked: list[AnyDocument] = [a_payment("410", reference="2002"), a_payment("411", reference="2001")]

    found = matched(booked, a_crm_payment("P-1", reference="2001"), a_crm_payment("P-2", reference="2002"))

    assert found.payments.pairs == {"P-1": "411", "P-2": "410"}


def test_of_two_equal_payments_the_invoice_they_pay_tells_which_is_which() -> None:
    booked: list[AnyDocument] = [
        an_invoice("301"),
        an_invoice("302", number="1043", date=DAY + timedelta(days=30)),
        a_payment("410", pays={"302": "100.00"}, reference=None),
        a_payment("411", pays={"301": "100.00"}, reference=None),
    ]
    second = a_crm_invoice("I-2", number="1043", date=DAY + timedelta(days=30))

    found = matched(
        booked,
        second,
        a_crm_payment("P-1", pays={"I-1": "100.00"}, reference=None),
        a_crm_payment("P-2", pays={"I-2": "100.00"}, reference=None),
    )

    assert found.payments.pairs == {"P-1": "411", "P-2": "410"}


def test_months_apart_only_the_reference_makes_one_payment_of_equal_amounts() -> None:
    late = a_payment("410", date=DAY + timedelta(days=120), reference="chk 7714")

    found = matched([late], a_crm_payment("P-1", reference="9001"), a_crm_payment("P-2", reference="7714"))

    assert found.payments.pairs == {"P-2": "410"}
    assert found.payments.levels["P-2"]["date"] == "far"


def test_an_amount_and_day_that_are_there_once_are_one_payment_whatever_its_reference() -> None:
    found = matched([a_payment("410", reference="2001")], a_crm_payment(reference="9001", method="Cash"))

    assert found.payments.pairs == {"P-1": "410"}
    assert dict(found.payments.levels)["P-1"]["reference"] == "other"


def test_money_on_another_invoice_weeks_later_is_not_that_of_a_missing_invoice() -> None:
    """The CRM's second invoice is not in QuickBooks, nor is its payment; what lies there pays the first one again."""
    second = a_crm_invoice("I-2", number="1043", date=DAY + timedelta(days=30))
    booked: list[AnyDocument] = [
        an_invoice("301"),
        a_payment("410", pays={"301": "100.00"}, reference=None, date=DAY + timedelta(days=60)),
    ]
    payment = a_crm_payment("P-2", pays={"I-2": "100.00"}, date=DAY + timedelta(days=35))

    assert matched(booked, second, payment).payments.pairs == {}


def test_a_cheque_booked_again_is_not_the_missing_payment_of_the_same_amount() -> None:
    booked: list[AnyDocument] = [
        an_invoice("301"),
        a_payment("410", pays={"301": "100.00"}, reference="3639"),
        a_payment("411", reference="3639", date=DAY + timedelta(days=1)),
    ]
    second = a_crm_invoice("I-2", number="1043", date=DAY + timedelta(days=2))
    first = a_crm_payment("P-1", pays={"I-1": "100.00"}, reference="3639")
    missing = a_crm_payment("P-2", pays={"I-2": "100.00"}, reference="ACH913134", date=DAY + timedelta(days=9))

    found = matched(booked, second, first, missing).payments

    assert found.pairs == {"P-1": "410"}
    assert (found.spare_crm, found.spare_qbo) == (("P-2",), ("411",))


def test_money_on_a_copy_is_money_for_the_sale_it_copies() -> None:
    """June was typed in again and paid again; July's payment is in QuickBooks in no shape."""
    june, july = DAY, DAY + timedelta(days=30)
    booked: list[AnyDocument] = [
        an_invoice("301", number="7001", date=june),
        an_invoice("302", number="7002", date=june + timedelta(days=2)),
        an_invoice("303", number="1043", date=july),
        a_payment("410", pays={"301": "100.00"}, reference="7211", date=july),
        a_payment("411", pays={"302": "100.00"}, reference=None, date=july + timedelta(days=1)),
    ]
    told: list[CrmRecord] = [
        a_crm_invoice("I-2", number="1043", date=july),
        a_crm_payment("P-1", pays={"I-1": "100.00"}, reference="7211", date=july),
        a_crm_payment("P-2", pays={"I-2": "100.00"}, reference="3237", date=july),
    ]

    assert matched(booked, *told).payments.pairs == {"P-1": "410"}


def test_another_amount_is_another_payment() -> None:
    found = matched([a_payment("410", total="99.99")], a_crm_payment())

    assert found.payments.pairs == {}
    assert (found.payments.spare_crm, found.payments.spare_qbo) == (("P-1",), ("410",))


def test_a_stored_id_and_the_reference_pair_a_payment_recorded_at_another_amount() -> None:
    found = matched([a_payment("410", total="91.00")], a_crm_payment(amount="100.00", qbo_id="410"))

    assert found.payments.pairs == {"P-1": "410"}


def test_money_of_another_customer_is_never_paired() -> None:
    assert matched([a_payment("410", customer="77")], a_crm_payment()).payments.pairs == {}


def test_money_on_another_party_is_a_stray_where_the_cheque_is_the_same() -> None:
    elsewhere = a_payment("410", customer="77", reference="7714")

    found = matched([an_invoice(), elsewhere], a_crm_payment(reference="7714"))

    assert found.payments.strays == {"410": "P-1"}
    assert matched([an_invoice(), elsewhere], a_crm_payment(reference="9001")).payments.strays == {}


def test_a_stray_with_two_readings_is_none() -> None:
    elsewhere: list[AnyDocument] = [a_payment(key, customer="77", reference="7714") for key in ("410", "411")]

    assert matched([an_invoice(), *elsewhere], a_crm_payment(reference="7714")).payments.strays == {}


def test_a_payment_without_customer_belongs_to_the_customer_of_the_invoice_it_names() -> None:
    found = matched([an_invoice(), a_payment("410")], a_crm_payment(customer=None, pays={"I-1": "100.00"}))

    assert found.payments.pairs == {"P-1": "410"}


def test_a_zero_payment_is_no_money() -> None:
    zero = a_payment("411", total="0.00", pays={"301": "40.00"}, uses={"388": "40.00"})

    found = matched([an_invoice(), a_credit_memo("388", total="40.00"), zero], a_crm_payment(amount="40.00"))

    assert found.payments.spare_qbo == ()
    assert found.payments.pairs == {}


def test_a_credit_pairs_with_the_memo_of_its_number_and_amount() -> None:
    memos: list[AnyDocument] = [
        a_credit_memo("388", total="40.00", number="CM-118"),
        a_credit_memo("389", total="40.00", number="CM-119"),
    ]

    found = matched(memos, a_crm_credit("CR-1", number="CM-119"), a_crm_credit("CR-2", number="CM-118"))

    assert found.credits.pairs == {"CR-1": "389", "CR-2": "388"}


def test_a_payment_on_a_job_pairs_with_the_crms_payment_of_the_customer() -> None:
    books = a_snapshot(
        a_payment("410", customer="81"),
        customers=[a_customer(), a_customer("81", "Elm St", parent_ref=Ref("58"))],
    )

    found = match(books, the_crm(a_crm_invoice(), a_crm_payment()), CompanySettings())

    assert found.payments.pairs == {"P-1": "410"}
