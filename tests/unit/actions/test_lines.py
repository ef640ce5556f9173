"""Bodies line by line: amounts as text, links, mirrored lines and tax."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbclean.actions.lines import item_line, link_lines, mirrored_line, mirrored_tax, shared_out, text
from qbclean.model.documents import Line, Ref, SalesItemLineDetail, TaxLine, TaxLineDetail, TxnTaxDetail
from qbclean.model.money import rounded
from qbclean.model.refs import DocumentRef
from tests.builders import a_discount_line, a_line, an_invoice, tax_of

INVOICE, CREDIT = DocumentRef("Invoice", "301"), DocumentRef("CreditMemo", "388")
CENTS = st.integers(0, 10_000_000).map(lambda cents: Decimal(cents).scaleb(-2))


# ------------------------------------------------------------------ amounts and links
@pytest.mark.parametrize(
    ("amount", "shown"), [("100", "100.00"), ("0.1", "0.10"), ("1E+3", "1000.00"), ("2.005", "2.01")]
)
def test_an_amount_is_shown_with_two_decimals(amount: str, shown: str) -> None:
    assert text(Decimal(amount)) == shown


def test_one_line_per_linked_document_in_the_order_given() -> None:
    lines = link_lines([(INVOICE, Decimal(40)), (CREDIT, Decimal(40)), (INVOICE, Decimal("2.50"))])

    assert lines == [
        {"Amount": "42.50", "LinkedTxn": [{"TxnId": "301", "TxnType": "Invoice"}]},
        {"Amount": "40.00", "LinkedTxn": [{"TxnId": "388", "TxnType": "CreditMemo"}]},
    ]


def test_a_link_of_nothing_is_left_out() -> None:
    assert link_lines([(INVOICE, Decimal(0))]) == []


# ------------------------------------------------------------------ item lines
def test_quantity_and_price_go_along_when_their_product_is_the_amount() -> None:
    line = item_line(amount=Decimal("100.00"), item_id="12", quantity=Decimal(3), unit_price=Decimal("33.333333"))

    assert line["SalesItemLineDetail"] == {"ItemRef": {"value": "12"}, "Qty": "3", "UnitPrice": "33.333333"}


def test_quantity_and_price_that_do_not_give_the_amount_stay_out() -> None:
    """QuickBooks answers 6070 to 3 × 33.33 = 100.00."""
    line = item_line(amount=Decimal("100.00"), item_id="12", quantity=Decimal(3), unit_price=Decimal("33.33"))

    assert line["SalesItemLineDetail"] == {"ItemRef": {"value": "12"}}


def test_a_mirrored_line_keeps_item_class_tax_code_and_words() -> None:
    line = a_line("100.00", item="13", description="Shingles", class_id="7", taxed=True)

    assert mirrored_line(line, Decimal("25.00")) == {
        "DetailType": "SalesItemLineDetail",
        "Amount": "25.00",
        "SalesItemLineDetail": {
            "ItemRef": {"value": "13"},
            "ClassRef": {"value": "7"},
            "TaxCodeRef": {"value": "TAX"},
        },
        "Description": "Shingles",
    }


def test_a_mirrored_line_of_another_amount_drops_quantity_and_price() -> None:
    detail = SalesItemLineDetail(item_ref=Ref("12"), qty=Decimal(2), unit_price=Decimal(50))
    line = a_line("100.00")
    sold = type(line)(amount=line.amount, detail_type=line.detail_type, sales_item_line_detail=detail)

    whole, part = mirrored_line(sold, Decimal("100.00")), mirrored_line(sold, Decimal("30.00"))

    assert whole is not None
    assert part is not None
    assert whole["SalesItemLineDetail"]["Qty"] == "2"
    assert "Qty" not in part["SalesItemLineDetail"]


def test_a_discount_is_mirrored_as_a_fixed_amount_on_the_same_account() -> None:
    assert mirrored_line(a_discount_line("10.00"), Decimal("10.00")) == {
        "DetailType": "DiscountLineDetail",
        "Amount": "10.00",
        "DiscountLineDetail": {"PercentBased": False, "DiscountAccountRef": {"value": "86"}},
    }


@pytest.mark.parametrize("kind", ["GroupLineDetail", "SalesItemLineDetail"])
def test_a_bundle_or_a_line_without_an_item_has_no_mirror(kind: str) -> None:
    assert mirrored_line(Line(amount=Decimal("10.00"), detail_type=kind), Decimal("10.00")) is None


# ------------------------------------------------------------------ sharing and tax
@given(CENTS, st.lists(CENTS, min_size=1, max_size=8).filter(any))
def test_shares_add_up_to_the_cent_and_none_is_off_by_more_than_one(amount: Decimal, weights: list[Decimal]) -> None:
    parts = shared_out(amount, weights)

    assert sum(parts) == amount
    assert len(parts) == len(weights)
    assert all(part >= 0 for part in parts)
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - rounded(amount * weight / whole)) <= Decimal("0.01")


def test_a_weight_of_nothing_gets_nothing() -> None:
    assert shared_out(Decimal("10.00"), [Decimal(0), Decimal(5)]) == [Decimal(0), Decimal("10.00")]


def test_untaxed_documents_have_no_tax_part() -> None:
    assert mirrored_tax(an_invoice(), Decimal(0)) == {}


def test_mirrored_tax_keeps_code_rates_and_proportions() -> None:
    detail = TxnTaxDetail(
        total_tax=Decimal("10.00"),
        txn_tax_code_ref=Ref("2"),
        tax_line=tuple(
            TaxLine(
                amount=Decimal(amount),
                tax_line_detail=TaxLineDetail(
                    tax_rate_ref=Ref(rate), tax_percent=Decimal(percent), net_amount_taxable=Decimal("100.00")
                ),
            )
            for amount, rate, percent in (("8.00", "3", "8"), ("2.00", "5", "2"))
        ),
    )

    mirrored = mirrored_tax(an_invoice(total="110.00", txn_tax_detail=detail), Decimal("5.00"))["TxnTaxDetail"]

    assert (mirrored["TxnTaxCodeRef"], mirrored["TotalTax"]) == ({"value": "2"}, "5.00")
    assert [(line["Amount"], line["TaxLineDetail"]) for line in mirrored["TaxLine"]] == [
        ("4.00", {"PercentBased": True, "TaxRateRef": {"value": "3"}, "TaxPercent": "8", "NetAmountTaxable": "50.00"}),
        ("1.00", {"PercentBased": True, "TaxRateRef": {"value": "5"}, "TaxPercent": "2", "NetAmountTaxable": "50.00"}),
    ]


def test_tax_of_the_whole_document_is_mirrored_unchanged() -> None:
    invoice = an_invoice(total="108.00", txn_tax_detail=tax_of("8.00", net="100.00"))

    mirrored = mirrored_tax(invoice, invoice.total_tax)["TxnTaxDetail"]

    assert mirrored["TotalTax"] == mirrored["TaxLine"][0]["Amount"] == "8.00"
    assert mirrored["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"] == "100.00"
