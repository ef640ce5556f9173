"""Sharing saves memory and changes nothing."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from qbclean.model.crm import CrmInvoice
from qbclean.model.documents import Invoice
from qbclean.store.sharing import Sharing

INVOICE = b"""{"Id": "%d", "SyncToken": "0", "TxnDate": "2026-01-05", "TotalAmt": 100.0, "Balance": 100.00,
    "MetaData": {"CreateTime": "2026-01-05T08:00:00-08:00", "LastUpdatedTime": "2026-01-05T08:00:00-08:00"},
    "CustomerRef": {"value": "58", "name": "Harbor Lane Bakery"},
    "Line": [{"Amount": 100.00, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"Qty": 1}},
             {"Amount": 100.0, "DetailType": "GroupLineDetail", "GroupLineDetail": {"Line": [{"Amount": 100.00}]}}]}"""


def two_invoices() -> tuple[Invoice, Invoice]:
    one, two = (msgspec.json.decode(INVOICE % number, type=Invoice) for number in (7, 8))
    return one, two


def test_records_say_the_same_afterwards_down_to_the_written_decimals() -> None:
    before, share = [repr(invoice) for invoice in two_invoices()], Sharing()
    invoices = two_invoices()
    for invoice in invoices:
        share(invoice)
    assert [repr(invoice) for invoice in invoices] == before


def test_equal_values_are_one_object_at_every_depth() -> None:
    one, two = two_invoices()
    share = Sharing()
    share(one)
    share(two)
    assert one.customer_ref is two.customer_ref
    assert one.txn_date is two.txn_date
    assert one.balance is two.balance is one.line[0].amount
    assert one.line[1].group_line_detail is not None
    assert two.line[1].group_line_detail is not None
    assert one.line[1].group_line_detail.line[0].amount is two.line[0].amount


def test_what_is_absent_stays_absent() -> None:
    record = CrmInvoice(crm_id="I-1", status="paid", total=Decimal("1.00"))
    Sharing()(record)
    assert (record.lines, record.tax, record.customer_id) == (None, None, None)
