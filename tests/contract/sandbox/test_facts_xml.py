"""The XML side of the wire, in the shapes the PHP library sends and reads."""

from __future__ import annotations

import gzip
from xml.etree import ElementTree as ET

from tests.contract.sandbox.caller import Caller

SPACE = "{http://schema.intuit.com/finance/v3}"
HEADERS = {"Content-Type": "application/xml", "Accept": "application/xml"}


def _call(caller: Caller, path: str, body: str | None = None, **params: str) -> ET.Element:
    """Send XML as the PHP library does and return the root of the answer."""
    url = f"{caller.url}/v3/company/{caller.ready['realm_id']}/{path}"
    data = None if body is None else body.encode()
    method = "GET" if body is None else "POST"
    answer = caller.session.request(method, url, data=data, params=params, headers=HEADERS, timeout=30)
    assert answer.headers["content-type"] == "application/xml;charset=UTF-8"
    root = ET.fromstring(answer.content)
    assert root.tag == f"{SPACE}IntuitResponse"
    return root


def _invoice(number: str, more: str = "") -> str:
    return (
        '<ns0:Invoice xmlns:ns0="http://schema.intuit.com/finance/v3"><ns0:CustomerRef>1</ns0:CustomerRef>'
        f"<ns0:DocNumber>{number}</ns0:DocNumber>{more}<ns0:Line><ns0:Amount>12.50</ns0:Amount>"
        "<ns0:DetailType>SalesItemLineDetail</ns0:DetailType><ns0:SalesItemLineDetail><ns0:ItemRef>1</ns0:ItemRef>"
        "</ns0:SalesItemLineDetail></ns0:Line></ns0:Invoice>"
    )


def test_a_prefixed_document_lives_its_life_in_xml(caller: Caller) -> None:
    made = _call(caller, "invoice", _invoice("P-1"))[0]
    assert (made.tag, made.get("domain")) == (f"{SPACE}Invoice", "QBO")
    assert made.findtext(f"{SPACE}Balance") == "12.50"
    read = _call(caller, "invoice/1")[0]
    note = ET.SubElement(read, f"{SPACE}PrivateNote")
    note.text = "paid by hand"
    whole = ET.tostring(read, encoding="unicode")  # the library sends back all it has read
    assert _call(caller, "invoice", whole)[0].findtext(f"{SPACE}SyncToken") == "1"
    stored = caller.read("Invoice", "1")
    assert (stored["PrivateNote"], stored["TotalAmt"], stored["DocNumber"]) == ("paid by hand", 12.5, "P-1")
    voided = _call(caller, "invoice", whole.replace("SyncToken>0<", "SyncToken>1<"), operation="void")[0]
    assert voided.findtext(f"{SPACE}TotalAmt") == "0"
    body = "<Invoice><Id>1</Id><SyncToken>2</SyncToken></Invoice>"
    deleted = _call(caller, "invoice", body, operation="delete")[0]
    assert (deleted.get("status"), deleted.findtext(f"{SPACE}Id")) == ("Deleted", "1")


def test_queries_and_changes_carry_their_numbers_as_attributes(caller: Caller) -> None:
    caller.invoice("1.00")
    found = _call(caller, "query", query="select * from Invoice")[0]
    assert (found.get("startPosition"), found.get("maxResults"), len(found)) == ("1", "1", 1)
    assert _call(caller, "query", query="select count(*) from Invoice")[0].get("totalCount") == "1"
    changes = _call(caller, "cdc", entities="Invoice,Term", changedSince="2026-11-01")[0]
    assert changes.tag == f"{SPACE}CDCResponse"
    assert [len(of_entity) for of_entity in changes] == [1, 4]


def test_a_batch_in_xml(caller: Caller) -> None:
    body = (
        '<ns0:IntuitBatchRequest xmlns:ns0="http://schema.intuit.com/finance/v3">'
        f'<ns0:BatchItemRequest bId="1" operation="create">{_invoice("B-1")}</ns0:BatchItemRequest>'
        f"<ns0:BatchItemRequest><ns0:bId>2</ns0:bId><ns0:operation>create</ns0:operation>{_invoice('B-2')}"
        "</ns0:BatchItemRequest>"
        '<ns0:BatchItemRequest bId="3"><ns0:Query>select * from Term</ns0:Query></ns0:BatchItemRequest>'
        f'<ns0:BatchItemRequest bId="4" operation="create">{_invoice("B-1")}</ns0:BatchItemRequest>'
        "</ns0:IntuitBatchRequest>"
    )
    items = {item.get("bId"): item[0] for item in _call(caller, "batch", body, requestid="1234567")}
    assert [items[place].tag.removeprefix(SPACE) for place in "1234"] == [
        "Invoice",
        "Invoice",
        "QueryResponse",
        "Fault",
    ]
    assert items["4"].get("type") == "ValidationFault"
    assert items["4"][0].get("code") == "6140"


def test_what_names_and_texts_look_like(caller: Caller) -> None:
    made = _call(caller, "invoice", _invoice("T-1", "<ns0:CustomerMemo>Thank you</ns0:CustomerMemo>"))[0]
    assert caller.read("Invoice", "1")["CustomerMemo"] == {"value": "Thank you"}
    assert made.findtext(f"{SPACE}CustomerMemo") == "Thank you"
    customer = made.find(f"{SPACE}CustomerRef")
    assert customer is not None
    assert (customer.get("name"), customer.text) == ("Harbor Lane Bakery", "1")
    deposit = (
        "<Deposit><DepositToAccountRef>1</DepositToAccountRef><Line><Amount>5</Amount><DetailType>DepositLineDetail"
        '</DetailType><DepositLineDetail><Entity type="CUSTOMER">1</Entity><AccountRef>12</AccountRef>'
        "</DepositLineDetail></Line></Deposit>"
    )
    entity = _call(caller, "deposit", deposit)[0].find(f"{SPACE}Line/{SPACE}DepositLineDetail/{SPACE}Entity")
    assert entity is not None
    assert (entity.get("type"), entity.text) == ("CUSTOMER", "1")


def test_broken_xml_is_refused_in_xml(caller: Caller) -> None:
    for broken in ("<Invoice>", '<!DOCTYPE a [<!ENTITY b "c">]><Invoice>&b;</Invoice>', "", "<Invoice/>"):
        fault = _call(caller, "invoice", broken)[0]
        assert fault.tag == f"{SPACE}Fault"
        assert fault[0].get("code") in {"2010", "2020"}


def test_a_packed_body_is_unpacked(caller: Caller) -> None:
    url = f"{caller.url}/v3/company/{caller.ready['realm_id']}/invoice"
    headers = {**HEADERS, "Content-Encoding": "gzip"}
    body = gzip.compress(_invoice("Z-1").encode())
    assert caller.session.post(url, data=body, headers=headers, timeout=30).status_code == 200
    assert caller.session.post(url, data=b"no gzip", headers=headers, timeout=30).status_code == 400


def test_what_xml_cannot_say_does_not_spoil_an_answer(caller: Caller) -> None:
    caller.post("customer", {"DisplayName": "Bell \u0007 & \u0000 <Sons>", "Notes": "\ufffe \U0001f514"})
    caller.post("budget", {"Name": "b", "not a name <x>": {"1": "y"}, "Said": "kept"})
    names = [found.text for found in _call(caller, "query", query="select * from Customer").iter(f"{SPACE}DisplayName")]
    assert "Bell \ufffd & \ufffd <Sons>" in names
    assert _call(caller, "budget/1")[0].findtext(f"{SPACE}Said") == "kept"
