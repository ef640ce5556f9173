"""The company's approval policy against what is approved: limits, one by one, a second person, on record (R9).

Taking a run back is bound by none of it: what was done must always be possible to undo.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain

from qbclean.model.action import PlannedAction
from qbclean.model.approval import decisions_on, is_name
from qbclean.plan.case import Case, Violation, day_in


def amounts_can_be_judged(case: Case) -> Iterator[Violation]:
    """A limit means nothing to an amount that is below zero or not a number."""
    for action in case.actions:
        if not action.amount.is_finite() or action.amount < 0:
            yield Violation(action.id, f"its amount is {action.amount}")


def kinds_are_allowed(case: Case) -> Iterator[Violation]:
    """The company may rule out a kind of action altogether."""
    for action in case.repairs:
        if not case.settings.approval.limit_of(action.kind).allowed:
            yield Violation(action.id, f"the company's policy does not allow {action.kind}")


def amounts_stay_in_their_limits(case: Case) -> Iterator[Violation]:
    """No action concerns more money than its kind may."""
    for action in case.repairs:
        limit = case.settings.approval.limit_of(action.kind).max_amount
        if limit is not None and action.amount > limit:
            yield Violation(action.id, f"it concerns {action.amount:,}, and a {action.kind} may concern {limit:,}")


def documents_are_young_enough(case: Case) -> Iterator[Violation]:
    """No action touches a document older, on the day the plan was made, than its kind may."""
    for action in case.repairs:
        limit = case.settings.approval.limit_of(action.kind).max_age_days
        oldest = _oldest(action)
        if limit is not None and oldest is None:
            yield Violation(action.id, f"it does not say of what day its documents are; {limit} days old is the limit")
        elif limit is not None and oldest is not None and (age := (case.plan.as_of - oldest).days) > limit:
            yield Violation(action.id, f"it touches a document of {oldest}, {age} days old; {limit} is the limit")


def periods_are_open_to_change(case: Case) -> Iterator[Violation]:
    """No action touches a document dated before the first day its kind may."""
    for action in case.repairs:
        first = case.settings.approval.limit_of(action.kind).not_before
        oldest = _oldest(action)
        if first is not None and (oldest is None or oldest < first):
            yield Violation(action.id, f"it touches a document of {oldest or 'no known day'}, before {first}")


def big_ones_are_approved_one_by_one(case: Case) -> Iterator[Violation]:
    """Above the threshold an approval counts only when it was given to that action alone, here, on record."""
    policy = case.settings.approval
    for action in case.repairs:
        records = [case.recorded.get(decision.id) for decision in decisions_on(action, case.plan.digest, "plan file")]
        if policy.must_be_single(action) and not all(record and record.how == "single" for record in records):
            yield Violation(
                action.id,
                f"it concerns {action.amount:,}; above {policy.single_above:,} an action is approved one by one, with "
                f"`qbclean decide PLAN --approve {action.id}`",
            )


def a_second_person_agreed(case: Case) -> Iterator[Violation]:
    """Above the threshold a second named person approved as well; that it is another one is checked before."""
    policy = case.settings.approval
    for action in case.repairs:
        if policy.needs_second_person(action) and not is_name(action.decision.second_by):
            yield Violation(
                action.id,
                f"it concerns {action.amount:,}; above {policy.second_person_above:,} a second person has to agree, "
                f"with `qbclean decide PLAN --second --approve {action.id} --by NAME`",
            )


def write_offs_have_a_reason(case: Case) -> Iterator[Violation]:
    """S11: money is given up only for a reason of the owner's, kept with the approval."""
    for action in case.repairs:
        if action.kind == "write_off_invoice" and not (action.decision.reason or "").strip():
            yield Violation(
                action.id,
                "it is approved without the owner's reason (S11); give it with "
                f"`qbclean decide PLAN --approve {action.id} --reason TEXT`",
            )


def approvals_are_on_record(case: Case) -> Iterator[Violation]:
    """Where the company says so, an approval counts only when the journal here holds it as it stands in the file."""
    if not case.settings.approval.recorded_only:
        return
    for action in case.repairs:
        for decision in decisions_on(action, case.plan.digest, "plan file"):
            if decision.id not in case.recorded:
                yield Violation(action.id, f"the approval by {decision.by} is not in the journal of this company")


def _oldest(action: PlannedAction) -> date | None:
    """The earliest day among the documents as reviewed and those its requests would make."""
    reviewed = (state.txn_date for state in action.before)
    said = (day_in(request.body.get("TxnDate")) for request in action.requests)
    return min((day for day in chain(reviewed, said) if day), default=None)
