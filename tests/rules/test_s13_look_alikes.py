"""S13: what looks like a duplicate and is none stays untouched."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.crm_builders import plan_of
from tests.rules.look_alikes import Case, every_case

CASES = every_case()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_s13_nothing_is_proposed_for_look_alikes(case: Case) -> None:
    plan = plan_of(case.books, case.crm)

    # Whether an invoice that nobody paid for a year is given up is asked of its owner, whatever it looks like (S11).
    proposed = [action for action in plan.actions if action.kind != "write_off_invoice"]
    assert [(action.kind, action.tier, action.summary) for action in proposed] == []


def test_s13_is_tried_on_far_more_than_sixty_pairs() -> None:
    """Counted as the rule counts: two live invoices of one amount in one company, per way of booking them."""
    alike = sum(
        1
        for case in CASES
        for one, two in combinations(case.books.invoices.values(), 2)
        if one.total_amt == two.total_amt and not one.is_voided
    )

    assert alike >= 60
    assert len({case.name for case in CASES}) == len(CASES) >= 60
