"""Lines of sales documents as signed money: what they add up to, and what QBO checks and computes about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from qbclean.model.documents import Line, TxnTaxDetail
from qbclean.model.money import ZERO, money, rounded, total

SUBTOTAL = "SubTotalLineDetail"
DISCOUNT = "DiscountLineDetail"


def leaves(lines: Iterable[Line]) -> Iterator[tuple[Line, Decimal]]:
    """(line, signed amount) for every line that carries money, in order: groups opened, discounts negative."""
    for line in lines:
        if line.detail_type in (SUBTOTAL, "DescriptionOnly"):
            continue
        if line.group_line_detail and line.group_line_detail.line:
            yield from leaves(line.group_line_detail.line)
        elif line.detail_type == DISCOUNT:
            yield line, -line.amount
        else:
            yield line, line.amount


def net(lines: Iterable[Line]) -> Decimal:
    """Σ of the lines before tax: items less discounts."""
    return total(amount for _, amount in leaves(lines))


def stored(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines as QBO keeps what was sent: amounts in cents, percent discounts worked out, its own subtotal line last.

    Raises ValueError when an amount is not quantity × price to the cent (6070, contract 7.10). Line ids, which QBO
    assigns, are left as they are.
    """
    kept = [_in_cents(line) for line in lines if line.detail_type != SUBTOTAL]
    subtotal = total(amount for line, amount in leaves(kept) if line.detail_type != DISCOUNT)
    priced = [_discounted(line, subtotal) for line in kept]
    return (*priced, Line(amount=subtotal, detail_type=SUBTOTAL))


def zeroed(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines as a void leaves them: items and descriptions kept, every amount, quantity and price gone."""
    return tuple(_zeroed(line) for line in lines)


def without_tax(detail: TxnTaxDetail) -> TxnTaxDetail:
    """Tax as a void leaves it."""
    return msgspec.structs.replace(detail, total_tax=ZERO, tax_line=())


def _in_cents(line: Line) -> Line:
    sale = line.sales_item_line_detail
    if (
        sale
        and sale.qty is not None
        and sale.unit_price is not None
        and rounded(sale.qty * sale.unit_price) != line.amount
    ):
        raise ValueError(f"a line of {line.amount} is not quantity {sale.qty} × price {sale.unit_price}")
    group = line.group_line_detail
    if group:
        group = msgspec.structs.replace(group, line=tuple(_in_cents(part) for part in group.line))
    return msgspec.structs.replace(line, amount=money(line.amount), group_line_detail=group)


def _discounted(line: Line, subtotal: Decimal) -> Line:
    discount = line.discount_line_detail
    if not discount or not discount.percent_based or discount.discount_percent is None:
        return line
    return msgspec.structs.replace(line, amount=rounded(subtotal * discount.discount_percent / 100))


def _zeroed(line: Line) -> Line:
    sale, group = line.sales_item_line_detail, line.group_line_detail
    return msgspec.structs.replace(
        line,
        amount=ZERO,
        sales_item_line_detail=sale and msgspec.structs.replace(sale, qty=None, unit_price=None),
        group_line_detail=group and msgspec.structs.replace(group, line=zeroed(group.line)),
    )
