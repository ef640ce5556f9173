"""Which account plays which role in the books: where receivables, receipts, taxes and unapplied money are posted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import Ref
from qbclean.model.lists import Account, Item, TaxAgency, TaxRate

UNKNOWN_INCOME = Account(id="(no account)", name="Uncategorized Income", account_type="Income")
"""Sales without a known account, and what lines and tax leave unexplained of a total: a header without lines."""
UNEXPLAINED = Account(id="(unexplained)", name="Lines and total disagree", account_type="Other Current Liability")
_MISSING = {
    "Accounts Receivable": Account(id="(A/R)", name="Accounts Receivable", account_type="Accounts Receivable"),
    "UndepositedFunds": Account(id="(undeposited)", name="Undeposited Funds", account_type="Other Current Asset"),
    "UnappliedCashPaymentIncome": Account(
        id="(unapplied cash)", name="Unapplied Cash Payment Income", account_type="Income"
    ),
    "DiscountsRefundsGiven": Account(id="(discounts)", name="Discounts given", account_type="Income"),
    "SalesTaxPayable": Account(id="(sales tax)", name="Sales Tax Payable", account_type="Other Current Liability"),
}
"""QuickBooks makes these accounts when they are first needed; until then they have a name here and no id there."""
_PSEUDO = {account.id: account for account in (*_MISSING.values(), UNKNOWN_INCOME, UNEXPLAINED)}


class Chart:
    """The chart of accounts with its items and tax rates, asked by role."""

    def __init__(
        self,
        *,
        accounts: Mapping[str, Account],
        items: Mapping[str, Item],
        tax_rates: Mapping[str, TaxRate],
        tax_agencies: Mapping[str, TaxAgency],
    ) -> None:
        self._accounts, self._items, self._rates, self._agencies = accounts, items, tax_rates, tax_agencies

    @classmethod
    def of(cls, books: ReceivablesSnapshot) -> Chart:
        return cls(
            accounts=books.accounts, items=books.items, tax_rates=books.tax_rates, tax_agencies=books.tax_agencies
        )

    @cached_property
    def receivable(self) -> str:
        return self._role("Accounts Receivable")

    @cached_property
    def undeposited(self) -> str:
        return self._role("UndepositedFunds")

    @cached_property
    def unapplied_cash(self) -> str:
        return self._role("UnappliedCashPaymentIncome")

    @cached_property
    def discounts(self) -> str:
        return self._role("DiscountsRefundsGiven")

    @cached_property
    def sales_tax(self) -> str:
        return self._role("SalesTaxPayable")

    def income_account(self, item: Ref | None) -> str:
        """Where a sale of `item` is posted: not always income, retainers go to a liability (S14)."""
        return self._sold_to.get(item.value, UNKNOWN_INCOME.id) if item else UNKNOWN_INCOME.id

    def sells_for_income(self, item: Ref | None) -> bool:
        """True when a sale of `item` is posted to income, as most are."""
        return item is None or item.value not in self._sold_elsewhere

    def agency(self, rate: Ref | None) -> str:
        """Id of the agency a tax rate belongs to; "" when it cannot be told."""
        known = self._rates.get(rate.value) if rate else None
        return known.agency_ref.value if known and known.agency_ref else ""

    def type_of(self, account_id: str) -> str:
        account = self._account(account_id)
        return account.account_type if account else ""

    def is_income(self, account_id: str) -> bool:
        """True for the Income group of the Profit and Loss report; Other Income is a group of its own."""
        return account_id in self._income

    def is_receivable(self, account_id: str) -> bool:
        return account_id in self._receivables

    @cached_property
    def sells_to_receivable(self) -> bool:
        """Whether any item, discount or tax is posted to an A/R account, which no sound chart does."""
        sold = {UNKNOWN_INCOME.id, self.discounts, self.sales_tax}
        return not self._receivables.isdisjoint(sold.union(self._sold_to.values()))

    def holds_money(self, account_id: str) -> bool:
        """Bank accounts, and Undeposited Funds where receipts wait for their deposit."""
        return account_id == self.undeposited or self.type_of(account_id) == "Bank"

    def name(self, account_id: str) -> str:
        account = self._account(account_id)
        return (account.fully_qualified_name or account.name) if account else account_id

    def agency_name(self, agency_id: str) -> str:
        agency = self._agencies.get(agency_id)
        return agency.display_name if agency else "Sales tax"

    @cached_property
    def _sold_to(self) -> Mapping[str, str]:
        """Item → its account."""
        return {id_: item.income_account_ref.value for id_, item in self._items.items() if item.income_account_ref}

    @cached_property
    def _sold_elsewhere(self) -> frozenset[str]:
        """Items that are not sold for income."""
        return frozenset(id_ for id_, account in self._sold_to.items() if account not in self._income)

    @cached_property
    def _income(self) -> frozenset[str]:
        return self._of_type("Income")

    @cached_property
    def _receivables(self) -> frozenset[str]:
        return self._of_type("Accounts Receivable")

    def _of_type(self, account_type: str) -> frozenset[str]:
        every = {**_PSEUDO, **self._accounts}
        return frozenset(id_ for id_, account in every.items() if account.account_type == account_type)

    def _account(self, account_id: str) -> Account | None:
        return self._accounts.get(account_id) or _PSEUDO.get(account_id)

    def _role(self, role: str) -> str:
        """The account of that type or subtype, active ones first, then by id."""
        fitting = (
            account for account in self._accounts.values() if role in (account.account_type, account.account_sub_type)
        )
        found = min(fitting, key=lambda account: (not account.active, len(account.id), account.id), default=None)
        return (found or _MISSING[role]).id
