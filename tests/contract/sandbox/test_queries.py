"""The query language over HTTP (contract sheet 3)."""

from __future__ import annotations

import pytest
import requests

from tests.contract.sandbox.caller import Caller


def test_pages_by_id_hold_every_row_once(caller: Caller) -> None:
    made = [caller.invoice(f"{number}.00")["Id"] for number in range(1, 13)]
    seen: list[str] = []
    for start in range(1, 20, 5):
        seen += [
            row["Id"] for row in caller.rows(f"select * from Invoice orderby Id startposition {start} maxresults 5")
        ]
    assert seen == made == [str(number) for number in range(1, 13)]


def test_envelopes_of_rows_no_rows_and_counts(caller: Caller) -> None:
    caller.invoice("1.00")
    caller.invoice("2.00")
    answer = caller.query("select * from Invoice maxresults 1")["QueryResponse"]
    assert (answer["startPosition"], answer["maxResults"], len(answer["Invoice"])) == (1, 1, 1)
    assert caller.query("select * from CreditMemo")["QueryResponse"] == {}
    assert caller.query("SELECT COUNT(*) FROM Invoice")["QueryResponse"] == {"totalCount": 2}


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ("Balance > '10'", ["B", "C"]),
        ("Balance >= 10 and Balance < 30", ["A", "B"]),
        ("DocNumber = 'b'", ["B"]),
        ("DocNumber in ('A', 'C', 'Z')", ["A", "C"]),
        ("DocNumber like '%c%'", ["C"]),
        ("CustomerRef = '2'", ["C"]),
        ("TxnDate = CURRENT_DATE", ["A", "B", "C"]),
        ("TxnDate < '2026-11-20'", []),
        ("Id = '2'", ["B"]),
        ("MetaData.LastUpdatedTime > '2020-01-01T00:00:00-08:00'", ["A", "B", "C"]),
        ("MetaData.CreateTime > '2100-01-01'", []),
    ],
)
def test_conditions_select(caller: Caller, where: str, numbers: list[str]) -> None:
    for number, amount, customer in (("A", "10.00", "1"), ("B", "20.00", "1"), ("C", "30.00", "2")):
        caller.invoice(amount, DocNumber=number, customer=customer)
    assert [row["DocNumber"] for row in caller.rows(f"select * from Invoice where {where} orderby Id")] == numbers
    count = caller.query(f"select count(*) from Invoice where {where}")["QueryResponse"]
    assert count == {"totalCount": len(numbers)}


def test_order_is_by_value_and_ties_by_id(caller: Caller) -> None:
    for amount in ("20.00", "10.00", "20.00"):
        caller.invoice(amount)
    rows = caller.rows("select * from Invoice ORDER BY TotalAmt DESC, Id DESC")
    assert [row["Id"] for row in rows] == ["3", "1", "2"]
    assert [row["Id"] for row in caller.rows("select * from Invoice orderby TotalAmt")] == ["2", "1", "3"]


def test_name_lists_show_active_entries_unless_asked(caller: Caller) -> None:
    caller.post("customer", {"Id": "2", "SyncToken": "0", "sparse": True, "Active": False})
    assert [row["Id"] for row in caller.rows("select * from Customer orderby Id")] == ["1", "3"]
    everyone = caller.rows("select * from Customer where Active in (true,false) orderby Id")
    assert [row["Id"] for row in everyone] == ["1", "2", "3"]
    assert everyone[1]["DisplayName"] == "Cedar Ridge Homes (deleted)"
    assert [row["Id"] for row in caller.rows("select * from Customer where Active = false")] == ["2"]


def test_an_apostrophe_is_escaped_with_a_backslash(caller: Caller) -> None:
    caller.post("customer", {"DisplayName": "Amy's Birds"})
    rows = caller.rows(r"select * from Customer where DisplayName = 'Amy\'s Birds'")
    assert rows[0]["DisplayName"] == "Amy's Birds"


def test_a_column_list_returns_sparse_objects(caller: Caller) -> None:
    caller.invoice("1.00", DocNumber="S")
    (row,) = caller.rows("select Id, DocNumber from Invoice")
    assert row == {"domain": "QBO", "sparse": True, "Id": "1", "DocNumber": "S"}
    assert len(caller.rows("select *, Sku from Item")) == 6


def test_a_statement_may_be_posted_as_text(caller: Caller) -> None:
    answer = caller.post("query", raw=b"select count(*) from Customer")
    assert answer["QueryResponse"] == {"totalCount": 3}


@pytest.mark.parametrize(
    ("statement", "code", "text"),
    [
        ("select * from Custmoer", "4001", "invalid context declaration: Custmoer"),
        ("select * from Invoice where PrivateNote = 'x'", "4001", "property 'PrivateNote' is not queryable"),
        ("select * from Payment where UnappliedAmt > '0'", "4001", "not queryable"),
        ("select * from CreditMemo where RemainingCredit > '0'", "4001", "not queryable"),
        ("select * from Invoice where Foo = '1'", "4001", "Property Foo not found for Entity Invoice"),
        ("select * from Invoice startposition 0", "4001", "value 0 is too small. Min allowed value is 1"),
        ("select * from Invoice where Balance > 'abc'", "4001", "invalid value"),
        ("select * from Invoice where Id = '1' or Id = '2'", "4000", "QueryParserError"),
        ("select * from Invoice where Id != '1'", "4000", "QueryParserError"),
        ("selec * from Invoice", "4000", "QueryParserError"),
        ("", "4000", "QueryParserError"),
    ],
)
def test_errors_have_their_codes(caller: Caller, statement: str, code: str, text: str) -> None:
    answer = caller.query(statement)
    assert (answer.status, answer.code) == (400, code)
    assert text in answer.text


def test_no_more_than_a_thousand_rows_and_a_hundred_by_default(caller: Caller) -> None:
    operation = [{"bId": str(n), "operation": "create", "Class": {"Name": f"C{n}"}} for n in range(30)]
    for chunk in range(4):
        for item in operation:
            item["Class"]["Name"] = f"C{chunk}-{item['bId']}"  # type: ignore[index]
        caller.post("batch", {"BatchItemRequest": operation})
    assert len(caller.rows("select * from Class")) == 100
    assert len(caller.rows("select * from Class maxresults 5000")) == 121


def test_tax_code_pages_carry_the_pseudo_codes_on_top(caller: Caller) -> None:
    assert [row["Id"] for row in caller.rows("select * from TaxCode maxresults 1")] == [
        "NON",
        "TAX",
        "CustomSalesTax",
        "2",
    ]
    assert [row["Id"] for row in caller.rows("select * from TaxCode startposition 2 maxresults 1")] == []
    assert caller.query("select count(*) from TaxCode")["QueryResponse"] == {"totalCount": 4}
    caller.admin("POST", "quirks", {"taxcode_rows": "exact"})
    assert [row["Id"] for row in caller.rows("select * from TaxCode maxresults 1")] == ["2"]


def test_without_an_accept_header_the_answer_is_xml(caller: Caller) -> None:
    url = f"{caller.url}/v3/company/{caller.ready['realm_id']}/query"
    headers = {"Authorization": str(caller.session.headers["Authorization"]), "Accept": None}
    with requests.Session() as session:
        session.headers = {}  # type: ignore[assignment]
        answer = session.get(url, params={"query": "select * from Term"}, headers=headers, timeout=30)
    assert answer.headers["content-type"].startswith("application/xml")
    assert "<IntuitResponse" in answer.text
    assert "<Name>Net 30</Name>" in answer.text
