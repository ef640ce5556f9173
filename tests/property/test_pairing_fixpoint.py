"""What a plan mends stays mended, and its effects are exactly what the books then show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from qbclean.crm.reading import read_crm
from qbclean.ledger.effect import combined, effect_of
from qbclean.ledger.world import World
from qbclean.model.action import Effect, PlannedAction
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.plan import Plan
from qbclean.sandbox.generate import generate
from tests.carrying_out import carried_out, snapshot_after
from tests.company_folder import snapshot_of
from tests.crm_builders import AS_OF, plan_of
from tests.property.messy_books import messy_companies

TODAY = date(2026, 11, 23)
Company = tuple[ReceivablesSnapshot, CrmRecords]
Approval = Callable[[PlannedAction], bool]


def everything(_: PlannedAction) -> bool:
    return True


def recommended(action: PlannedAction) -> bool:
    return action.tier == "recommended"


def _done(plan: Plan, approved: Approval) -> list[PlannedAction]:
    """The actions that run: approved, with requests, and so all they depend on."""
    done: dict[str, PlannedAction] = {}
    for action in plan.actions:
        if action.requests and approved(action) and all(needed in done for needed in action.depends_on):
            done[action.id] = action
    return list(done.values())


def returned(books: ReceivablesSnapshot, crm: CrmRecords, as_of: date, approved: Approval) -> list[str]:
    """Findings whose actions all ran and that a plan of the repaired books makes again, in words."""
    plan = plan_of(books, crm, as_of=as_of)
    done = {action.id for action in _done(plan, approved)}
    mended = {finding.id for finding in plan.findings if finding.actions and done.issuperset(finding.actions)}
    again = plan_of(snapshot_after(books, carried_out(books, plan, approved=approved)), crm, as_of=as_of)
    return [
        f"{finding.kind}: {finding.summary}" for finding in again.findings if finding.id in mended and finding.actions
    ]


def _comparable(effect: Effect) -> tuple[object, ...]:
    return (effect.ar, effect.ar_by_customer, effect.income, effect.tax, effect.bank)


# ------------------------------------------------------------------ small books
@settings(max_examples=60, deadline=None, derandomize=True)
@given(messy_companies())
def test_after_everything_is_applied_the_same_findings_do_not_return(company: Company) -> None:
    assert returned(*company, AS_OF, everything) == []


@settings(max_examples=40, deadline=None, derandomize=True)
@given(messy_companies())
def test_after_the_recommended_tier_is_applied_the_same_findings_do_not_return(company: Company) -> None:
    assert returned(*company, AS_OF, recommended) == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(messy_companies())
def test_the_sum_of_effects_is_the_difference_of_the_ledgers(company: Company) -> None:
    books, crm = company
    plan = plan_of(books, crm)

    start, end = World.of(books.documents()), carried_out(books, plan)

    assert _comparable(combined(action.effect for action in _done(plan, everything))) == _comparable(
        effect_of(books, start, end)
    )


@settings(max_examples=40, deadline=None, derandomize=True)
@given(messy_companies())
def test_no_bank_balance_moves(company: Company) -> None:
    """S21: nothing here records money."""
    plan = plan_of(*company)

    assert [change for action in plan.actions if action.kind != "record_payment" for change in action.effect.bank] == []


# ------------------------------------------------------------------ generated books
@pytest.fixture(scope="module", params=["normal", "hard"])
def generated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder: Path = tmp_path_factory.mktemp("company")
    generate(folder, seed=12, customers=150, today=TODAY, difficulty=request.param)
    return snapshot_of(folder), read_crm([folder / "crm"]).records


@pytest.mark.parametrize("approved", [everything, recommended])
def test_a_generated_company_stays_mended(generated: Company, approved: Approval) -> None:
    assert returned(*generated, TODAY, approved) == []


def test_effects_on_a_generated_company_add_up(generated: Company) -> None:
    books, crm = generated
    plan = plan_of(books, crm, as_of=TODAY)

    end = carried_out(books, plan)

    assert _comparable(combined(action.effect for action in _done(plan, everything))) == _comparable(
        effect_of(books, World.of(books.documents()), end)
    )
    assert len(_done(plan, everything)) > 50


def test_the_recommended_tier_alone_leads_where_the_summary_says(generated: Company) -> None:
    books, crm = generated
    plan = plan_of(books, crm, as_of=TODAY)

    after = plan_of(snapshot_after(books, carried_out(books, plan, approved=recommended)), crm, as_of=TODAY)

    assert after.summary.ar.before == plan.summary.ar.after
