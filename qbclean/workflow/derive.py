"""Deriving a plan that may run from one that may: recorded as its part, with the approvals that stand (R8)."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from qbclean.errors import PlanFormatError, TamperedPlanError
from qbclean.model.approval import decisions_on, standing
from qbclean.model.plan import Plan
from qbclean.plan.codec import is_of_newer_format
from qbclean.plan.part import part_of
from qbclean.ports.ambient import Clock
from qbclean.ports.journal import Journal


def derive_part(
    plan: Plan, journal: Journal, clock: Clock, *, only: Collection[str] = (), exclude: Collection[str] = ()
) -> Plan:
    """The part of `plan`, recorded in the journal under its own digest; the plan itself when nothing is left away.

    An approval that was recorded for the plan is recorded for its part too: it was given to the very same action.
    Raises as `part_of`, TamperedPlanError for a plan that this journal does not know, and PlanFormatError for one of
    which this version knows only a part itself.
    """
    if is_of_newer_format(plan):
        raise PlanFormatError(
            f"No part can be made of the plan: it is in format {plan.format_version}.",
            why="This version of qbclean would leave out what it does not know of it. Nothing was sent.",
            do="Update qbclean on this computer.",
        )
    part = part_of(plan, only=only, exclude=exclude)
    if part.digest == plan.digest:
        return plan
    if not journal.knows_plan(plan.digest):
        raise TamperedPlanError(
            f"Nobody here made plan {plan.digest[:12]}, so no part of it may run.",
            why="The journal of this company has not recorded it. Nothing was sent.",
            do="If you trust it, record it with `qbclean plan --adopt FILE`.",
        )
    journal.record_plan(part.digest, made_at=clock.now().isoformat(), origin=f"part of {plan.digest}")
    recorded = standing(journal.decisions(plan.digest))
    known = standing(journal.decisions(part.digest))
    carried = [
        msgspec.structs.replace(derived, how=recorded[given.id].how)
        for action in part.actions
        for given, derived in zip(
            decisions_on(action, plan.digest, "plan file"), decisions_on(action, part.digest, "plan file"), strict=True
        )
        if given.id in recorded and derived.id not in known
    ]
    journal.record_decisions(carried)
    return part
