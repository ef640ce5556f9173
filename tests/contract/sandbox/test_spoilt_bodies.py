"""A good body spoilt at any depth is stored soundly or refused; whatever was stored, the reports still answer."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from qbclean.sandbox.api import Request
from qbclean.sandbox.api import answer as answer_api
from qbclean.sandbox.checks import check_books
from qbclean.sandbox.page_values import DOCUMENTS
from qbclean.sandbox.pages import answer as answer_page
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.sandbox import Sandbox, Settings
from tests.contract.sandbox.caller import a_line, a_link

Path = tuple[str | int, ...]

_JUNK: tuple[Any, ...] = (
    *(
        None,
        "",
        0,
        -1,
        1.5,
        True,
        [],
        {},
        "x",
        "9" * 400,
        {"value": None},
        [None],
        [[]],
        [[{"a": {}}]],
        {"a": {"b": {}}},
    ),
    *("2026-99-99", "\u0000", 10**30, [{"Id": {}}], "1e999", "١٢", "1_000", "٣"),
)
_CUSTOMER = {"CustomerRef": {"value": "1"}}
_VENDOR = {"VendorRef": {"value": "4"}}
_SPENT = {
    "Amount": 40,
    "DetailType": "AccountBasedExpenseLineDetail",
    "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "17"}},
}
_BUNDLE = {"GroupItemRef": {"value": "1"}, "Quantity": 1, "Line": [a_line("1.00")]}
_DISCOUNT = {"PercentBased": True, "DiscountPercent": 10, "DiscountAccountRef": {"value": "86"}}
_TAX_LINE = {"TaxRateRef": {"value": "1"}, "PercentBased": True, "TaxPercent": 8, "NetAmountTaxable": 10}
_TAXED = {
    "TxnTaxCodeRef": {"value": "2"},
    "TaxLine": [{"Amount": 1, "DetailType": "TaxLineDetail", "TaxLineDetail": _TAX_LINE}],
}


def _journal_line(posting: str, account: str) -> dict[str, Any]:
    entity = {"Type": "Customer", "EntityRef": {"value": "1"}}
    detail = {"PostingType": posting, "AccountRef": {"value": account}, "Entity": entity}
    return {"Amount": 8, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


_GOOD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("customer", {"DisplayName": "F", "BillAddr": {"Line1": "x"}, "Job": True, "ParentRef": {"value": "1"}}),
    ("vendor", {"DisplayName": "V", "PrimaryEmailAddr": {"Address": "a@b.example"}, "TermRef": {"value": "1"}}),
    (
        "item",
        {"Name": "I", "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": [{"Qty": 1, "ItemRef": {"value": "1"}}]}},
    ),
    ("account", {"Name": "A", "AccountType": "Bank", "SubAccount": True, "ParentRef": {"value": "1"}}),
    ("term", {"Name": "T", "DueDays": 5, "DayOfMonthDue": 3}),
    (
        "invoice",
        {
            **_CUSTOMER,
            "TxnDate": "2026-01-01",
            "TxnTaxDetail": _TAXED,
            "Deposit": 1,
            "LinkedTxn": [{"TxnId": "15", "TxnType": "Estimate"}],
            "CustomField": [{"DefinitionId": "1", "Type": "StringType", "StringValue": "x"}],
            "Line": [
                a_line("10.00", Qty=1, UnitPrice=10, TaxCodeRef={"value": "TAX"}, ServiceDate="2026-01-01"),
                {"DetailType": "DiscountLineDetail", "DiscountLineDetail": _DISCOUNT},
                {"DetailType": "GroupLineDetail", "GroupLineDetail": _BUNDLE},
                {"DetailType": "DescriptionOnly", "Description": "q", "DescriptionLineDetail": {}},
            ],
        },
    ),
    ("creditmemo", {**_CUSTOMER, "Line": [a_line("1.00")]}),
    ("payment", {**_CUSTOMER, "TotalAmt": 10, "Line": [a_link("Invoice", "2", "5.00")]}),
    ("payment", {"Id": "7", "SyncToken": "0", "sparse": True, **_CUSTOMER, "TotalAmt": 180, "Line": []}),
    (
        "deposit",
        {
            "DepositToAccountRef": {"value": "1"},
            "CashBack": {"Amount": 1, "AccountRef": {"value": "2"}},
            "Line": [
                {"Amount": 75, "LinkedTxn": [{"TxnId": "11", "TxnType": "Payment", "TxnLineId": "0"}]},
                {"Amount": 3, "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": {"value": "12"}}},
            ],
        },
    ),
    ("journalentry", {"TxnDate": "2026-01-01", "Line": [_journal_line("Debit", "3"), _journal_line("Credit", "12")]}),
    ("bill", {**_VENDOR, "Line": [_SPENT], "DueDate": "2026-01-01", "APAccountRef": {"value": "6"}}),
    (
        "billpayment",
        {
            **_VENDOR,
            "PayType": "Check",
            "TotalAmt": 1,
            "CheckPayment": {"BankAccountRef": {"value": "1"}},
            "Line": [a_link("Bill", "19", "1.00")],
        },
    ),
    ("purchase", {"AccountRef": {"value": "1"}, "PaymentType": "Cash", "Line": [_SPENT]}),
    ("transfer", {"FromAccountRef": {"value": "1"}, "ToAccountRef": {"value": "2"}, "Amount": 4}),
    ("timeactivity", {"NameOf": "Employee", "EmployeeRef": {"value": "5"}, "Hours": 1, "TxnDate": "2026-01-01"}),
    ("companycurrency", {"Code": "JPY", "Name": "Yen"}),
    ("budget", {"Name": "b", "BudgetDetail": [{"BudgetDate": "2026-01-01", "Amount": 1}]}),
    ("attachable", {"Note": "n", "AttachableRef": [{"EntityRef": {"type": "Invoice", "value": "1"}}]}),
    ("recurringtransaction", {"Invoice": {**_CUSTOMER, "Line": [a_line("1.00")], "RecurringInfo": {"Name": "z"}}}),
    (
        "taxservice/taxcode",
        {"TaxCode": "z", "TaxRateDetails": [{"TaxRateName": "z", "RateValue": 1, "TaxAgencyId": "1"}]},
    ),
    ("batch", {"BatchItemRequest": [{"bId": "1", "operation": "create", "Customer": {"DisplayName": "b"}}]}),
)


def _places(value: Any, path: Path = ()) -> Iterator[Path]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield (*path, name)
        yield from _places(part, (*path, name))


def _spoilt(chance: random.Random, good: dict[str, Any]) -> dict[str, Any]:
    body: Any = copy.deepcopy(good)
    for _ in range(chance.choice((1, 1, 2))):
        path = chance.choice(list(_places(body)) or [("Id",)])
        holder = body
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = copy.deepcopy(chance.choice(_JUNK))
    spoilt: dict[str, Any] = body
    return spoilt


def _ask(sandbox: Sandbox, method: str, path: str, query: dict[str, str], body: bytes = b"") -> None:
    request = Request(method=method, segments=tuple(path.split("/")), query=query, headers={}, body=body)
    try:
        answer_api(sandbox.company, request)
    except ApiFault:
        return


@pytest.mark.parametrize("seed", range(4))
def test_a_body_spoilt_anywhere_leaves_sound_books_that_still_report(seed: int) -> None:
    chance = random.Random(seed)
    sandbox = Sandbox(Settings(today=date(2026, 11, 20), throttle=False))
    for _ in range(400):
        path, good = chance.choice(_GOOD)
        body = json.dumps(_spoilt(chance, good)).encode()
        query = chance.choice(({}, {}, {}, {"operation": "delete"}, {"operation": "void"}, {"include": "void"}))
        _ask(sandbox, "POST", path, query, body)
    assert list(check_books(sandbox.company)) == []
    for report in ("TrialBalance", "ProfitAndLoss", "BalanceSheet", "CustomerBalanceDetail", "GeneralLedger"):
        for basis in ("Accrual", "Cash"):
            _ask(sandbox, "GET", f"reports/{report}", {"accounting_method": basis})
    tables = sandbox.company.tables
    documents = [f"company/documents/{kind}/{key}" for kind in DOCUMENTS for key in tables[kind].order]
    people = [f"company/customers/{key}" for key in tables["Customer"].order]
    for page in ("", "company/customers", "company/trail", *documents, *people):
        request = Request(method="GET", segments=tuple(page.split("/")), query={}, headers={}, body=b"")
        assert answer_page(sandbox, request).status == 200, page
