"""Typed books for tests: each builder gives one plausible object, and `a_snapshot` makes a set of them agree.

Amounts are texts, ids are fixed defaults (pass your own where two of a kind are needed), customer "58" is known to
every snapshot. Any field of the model may be given by its own name and wins: `an_invoice(due_date=None)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import msgspec

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import (
    AnyDocument,
    CreditMemo,
    Deposit,
    DepositLineDetail,
    DiscountLineDetail,
    Invoice,
    JournalEntity,
    JournalEntry,
    JournalEntryLineDetail,
    Line,
    LinkedTxn,
    MetaData,
    Payment,
    Ref,
    RefundReceipt,
    SalesDocument,
    SalesItemLineDetail,
    SalesReceipt,
    TaxLine,
    TaxLineDetail,
    TxnTaxDetail,
)
from qbclean.model.lists import CompanyInfo, Customer, Preferences
from qbclean.model.money import ZERO, money, total
from qbclean.model.refs import DocumentRef, RealmId
from tests.lists import (
    ACCOUNTS,
    ITEMS,
    LABOR,
    PAYMENT_METHODS,
    PREFERENCES,
    STATE_RATE,
    TAX_AGENCIES,
    TAX_CODE,
    TAX_CODES,
    TAX_RATES,
    TERMS,
    UNDEPOSITED_FUNDS,
)
from tests.settling import ar_by_customer, settled, wire_json

REALM = RealmId("9130347000000000")
CUSTOMER = "58"
DAY = date(2026, 3, 2)
INSTANT = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
META = MetaData(create_time=INSTANT, last_updated_time=INSTANT)

_D = TypeVar("_D", bound=SalesDocument)


# ------------------------------------------------------------------ lines
def a_line(
    amount: str = "100.00",
    *,
    item: str = LABOR,
    description: str | None = "Labor",
    taxed: bool = False,
    id: str | None = "1",  # noqa: A002 - QBO's own word
    class_id: str | None = None,
) -> Line:
    """One item line; `taxed` puts the pseudo tax code TAX on it, else NON."""
    return Line(
        id=id,
        amount=money(amount),
        description=description,
        detail_type="SalesItemLineDetail",
        sales_item_line_detail=SalesItemLineDetail(
            item_ref=Ref(item),
            tax_code_ref=Ref("TAX" if taxed else "NON"),
            class_ref=Ref(class_id) if class_id else None,
        ),
    )


def a_discount_line(amount: str, *, account: str = "86") -> Line:
    """A discount of `amount` (positive, as on the wire; it reduces the total)."""
    return Line(
        amount=money(amount),
        detail_type="DiscountLineDetail",
        discount_line_detail=DiscountLineDetail(discount_account_ref=Ref(account)),
    )


def a_link_line(kind: str, id: str, amount: str) -> Line:  # noqa: A002
    """A payment's line for one invoice, credit memo or journal entry."""
    return Line(amount=money(amount), linked_txn=(LinkedTxn(txn_id=id, txn_type=kind),))


def tax_of(amount: str, *, rate: str = STATE_RATE, net: str | None = None) -> TxnTaxDetail:
    """Tax of one rate; no tax lines when `amount` is zero."""
    tax = money(amount)
    if tax == 0:
        return TxnTaxDetail()
    detail = TaxLineDetail(tax_rate_ref=Ref(rate), net_amount_taxable=money(net) if net else None)
    return TxnTaxDetail(
        total_tax=tax, txn_tax_code_ref=Ref(TAX_CODE), tax_line=(TaxLine(amount=tax, tax_line_detail=detail),)
    )


# ------------------------------------------------------------------ documents
def an_invoice(
    id: str = "301",  # noqa: A002
    *,
    total: str = "100.00",
    tax: str = "0.00",
    date: date = DAY,
    customer: str = CUSTOMER,
    number: str | None = "1042",
    lines: Sequence[Line] | None = None,
    balance: str | None = None,
    **fields: Any,
) -> Invoice:
    """An open invoice. `total` includes `tax`; with `lines` given the total follows from them."""
    invoice = _sales_document(
        Invoice, id, amount=total, tax=tax, day=date, customer=customer, number=number, lines=lines, fields=fields
    )
    due = fields.get("due_date", date)
    return msgspec.structs.replace(
        invoice, due_date=due, balance=invoice.total_amt - invoice.deposit if balance is None else money(balance)
    )


def a_credit_memo(
    id: str = "388",  # noqa: A002
    *,
    total: str = "100.00",
    tax: str = "0.00",
    date: date = DAY,
    customer: str = CUSTOMER,
    number: str | None = "CM-118",
    lines: Sequence[Line] | None = None,
    balance: str | None = None,
    **fields: Any,
) -> CreditMemo:
    """A credit memo with all of its credit left."""
    memo = _sales_document(
        CreditMemo, id, amount=total, tax=tax, day=date, customer=customer, number=number, lines=lines, fields=fields
    )
    return msgspec.structs.replace(memo, balance=memo.total_amt if balance is None else money(balance))


def a_sales_receipt(
    id: str = "501",  # noqa: A002
    *,
    total: str = "100.00",
    tax: str = "0.00",
    date: date = DAY,
    customer: str = CUSTOMER,
    number: str | None = "SR-7",
    lines: Sequence[Line] | None = None,
    **fields: Any,
) -> SalesReceipt:
    fields = {"deposit_to_account_ref": Ref(UNDEPOSITED_FUNDS), **fields}
    return _sales_document(
        SalesReceipt, id, amount=total, tax=tax, day=date, customer=customer, number=number, lines=lines, fields=fields
    )


def a_refund_receipt(
    id: str = "551",  # noqa: A002
    *,
    total: str = "100.00",
    tax: str = "0.00",
    date: date = DAY,
    customer: str = CUSTOMER,
    number: str | None = "RR-7",
    lines: Sequence[Line] | None = None,
    **fields: Any,
) -> RefundReceipt:
    fields = {"deposit_to_account_ref": Ref(UNDEPOSITED_FUNDS), **fields}
    return _sales_document(
        RefundReceipt, id, amount=total, tax=tax, day=date, customer=customer, number=number, lines=lines, fields=fields
    )


def a_payment(
    id: str = "410",  # noqa: A002
    *,
    total: str = "100.00",
    pays: Mapping[str, str] | None = None,
    uses: Mapping[str, str] | None = None,
    uses_entries: Mapping[str, str] | None = None,
    date: date = DAY,
    customer: str = CUSTOMER,
    reference: str | None = "CHK 7714",
    deposited_in: str | None = None,
    **fields: Any,
) -> Payment:
    """A payment: `pays` invoice id → amount, `uses` credit memo id → amount, `uses_entries` journal entry id → amount,
    the rest unapplied.

    `deposited_in` names the Deposit that holds it, which makes QBO refuse every update (S05).
    """
    lines = [a_link_line("Invoice", ref, amount) for ref, amount in (pays or {}).items()]
    lines += [a_link_line("CreditMemo", ref, amount) for ref, amount in (uses or {}).items()]
    lines += [a_link_line("JournalEntry", ref, amount) for ref, amount in (uses_entries or {}).items()]
    sums = (sum(map(money, (part or {}).values()), ZERO) for part in (pays, uses, uses_entries))
    paid, used, offset = sums
    given: dict[str, Any] = {
        "id": id,
        "sync_token": "0",
        "meta_data": META,
        "txn_date": date,
        "customer_ref": Ref(customer),
        "currency_ref": Ref("USD"),
        "total_amt": money(total),
        "unapplied_amt": money(total) - paid + used + offset,
        "line": tuple(lines),
        "payment_ref_num": reference,
        "deposit_to_account_ref": Ref(UNDEPOSITED_FUNDS),
        "linked_txn": (LinkedTxn(txn_id=deposited_in, txn_type="Deposit"),) if deposited_in else (),
    }
    return Payment(**{**given, **fields})


def a_deposit(
    id: str = "601",  # noqa: A002
    *,
    payments: Mapping[str, str] | None = None,
    income: Sequence[Line] = (),
    account: str = "35",
    date: date = DAY,
    **fields: Any,
) -> Deposit:
    """A bank deposit of `payments` (payment id → amount) and of `income` lines made by `a_deposit_line`."""
    lines = [
        Line(amount=money(amount), linked_txn=(LinkedTxn(txn_id=ref, txn_type="Payment", txn_line_id="0"),))
        for ref, amount in (payments or {}).items()
    ]
    lines += income
    given: dict[str, Any] = {
        "id": id,
        "sync_token": "0",
        "meta_data": META,
        "txn_date": date,
        "currency_ref": Ref("USD"),
        "deposit_to_account_ref": Ref(account),
        "line": tuple(lines),
        "total_amt": total(line.amount for line in lines),
    }
    return Deposit(**{**given, **fields})


def a_deposit_line(
    amount: str,
    *,
    account: str = "1",
    customer: str | None = CUSTOMER,
    cheque: str | None = None,
    words: str | None = None,
) -> Line:
    """Money coded straight to `account` on a deposit: the way income is booked while the invoice stays open."""
    detail = DepositLineDetail(
        account_ref=Ref(account), entity=Ref(customer, type="CUSTOMER") if customer else None, check_num=cheque
    )
    return Line(amount=money(amount), description=words, detail_type="DepositLineDetail", deposit_line_detail=detail)


def a_journal_entry(
    id: str = "701",  # noqa: A002
    *,
    debits: Mapping[str, str],
    credits: Mapping[str, str],  # noqa: A002
    customer: str = CUSTOMER,
    date: date = DAY,
    **fields: Any,
) -> JournalEntry:
    """`debits` and `credits`: account id → amount; lines on A/R (account 84) name the customer."""
    lines = [_journal_line("Debit", account, amount, customer) for account, amount in debits.items()]
    lines += [_journal_line("Credit", account, amount, customer) for account, amount in credits.items()]
    given: dict[str, Any] = {
        "id": id,
        "sync_token": "0",
        "meta_data": META,
        "txn_date": date,
        "currency_ref": Ref("USD"),
        "line": tuple(lines),
        "total_amt": total(money(amount) for amount in debits.values()),
    }
    return JournalEntry(**{**given, **fields})


# ------------------------------------------------------------------ the company
def a_customer(id: str = CUSTOMER, name: str = "Harbor Lane Bakery", **fields: Any) -> Customer:  # noqa: A002
    """A customer, or a job when `parent_ref` is given (then `job` is set)."""
    return Customer(
        **{"id": id, "display_name": name, "fully_qualified_name": name, "job": "parent_ref" in fields, **fields}
    )


def a_snapshot(
    *documents: AnyDocument,
    customers: Sequence[Customer] = (),
    as_given: bool = False,
    preferences: Preferences = PREFERENCES,
    **fields: Any,
) -> ReceivablesSnapshot:
    """Books holding `documents`, their links and balances made to agree (`settled`) unless `as_given`.

    Customers that documents name and `customers` does not are added. `ar_by_customer` is what the documents add up to.
    """
    held = tuple(documents) if as_given else settled(documents)
    people = {customer.id: customer for customer in (a_customer(), *customers)}
    for document in held:
        owner = getattr(document, "customer_id", "")
        if owner and owner not in people:
            people[owner] = a_customer(owner, f"Customer {owner}")
    raw = {document.ref: wire_json(document) for document in held}
    raw |= {DocumentRef("Customer", customer.id): wire_json(customer) for customer in people.values()}
    given: dict[str, Any] = {
        "id": "S-20260401T000000Z",
        "realm_id": REALM,
        "environment": "local",
        "taken_at": datetime(2026, 4, 1, tzinfo=UTC),
        "company": CompanyInfo(company_name="Test Contracting", company_start_date=date(2020, 1, 1)),
        "preferences": preferences,
        "customers": people,
        "invoices": _of(Invoice, held),
        "payments": _of(Payment, held),
        "credit_memos": _of(CreditMemo, held),
        "sales_receipts": _of(SalesReceipt, held),
        "refund_receipts": _of(RefundReceipt, held),
        "deposits": _of(Deposit, held),
        "journal_entries": _of(JournalEntry, held),
        "items": ITEMS,
        "accounts": ACCOUNTS,
        "terms": TERMS,
        "payment_methods": PAYMENT_METHODS,
        "tax_codes": TAX_CODES,
        "tax_rates": TAX_RATES,
        "tax_agencies": TAX_AGENCIES,
        "reconciled": frozenset(),
        "ar_by_customer": ar_by_customer(held),
        "raw_of": raw.__getitem__,
    }
    return ReceivablesSnapshot(**{**given, **fields})


# ------------------------------------------------------------------ inside
def _sales_document(
    type_: type[_D],
    id_: str,
    *,
    amount: str,
    tax: str,
    day: date,
    customer: str,
    number: str | None,
    lines: Sequence[Line] | None,
    fields: Mapping[str, Any],
) -> _D:
    taxes = fields.get("txn_tax_detail", tax_of(tax))
    if lines is None:
        net = money(amount) - taxes.total_tax
        lines = [a_line(str(net), taxed=taxes.total_tax != 0)]
    discount = total(line.amount for line in lines if line.detail_type == "DiscountLineDetail")
    subtotal = total(line.amount for line in lines if line.detail_type != "DiscountLineDetail")
    whole = subtotal - discount + taxes.total_tax
    given: dict[str, Any] = {
        "id": id_,
        "sync_token": "0",
        "meta_data": META,
        "txn_date": day,
        "doc_number": number,
        "currency_ref": Ref("USD"),
        "customer_ref": Ref(customer),
        "line": (*lines, Line(amount=subtotal, detail_type="SubTotalLineDetail")),
        "txn_tax_detail": taxes,
        "total_amt": whole,
    }
    return type_(**{**given, **fields})


def _journal_line(posting_type: str, account: str, amount: str, customer: str) -> Line:
    entity = JournalEntity(type="Customer", entity_ref=Ref(customer)) if account == "84" else None
    detail = JournalEntryLineDetail(posting_type=posting_type, account_ref=Ref(account), entity=entity)
    return Line(amount=money(amount), detail_type="JournalEntryLineDetail", journal_entry_line_detail=detail)


def _of(type_: type[Any], documents: Sequence[AnyDocument]) -> dict[str, Any]:
    return {document.id: document for document in documents if isinstance(document, type_)}
