"""Whose job a customer is: chains of parents end, or the books are refused."""

from __future__ import annotations

import pytest

from qbclean.errors import IncompleteBooksError
from qbclean.model.documents import Ref
from qbclean.model.lists import Customer
from qbclean.model.parents import parents_of, tops_of
from qbclean.model.settings import CompanySettings
from qbclean.workflow.propose import build_plan
from tests.builders import a_customer, a_snapshot, an_invoice
from tests.crm_builders import AS_OF, a_crm_customer, a_crm_invoice, a_crm_payment, the_crm

LEVELS = 1_000


def under(**parents: str) -> dict[str, Customer]:
    """Customers by name, each with its parent; "" for none."""
    return {
        key: a_customer(key, key, **({"parent_ref": Ref(above)} if above else {})) for key, above in parents.items()
    }


def test_each_job_has_the_customer_right_above_it_and_the_one_at_the_top() -> None:
    parents = parents_of(under(house="", kitchen="house", sink="kitchen", garden=""))

    assert parents == {"kitchen": "house", "sink": "kitchen"}
    assert tops_of(parents) == {"kitchen": "house", "sink": "house"}


def test_a_parent_who_is_not_in_the_snapshot_counts_as_none() -> None:
    parents = parents_of(under(kitchen="gone", sink="kitchen"))

    assert tops_of(parents) == {"sink": "kitchen"}


@pytest.mark.parametrize(
    ("customers", "said"),
    [
        (under(ann="ben", ben="ann"), "customers ann (id ann) and ben (id ben) are jobs of one another"),
        (under(zoe="ben", ben="cid", cid="ben"), "customers ben (id ben) and cid (id cid) are jobs of one another"),
        (under(ann="ann"), "customer ann (id ann) is a job of its own"),
        (under(**{str(key): str((key + 1) % 9) for key in range(9)}), "4 (id 4) and 4 more are jobs of one another"),
    ],
)
def test_s29_customers_above_one_another_are_refused_by_name_whatever_the_order(
    customers: dict[str, Customer], said: str
) -> None:
    for given in (customers, dict(reversed(customers.items()))):
        with pytest.raises(IncompleteBooksError) as refused:
            parents_of(given)
        assert said in str(refused.value)


@pytest.mark.parametrize("ring", [under(**{"58": "71", "71": "58"}), under(**{"58": "58"})])
def test_s29_nothing_is_planned_from_books_with_a_ring_of_parents(ring: dict[str, Customer]) -> None:
    books = a_snapshot(an_invoice(), customers=[*ring.values()])

    for crm in (the_crm(), the_crm(a_crm_customer(), a_crm_invoice())):
        with pytest.raises(IncompleteBooksError, match=r"of one another|of its own"):
            build_plan(books, crm, CompanySettings(), as_of=AS_OF, tool="test")


def test_a_thousand_levels_of_jobs_are_planned_like_any_other() -> None:
    chain = [a_customer()] + [
        a_customer(str(1000 + level), f"Stage {level}", parent_ref=Ref(str(999 + level) if level else "58"))
        for level in range(LEVELS)
    ]
    lowest = chain[-1].id
    books = a_snapshot(an_invoice(), an_invoice("302", number="1043", customer=lowest), customers=chain)
    crm = the_crm(
        a_crm_customer(), a_crm_invoice(), a_crm_invoice("I-2", number="1043"), a_crm_payment(pays={"I-2": "100.00"})
    )

    plan = build_plan(books, crm, CompanySettings(), as_of=AS_OF, tool="test")

    assert books.tops[lowest] == "58"
    assert [finding.kind for finding in plan.findings] == ["missing_payment"]
