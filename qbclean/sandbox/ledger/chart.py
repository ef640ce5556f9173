"""The chart of accounts, and which account a sale, a tax or an unapplied payment is booked to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qbclean.sandbox.ledger.wire_values import ref
from qbclean.sandbox.view import BooksView

BALANCE_SHEET_TYPES = (
    "Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset", "Accounts Payable",
    "Credit Card", "Other Current Liability", "Long Term Liability", "Equity",
)  # fmt: skip
PROFIT_AND_LOSS_TYPES = ("Income", "Cost of Goods Sold", "Expense", "Other Income", "Other Expense")
ACCOUNT_TYPES = (*BALANCE_SHEET_TYPES, *PROFIT_AND_LOSS_TYPES)  # in the order of a trial balance
CREDIT_BALANCE_TYPES = frozenset(
    {
        "Accounts Payable", "Credit Card", "Other Current Liability", "Long Term Liability", "Equity",
        "Income", "Other Income",
    },
)  # fmt: skip
_TAX_SUBTYPES = frozenset({"SalesTaxPayable", "GlobalTaxPayable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account of the company, or one that QuickBooks would add by itself when it is first needed."""

    id: str
    name: str
    type: str
    subtype: str = ""
    parent: str = ""
    number: str = ""

    @property
    def stored(self) -> bool:
        """Whether the company has this account, so that its id may be shown."""
        return not self.id.startswith("~")

    @property
    def sign(self) -> int:
        """Return what turns debit-positive cents into the account's natural balance."""
        return -1 if self.type in CREDIT_BALANCE_TYPES else 1


class Chart:
    """The accounts by id, with the ones that postings need found once."""

    def __init__(self, view: BooksView) -> None:
        self._accounts: dict[str, Account] = {a.id: a for a in _stored_accounts(view)}
        self.receivable = self._find("Accounts Receivable", name="Accounts Receivable (A/R)")
        self.payable = self._find("Accounts Payable", name="Accounts Payable (A/P)")
        self.undeposited = self._find("Other Current Asset", "UndepositedFunds", "Undeposited Funds")
        self.retained_earnings = self._find("Equity", "RetainedEarnings", "Retained Earnings")
        self.discounts = self._find("Income", "DiscountsRefundsGiven", "Discounts given")
        self.unapplied_payments = self._find("Income", "UnappliedCashPaymentIncome", "Unapplied Cash Payment Income")
        self.unapplied_bill_payments = self._find(
            "Expense", "UnappliedCashBillPaymentExpense", "Unapplied Cash Bill Payment Expense"
        )
        self.uncategorized_income = self._find("Income", name="Uncategorized Income")
        self.uncategorized_expense = self._find("Expense", name="Uncategorized Expense")
        self.sales_tax = self._tax_account("Sales Tax")
        self._agency_by_rate = self._tax_accounts_by_rate(view)
        self._income_by_item, self._cost_by_item = self._item_accounts(view)
        # Asked once per posting, so they are sets of ids and not tests on an object.
        self.receivable_ids = self.ids_of_types({"Accounts Receivable"})
        self.payable_ids = self.ids_of_types({"Accounts Payable"})
        self.profit_and_loss_ids = self.ids_of_types(PROFIT_AND_LOSS_TYPES)

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def account(self, account_id: str) -> Account:
        """Return the account; an id the company does not have is shown as an asset named by that id."""
        known = self._accounts.get(account_id)
        return known or Account(id=account_id, name=f"Account {account_id}", type="Other Asset")

    def ids_of_types(self, types: Iterable[str]) -> frozenset[str]:
        """Return the ids of every account of these account types."""
        wanted = frozenset(types)
        return frozenset(a.id for a in self if a.type in wanted)

    def income_account(self, item: str) -> str:
        """Return where the sale of an item is booked: its IncomeAccountRef, else Uncategorized Income."""
        return self._income_by_item.get(item) or self.uncategorized_income

    def cost_account(self, item: str) -> str:
        """Return where the purchase of an item is booked: stock for inventory, else its expense account."""
        return self._cost_by_item.get(item) or self.uncategorized_expense

    def tax_account(self, rate: str) -> str:
        """Return the payable of the agency a tax rate belongs to, else the general sales tax payable."""
        return self._agency_by_rate.get(rate, self.sales_tax)

    def _find(self, kind: str, subtype: str = "", name: str = "") -> str:
        """Return the first account by subtype, by name, or (for a control account) by type; else add it."""
        of_type = [a for a in self if a.type == kind]
        matches = [a for a in of_type if subtype and a.subtype == subtype]
        matches = matches or [a for a in self if a.name.casefold() == name.casefold()]
        if not matches and kind in {"Accounts Receivable", "Accounts Payable"}:
            matches = of_type
        if matches:
            return matches[0].id
        added = Account(id=f"~{subtype or name}", name=name, type=kind, subtype=subtype)
        self._accounts[added.id] = added
        return added.id

    def _tax_account(self, agency: str) -> str:
        """Return `<agency> Payable` among the tax liabilities, else any of them, else a new one."""
        wanted = f"{agency} Payable".casefold()
        liabilities = [a for a in self if a.subtype in _TAX_SUBTYPES or a.name.casefold() == wanted]
        exact = [a for a in liabilities if a.name.casefold() == wanted]
        if exact or liabilities:
            return (exact or liabilities)[0].id
        return self._find("Other Current Liability", "SalesTaxPayable", "Sales Tax Payable")

    def _tax_accounts_by_rate(self, view: BooksView) -> dict[str, str]:
        agencies = {
            str(agency["Id"]): self._tax_account(str(agency.get("DisplayName") or ""))
            for agency in view.documents("TaxAgency")
        }
        return {
            str(rate["Id"]): agencies.get(ref(rate, "AgencyRef"), self.sales_tax) for rate in view.documents("TaxRate")
        }

    @staticmethod
    def _item_accounts(view: BooksView) -> tuple[dict[str, str], dict[str, str]]:
        income: dict[str, str] = {}
        cost: dict[str, str] = {}
        for item in view.documents("Item"):
            income[str(item["Id"])] = ref(item, "IncomeAccountRef")
            stock = ref(item, "AssetAccountRef") if item.get("Type") == "Inventory" else ""
            cost[str(item["Id"])] = stock or ref(item, "ExpenseAccountRef")
        return income, cost


def _stored_accounts(view: BooksView) -> Iterator[Account]:
    for wire in view.documents("Account"):
        yield _account(wire)


def _account(wire: Mapping[str, Any]) -> Account:
    kind = str(wire.get("AccountType"))
    return Account(
        id=str(wire["Id"]),
        name=str(wire.get("Name") or ""),
        type=kind if kind in ACCOUNT_TYPES else "Other Asset",
        subtype=str(wire.get("AccountSubType") or ""),
        parent=ref(wire, "ParentRef"),
        number=str(wire.get("AcctNum") or ""),
    )
