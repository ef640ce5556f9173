"""What has to be known of the whole company before any one customer of it can be judged.

Who is who, which numbers are taken, which amounts are a price that many pay. All else about a customer is found among
its own documents, so that with an overview a company can be worked out slice by slice (`match/slicing.py`). Everything
here is told by a sketch of the company: documents without their lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from qbclean.match.customers import CustomerMap, map_customers
from qbclean.match.homes import Homes
from qbclean.match.items import InFull, ItemMap, map_items
from qbclean.match.nameless import NamelessMoney, nameless_money
from qbclean.match.normalize import number_body
from qbclean.match.number_series import NumberSeries
from qbclean.match.strays import payment_balance, possible_strays
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.documents import Invoice, SalesDocument, SalesReceipt
from qbclean.model.money import cents

_HARDLY_ANY = 5
"""One in so many, or fewer."""
_ENOUGH = 20
"""Numbered invoices that it takes to tell how a company numbers them."""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """`crm_numbers`: number → total in cents and day of the CRM invoices so numbered, whoever they bill. `own_numbers`:
    QuickBooks counts its invoices itself, so that next to none has the CRM's number.

    Prices are amounts in cents that several parties are billed: totals of billed CRM invoices; amounts before tax of
    QuickBooks sales, for companies without a CRM. `numbers_taken`: DocNumber → document in words, over invoices, credit
    memos and sales receipts (S15); `credit_numbers` those of credit memos alone (numbers are unique per kind, contract
    7.8). `strays`: CRM payment → QuickBooks payments of other parties that may be it. `series` and `today` (the last
    day billed, as an ordinal) are for companies without a CRM.
    """

    customers: CustomerMap
    crm_numbers: Mapping[str, Sequence[tuple[int, int]]]
    own_numbers: bool
    crm_prices: frozenset[int]
    quickbooks_prices: frozenset[int]
    items: ItemMap
    numbers_taken: Mapping[str, str]
    credit_numbers: frozenset[str]
    strays: Mapping[str, Collection[str]]
    nameless: NamelessMoney
    series: NumberSeries
    today: int


def overview_of(books: ReceivablesSnapshot, crm: CrmRecords, in_full: InFull | None = None) -> Overview:
    """The overview of a company, whole, or sketched with `in_full` to read some sales with their lines.

    Independent of the order of the input.
    """
    customers = map_customers(books, crm)
    numbered = (*books.invoices.values(), *books.credit_memos.values(), *books.sales_receipts.values())
    sales: tuple[Invoice | SalesReceipt, ...] = (*books.invoices.values(), *books.sales_receipts.values())
    homes = Homes(books, crm, customers)
    crm_numbers = _crm_numbers(crm)
    balance = payment_balance(homes)
    return Overview(
        customers=customers,
        crm_numbers=crm_numbers,
        own_numbers=_are_its_own(books, crm_numbers),
        crm_prices=_crm_prices(homes),
        quickbooks_prices=_quickbooks_prices(homes) if not crm.invoices else frozenset(),
        items=map_items(homes, in_full or _of_memory(books, crm)),
        numbers_taken=_numbers_taken(numbered),
        credit_numbers=frozenset(memo.doc_number for memo in books.credit_memos.values() if memo.doc_number),
        strays=possible_strays(homes, balance),
        nameless=nameless_money(homes, balance),
        series=NumberSeries.of(sales) if not crm.invoices else NumberSeries.of(()),
        today=max((sale.txn_date.toordinal() for sale in sales), default=0),
    )


def _numbers_taken(sales: Iterable[SalesDocument]) -> Mapping[str, str]:
    """Number → the document that has it: of several the one of the first kind, then with the lowest id."""
    taken: dict[str, SalesDocument] = {}
    for sale in sales:
        if number := sale.doc_number:
            first = taken.setdefault(number, sale)
            if first.kind == sale.kind and sale.id.zfill(20) < first.id.zfill(20):
                taken[number] = sale
    return {number: f"{sale.kind} {sale.id}" for number, sale in taken.items()}


def _of_memory(books: ReceivablesSnapshot, crm: CrmRecords) -> InFull:
    return lambda pairs: ((crm.invoices_by_id[crm_id], books.invoices[qbo_id]) for crm_id, qbo_id in pairs)


def _crm_numbers(crm: CrmRecords) -> Mapping[str, Sequence[tuple[int, int]]]:
    numbers: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for invoice in crm.invoices:
        if body := number_body(invoice.number):
            numbers[body].append((cents(invoice.total), invoice.date.toordinal() if invoice.date else 0))
    return {body: tuple(dict.fromkeys(billed)) for body, billed in numbers.items()}


def _are_its_own(books: ReceivablesSnapshot, crm_numbers: Mapping[str, Sequence[tuple[int, int]]]) -> bool:
    """True when hardly any numbered invoice has a number and a total that are one CRM invoice's."""
    numbered = [(body, invoice) for invoice in books.invoices.values() if (body := number_body(invoice.doc_number))]
    kept = sum(
        any(cents(invoice.total_amt) == billed for billed, _ in crm_numbers.get(body, ())) for body, invoice in numbered
    )
    return kept * _HARDLY_ANY <= len(numbered) >= _ENOUGH


def _crm_prices(homes: Homes) -> frozenset[int]:
    billed = zip(homes.crm.invoices, homes.of_records, strict=True)
    return _of_several((cents(invoice.total), home) for invoice, home in billed if invoice.is_final)


def _quickbooks_prices(homes: Homes) -> frozenset[int]:
    books = homes.books
    return _of_several(
        (before_tax(sale), homes.of_customer(sale.customer_id))
        for sale in (*books.invoices.values(), *books.sales_receipts.values())
    )


def before_tax(sale: SalesDocument) -> int:
    """What a QuickBooks sale comes to without its tax, in cents."""
    return cents(sale.total_amt - sale.total_tax)


def _of_several(billed: Iterable[tuple[int, str]]) -> frozenset[int]:
    """The amounts that more than one party is billed."""
    payers: dict[int, str] = {}
    return frozenset(amount for amount, party in billed if payers.setdefault(amount, party) != party)
