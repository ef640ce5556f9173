"""The customers of either side as parties, by what identifies them: names, contact data, invoices."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Set as AbstractSet

import msgspec

from qbclean.match.jobs import children_of, descendants
from qbclean.match.normalize import NameKey, address_key, email_key, name_key, phone_key, plain
from qbclean.match.parties import merged_sales
from qbclean.match.party_keys import Party, sold
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmCustomer, CrmRecords
from qbclean.model.lists import Address, Customer, Phone


def crm_party(customer_id: str | None, customer_name: str) -> str:
    """The id a CRM record's customer goes by here: the CRM's own, or its name where the export has no id."""
    return customer_id or f"name:{plain(customer_name)}"


def crm_parties(crm: CrmRecords) -> list[Party]:
    """The customers of the CRM: those in its list, and those that only its invoices name, by what most call them."""
    listed: dict[str, CrmCustomer] = {customer.crm_id: customer for customer in crm.customers}
    called: dict[str, Counter[str]] = defaultdict(Counter)
    sales: dict[str, set[str]] = defaultdict(set)
    for invoice in crm.invoices:
        party = crm_party(invoice.customer_id, invoice.customer_name)
        if party not in listed:
            called[party][invoice.customer_name] += 1
        if key := sold(invoice.number, invoice.total):
            sales[party].add(key)
    for party, names in called.items():
        listed[party] = CrmCustomer(crm_id=party, name=max(names, key=lambda name: (names[name], name)))
    return [
        Party(
            id=customer.crm_id,
            names=tuple(name_key(name) for name in (customer.name, customer.company) if name),
            email=email_key(customer.email),
            phones=_told(phone_key(customer.phone)),
            addresses=_told(address_key(customer.address)),
            qbo_id=customer.qbo_id or "",
            sales=sales.get(customer.crm_id, frozenset()),
        )
        for customer in listed.values()
    ]


def qbo_parties(books: ReceivablesSnapshot) -> list[Party]:
    """The customers and jobs of QuickBooks, each with the invoices of its own jobs."""
    sales: dict[str, set[str]] = defaultdict(set)
    for invoice in books.invoices.values():
        if key := sold(invoice.doc_number, invoice.total_amt):
            sales[invoice.customer_id].add(key)
    children = children_of(books)
    return [
        _qbo_party(
            customer,
            merged_sales(sales, (customer.id, *descendants(children, customer.id)))
            if customer.id in children
            else sales.get(customer.id, frozenset()),
        )
        for customer in books.customers.values()
    ]


def _qbo_party(customer: Customer, sales: AbstractSet[str]) -> Party:
    names = _names(customer)
    person = _person(customer, names[0])
    told = not person or any(set(name.tokens).issuperset(person.tokens) for name in names)
    return Party(
        id=customer.id,
        names=names,
        person=person,
        contact=None if told else person,
        email=email_key(customer.primary_email_addr.address if customer.primary_email_addr else None),
        phones=_told(*[phone_key(phone.free_form_number) for phone in _phones(customer)]),
        addresses=_told(_address(customer.bill_addr), _address(customer.ship_addr)),
        is_job=customer.parent_ref is not None,
        sales=sales,
    )


def _names(customer: Customer) -> tuple[NameKey, ...]:
    """The name shown and the firm's, which says of the other whether it is a firm's."""
    shown = name_key(customer.display_name.removesuffix(" (deleted)") or customer.id)
    if not customer.company_name:
        return (shown,)
    firm = name_key(customer.company_name)
    if firm.tokens == shown.tokens:
        return (msgspec.structs.replace(shown, firm=True),)
    return shown, msgspec.structs.replace(firm, firm=True)


def _person(customer: Customer, shown: NameKey) -> NameKey | None:
    written = " ".join(filter(None, (customer.given_name, customer.family_name, customer.suffix)))
    if not written:
        return None
    person = name_key(written)
    return person if person.generation else msgspec.structs.replace(person, generation=shown.generation)


def _phones(customer: Customer) -> list[Phone]:
    return [phone for phone in (customer.primary_phone, customer.mobile) if phone]


def _told(*keys: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys([key for key in keys if key]))


def _address(address: Address | None) -> str:
    if address is None:
        return ""
    return address_key(" ".join(filter(None, (address.line1, address.city, address.postal_code))))
