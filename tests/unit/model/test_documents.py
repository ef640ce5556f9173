"""Amounts have cents however QuickBooks writes them (S25)."""

from __future__ import annotations

import msgspec
import pytest

from qbclean.model.documents import Invoice, Payment

_HEAD = (
    '"Id":"1","SyncToken":"0","TxnDate":"2026-03-02",'
    '"MetaData":{"CreateTime":"2026-03-02T10:00:00Z","LastUpdatedTime":"2026-03-02T10:00:00Z"}'
)


@pytest.mark.parametrize("written", ["341.9", "341.90"])
def test_an_amount_is_told_with_two_decimals(written: str) -> None:
    invoice = msgspec.json.decode(
        f'{{{_HEAD},"TotalAmt":{written},"Balance":{written},"Line":[{{"Amount":{written}}}],"TxnTaxDetail":{{"TotalTax":0}}}}',
        type=Invoice,
        strict=False,
    )

    told = (invoice.total_amt, invoice.balance, invoice.line[0].amount, invoice.total_tax)
    assert [str(amount) for amount in told[:3]] == ["341.90"] * 3
    assert str(invoice.total_tax) == "0.00"


def test_nothing_left_of_a_payment_is_told_with_two_decimals() -> None:
    payment = msgspec.json.decode(
        f'{{{_HEAD},"CustomerRef":{{"value":"7"}},"TotalAmt":50,"UnappliedAmt":0}}', type=Payment
    )

    assert (str(payment.total_amt), str(payment.unapplied_amt)) == ("50.00", "0.00")
