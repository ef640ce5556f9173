"""What the contractor sells: the price list, and the line that story and books share."""

from dataclasses import dataclass
from decimal import Decimal

from qbclean.sandbox.generate.money import rounded

TAX_PERCENT = Decimal("8.25")
"""The one state agency's rate on taxable lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sale. `amount` is quantity x unit price to the cent; negative for a deduction."""

    item: str
    """Key into `ITEMS`."""
    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    taxable: bool


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the item list; `account` is a key of `chart.ACCOUNTS`."""

    id: str
    name: str
    account: str
    taxable: bool = False
    kind: str = "Service"


ITEMS: dict[str, Item] = {
    "service": Item("1", "Services", "service_income"),
    "labor": Item("2", "Labor", "service_income"),
    "materials": Item("3", "Materials", "materials_income", taxable=True, kind="NonInventory"),
    "plan": Item("4", "Maintenance Plan", "plan_income"),
    "contract": Item("5", "Contract Work", "contract_income"),
    "change_order": Item("6", "Change Order", "contract_income"),
    "permit": Item("7", "Permits and Fees", "service_income"),
    "deposit": Item("8", "Customer Deposit", "customer_deposits"),
    "retainage": Item("9", "Retainage", "retainage_receivable"),
    "trip": Item("10", "Trip Charge", "service_income"),
    "equipment": Item("11", "Equipment", "materials_income", taxable=True, kind="NonInventory"),
    "finance": Item("12", "Late Fee", "other_income"),
}


def line(item: str, description: str, unit_price: Decimal, quantity: Decimal = Decimal(1)) -> Line:
    """A line with its amount worked out and the item's taxability."""
    return Line(item, description, quantity, unit_price, rounded(quantity * unit_price), ITEMS[item].taxable)


def tax_on(lines: tuple[Line, ...]) -> Decimal:
    """Sales tax on the taxable lines, rounded once per document as QuickBooks does."""
    return rounded(sum((entry.amount for entry in lines if entry.taxable), Decimal(0)) * TAX_PERCENT / 100)


def untaxed(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The same lines for a customer who is exempt."""
    return tuple(
        Line(entry.item, entry.description, entry.quantity, entry.unit_price, entry.amount, taxable=False)
        for entry in lines
    )
