"""Death at every named moment of every kind of write, enumerated; on real processes it is in tests/crash (R18)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qbclean.errors import StalePlanError
from qbclean.model.outcome import RunReport
from qbclean.workflow.apply import apply
from qbclean.workflow.moments import MOMENTS, Moment
from tests import every_kind
from tests.fakes import Crash
from tests.same_books import aside_from_ids
from tests.unit.workflow.desk import BY, Desk, a_desk, approved

BOOKS = every_kind.company()
KIND_OF = {action.id: action.kind for action in every_kind.plan_of(BOOKS)}
STEPS = {action.kind: len(action.requests) for action in every_kind.plan_of(BOOKS)}
SETTLING = ("looked back", "before settling", "settled")


class Dying:
    """A `passing` port that dies the `nth` time `moment` comes for an action of `kind`."""

    def __init__(self, moment: Moment | None = None, kind: str = "", nth: int = 1) -> None:
        self._moment, self._kind, self._left = moment, kind, nth
        self.died = False

    def __call__(self, moment: Moment, action_id: str) -> None:
        if moment == self._moment and self._kind == KIND_OF.get(action_id, ""):
            self._left -= 1
            if self._left == 0:
                self.died = True
                raise Crash(moment)


def one_process(desk: Desk, dying: Dying) -> RunReport | None:
    plan = approved(desk, every_kind.plan_of(BOOKS))
    try:
        return apply(plan, books=BOOKS, ports=replace(desk.ports, passing=dying), by=BY)
    except (Crash, StalePlanError):
        return None


@pytest.mark.parametrize("remembers", [True, False], ids=["ids remembered", "ids forgotten"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_dying_at_a_named_moment_of_any_write_ends_as_if_nobody_had_died_r18(moment, remembers):
    straight = a_desk(BOOKS)
    one_process(straight, Dying())
    of_the_run = moment in ("run started", "before the end of the run", "run ended")
    for kind in ("",) if of_the_run else every_kind.KINDS:
        for step in range(1, 2 if of_the_run else STEPS[kind] + 1):  # type: ignore[index]
            desk = a_desk(BOOKS)
            desk.quickbooks.remembers_request_ids = remembers
            if moment in SETTLING:
                one_process(desk, Dying("reply arrived", kind, step))
            dying = Dying(moment, kind, 1 if moment in SETTLING else step)
            one_process(desk, dying)
            assert dying.died, (moment, kind, step)
            one_process(desk, Dying())
            assert aside_from_ids(desk.quickbooks) == aside_from_ids(straight.quickbooks), (moment, kind, step)
            assert len(desk.quickbooks.carried_out) == every_kind.WRITES_PER_COPY
            assert desk.journal.in_doubt() == ()
            assert all(run.end for run in desk.journal.runs())
