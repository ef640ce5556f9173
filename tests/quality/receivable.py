"""How far the customers' balances are from the truth, and which duplicates are found, in dollars and by number."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from qbclean.ledger.receivable import ar_by_customer
from qbclean.ledger.world import World
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.money import ZERO
from qbclean.model.plan import Plan
from tests.carrying_out import carried_out
from tests.quality.score import deed_of
from tests.quality.truth import Truth


def balance_error(books: ReceivablesSnapshot, world: World, truth: Truth) -> Decimal:
    """Σ over customers of what their balance, jobs included, is off the truth in `world`, whatever the sign."""
    owner = {qbo_id: crm_id for crm_id, ids in truth.customers.items() for qbo_id in ids}
    off: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for crm_id, owed in truth.true_balances.customers.items():
        off[crm_id] -= owed
    for customer, balance in ar_by_customer(books, world).items():
        top = books.customers[customer]
        while top.parent_ref:
            top = books.customers[top.parent_ref.value]
        off[owner.get(top.id, top.id)] += balance
    return sum(map(abs, off.values()), ZERO)


def errors_before_and_after(books: ReceivablesSnapshot, plan: Plan, truth: Truth) -> tuple[Decimal, Decimal]:
    """`balance_error` of the books as pulled, and after the recommended tier was carried out."""
    after = carried_out(books, plan, approved=lambda action: action.tier == "recommended")
    return balance_error(books, World.of(books.documents()), truth), balance_error(books, after, truth)


def duplicates(truth: Truth) -> dict[str, str]:
    """Id of every invoice that is one of several copies of a sale → the mess it belongs to."""
    return {
        document.id: mess.id
        for mess in truth.mess
        if mess.kind == "duplicate_invoice" and mess.survivor is not None
        for document in (*mess.extra, mess.survivor)
    }


def cancelled_wrongly(plan: Plan, truth: Truth) -> Decimal:
    """Dollars that recommended voids and mirrored credits take off sales that have no other copy."""
    copies = duplicates(truth)
    return sum(
        (
            action.amount
            for action in plan.actions
            if action.tier == "recommended" and deed_of(action).verb == "cancel" and action.targets[0].id not in copies
        ),
        ZERO,
    )
