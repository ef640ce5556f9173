"""From what to what: the fields of a document that a write changed, in words a bookkeeper reads."""

from __future__ import annotations

from qbclean.model.journal import Image
from qbclean.model.refs import DocumentRef
from qbclean.report.images import changes_between


def image(raw: str) -> Image:
    return Image(ref=DocumentRef("Payment", "410"), raw=raw)


def test_a_moved_payment_shows_from_which_invoice_to_which() -> None:
    line = '{"Amount": 450.00, "LinkedTxn": [{"TxnId": "305", "TxnType": "Invoice"}]}'
    before, after = image(f'{{"Line": [{line}]}}'), image(f'{{"Line": [{line.replace("305", "306")}]}}')
    assert changes_between(before, after) == ["Line 450.00 on Invoice 305 → 450.00 on Invoice 306"]


def test_lines_show_their_amounts_without_the_subtotal_and_links_their_documents() -> None:
    subtotal = '{"Amount": 65.00, "DetailType": "SubTotalLineDetail"}'
    before = image(f'{{"Line": [{{"Amount": 40}}, {{"Amount": 25.00}}, {subtotal}], "LinkedTxn": []}}')
    after = image('{"Line": [{"Amount": 0}], "LinkedTxn": [{"TxnId": "7", "TxnType": "Payment"}]}')
    assert changes_between(before, after) == ["Line 40.00, 25.00 → 0.00", "LinkedTxn none → Payment 7"]


def test_nothing_is_no_change_however_it_is_written() -> None:
    assert changes_between(image('{"CustomField": null, "Memo": ""}'), image('{"CustomField": []}')) == []


def test_many_lines_are_cut_and_what_has_no_amount_is_counted() -> None:
    lines = ", ".join(f'{{"Amount": {number}}}' for number in range(1, 9))
    before, after = image(f'{{"Line": [{lines}], "Tags": ["a"]}}'), image('{"Line": [], "Tags": ["a", "b"]}')
    assert changes_between(before, after) == [
        "Line 1.00, 2.00, 3.00, 4.00, 5.00, 6.00 and 2 more → none",
        "Tags 1 entry → 2 entries",
    ]
