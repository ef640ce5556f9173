"""What can be asked for in a query, entity by entity (contract sheet 3.2), and the language's finer points (3.1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qbclean.sandbox.sandbox import Settings
from qbclean.sandbox.server import start
from tests.contract.sandbox.caller import Caller
from tests.contract.sandbox.conftest import TODAY

TIMES = "MetaData.CreateTime MetaData.LastUpdatedTime"
FILTERABLE = {
    "Invoice": "Id DocNumber TxnDate DueDate CustomerRef ProjectRef SalesTermRef Balance TotalAmt",
    "Payment": "Id TxnDate CustomerRef ProjectRef PaymentRefNum TotalAmt PaymentMethodRef",
    "CreditMemo": "Id DocNumber TxnDate CustomerRef ProjectRef SalesTermRef Balance TotalAmt",
    "SalesReceipt": "Id DocNumber TxnDate CustomerRef TotalAmt Balance",
    "RefundReceipt": "Id DocNumber TxnDate CustomerRef TotalAmt Balance",
    "Estimate": "Id DocNumber TxnDate CustomerRef TotalAmt",
    "Deposit": "Id TxnDate TotalAmt",
    "JournalEntry": "Id DocNumber TxnDate",
    "Customer": "Id DisplayName GivenName MiddleName FamilyName CompanyName FullyQualifiedName PrintOnCheckName"
    " PrimaryEmailAddr Active Balance",
    "Preferences": "",
}
NOT_FILTERABLE = {
    "Invoice": "PrivateNote DepartmentRef ClassRef Line LinkedTxn CustomField Deposit EmailStatus",
    "Payment": "UnappliedAmt PrivateNote DepositToAccountRef LinkedTxn Line",
    "CreditMemo": "RemainingCredit PrivateNote Line",
    "Deposit": "DepositToAccountRef PrivateNote Line",
    "JournalEntry": "PrivateNote Line Adjustment",
    "Customer": "BalanceWithJobs Notes ParentRef Job",
    "Preferences": "SalesFormsPrefs TaxPrefs",
}
VALUES = {"Balance": "0", "TotalAmt": "0", "TxnDate": "2026-01-01", "DueDate": "2026-01-01", "Active": "true"}


@pytest.fixture(scope="module")
def books() -> Iterator[Caller]:
    """A caller of the made-up company with its documents; these tests only read."""
    with start(Settings(today=TODAY, throttle=False)) as running:
        caller = Caller(running.ready)
        yield caller
        caller.close()


def _where(field: str) -> str:
    value = "2026-01-01T00:00:00-08:00" if field.startswith("MetaData") else VALUES.get(field, "1")
    return f"{field} = '{value}'"


@pytest.mark.parametrize(("entity", "fields"), FILTERABLE.items())
def test_what_can_be_filtered(books: Caller, entity: str, fields: str) -> None:
    for field in [*fields.split(), *TIMES.split()]:
        assert books.query(f"select * from {entity} where {_where(field)}").status == 200, field
        assert books.query(f"select * from {entity} orderby {field} desc").status == 200, field


@pytest.mark.parametrize(("entity", "fields"), NOT_FILTERABLE.items())
def test_what_cannot_be_filtered_is_4001(books: Caller, entity: str, fields: str) -> None:
    for field in fields.split():
        answer = books.query(f"select * from {entity} where {_where(field)}")
        assert (answer.status, answer.code) == (400, "4001"), field
        assert f"property '{field}' is not queryable" in answer.text


def test_what_can_be_sorted_but_not_filtered(books: Caller) -> None:
    assert books.query("select * from Customer orderby BalanceWithJobs").status == 200
    assert books.query("select * from Customer where BalanceWithJobs > '0'").code == "4001"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM Customer WHERE Active = true",
        "select * from Customer where Active IN ( true,false )",
        "select * from invoice where balance > '0' and TOTALAMT >= '10.00' ORDERBY docnumber DESC",
        "SELECT * FROM Invoice MAXRESULTS 2 STARTPOSITION 1",
        "SELECT *, Sku FROM Item",
        "select count(*) from Invoice where TxnDate <= CURRENT_DATE",
        "select * from Invoice where CustomerRef IN ('1', '2') ORDER BY Id ASC",
        "select * from Invoice where MetaData.LastUpdatedTime > '2026-11-01T00:00:00-08:00'",
        "select * from Invoice where DocNumber LIKE '10%'",
        "  select  *  from\nInvoice  ",
    ],
)
def test_statements_that_are_taken(books: Caller, statement: str) -> None:
    answer = books.query(statement)["QueryResponse"]
    assert answer.get("totalCount", 1) > 0
    assert len(answer) > 0


@pytest.mark.parametrize(
    ("statement", "code", "words"),
    [
        ("select * from Invoice where Balance > '0' or Balance < '0'", "4000", "QueryParserError"),
        ("select * from Invoice where not Balance > '0'", "4000", "QueryParserError"),
        ("select * from Invoice where Balance != '0'", "4000", "QueryParserError"),
        ("select * from Invoice, Payment", "4000", "QueryParserError"),
        ("select * from Invoice group by CustomerRef", "4000", "QueryParserError"),
        ("delete from Invoice", "4000", "QueryParserError"),
        ("select * Invoice", "4000", "Error parsing query"),
        ("select * from Custmoer", "4001", "QueryValidationError: invalid context declaration: Custmoer"),
        ("select * from Invoice where Foo = '1'", "4001", "Property Foo not found for Entity Invoice"),
        ("select * from Invoice startposition 0", "4001", "value 0 is too small. Min allowed value is 1"),
        ("select * from Invoice where TxnDate = 'yesterday'", "4001", "QueryValidationError"),
    ],
)
def test_statements_that_are_refused(books: Caller, statement: str, code: str, words: str) -> None:
    for answer in (books.query(statement), books.post("query", raw=statement.encode())):
        assert (answer.status, answer.code) == (400, code)
        assert words in answer.text
        assert answer.json["Fault"]["type"] == "ValidationFault"


def test_not_equal_is_taken_for_accounts_only_unless_the_quirk_says_otherwise(books: Caller) -> None:
    statement = "select * from Account where Classification = 'Asset' and FullyQualifiedName != 'Checking'"
    names = {account["Name"] for account in books.rows(statement)}
    assert "Savings" in names
    assert "Checking" not in names
    books.admin("POST", "quirks", {"not_equal": "refuse"})
    assert books.query(statement).code == "4000"
    books.admin("POST", "quirks", {"not_equal": "accept"})
    assert all(row["Balance"] for row in books.rows("select * from Invoice where Balance != '0'"))
    books.admin("POST", "quirks", {"not_equal": "accounts"})


def test_text_is_compared_without_regard_to_case_and_references_by_id(books: Caller) -> None:
    assert books.rows("select * from Account where Name = 'checking'")[0]["Name"] == "Checking"
    assert books.rows("select * from Customer where DisplayName like 'HARBOR%'")[0]["Id"] == "1"
    rows = books.rows("select * from Invoice where CustomerRef = '2'")
    assert {row["CustomerRef"]["value"] for row in rows} == {"2"}


def test_max_results_in_the_answer_is_the_number_of_rows(books: Caller) -> None:
    answer = books.query("select * from Invoice startposition 5 maxresults 50")["QueryResponse"]
    assert (answer["startPosition"], answer["maxResults"], len(answer["Invoice"])) == (5, 2, 2)


def test_the_order_without_orderby_and_the_payment_method_filter_are_quirks(books: Caller) -> None:
    ascending = [row["Id"] for row in books.rows("select * from Invoice")]
    books.admin("POST", "quirks", {"query_order": "descending", "payment_method_query": "refuse"})
    assert [row["Id"] for row in books.rows("select * from Invoice")] == ascending[::-1]
    assert books.query("select * from Payment where PaymentMethodRef = '1'").code == "4001"
    books.admin("POST", "quirks", {"query_order": "ascending", "payment_method_query": "accept"})
