"""Who is who: one-to-one links, second spellings, jobs, groups."""

from __future__ import annotations

from typing import Any

import pytest

from qbclean.match.customers import CustomerMap, map_customers
from qbclean.model.crm import CrmJob, CrmRecord, CrmRecords
from qbclean.model.documents import AnyDocument, Ref
from qbclean.model.lists import Address, Customer, EmailAddress, Phone
from tests.builders import a_customer, a_snapshot, an_invoice
from tests.crm_builders import a_crm_customer, a_crm_invoice, the_crm


def mapped(
    customers: list[Customer],
    *records: CrmRecord,
    documents: tuple[AnyDocument, ...] = (),
    crm: CrmRecords | None = None,
) -> CustomerMap:
    return map_customers(a_snapshot(*documents, customers=customers), crm or the_crm(*records))


def test_father_and_son_are_linked_each_to_his_own() -> None:
    books = [a_customer("71", "John Smith Sr."), a_customer("72", "John Smith Jr.")]

    found = mapped(books, a_crm_customer("C-1", "Smith, John Jr."), a_crm_customer("C-2", "Smith, John Sr."))

    assert {key: link.primary for key, link in found.links.items()} == {"C-1": "72", "C-2": "71"}
    assert found.group_of_crm["C-1"] != found.group_of_crm["C-2"]
    assert found.duplicates == ()


def test_a_customer_in_no_list_goes_by_the_name_most_of_its_invoices_have_in_any_order() -> None:
    names = ("Helene Underhill", "Helnee Undehril", "Helene Underhill")
    invoices = [a_crm_invoice(f"I-{place}", customer="C-9", name=name) for place, name in enumerate(names)]

    for order in (invoices, invoices[1:] + invoices[:1]):
        found = mapped([a_customer("71", "Helene Underhill")], crm=CrmRecords(invoices=tuple(order)))
        assert found.links["C-9"].levels["name"] == "same"


def test_a_second_spelling_joins_the_party_and_is_listed_as_a_duplicate() -> None:
    mail = EmailAddress(address="office@quarry.example")
    books = [
        a_customer("71", "Quarry Road Dental", primary_email_addr=mail),
        a_customer("72", "Quarry Rd. Dental", primary_email_addr=mail),
    ]

    found = mapped(books, a_crm_customer("C-1", "Quarry Road Dental", email="office@quarry.example"))

    assert found.links["C-1"].primary == "71"
    assert found.links["C-1"].spellings == ("72",)
    assert found.known_as("C-1") == ("71", "72")
    assert found.duplicates == (("71", "72"),)
    assert found.group_of_qbo["71"] == found.group_of_qbo["72"] == found.group_of_crm["C-1"]


def test_a_name_turned_round_is_a_second_spelling_unless_the_contact_data_differ() -> None:
    def mail(address: str) -> EmailAddress:
        return EmailAddress(address=address)

    same = [
        a_customer("71", "Dora Mahoney", primary_email_addr=mail("dora@home.example")),
        a_customer("72", "Mahoney, Dora"),
    ]
    two = [
        a_customer("73", "Pike, Ramon", primary_email_addr=mail("ramon@pike.example")),
        a_customer("74", "Ramon Pike", primary_email_addr=mail("rp@quarry.example")),
    ]

    assert mapped([*same, *two]).duplicates == (("71", "72"),)


def test_the_card_with_the_full_name_and_the_one_with_an_initial_and_the_phone_are_both_the_crms_customer() -> None:
    """New invoices go to the card that the customer was billed on so far."""
    books = [
        a_customer("71", "Hector Tolliver"),
        a_customer("72", "H. Tolliver", primary_phone=Phone(free_form_number="(257) 555-0109")),
    ]
    told = a_crm_customer("C-1", "Hector Tolliver", phone="(257) 555-0109")

    found = mapped(books, told, documents=(an_invoice(customer="71"),))

    assert found.known_as("C-1") == ("71", "72")
    assert found.duplicates == (("71", "72"),)


@pytest.mark.parametrize("name", ["Andrea Yates", "Ann Yates", "Andre Yates Jr."])
def test_family_at_one_address_are_several_people(name: str) -> None:
    home = Address(line1="6902 Fern Ln", city="Brookmere", postal_code="00211")
    books = [a_customer("71", "Andre Yates", bill_addr=home), a_customer("72", name, bill_addr=home)]

    assert mapped(books).duplicates == ()


def _card(key: str, name: str, **fields: str) -> Customer:
    """A QuickBooks customer; `mail`, `phone`, `street` and `company` as far as given."""
    told: dict[str, Any] = {}
    if mail := fields.get("mail"):
        told["primary_email_addr"] = EmailAddress(address=mail)
    if phone := fields.get("phone"):
        told["primary_phone"] = Phone(free_form_number=phone)
    if street := fields.get("street"):
        told["bill_addr"] = Address(line1=street, city="Brookmere", postal_code="00211")
    for field in ("company_name", "given_name", "family_name"):
        if field in fields:
            told[field] = fields[field]
    return a_customer(key, name, **told)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"name": "Ivan Quillen", "street": "2390 Valley Dr"}, {"name": "Ivan Qullen", "street": "2390 Valley Dr"}),
        ({"name": "Rosa Vandenberg", "street": "555 Mill Ave"}, {"name": "R. Vandenberg", "street": "555 Mill Ave"}),
        (
            {"name": "Wren Brewing Partners", "mail": "ap@wren.example"},
            {"name": "WREN BREWING", "mail": "ap@wren.example"},
        ),
        (
            {"name": "Elsa N. Drake", "mail": "elsa@drake.example"},
            {"name": "Elsa B. Drake", "mail": "elsa@drake.example"},
        ),
    ],
)
def test_a_name_one_party_may_be_written_as_and_one_thing_in_common_make_a_second_spelling(
    one: dict[str, str], two: dict[str, str]
) -> None:
    assert mapped([_card("71", **one), _card("72", **two)]).duplicates == (("71", "72"),)


def test_an_initial_that_may_be_of_two_in_the_house_is_neither() -> None:
    house = {"street": "2390 Valley Dr"}
    books = [
        _card("71", "J. Frasier", **house),
        _card("72", "Jamal Frasier", **house),
        _card("73", "Joan Frasier", **house),
    ]

    assert mapped(books).duplicates == ()
    assert mapped(books[:2]).duplicates == (("71", "72"),)


def test_father_and_son_of_other_middle_initials_are_two_unless_the_crm_has_but_one() -> None:
    house = {"street": "2390 Valley Dr", "phone": "(257) 555-0109"}
    books = [_card("71", "Linus J. Muller", **house), _card("72", "Linus C. Muller", **house)]
    father, son = (
        a_crm_customer(key, name, phone=house["phone"])
        for key, name in (("C-1", "Linus J. Muller"), ("C-2", "Linus C. Muller"))
    )

    assert mapped(books).duplicates == ()
    assert mapped(books, father, son).duplicates == ()
    assert mapped(books, father).duplicates == (("71", "72"),)


@pytest.mark.parametrize("second", ["Dora J. Mahoney", "Dora & Karl Mahoney"])
def test_a_card_that_shows_more_than_the_name_is_of_another_person_where_nothing_is_in_common(second: str) -> None:
    books = [_card("71", "Dora Mahoney", mail="dora@home.example"), _card("72", second, phone="(257) 555-0109")]
    named = [
        _card(key, name, given_name="Dora", family_name="Mahoney")
        for key, name in (("71", "Dora Mahoney"), ("72", second))
    ]

    assert mapped(books).duplicates == ()
    assert mapped(named).duplicates == ()


def test_two_firms_with_one_bookkeeper_are_two() -> None:
    asked = {"given_name": "Anna", "family_name": "Reyes"}
    books = [
        _card(key, name, company_name=name, **asked) for key, name in (("71", "Silver Bakery"), ("72", "Sunset Church"))
    ]

    assert mapped(books).duplicates == ()


def test_a_firm_and_its_bookkeeper_with_the_same_address_are_one() -> None:
    asked = {"given_name": "Anna", "family_name": "Reyes", "mail": "ap@silver.example"}
    books = [_card("71", "Silver Bakery", company_name="Silver Bakery", **asked), _card("72", "Anna Reyes", **asked)]

    assert mapped(books).duplicates == (("71", "72"),)


def test_a_junior_with_all_his_fathers_contact_data_is_a_person_of_his_own() -> None:
    """The given and family name of his card leave the generation out."""
    home = {"mail": "a@munoz.example", "phone": "(257) 555-0109", "street": "6275 Market Ave"}
    person = {"given_name": "Anton", "family_name": "Munoz"}

    assert (
        mapped(
            [_card("71", "Anton Munoz Jr.", **home, **person), _card("72", "Munoz, Anton", **home, **person)]
        ).duplicates
        == ()
    )


def test_a_misspelt_name_with_the_same_phone_is_a_second_spelling_though_the_e_mail_is_another() -> None:
    phone = Phone(free_form_number="(257) 555-0109")
    books = [
        a_customer("71", "Paula Langley", primary_phone=phone, primary_email_addr=EmailAddress(address="p@l.example")),
        a_customer("72", "Paula Lanngley", primary_phone=phone, primary_email_addr=EmailAddress(address="o@l.example")),
    ]

    assert mapped(books).duplicates == (("71", "72"),)


def test_two_records_in_the_crm_of_one_party_share_its_customer() -> None:
    books = [a_customer("71", "Quarry Road Dental", primary_email_addr=EmailAddress(address="office@quarry.example"))]
    same: dict[str, Any] = {"email": "office@quarry.example"}

    found = mapped(
        books, a_crm_customer("C-1", "Quarry Road Dental", **same), a_crm_customer("C-2", "Quarry Road Dental", **same)
    )

    assert {link.primary for link in found.links.values()} == {"71"}
    assert found.group_of_crm["C-1"] == found.group_of_crm["C-2"]


def test_a_customer_entered_twice_in_the_crm_takes_no_second_spelling_away() -> None:
    mail = EmailAddress(address="office@quarry.example")
    books = [
        a_customer("71", "Quarry Road Dental", primary_email_addr=mail),
        a_customer("72", "Quarry Road Dental LLC", primary_email_addr=mail),
    ]
    twice = [a_crm_customer(key, "Quarry Road Dental", email="office@quarry.example") for key in ("C-1", "C-2")]

    found = mapped(books, *twice)

    assert found.duplicates == (("71", "72"),)
    assert found.group_of_crm["C-1"] == found.group_of_crm["C-2"] == found.group_of_qbo["72"]


def test_an_equal_name_goes_to_the_customer_that_shares_the_invoices() -> None:
    books = [a_customer("71", "John Smith"), a_customer("72", "John Smith (2)")]
    invoices = (an_invoice("301", customer="71", number="10"), an_invoice("302", customer="72", number="20"))

    found = mapped(
        books,
        a_crm_invoice("I-1", number="20", customer="C-1", name="John Smith"),
        a_crm_invoice("I-2", number="10", customer="C-2", name="John Smith"),
        documents=invoices,
    )

    assert {key: link.primary for key, link in found.links.items()} == {"C-1": "72", "C-2": "71"}


def test_jobs_are_found_under_their_own_customer_by_name() -> None:
    books = [
        a_customer("71", "Ann Baker"),
        a_customer("72", "Tom Lund"),
        a_customer("81", "Kitchen", parent_ref=Ref("71")),
        a_customer("82", "Kitchen", parent_ref=Ref("72")),
    ]

    found = mapped(
        books,
        a_crm_customer("C-1", "Ann Baker"),
        a_crm_customer("C-2", "Tom Lund"),
        CrmJob(crm_id="J-1", customer_id="C-1", name="kitchen"),
        CrmJob(crm_id="J-2", customer_id="C-2", name="KITCHEN"),
    )

    assert found.jobs == {"J-1": "81", "J-2": "82"}
    assert found.group_of_qbo["81"] == found.group_of_crm["C-1"] != found.group_of_qbo["82"]


def test_a_job_kept_as_a_customer_of_its_own_is_neither_a_stranger_nor_a_second_spelling() -> None:
    books = [
        a_customer("71", "Ortiz, Dana", primary_email_addr=EmailAddress(address="dana@home.example")),
        a_customer("72", "Dana Ortiz - Kitchen remodel"),
        a_customer("73", "Dana Ortiz - Deck", primary_email_addr=EmailAddress(address="dana@home.example")),
        a_customer("74", "Dana Ortiz - Garage"),
    ]

    found = mapped(
        books,
        a_crm_customer("C-1", "Dana Ortiz", email="dana@home.example"),
        CrmJob(crm_id="J-1", customer_id="C-1", name="Kitchen Remodel"),
    )

    assert found.jobs == {"J-1": "72"}
    assert {found.group_of_qbo[key] for key in ("71", "72", "73")} == {found.group_of_crm["C-1"]}
    assert found.group_of_qbo["74"] != found.group_of_crm["C-1"], "neither its job nor its contact data say whose it is"
    assert found.duplicates == ()


def test_where_nobody_has_the_name_alone_the_card_with_the_address_stands_for_the_customer() -> None:
    same = {
        "primary_email_addr": EmailAddress(address="dana@home.example"),
        "primary_phone": Phone(free_form_number="512-555-0144"),
    }
    names = {"71": "Dana Ortiz - Deck", "72": "Dana Ortiz - 3183 Walnut Ct", "73": "Dana Ortiz - Kitchen"}
    books = [a_customer(key, name, **same) for key, name in names.items()]
    jobs = [CrmJob(crm_id=f"J-{name}", customer_id="C-1", name=name) for name in ("Deck", "Kitchen")]

    found = mapped(books, a_crm_customer("C-1", "Dana Ortiz", email="dana@home.example", phone="(512) 555-0144"), *jobs)

    assert found.links["C-1"].primary == "72"
    assert found.jobs == {"J-Deck": "71", "J-Kitchen": "73"}
    assert found.duplicates == ()


def test_a_customer_the_crm_knows_by_its_whole_name_is_no_job() -> None:
    same = EmailAddress(address="office@smithroofing.example")
    books = [
        a_customer("71", "Smith Roofing", primary_email_addr=same),
        a_customer("72", "Smith Roofing - North", primary_email_addr=same),
    ]

    found = mapped(books, a_crm_customer("C-1", "Smith Roofing"), a_crm_customer("C-2", "Smith Roofing - North"))

    assert {key: link.primary for key, link in found.links.items()} == {"C-1": "71", "C-2": "72"}
    assert found.group_of_crm["C-1"] != found.group_of_crm["C-2"]


def test_a_job_by_another_name_is_found_by_the_id_the_crm_stored() -> None:
    books = [a_customer("71", "Ann Baker"), a_customer("81", "Job 4711", parent_ref=Ref("71"))]

    found = mapped(
        books, a_crm_customer("C-1", "Ann Baker"), CrmJob(crm_id="J-1", customer_id="C-1", name="Bath", qbo_id="81")
    )

    assert found.jobs == {"J-1": "81"}


def test_a_job_nobody_booked_has_no_counterpart() -> None:
    books = [a_customer("71", "Ann Baker"), a_customer("81", "Kitchen", parent_ref=Ref("71"))]

    found = mapped(books, a_crm_customer("C-1", "Ann Baker"), CrmJob(crm_id="J-1", customer_id="C-1", name="Garage"))

    assert found.jobs == {}


def test_an_export_without_customers_links_by_the_names_on_its_invoices() -> None:
    books = [a_customer("71", "Ann Baker"), a_customer("72", "Tom Lund")]
    crm = CrmRecords(invoices=(a_crm_invoice(customer=None, name="BAKER, ANN"),))

    found = mapped(books, crm=crm)

    assert {link.primary for link in found.links.values()} == {"71"}


def test_a_stranger_is_linked_to_nobody() -> None:
    found = mapped([a_customer("71", "Ann Baker")], a_crm_customer("C-1", "Quarry Road Dental"))

    assert found.links == {}
    assert found.known_as("C-1") == ()


def test_a_bare_name_on_an_invoice_leaves_the_second_spelling_to_the_customer_it_belongs_to() -> None:
    mail = EmailAddress(address="office@quarry.example")
    books = [
        a_customer("71", "Quarry Road Dental", primary_email_addr=mail),
        a_customer("72", "Dental, Quarry Road", primary_email_addr=mail),
    ]
    listed = a_crm_customer("C-1", "Quarry Road Dental", email="office@quarry.example")

    found = mapped(books, listed, a_crm_invoice(customer=None, name="Quarry Road Dental"))

    assert {key: link.primary for key, link in found.links.items()} == {
        "C-1": "71",
        "name:quarry road dental": "71",
    }
    assert found.duplicates == (("71", "72"),)


def test_a_misspelt_name_on_an_invoice_of_the_second_spelling_leaves_it_a_duplicate() -> None:
    mail = EmailAddress(address="office@quarry.example")
    books = a_snapshot(
        an_invoice("301", number="1042", total="310.00", customer="72"),
        customers=[
            a_customer("71", "Quarry Road Dental", primary_email_addr=mail),
            a_customer("72", "Dental, Quarry Road", primary_email_addr=mail),
        ],
    )
    listed = a_crm_customer("C-1", "Quarry Road Dental", email="office@quarry.example")
    misspelt = a_crm_invoice(number="1042", total="310.00", customer=None, name="Quarry Raod Dentla")

    found = map_customers(books, CrmRecords(customers=(listed,), invoices=(misspelt,)))

    assert found.duplicates == (("71", "72"),)
    assert len({found.group_of_qbo["71"], found.group_of_qbo["72"]}) == 1
