"""Sales, income and spending per customer, item, class, location or vendor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.ledger.ledger import Basis
from qbclean.sandbox.ledger.posting import Entry, Posting
from qbclean.sandbox.ledger.wire_values import day, detail, ref
from qbclean.sandbox.reports.names import NameList
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.periods import Period
from qbclean.sandbox.reports.profit_and_loss import DEFAULT_MACRO
from qbclean.sandbox.reports.shape import TOTAL_COLUMN, Row, cell, column, data_row, money, money_cells, report, section

SALES_KINDS = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}

Counted = Callable[[Ledger, Entry, Posting], bool]


def customer_income(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return total income, total expenses and net income per customer."""
    period = params.period(DEFAULT_MACRO)
    income = _per_name(ledger, params, period, "customer", _is_income)
    expense = _per_name(ledger, params, period, "customer", _is_expense)
    amounts = {
        name: [-income.get(name, 0), expense.get(name, 0), -income.get(name, 0) - expense.get(name, 0)]
        for name in {*income, *expense}
    }
    columns = [
        column("Total Income", "Money", "total_income"),
        column("Total Expenses", "Money", "total_expenses"),
        column("Net Income", "Money", "net_income"),
    ]
    return _by_name("CustomerIncome", "Customer", ledger, params, period, columns, amounts)


def customer_sales(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return sales without tax per customer, less discounts and credits."""
    return _sales("CustomerSales", "Customer", "customer", ledger, params)


def class_sales(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return sales without tax per class."""
    return _sales("ClassSales", "Class", "class_id", ledger, params)


def department_sales(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return sales without tax per location."""
    return _sales("DepartmentSales", "Department", "department", ledger, params)


def vendor_expenses(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return what was spent with each vendor on expense accounts."""
    period = params.period(DEFAULT_MACRO)
    spent = _per_name(ledger, params, period, "vendor", _is_expense)
    amounts = {vendor: [amount] for vendor, amount in spent.items() if vendor}
    return _by_name("VendorExpenses", "Vendor", ledger, params, period, [TOTAL_COLUMN], amounts)


def item_sales(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return quantity, amount, share of sales and average price per item; quantities on the accrual basis only."""
    period = params.period(DEFAULT_MACRO)
    sold = _per_name(ledger, params, period, "item", _is_sale)
    sold.pop("", None)
    quantities = _quantities(ledger, period) if params.basis is Basis.ACCRUAL else {}
    total = -sum(sold.values())
    rows: list[Row] = []
    for item in NameList(ledger.view, "Item").ordered(set(sold)):
        amount, quantity = -sold[item.id], quantities.get(item.id, Decimal(0))
        share = f"{_quotient(Decimal(100 * amount), Decimal(total))} %" if total else ""
        average = _quotient(Decimal(amount) / 100, quantity) if quantity else ""
        count = f"{quantity:.2f}" if quantity else ""
        rows.append(data_row([cell(item.full, item.id), *map(cell, (count, money(amount), share, average))]))
    if rows:
        everything = [cell("TOTAL"), cell(""), cell(money(total)), cell("100.00 %"), cell("")]
        rows.append(section(None, [], everything, "GrandTotal"))
    columns = [
        column("", "ProductsAndService", "product_service"),
        column("Quantity", "Numeric", "quantity"),
        column("Amount", "Money", "amount"),
        column("% of Sales", "Percent", "percent_of_sales"),
        column("Avg Price", "Money", "avg_price"),
    ]
    return report("ItemSales", ledger.view, params, period, columns=columns, rows=rows, ReportBasis=params.basis)


def _sales(name: str, entity: str, field: str, ledger: Ledger, params: Parameters) -> dict[str, Any]:
    period = params.period(DEFAULT_MACRO)
    amounts = {key: [-amount] for key, amount in _per_name(ledger, params, period, field, _is_sale).items()}
    return _by_name(name, entity, ledger, params, period, [TOTAL_COLUMN], amounts)


def _by_name(
    name: str,
    entity: str,
    ledger: Ledger,
    params: Parameters,
    period: Period,
    columns: Sequence[dict[str, Any]],
    amounts: Mapping[str, list[int]],
) -> dict[str, Any]:
    """Return a report with a row per name, nested like the list of names, and a grand total."""
    shown = {key: values for key, values in amounts.items() if any(values)}
    rows = NameList(ledger.view, entity).tree_rows(shown)
    if rows:
        totals = [sum(values) for values in zip(*shown.values(), strict=True)]
        rows.append(section(None, [], [cell("TOTAL"), *money_cells(totals)], "GrandTotal"))
    heads = [column("", entity, f"{entity.casefold()}_name"), *columns]
    return report(name, ledger.view, params, period, columns=heads, rows=rows, ReportBasis=params.basis)


def _per_name(ledger: Ledger, params: Parameters, period: Period, field: str, counted: Counted) -> dict[str, int]:
    """Return debit-positive cents of the postings that count, by the id in one of their fields."""
    found: dict[str, int] = defaultdict(int)
    position = Posting._fields.index(field)
    for entry in ledger.entries(params.basis):
        if period.start <= entry.on <= period.end:
            for posting in entry.postings:
                if counted(ledger, entry, posting) and params.matches(posting):
                    found[str(posting[position])] += posting.amount
    return found


def _is_income(ledger: Ledger, _entry: Entry, posting: Posting) -> bool:
    return ledger.chart.account(posting.account).type in {"Income", "Other Income"}


def _is_expense(ledger: Ledger, entry: Entry, posting: Posting) -> bool:
    return posting.account in ledger.chart.profit_and_loss_ids and not _is_income(ledger, entry, posting)


def _is_sale(ledger: Ledger, entry: Entry, posting: Posting) -> bool:
    """Whether a posting is a line of a sales document: an item sold, or a discount; tax and A/R are neither."""
    if entry.kind not in SALES_KINDS:
        return False
    return bool(posting.item) or posting.account in ledger.chart.profit_and_loss_ids


def _quantities(ledger: Ledger, period: Period) -> dict[str, Decimal]:
    """Return how many of each item were sold in the period, less what was credited or refunded."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for kind, sign in SALES_KINDS.items():
        for document in ledger.view.documents(kind):
            if period.start <= day(document, "TxnDate", ledger.view.today) <= period.end:
                for line in document.get("Line") or ():
                    sold = detail(line, "SalesItemLineDetail")
                    if sold.get("Qty"):
                        found[ref(sold, "ItemRef")] += sign * Decimal(str(sold["Qty"]))
    return found


def _quotient(numerator: Decimal, denominator: Decimal) -> str:
    return str((numerator / denominator).quantize(Decimal("0.01"), ROUND_HALF_UP))
