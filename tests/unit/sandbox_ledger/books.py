"""A small company in memory whose documents tests write in QuickBooks' wire form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

RECEIVABLE, UNDEPOSITED, CHECKING, TAX, DEPOSITS_HELD = "84", "4", "35", "90", "60"
SALES, REPAIRS, UNAPPLIED, DISCOUNTS, UNCATEGORIZED, RENT, PAYABLE = "1", "2", "88", "86", "30", "17", "33"
RETAINED = "5"
LABOR_ITEM, REPAIR_ITEM, RETAINER_ITEM = "11", "12", "13"


def _account(own_id: str, name: str, kind: str, subtype: str = "") -> dict[str, Any]:
    return {"Id": own_id, "Name": name, "AccountType": kind, "AccountSubType": subtype}


ACCOUNTS = [
    _account(SALES, "Services", "Income", "ServiceFeeIncome"),
    _account(REPAIRS, "Repairs", "Income", "ServiceFeeIncome"),
    _account(UNDEPOSITED, "Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    _account(RETAINED, "Retained Earnings", "Equity", "RetainedEarnings"),
    _account(RENT, "Rent", "Expense", "RentOrLeaseOfBuildings"),
    _account(UNCATEGORIZED, "Uncategorized Income", "Income", "ServiceFeeIncome"),
    _account(PAYABLE, "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    _account(CHECKING, "Checking", "Bank", "Checking"),
    _account(DEPOSITS_HELD, "Customer Deposits", "Other Current Liability", "OtherCurrentLiabilities"),
    _account(RECEIVABLE, "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    _account(DISCOUNTS, "Discounts given", "Income", "DiscountsRefundsGiven"),
    _account(UNAPPLIED, "Unapplied Cash Payment Income", "Income", "UnappliedCashPaymentIncome"),
    _account(TAX, "Board of Equalization Payable", "Other Current Liability", "SalesTaxPayable"),
]
ITEMS = [
    {"Id": LABOR_ITEM, "Name": "Labor", "Type": "Service", "IncomeAccountRef": {"value": SALES}},
    {"Id": REPAIR_ITEM, "Name": "Repair", "Type": "Service", "IncomeAccountRef": {"value": REPAIRS}},
    {"Id": RETAINER_ITEM, "Name": "Retainer", "Type": "Service", "IncomeAccountRef": {"value": DEPOSITS_HELD}},
]


def customer(own_id: str, name: str, parent: str = "") -> dict[str, Any]:
    """Return a customer, a job where a parent is named."""
    job = {"Job": True, "ParentRef": {"value": parent}} if parent else {}
    return {"Id": own_id, "DisplayName": name, "FullyQualifiedName": name, "Active": True, **job}


class Books:
    """A `BooksView` over plain lists; `add` keeps a document and returns its id."""

    def __init__(self, today: date = date(2026, 11, 20)) -> None:
        self.today = today
        self.preferences: Mapping[str, Any] = {"CurrencyPrefs": {"HomeCurrency": {"value": "USD"}}}
        self.company_info: Mapping[str, Any] = {"Id": "1", "FiscalYearStartMonth": "January"}
        self.states: dict[tuple[str, str], str] = {}
        self._stored: dict[str, dict[str, Mapping[str, Any]]] = {}
        for entity, objects in {
            "Account": ACCOUNTS,
            "Item": ITEMS,
            "Customer": [
                customer("58", "Harbor Lane Bakery"),
                customer("61", "Ash Court"),
                customer("62", "Kitchen", "61"),
            ],
            "Vendor": [{"Id": "70", "DisplayName": "Pine Supply"}],
            "TaxAgency": [{"Id": "1", "DisplayName": "Board of Equalization"}],
            "TaxRate": [{"Id": "3", "Name": "County", "AgencyRef": {"value": "1"}}],
        }.items():
            for wire in objects:
                self._keep(entity, wire)
        self._next = 1000

    def documents(self, entity: str) -> Iterable[Mapping[str, Any]]:
        return list(self._stored.get(entity, {}).values())

    def document(self, entity: str, doc_id: str) -> Mapping[str, Any] | None:
        return self._stored.get(entity, {}).get(doc_id)

    def cleared(self, entity: str, doc_id: str) -> str:
        return self.states.get((entity, doc_id), "Uncleared")

    def _keep(self, entity: str, wire: Mapping[str, Any]) -> None:
        self._stored.setdefault(entity, {})[wire["Id"]] = wire

    def add(self, entity: str, wire: Mapping[str, Any]) -> str:
        self._next += 1
        self._keep(entity, {"Id": str(self._next), "SyncToken": "0", **wire})
        return str(self._next)

    def change(self, entity: str, doc_id: str, **fields: Any) -> None:
        self._keep(entity, {**self._stored[entity][doc_id], **fields})

    def invoice(self, on: str, *lines: dict[str, Any], to: str = "58", tax: str = "0", **more: Any) -> str:
        return self.add("Invoice", sale(on, *lines, to=to, tax=tax, **more))

    def credit_memo(self, on: str, *lines: dict[str, Any], to: str = "58", tax: str = "0", **more: Any) -> str:
        return self.add("CreditMemo", sale(on, *lines, to=to, tax=tax, **more))

    def payment(self, on: str, total: str, *applied: tuple[str, str, str], by: str = "58", **more: Any) -> str:
        """Add a payment; `applied` are (amount, type, id) of what its lines link."""
        lines = [
            {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": linked, "TxnType": kind}]}
            for amount, kind, linked in applied
        ]
        wire = {"TxnDate": on, "TotalAmt": Decimal(total), "CustomerRef": {"value": by}, "Line": lines, **more}
        return self.add("Payment", wire)

    def journal(self, on: str, *lines: tuple[str, str, str, str]) -> str:
        """Add a journal entry of (posting type, account, amount, customer or '')."""
        wire_lines = []
        for kind, account, amount, name in lines:
            detail: dict[str, Any] = {"PostingType": kind, "AccountRef": {"value": account}}
            if name:
                detail["Entity"] = {"Type": "Customer", "EntityRef": {"value": name}}
            wire_lines.append(
                {"Amount": Decimal(amount), "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}
            )
        return self.add("JournalEntry", {"TxnDate": on, "Line": wire_lines})


def sale(on: str, *lines: dict[str, Any], to: str, tax: str, **more: Any) -> dict[str, Any]:
    """Return the wire form of a sales document whose total is its lines plus tax."""
    net = sum((amount_in_total(line) for line in lines), Decimal(0))
    total = net + Decimal(tax)
    subtotal = {"Amount": net, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    tax_line = {"Amount": Decimal(tax), "TaxLineDetail": {"TaxRateRef": {"value": "3"}}}
    return {
        "TxnDate": on,
        "DueDate": on,
        "CustomerRef": {"value": to},
        "Line": [*lines, subtotal],
        "TxnTaxDetail": {"TotalTax": Decimal(tax), "TaxLine": [tax_line] if Decimal(tax) else []},
        "TotalAmt": total,
        **more,
    }


def line(amount: str, item: str = LABOR_ITEM) -> dict[str, Any]:
    """Return a sales line."""
    detail = {"ItemRef": {"value": item}}
    return {"Amount": Decimal(amount), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def discount(amount: str) -> dict[str, Any]:
    """Return a discount line, whose amount is positive and lowers the total."""
    detail = {"PercentBased": False, "DiscountAccountRef": {"value": DISCOUNTS}}
    return {"Amount": Decimal(amount), "DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}


def amount_in_total(wire_line: Mapping[str, Any]) -> Decimal:
    """Return what a line adds to its document's total."""
    sign = -1 if wire_line["DetailType"] == "DiscountLineDetail" else 1
    return sign * Decimal(wire_line["Amount"])
