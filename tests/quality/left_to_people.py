"""What of the error of the customers' balances the rules leave to a person, so that no recommended action may mend it.

Each mess moves the balance of a customer by dollars that follow from its kind. What the truth puts on hold, and what it
leaves to a person with a rule to cite, is kept from the recommended tier whatever qbclean can do.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from qbclean.model.money import ZERO, total
from tests.quality.company import Judged
from tests.quality.truth import Mess

_RULE = re.compile(r"\bS\d\d\b")
_TOO_HIGH = ("missing_payment", "paid_by_deposit", "missing_credit")
_TOO_LOW = ("missing_invoice", "partial_sync")
_SETTLED_EITHER_WAY = ("payment_missing_too", "both_copies_paid")
"""Variants in which an invoice and its money are both missing, or both too many."""


def error_by_mess(one: Judged) -> Decimal:
    """Σ over customers of what all messes together move their balance by, whatever the sign."""
    return _sum(one, kept_only=False)


def kept_by_rule(one: Judged) -> Decimal:
    """The same, of what the rules leave to a person: what is left when all else is mended."""
    return _sum(one, kept_only=True)


def dollars_by_rule(one: Judged) -> Mapping[str, Decimal]:
    """Rules that the truth cites → the dollars they keep, customers' offsetting errors not set off."""
    found: Counter[str] = Counter()
    for mess in one.truth.mess:
        if rules := _rules(mess):
            found[rules] += sum(abs(moved) for _, moved in _moves(one, mess))  # type: ignore[assignment]
    return found  # type: ignore[return-value]


def _sum(one: Judged, *, kept_only: bool) -> Decimal:
    off: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for mess in one.truth.mess:
        if not kept_only or _rules(mess):
            for customer, moved in _moves(one, mess):
                off[customer] += moved
    return total(map(abs, off.values()))


def _rules(mess: Mess) -> str:
    """The rules that keep the mess from the recommended tier; "" when none does."""
    cited = "/".join(_RULE.findall(mess.remedy.why))
    return cited or "no rule cited" if mess.remedy.tier == "hold" else cited


def _moves(one: Judged, mess: Mess) -> Iterator[tuple[str, Decimal]]:
    """(CRM customer, dollars by which the mess makes the balance in QuickBooks too high), zero left out."""
    if mess.kind == "misapplied_payment" and mess.variant == "look_alike_customer":
        _, right, other = mess.crm
        payment = next(one.books.payments[document.id] for document in mess.qbo if document.type == "Payment")
        yield _customer(one, right), payment.total_amt
        yield _customer(one, other), -payment.total_amt
    elif moved := _moved(one, mess):
        yield _customer(one, next(record for record in mess.crm if record.startswith("I-"))), moved


def _moved(one: Judged, mess: Mess) -> Decimal:
    if mess.variant in _SETTLED_EITHER_WAY:
        return ZERO
    if mess.kind == "duplicate_invoice":
        return total(one.books.invoices[document.id].total_amt for document in mess.extra)
    if mess.kind in _TOO_HIGH:
        return mess.amount
    return -mess.amount if mess.kind in _TOO_LOW or mess.variant == "bank_feed_again" else ZERO


def _customer(one: Judged, invoice: str) -> str:
    return one.crm.invoices_by_id[invoice].customer_id or ""
