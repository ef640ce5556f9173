"""The CurrentBalance of accounts, computed from the ledger when accounts are answered."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from qbclean.sandbox.company import Company
from qbclean.sandbox.reporting import compute_balances, newest_balances
from qbclean.sandbox.wire import Raw, decode_object, money

SMALL = 2_000
"""Documents up to which the balances are computed on the spot."""
LARGEST = 300_000
"""Documents beyond which the ledger is not computed for an account's sake; the stored value is answered then."""

_BALANCE_SHEET = ("Asset", "Liability", "Equity")


def prepare_balances(company: Company) -> None:
    """Compute the balances of all accounts, aside from the requests that go on. Does nothing for a huge company."""
    if SMALL < _documents(company) <= LARGEST or company.ledger is not None:
        compute_balances(company)


def with_current_balances(company: Company, bodies: Iterable[bytes]) -> list[Any]:
    """Return accounts with their balances as of now: debits positive, income and expense accounts zero.

    In a company that is not small they are those of the newest ledger, which `prepare_balances` makes; where there
    is none, the accounts as stored.
    """
    balances = compute_balances(company) if _documents(company) <= SMALL else newest_balances(company)
    if balances is None:
        return [Raw(body) for body in bodies]
    parents = {
        account["Id"]: account["ParentRef"]["value"]
        for account in company.tables["Account"].raw_objects()
        if account.get("ParentRef")
    }
    with_children = dict(balances)
    for account_id, cents in balances.items():
        above = parents.get(account_id)
        while above is not None:
            with_children[above] = with_children.get(above, 0) + cents
            above = parents.get(above)
    return [_balanced(decode_object(body), balances, with_children) for body in bodies]


def _balanced(account: dict[str, Any], own: dict[str, int], with_children: dict[str, int]) -> dict[str, Any]:
    shown = account.get("Classification") in _BALANCE_SHEET
    for name, cents in (("CurrentBalance", own), ("CurrentBalanceWithSubAccounts", with_children)):
        account[name] = money(Decimal(cents.get(account["Id"], 0) if shown else 0) / 100)
    return account


def _documents(company: Company) -> int:
    return sum(len(table) for table in company.tables.values() if table.spec.dated)
