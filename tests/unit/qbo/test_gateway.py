from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from qbclean.errors import RefusedError, StaleDocumentError, UnavailableError
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite, body_bytes
from qbclean.ports.gateway import DocumentSearch
from qbclean.qbo.gateway import QboGateway
from tests.unit.qbo.parts import a_connection, a_request
from tests.unit.qbo.scripted_server import Scripted, ScriptedServer
from tests.unit.qbo.test_faults import a_fault

META = '"MetaData": {"CreateTime": "2026-11-03T10:00:00-08:00", "LastUpdatedTime": "2026-11-03T10:00:00-08:00"}'


def an_invoice(id_: str, note: str = "") -> str:
    return (
        f'{{"Id": "{id_}", "SyncToken": "2", {META}, "TxnDate": "2026-11-03", "PrivateNote": "{note}",'
        ' "CustomerRef": {"value": "58"}, "TotalAmt": 450.00, "Balance": 450.00}'
    )


def single(raw: str) -> Scripted:
    return Scripted(
        f'{{"Invoice": {raw}, "time": "2026-11-20T09:14:03.115-08:00"}}'.encode(), headers={"intuit_tid": "1-9"}
    )


def several(*raws: str) -> Scripted:
    return Scripted(f'{{"QueryResponse": {{"Invoice": [{",".join(raws)}]}}}}'.encode())


VOID = DocumentWrite(
    operation="void", kind="Invoice", body={"Id": "301", "SyncToken": "1"}, target=DocumentRef("Invoice", "301")
)
DELETE = DocumentWrite(
    operation="delete", kind="Payment", body={"Id": "410", "SyncToken": "0"}, target=DocumentRef("Payment", "410")
)


def test_one_document_is_read_by_its_id() -> None:
    """P8: a list query has been seen to answer with an older SyncToken."""
    ref = DocumentRef("Invoice", "301")
    with ScriptedServer(single(an_invoice("301"))).running() as server:
        found = QboGateway(a_connection(server.url)).read([ref])
        assert "/invoice/301?" in server.received[0].path
    assert found[ref].document.sync_token == "2"
    assert found[ref].raw == an_invoice("301").encode()


def test_many_documents_of_a_kind_are_read_with_one_query_per_two_hundred() -> None:
    refs = [DocumentRef("Invoice", str(number)) for number in range(450)]
    with ScriptedServer(several(an_invoice("3"), an_invoice("4"))).running() as server:
        found = QboGateway(a_connection(server.url)).read(refs)
        queries = [parse_qs(urlsplit(received.path).query)["query"][0] for received in server.received]
    assert len(queries) == 3
    assert all("MAXRESULTS 1000" in query for query in queries)
    assert [query.count("'") // 2 for query in queries] == [200, 200, 50]
    assert sorted(found) == [DocumentRef("Invoice", "3"), DocumentRef("Invoice", "4")]


@pytest.mark.parametrize("gone", [Scripted(a_fault("610"), 400), single('{"status": "Deleted", "Id": "301"}')])
def test_a_document_that_is_gone_is_absent(gone: Scripted) -> None:
    with ScriptedServer(gone).running() as server:
        assert QboGateway(a_connection(server.url)).read([DocumentRef("Invoice", "301")]) == {}


def test_a_write_is_receipted_with_the_verbatim_answer() -> None:
    with ScriptedServer(single(an_invoice("301"))).running() as server:
        receipt = QboGateway(a_connection(server.url)).send(a_request())
    assert receipt.ref == DocumentRef("Invoice", "301")
    assert (receipt.sync_token, receipt.after, receipt.intuit_tid) == ("2", an_invoice("301").encode(), "1-9")


def test_a_lost_answer_is_asked_for_again_with_the_very_same_request() -> None:
    """S19, R15: same path, same request id, same bytes."""
    request = a_request()
    script = [Scripted(cut=-1), Scripted(b"", 503), Scripted(b""), single(an_invoice("301"))]
    with ScriptedServer(*script).running() as server:
        receipt = QboGateway(a_connection(server.url)).send(request)
        assert {(received.path, received.body) for received in server.received} == {
            (request.path, body_bytes(request.body))
        }
    assert receipt.attempts == len(script)


def test_a_refusal_is_sent_once() -> None:
    with ScriptedServer(Scripted(a_fault("5010"), 400)).running() as server:
        with pytest.raises(StaleDocumentError, match="void Invoice 301"):
            QboGateway(a_connection(server.url)).send(a_request(VOID))
        assert len(server.received) == 1


def test_a_refusal_after_a_lost_answer_is_an_unknown_effect() -> None:
    """R20, R21: where request ids are forgotten, 5010 on the second try may mean that the first one worked."""
    script = [Scripted(cut=-1), Scripted(a_fault("5010"), 400)]
    with ScriptedServer(*script).running() as server, pytest.raises(UnavailableError):
        QboGateway(a_connection(server.url)).send(a_request(VOID))


@pytest.mark.parametrize(
    "body",
    [
        b'{"BatchItemResponse": [], "time": "2026-11-20T09:14:03-08:00"}',
        f'{{"Invoice": {an_invoice("999")}}}'.encode(),
        b'{"Invoice": {"SyncToken": "1"}}',
        b'{"Invoice": {"Id": "301", "SyncToken": "2", "TotalAmt": 0}}',
        b'{"Invoice": {"domain": "QBO", "status": "Deleted", "Id": "301"}}',
    ],
    ids=["nothing was done", "another invoice", "no id", "half an invoice", "deleted"],
)
def test_a_200_that_does_not_show_the_document_is_an_unknown_effect(body: bytes) -> None:
    """Contract 1.6, 12: 200 and nothing happened has been seen."""
    with ScriptedServer(Scripted(body)).running() as server, pytest.raises(UnavailableError):
        QboGateway(a_connection(server.url)).send(a_request(VOID))


def test_a_delete_is_receipted_by_its_stub() -> None:
    stub = b'{"Payment": {"domain": "QBO", "status": "Deleted", "Id": "410"}}'
    with ScriptedServer(Scripted(stub)).running() as server:
        receipt = QboGateway(a_connection(server.url)).send(a_request(DELETE))
    assert (receipt.ref, receipt.sync_token) == (DocumentRef("Payment", "410"), "")


def test_an_answer_to_a_delete_that_shows_the_document_is_an_unknown_effect() -> None:
    there = f'{{"Payment": {an_invoice("410")}}}'.encode()
    with ScriptedServer(Scripted(there)).running() as server, pytest.raises(UnavailableError):
        QboGateway(a_connection(server.url)).send(a_request(DELETE))


def test_a_document_is_found_again_by_its_marker_only() -> None:
    search = DocumentSearch(
        kind="Invoice", customer_id="58", txn_date=date(2026, 11, 3), doc_number="O'Neil-1", marker="[qbclean a1]"
    )
    script = [
        several(an_invoice("3", "by hand"), an_invoice("4", "[qbclean a1] x")),
        several(an_invoice("4", "[qbclean a1] x"), an_invoice("5", "late [qbclean a1]")),
    ]
    with ScriptedServer(*script).running() as server:
        found = QboGateway(a_connection(server.url)).find(search)
        queries = [parse_qs(urlsplit(received.path).query)["query"][0] for received in server.received]
    assert [document.document.id for document in found] == ["4", "5"]
    assert "TxnDate = '2026-11-03' AND CustomerRef = '58'" in queries[0]
    assert r"DocNumber = 'O\'Neil-1'" in queries[1]


def test_a_401_is_answered_by_one_refresh_and_the_same_request() -> None:
    import msgspec

    renewed = []

    def refresh(tokens):  # type: ignore[no-untyped-def]
        renewed.append(tokens.refresh_token)
        return msgspec.structs.replace(tokens, access_token="A2", refresh_token="R2")

    script = [Scripted(a_fault("3200"), 401), single(an_invoice("301"))]
    with ScriptedServer(*script).running() as server:
        receipt = QboGateway(a_connection(server.url, refresh=refresh)).send(a_request())
        assert [received.headers["Authorization"] for received in server.received] == ["Bearer A1", "Bearer A2"]
        assert len({(received.path, received.body) for received in server.received}) == 1
    assert (receipt.attempts, renewed) == (2, ["R1"])


def test_a_kind_that_is_no_transaction_is_a_mistake_of_the_caller() -> None:
    script = Scripted(b'{"Customer": {"Id": "58"}}')
    with ScriptedServer(script).running() as server, pytest.raises(ValueError, match="Customer is not a transaction"):
        QboGateway(a_connection(server.url)).read([DocumentRef("Customer", "58")])


def test_a_refused_read_tells_what_was_read() -> None:
    script, refs = (
        Scripted(a_fault("4001", "Invalid query"), 400),
        [DocumentRef("Invoice", "1"), DocumentRef("Invoice", "2")],
    )
    with (
        ScriptedServer(script).running() as server,
        pytest.raises(RefusedError, match="Reading 2 documents of kind Invoice"),
    ):
        QboGateway(a_connection(server.url)).read(refs)
