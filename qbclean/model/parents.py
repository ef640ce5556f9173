"""Whose job a customer is: the tree that QuickBooks' list of customers makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qbclean.errors import IncompleteBooksError
from qbclean.model.lists import Customer

_NAMED = 5
"""Customers of a ring that the message names: enough to find the others."""


def parents_of(customers: Mapping[str, Customer]) -> dict[str, str]:
    """Job → the customer right above it, ids. A parent who is not in the list counts as none.

    Every chain of parents ends: raises IncompleteBooksError naming the customers who are above one another, which
    QuickBooks cannot have sent (contract 6.2).
    """
    parents = {
        key: customer.parent_ref.value
        for key, customer in customers.items()
        if customer.parent_ref and customer.parent_ref.value in customers
    }
    ending: set[str] = set()
    for start in sorted(parents):
        chain: dict[str, int] = {}
        one = start
        while one in parents and one not in ending:
            if one in chain:
                raise _in_a_ring([customers[key] for key in list(chain)[chain[one] :]])
            chain[one] = len(chain)
            one = parents[one]
        ending.update(chain)
    return parents


def tops_of(parents: Mapping[str, str]) -> dict[str, str]:
    """Job → the customer at the top of its tree, of `parents_of` a list of customers."""
    tops: dict[str, str] = {}
    for job, parent in parents.items():
        below, top = [job], parent
        while top in parents and top not in tops:
            below.append(top)
            top = parents[top]
        tops |= dict.fromkeys(below, tops.get(top, top))
    return tops


def _in_a_ring(ring: Sequence[Customer]) -> IncompleteBooksError:
    first = min(range(len(ring)), key=lambda place: ring[place].id)
    named = [f"{customer.display_name} (id {customer.id})" for customer in (*ring[first:], *ring[:first])]
    if len(named) == 1:
        what = f"customer {named[0]} is a job of its own"
    else:
        others = f"{len(named) - _NAMED} more" if len(named) > _NAMED else named.pop()
        what = f"customers {', '.join(named[:_NAMED])} and {others} are jobs of one another"
    return IncompleteBooksError(
        f"In the snapshot {what}.",
        why="QuickBooks takes no such thing, so these are not its books as they are (S29). Nothing was planned.",
        do="Run `qbclean pull --full`; if it stays so, look at these customers' parents in QuickBooks.",
    )
