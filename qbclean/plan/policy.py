"""The safety rules an approved plan must meet before its first write, as small checks that only read.

Each check yields the actions that break it and why; `require_safe` refuses the plan with all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qbclean.errors import UnsafePlanError
from qbclean.model.money import total
from qbclean.plan.approval_rules import (
    a_second_person_agreed,
    amounts_can_be_judged,
    amounts_stay_in_their_limits,
    approvals_are_on_record,
    big_ones_are_approved_one_by_one,
    documents_are_young_enough,
    kinds_are_allowed,
    periods_are_open_to_change,
    write_offs_have_a_reason,
)
from qbclean.plan.case import Case, Violation
from qbclean.plan.lock_rules import closed_periods_are_left_alone
from qbclean.plan.order_rules import (
    dependencies_come_first,
    documents_are_written_in_order,
    money_is_applied_once,
    voided_invoices_are_free,
)
from qbclean.plan.request_rules import (
    money_stays_as_it_was,
    requests_carry_their_own_ids,
    requests_fit_their_kind,
    requests_write_their_targets,
)

_CHANGE = "Take the approval of these actions back with `qbclean decide PLAN --reject ID`, or make a new plan."
_DIVIDE = (
    "Carry it out in parts (`qbclean apply PLAN --only KIND`), or, if it is what you want, raise the limit in the "
    "company's settings.toml."
)
Check = Callable[[Case], Iterator[Violation]]
_SHOWN = 5
_FEW = 10
"""So many voids are looked through one by one, however small the company."""


def nothing_on_hold_is_approved(case: Case) -> Iterator[Violation]:
    """Tier hold means that no safe action is known."""
    for action in case.actions:
        if action.tier == "hold":
            yield Violation(action.id, f"it is on hold: {action.hold_reason or 'no safe action is known'}")


def limits_are_kept(case: Case) -> Iterator[Violation]:
    """Caps per run on actions, dollars and the share of the invoices that is voided. Taking a run back is never capped.

    Of the invoices, not of A/R: open copies beside sales that are paid can make up most of what is open.
    """
    repairs = case.repairs
    caps = case.settings
    dollars = total(action.amount for action in repairs)
    voided = sum(action.kind in ("void_invoice", "credit_duplicate") for action in repairs)
    invoices = case.plan.snapshot.counts.get("Invoice", 0)
    if len(repairs) > caps.max_actions_per_run:
        yield _over("max_actions_per_run", f"{len(repairs):,} actions are approved, {caps.max_actions_per_run:,} are")
    if caps.max_dollars_per_run is not None and dollars > caps.max_dollars_per_run:
        yield _over("max_dollars_per_run", f"{dollars:,} dollars are approved, {caps.max_dollars_per_run:,} are")
    if voided > _FEW and voided > caps.max_share_of_invoices_voided * invoices:
        share = f"{caps.max_share_of_invoices_voided:.0%}"
        found = f"{voided:,} of {invoices:,} invoices would be voided or credited away, {share} are"
        yield _over("max_share_of_invoices_voided", found)


def _over(limit: str, found: str) -> Violation:
    return Violation("", f"{found} allowed per run (`{limit}`)")


CHECKS: tuple[Check, ...] = (
    nothing_on_hold_is_approved,
    requests_fit_their_kind,
    requests_carry_their_own_ids,
    requests_write_their_targets,
    money_stays_as_it_was,
    closed_periods_are_left_alone,
    voided_invoices_are_free,
    dependencies_come_first,
    documents_are_written_in_order,
    money_is_applied_once,
    kinds_are_allowed,
    amounts_stay_in_their_limits,
    documents_are_young_enough,
    periods_are_open_to_change,
    big_ones_are_approved_one_by_one,
    a_second_person_agreed,
    write_offs_have_a_reason,
    approvals_are_on_record,
    limits_are_kept,
)
"""In the order in which they are reported."""


def require_safe(case: Case) -> None:
    """Raises UnsafePlanError naming the first violations and how many there are; returns when there are none."""
    # No amount can be compared before it is known to be one.
    found = list(amounts_can_be_judged(case)) or [violation for check in CHECKS for violation in check(case)]
    if found:
        first = "; ".join(f"{violation.action or 'the plan'}: {violation.why}" for violation in found[:_SHOWN])
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise UnsafePlanError(
            f"The plan breaks {len(found)} safety {'rule' if len(found) == 1 else 'rules'}; nothing was sent.",
            why=f"{first}{more}.",
            do=_CHANGE if any(violation.action for violation in found) else _DIVIDE,
        )
