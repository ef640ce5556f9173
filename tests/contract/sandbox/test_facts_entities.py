"""Every entity's envelope: create, read, query, update, delete; and which fields it cannot do without (sheet 6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.sandbox.caller import Caller, Wire, a_line


def _ref(value: str) -> Wire:
    return {"value": value}


def _spent(amount: str = "10.00") -> Wire:
    kind = "AccountBasedExpenseLineDetail"
    return {"Amount": amount, "DetailType": kind, kind: {"AccountRef": _ref("17")}}


def _posted(side: str, account: str) -> Wire:
    detail = {"PostingType": side, "AccountRef": _ref(account)}
    return {"Amount": "5.00", "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


_INVENTORY = {"IncomeAccountRef": _ref("13"), "ExpenseAccountRef": _ref("16"), "AssetAccountRef": _ref("5")}
_DEPOSITED = {"Amount": "3.00", "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": _ref("12")}}

BODIES: dict[str, Wire] = {
    "Account": {"Name": "Van repairs", "AccountType": "Expense"},
    "Attachable": {"Note": "Gate code"},
    "Bill": {"VendorRef": _ref("4"), "Line": [_spent()]},
    "BillPayment": {
        "VendorRef": _ref("4"),
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": _ref("1")},
        "Line": [],
    },
    "Budget": {"Name": "2026"},
    "Class": {"Name": "Installs"},
    "CompanyCurrency": {"Code": "GBP"},
    "CreditCardPayment": {"Amount": "4.00", "BankAccountRef": _ref("1"), "CreditCardAccountRef": _ref("42")},
    "CreditMemo": {"CustomerRef": _ref("1"), "Line": [a_line("3.00")]},
    "Customer": {"DisplayName": "Oak & Iron"},
    "CustomerType": {"Name": "Commercial"},
    "Department": {"Name": "North yard"},
    "Deposit": {"DepositToAccountRef": _ref("1"), "Line": [_DEPOSITED]},
    "Employee": {"GivenName": "Ida", "FamilyName": "Moor"},
    "Estimate": {"CustomerRef": _ref("1"), "Line": [a_line("3.00")]},
    "ExchangeRate": {"SourceCurrencyCode": "CHF", "Rate": 1.1, "AsOfDate": "2026-11-01"},
    "Invoice": {"CustomerRef": _ref("1"), "Line": [a_line("3.00")]},
    "Item": {"Name": "Boiler", "Type": "Inventory", "InvStartDate": "2026-01-01", "QtyOnHand": 2, **_INVENTORY},
    "JournalCode": {"Name": "VT", "Type": "Sales"},
    "JournalEntry": {"Line": [_posted("Debit", "17"), _posted("Credit", "1")]},
    "Payment": {"CustomerRef": _ref("1"), "TotalAmt": "8.00"},
    "PaymentMethod": {"Name": "Wire"},
    "Purchase": {"PaymentType": "Cash", "AccountRef": _ref("1"), "Line": [_spent()]},
    "PurchaseOrder": {"VendorRef": _ref("4"), "APAccountRef": _ref("6"), "Line": [_spent()]},
    "RefundReceipt": {"DepositToAccountRef": _ref("1"), "Line": [a_line("3.00")]},
    "SalesReceipt": {"Line": [a_line("3.00")]},
    "TaxAgency": {"DisplayName": "County"},
    "Term": {"Name": "Net 7", "DueDays": 7},
    "TimeActivity": {"NameOf": "Employee", "EmployeeRef": _ref("5"), "Hours": 1},
    "Transfer": {"Amount": "4.00", "FromAccountRef": _ref("1"), "ToAccountRef": _ref("2")},
    "Vendor": {"DisplayName": "Bolt Depot"},
    "VendorCredit": {"VendorRef": _ref("4"), "Line": [_spent()]},
}
KEYS = {"CreditCardPayment": "CreditCardPaymentTxn"}
NAME_LISTS = (
    "Account Class CompanyCurrency Customer CustomerType Department Employee Item PaymentMethod TaxAgency Term Vendor"
)
NOT_CAPTURED = ("JournalCode", "TaxAgency", "TimeActivity")


@pytest.mark.parametrize("entity", BODIES)
def test_an_entity_is_created_read_queried_updated_and_ended(caller: Caller, entity: str) -> None:
    key, path = KEYS.get(entity, entity), entity.lower()
    answer = caller.post(path, BODIES[entity])
    made = answer[key]
    assert set(answer.json) == {key, "time"}
    assert (made["domain"], made["sparse"], made["SyncToken"]) == ("QBO", False, "0")
    assert made["Id"].isdigit()
    assert made["MetaData"]["CreateTime"] == made["MetaData"]["LastUpdatedTime"]
    stored = caller.get(f"{path}/{made['Id']}")[key]
    assert stored == {**made, **{name: stored[name] for name in stored if name.startswith("CurrentBalance")}}
    rows = caller.query(f"select * from {entity} where Id = '{made['Id']}'")["QueryResponse"]
    assert (rows["startPosition"], rows["maxResults"], rows[key]) == (1, 1, [stored])

    sparse = caller.post(path, {"Id": made["Id"], "SyncToken": "0", "sparse": True}, operation="update")[key]
    assert {**sparse, "SyncToken": "0", "MetaData": stored["MetaData"]} == stored
    echoed = caller.post(path, sparse)[key]  # a client library saves everything it has read
    assert {**echoed, "SyncToken": "0", "MetaData": stored["MetaData"]} == stored
    assert caller.post(path, sparse).code == "5010"
    _end(caller, entity, echoed)


def _end(caller: Caller, entity: str, last: Wire) -> None:
    key, path = KEYS.get(entity, entity), entity.lower()
    deleted = caller.post(path, {"Id": last["Id"], "SyncToken": last["SyncToken"]}, operation="delete")
    if entity in NAME_LISTS.split():
        assert deleted.code == "500"
        if entity == "TaxAgency":  # has no Active either
            return
        ended = caller.post(path, {"Id": last["Id"], "SyncToken": "2", "sparse": True, "Active": False})[key]
        assert ended["Active"] is False
        assert caller.rows(f"select * from {entity} where Id = '{last['Id']}'") == []
        assert len(caller.rows(f"select * from {entity} where Id = '{last['Id']}' and Active in (true, false)")) == 1
        return
    assert deleted[key] == {"domain": "QBO", "status": "Deleted", "Id": last["Id"]}
    gone = caller.get(f"{path}/{last['Id']}")
    assert (gone.status, gone.code) == (400, "610")
    if entity not in NOT_CAPTURED:
        (answer,) = caller.get("cdc", entities=entity, changedSince="2026-11-01")["CDCResponse"]
        stub = [row for row in answer["QueryResponse"][0][key] if row["Id"] == last["Id"]]
        assert stub[0]["status"] == "Deleted"


REQUIRED = {
    "Bill": "VendorRef Line",
    "BillPayment": "VendorRef PayType Line",
    "Budget": "Name",
    "Class": "Name",
    "CompanyCurrency": "Code",
    "CreditCardPayment": "Amount BankAccountRef CreditCardAccountRef",
    "CreditMemo": "CustomerRef Line",
    "CustomerType": "Name",
    "Department": "Name",
    "Deposit": "DepositToAccountRef Line",
    "Estimate": "CustomerRef Line",
    "ExchangeRate": "SourceCurrencyCode Rate AsOfDate",
    "Invoice": "CustomerRef Line",
    "Item": "Name IncomeAccountRef ExpenseAccountRef AssetAccountRef InvStartDate",
    "JournalEntry": "Line",
    "Payment": "CustomerRef TotalAmt",
    "PaymentMethod": "Name",
    "Purchase": "PaymentType AccountRef Line",
    "PurchaseOrder": "VendorRef Line",
    "RefundReceipt": "DepositToAccountRef Line",
    "SalesReceipt": "Line",
    "TaxAgency": "DisplayName",
    "Term": "Name DueDays",
    "TimeActivity": "NameOf",
    "Transfer": "Amount FromAccountRef ToAccountRef",
    "VendorCredit": "VendorRef Line",
}


@pytest.mark.parametrize("entity", REQUIRED)
def test_a_required_field_left_out_is_2020_and_named(caller: Caller, entity: str) -> None:
    for field in REQUIRED[entity].split():
        body = {name: value for name, value in BODIES[entity].items() if name != field}
        refused = caller.post(entity.lower(), body)
        assert (refused.status, refused.code) == (400, "2020"), field
        (error,) = refused.json["Fault"]["Error"]
        assert error["element"] == field
        assert error["Detail"] == f"Required parameter {field} is missing in the request"


@pytest.mark.parametrize("entity", ["Customer", "Vendor", "Employee"])
def test_a_person_needs_some_name(caller: Caller, entity: str) -> None:
    assert caller.post(entity.lower(), {"Notes": "who?"}).code == "6080"
    named = {"Title": "Dr", "GivenName": "Ann", "FamilyName": "Lee", "Suffix": "Jr"}
    assert caller.post(entity.lower(), named)[entity]["DisplayName"] == "Dr Ann Lee Jr"


@pytest.mark.parametrize("other", ["Customer", "Vendor", "Employee"])
def test_customers_vendors_and_employees_share_one_space_of_names(caller: Caller, other: str) -> None:
    made = caller.post("customer", {"DisplayName": "Elm Street"})["Customer"]
    body = {"DisplayName": "ELM street"}
    assert caller.post(other.lower(), body).code == "6240"
    ended = caller.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})["Customer"]
    assert ended["DisplayName"] == "Elm Street (deleted)"
    assert caller.post(other.lower(), body).code == "6240"
    caller.admin("POST", "quirks", {"inactive_name": "free"})
    assert caller.post(other.lower(), body)[other]["DisplayName"] == "ELM street"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("DisplayName", "x" * 501, "2050"),
        ("DisplayName", "a:b", "2040"),
        ("DisplayName", "a\tb", "2040"),
        ("GivenName", "a\nb", "2040"),
        ("GivenName", "x" * 101, "2050"),
        ("Suffix", "x" * 17, "2050"),
        ("CompanyName", "x" * 101, "2050"),
        ("PrintOnCheckName", "x" * 111, "2050"),
        ("PrimaryEmailAddr", {"Address": "x" * 101}, "2050"),
        ("PrimaryPhone", {"FreeFormNumber": "1" * 31}, "2050"),
        ("Notes", "x" * 2001, "2050"),
        ("WebAddr", {"URI": "x" * 1001}, "2050"),
        ("SalesTermRef", {"value": "99"}, "2500"),
        ("Job", True, "6150"),
        ("ParentRef", {"value": "1"}, "6150"),
    ],
)
def test_a_customers_fields_have_their_limits(caller: Caller, field: str, value: Any, code: str) -> None:
    assert caller.post("customer", {"DisplayName": "Limit", field: value}).code == code


def test_jobs_are_at_most_five_levels_deep_and_named_by_their_path(caller: Caller) -> None:
    parent, path = "1", "Harbor Lane Bakery"
    for level in range(1, 5):
        body = {"DisplayName": f"Job {level}", "Job": True, "ParentRef": _ref(parent)}
        job = caller.post("customer", body)["Customer"]
        path = f"{path}:Job {level}"
        assert (job["FullyQualifiedName"], job["Level"]) == (path, level)
        parent = job["Id"]
    body = {"DisplayName": "Job 5", "Job": True, "ParentRef": _ref(parent)}
    assert caller.post("customer", body).code == "6000"


def test_a_customers_name_cannot_be_emptied_and_its_balance_is_not_written(caller: Caller) -> None:
    body = {"Id": "1", "SyncToken": "0", "sparse": True}
    assert caller.post("customer", {**body, "DisplayName": ""}).code == "2020"
    assert caller.post("customer", {**body, "Balance": 99, "IsProject": True})["Customer"]["Balance"] == 0
    assert caller.read("Customer", "1")["IsProject" if "IsProject" in caller.read("Customer", "1") else "Id"] in (
        False,
        "1",
    )


@pytest.mark.parametrize(
    ("entity", "flag"), [("Class", "SubClass"), ("Department", "SubDepartment"), ("Item", "SubItem")]
)
def test_trees_name_their_branches(caller: Caller, entity: str, flag: str) -> None:
    more = {"IncomeAccountRef": _ref("12")} if entity == "Item" else {}
    top = caller.post(entity.lower(), {"Name": "Top", **more})[entity]
    below = caller.post(entity.lower(), {"Name": "Below", "ParentRef": _ref(top["Id"]), **more})[entity]
    assert (top[flag], below[flag], below["FullyQualifiedName"]) == (False, True, "Top:Below")
    renamed = {"Id": top["Id"], "SyncToken": "0", "sparse": True, "Name": "Head"}
    caller.post(entity.lower(), renamed)
    assert caller.read(entity, below["Id"])["FullyQualifiedName"] == "Head:Below"


def test_singletons_are_read_by_their_own_paths_and_cannot_be_made(caller: Caller) -> None:
    realm = caller.ready["realm_id"]
    assert caller.get(f"companyinfo/{realm}")["CompanyInfo"]["Id"] == "1"
    preferences = caller.get("preferences")["Preferences"]
    assert "BookCloseDate" not in preferences["AccountingInfoPrefs"]
    assert preferences["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert caller.post("companyinfo", {"CompanyName": "Second"}).code == "500"
    assert caller.post("taxcode", {"Name": "Second"}).code == "500"


def test_an_exchange_rate_is_that_of_the_day_and_replaced_without_an_id(caller: Caller) -> None:
    first = caller.post("exchangerate", {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-11-01", "Rate": 1.2})
    second = caller.post("exchangerate", {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-11-01", "Rate": 1.3})
    assert second["ExchangeRate"]["Id"] == first["ExchangeRate"]["Id"]
    asked = caller.get("exchangerate", sourcecurrencycode="EUR", asofdate="2026-11-05")["ExchangeRate"]
    assert str(asked["Rate"]) == "1.3"
    assert caller.get("exchangerate", sourcecurrencycode="EUR", asofdate="2026-10-31")["ExchangeRate"]["Rate"] == 1
    assert caller.get("exchangerate", sourcecurrencycode="XYZ").code == "610"


def test_a_card_payment_can_be_read_as_a_transfer(caller: Caller) -> None:
    made = caller.post("creditcardpayment", BODIES["CreditCardPayment"])["CreditCardPaymentTxn"]
    read = caller.get(f"transfer/{made['Id']}")["Transfer"]
    assert (read["Amount"], read["FromAccountRef"]["value"], read["ToAccountRef"]["value"]) == (4, "1", "42")


def test_a_term_on_a_day_of_the_month_sets_the_due_date(caller: Caller) -> None:
    body = {"Name": "Tenth", "DayOfMonthDue": 10, "DueNextMonthDays": 5}
    term = caller.post("term", body)["Term"]
    assert term["Type"] == "DATE_DRIVEN"
    due = {
        day: caller.invoice("1.00", TxnDate=day, SalesTermRef=_ref(term["Id"]))["DueDate"]
        for day in ("2026-11-02", "2026-11-08", "2026-12-11")
    }
    assert due == {"2026-11-02": "2026-11-10", "2026-11-08": "2026-12-10", "2026-12-11": "2027-01-10"}


def test_what_a_new_company_has(caller: Caller) -> None:
    names = {account["Name"]: account["AccountSubType"] for account in caller.rows("select * from Account")}
    assert names["Checking"] == "Checking"
    assert names["Savings"] == "Savings"
    assert {"UndepositedFunds", "AccountsReceivable", "SalesTaxPayable", "UnappliedCashPaymentIncome"} <= {
        *names.values()
    }
    for entity in ("Term", "PaymentMethod", "TaxAgency", "TaxRate", "Vendor", "Employee", "CustomerType", "Class"):
        assert caller.rows(f"select * from {entity} maxresults 1"), entity
    assert {item["Type"] for item in caller.rows("select * from Item")} == {"Service", "Inventory", "NonInventory"}
