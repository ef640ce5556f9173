"""kill -9 between a credit and the look at what QuickBooks made of it by itself (S09, R17, R18)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.crash.house import House, Tenancy, Zygote
from tests.sandbox_company import objects_of
from tests.unit.workflow.automatic import credit, credited_books


@pytest.fixture(scope="module", params=["", "90.00"], ids=["the only open invoice", "an older one first"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> House:
    books = credited_books(older=request.param)
    return House.holding(tmp_path_factory.mktemp("house"), zygote, books, lambda pulled: [credit(pulled)])


def balances(tenancy: Tenancy) -> dict[str, Any]:
    """What is open on each invoice and credit memo."""
    return {
        f"{entity} {id_}": held["Balance"]
        for (entity, id_), held in objects_of(tenancy.running).items()
        if entity in ("Invoice", "CreditMemo")
    }


@pytest.mark.parametrize("when", ["on", "later"])
@pytest.mark.parametrize(
    "deaths",
    [
        [("outcome kept", 1)],
        [("reply arrived", 1), ("before settling", 1), ("before the intent", 1), ("intent kept", 1)],
        [("intent kept", 2), ("looked back", 1)],
        [("outcome kept", 2)],
    ],
    ids=str,
)
def test_s09_what_quickbooks_made_of_the_credit_is_found_after_death_and_can_be_taken_back(
    house: House, tmp_path: Path, when: str, deaths: list[tuple[str, int]]
) -> None:
    with house.lived_in(tmp_path / "life", auto_apply_credit=when) as tenancy:
        before = balances(tenancy)
        for moment, nth in deaths:
            assert tenancy.die_at(moment=moment, nth=nth), f"{moment}\n{tenancy.output}"
        elsewhere = "Invoice 302" in before
        assert tenancy.run("recover") == 0
        assert tenancy.run("apply", "plan.json", "--yes") in (0, 4, 5), tenancy.output
        hit = "Invoice 302" if elsewhere else "Invoice 303"
        assert balances(tenancy) == {**before, hit: before[hit] - 90, "CreditMemo 304": 0}
        assert [state for _, _, _, state in tenancy.journal()] == ["done", "failed" if elsewhere else "done"]
        assert len(tenancy.witness.writes) == 1
        for run in tenancy.runs_that_wrote():
            assert tenancy.run("rollback", run, "--yes") == 0, tenancy.output
        assert balances(tenancy) == before
