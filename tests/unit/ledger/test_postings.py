"""Accrual postings: every document balances, and each amount lands where a bookkeeper would look for it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import msgspec
import pytest

from qbclean.ledger.chart import UNEXPLAINED, UNKNOWN_INCOME, Chart
from qbclean.ledger.postings import accrual
from qbclean.model.documents import AnyDocument, Ref
from qbclean.model.lists import Account
from qbclean.model.money import ZERO, money, total
from tests.builders import (
    a_credit_memo,
    a_deposit,
    a_deposit_line,
    a_discount_line,
    a_journal_entry,
    a_line,
    a_payment,
    a_refund_receipt,
    a_sales_receipt,
    a_snapshot,
    an_invoice,
)
from tests.lists import (
    ACCOUNTS_RECEIVABLE,
    CHECKING,
    CUSTOMER_DEPOSITS,
    DISCOUNTS_GIVEN,
    MATERIALS,
    MATERIALS_INCOME,
    RETAINER,
    SALES_TAX_PAYABLE,
    SERVICE_INCOME,
    STATE_AGENCY,
    UNDEPOSITED_FUNDS,
)

CHART = Chart.of(a_snapshot())


def posted(document: AnyDocument) -> dict[str, Decimal]:
    """Account → debit (+) or credit (−); checks that the document balances."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for posting in accrual(CHART, document):
        assert posting.day == document.txn_date
        sums[posting.account] += posting.amount
    assert total(sums.values()) == 0
    return dict(sums)


def test_an_invoice_debits_receivables_and_credits_income_discount_and_tax() -> None:
    lines = [a_line("100.00", taxed=True), a_line("50.00", item=MATERIALS), a_discount_line("10.00")]
    assert posted(an_invoice(lines=lines, tax="8.00")) == {
        ACCOUNTS_RECEIVABLE: money("148.00"),
        SERVICE_INCOME: money("-100.00"),
        MATERIALS_INCOME: money("-50.00"),
        DISCOUNTS_GIVEN: money("10.00"),
        SALES_TAX_PAYABLE: money("-8.00"),
    }


def test_tax_is_posted_to_its_agency_and_what_tax_lines_leave_open_to_none() -> None:
    invoice = an_invoice(total="108.00", tax="8.00")
    detail = msgspec.structs.replace(invoice.txn_tax_detail, total_tax=money("8.01"))
    invoice = msgspec.structs.replace(invoice, txn_tax_detail=detail, total_amt=money("108.01"))
    taxes = [(posting.agency, posting.amount) for posting in accrual(CHART, invoice) if posting.account == "90"]
    assert taxes == [(STATE_AGENCY, money("-8.00")), ("", money("-0.01"))]


def test_s14_a_retainer_is_a_liability_and_not_income() -> None:
    assert posted(an_invoice(lines=[a_line("500.00", item=RETAINER)])) == {
        ACCOUNTS_RECEIVABLE: money("500.00"),
        CUSTOMER_DEPOSITS: money("-500.00"),
    }
    assert not CHART.is_income(CUSTOMER_DEPOSITS)


def test_an_invoice_with_a_deposit_owes_the_rest() -> None:
    found = posted(an_invoice(total="100.00", deposit=money("30.00")))
    assert found == {
        ACCOUNTS_RECEIVABLE: money("70.00"),
        UNDEPOSITED_FUNDS: money("30.00"),
        SERVICE_INCOME: money("-100.00"),
    }


def test_a_credit_memo_is_an_invoice_the_other_way_round() -> None:
    invoice, memo = an_invoice(total="108.00", tax="8.00"), a_credit_memo(total="108.00", tax="8.00")
    assert posted(memo) == {account: -amount for account, amount in posted(invoice).items()}


def test_receipts_refunds_payments_and_deposits_move_money() -> None:
    assert posted(a_payment(total="50.00")) == {UNDEPOSITED_FUNDS: money("50.00"), ACCOUNTS_RECEIVABLE: money("-50.00")}
    assert posted(a_payment(total="50.00", deposit_to_account_ref=Ref(CHECKING)))[CHECKING] == money("50.00")
    assert posted(a_sales_receipt(total="20.00")) == {
        UNDEPOSITED_FUNDS: money("20.00"),
        SERVICE_INCOME: money("-20.00"),
    }
    assert posted(a_refund_receipt(total="20.00")) == {
        UNDEPOSITED_FUNDS: money("-20.00"),
        SERVICE_INCOME: money("20.00"),
    }
    deposit = a_deposit(payments={"410": "50.00"}, income=[a_deposit_line("30.00")])
    assert posted(deposit) == {
        CHECKING: money("80.00"),
        UNDEPOSITED_FUNDS: money("-50.00"),
        SERVICE_INCOME: money("-30.00"),
    }


def test_cash_back_on_a_deposit_is_not_lost() -> None:
    deposit = a_deposit(payments={"410": "50.00"}, total_amt=money("45.00"))
    assert posted(deposit)[UNEXPLAINED.id] == money("5.00")


def test_a_journal_entry_posts_as_it_stands() -> None:
    entry = a_journal_entry(debits={ACCOUNTS_RECEIVABLE: "10.00"}, credits={SERVICE_INCOME: "10.00"})
    assert posted(entry) == {ACCOUNTS_RECEIVABLE: money("10.00"), SERVICE_INCOME: money("-10.00")}


def test_a_total_that_lines_do_not_explain_is_uncategorized_income() -> None:
    found = posted(an_invoice(lines=[a_line("10.00")], total_amt=money("12.00")))
    assert found[UNKNOWN_INCOME.id] == money("-2.00")
    assert CHART.is_income(UNKNOWN_INCOME.id)


def test_an_item_nobody_knows_still_is_income() -> None:
    assert posted(an_invoice(lines=[a_line("10.00", item="999")]))[UNKNOWN_INCOME.id] == money("-10.00")
    assert CHART.is_income(UNKNOWN_INCOME.id)


@pytest.mark.parametrize("role", ["receivable", "undeposited", "unapplied_cash", "discounts", "sales_tax"])
def test_an_account_quickbooks_has_not_made_yet_has_a_name(role: str) -> None:
    chart = Chart.of(a_snapshot(accounts={}))
    account = getattr(chart, role)
    assert account.startswith("(")
    assert chart.name(account) != account


def test_of_two_fitting_accounts_the_active_one_is_used() -> None:
    old = Account(id="2", name="Old A/R", account_type="Accounts Receivable", active=False)
    new = Account(id="30", name="A/R", account_type="Accounts Receivable")
    assert Chart.of(a_snapshot(accounts={"2": old, "30": new})).receivable == "30"
