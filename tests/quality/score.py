"""How good a plan is, measured against the truth about generated books.

A *deed* is what an action does to what: cancel this invoice, apply that payment to those invoices. Truth and plan are
both read as deeds and compared. Kinds of action that come to the same (void and mirrored credit) are one deed, because
which of them is right is a matter of dates that the rule tests decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from qbclean.model.action import PlannedAction
from qbclean.model.plan import Plan
from tests.quality.truth import Mess, Step, Truth

_CANCEL = {"void_invoice": "cancel", "credit_duplicate": "cancel"}
_SOURCE = {"apply_payment": "Payment", "move_payment": "Payment", "apply_credit": "CreditMemo"}
_RECORD = {"create_invoice": "I-", "create_credit_memo": "CR-", "record_payment": "P-"}


class Deed(NamedTuple):
    """`subject` is the document changed or the CRM record carried over."""

    verb: str
    subject: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A right deed; `onto` are the invoices money should go to (ids, or CRM ids of ones to be created)."""

    mess: Mess
    amount: Decimal
    onto: frozenset[str]


@dataclass(slots=True)
class Tally:
    """Deeds of one kind and variant of mess: wanted; found, in any tier; offered, ready to approve or rightly left to a
    person; recommended, and right."""

    wanted: int = 0
    found: int = 0
    offered: int = 0
    recommended: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """`wrong`: recommended, but not right. `touched`: look-alikes that an approved action would change, any tier."""

    tallies: Mapping[tuple[str, str], Tally]
    recommended: int
    wrong: tuple[str, ...]
    touched: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def precision(self) -> float:
        """Share of the recommended actions that are right; 1 for none."""
        return 1 - len(self.wrong) / self.recommended if self.recommended else 1.0

    def recall(self, kinds: Collection[str] = ()) -> float:
        """Share of the wanted deeds of those kinds of mess (of all, for none given) that were found; 1 for none."""
        chosen = [tally for (kind, _), tally in self.tallies.items() if not kinds or kind in kinds]
        wanted = sum(tally.wanted for tally in chosen)
        return sum(tally.found for tally in chosen) / wanted if wanted else 1.0

    def lines(self) -> Iterator[str]:
        """A table for people: wanted, found, recommended per kind and variant, then what went wrong."""
        for (kind, variant), tally in sorted(self.tallies.items()):
            name = f"{kind}, {variant}"
            yield (
                f"{name:55} wanted {tally.wanted:4} found {tally.found:4} "
                f"offered {tally.offered:4} recommended {tally.recommended:4}"
            )
        yield f"recommended {self.recommended}, precision {self.precision:.4f}, recall {self.recall():.4f}"
        for title, entries in (("WRONG", self.wrong), ("TOUCHED", self.touched), ("MISSED", self.missed)):
            yield from (f"{title} {entry}" for entry in entries)


@dataclass(slots=True)
class _Judge:
    """Compares action by action, remembering what is right, wrong and done."""

    truth: Truth
    wanted: dict[Deed, Wanted]
    tallies: dict[tuple[str, str], Tally]
    done: set[Deed] = field(default_factory=set)
    right: set[str] = field(default_factory=set)
    """Ids of actions that are right; an action that only completes a right one is right too."""


def score(plan: Plan, truth: Truth) -> Score:
    """Every deed of the truth looked for in the plan, and every recommended action in the truth."""
    judge = _Judge(truth, _wanted(plan, truth), defaultdict(Tally))
    for wanted in judge.wanted.values():
        judge.tallies[wanted.mess.kind, wanted.mess.variant].wanted += 1
    wrong: list[str] = []
    touched: list[str] = []
    for action in plan.actions:
        reason = _judged(judge, plan, action)
        if reason and action.tier == "recommended":
            wrong.append(f"{action.kind} {action.id}: {action.summary} – {reason}")
        if reason and action.requests:
            touched += [
                f"{kind}: {action.kind}, {action.tier}: {action.summary}" for kind in _look_alikes(truth, action)
            ]
    return Score(
        tallies=dict(judge.tallies),
        recommended=sum(action.tier == "recommended" for action in plan.actions),
        wrong=tuple(wrong),
        touched=tuple(touched),
        missed=tuple(
            f"{wanted.mess.id} {wanted.mess.kind}, {wanted.mess.variant}: {deed.verb} {deed.subject}"
            for deed, wanted in judge.wanted.items()
            if deed not in judge.done
        ),
    )


def deed_of(action: PlannedAction) -> Deed:
    """What a planned action does to what."""
    crm = [ref.id for ref in action.crm]
    if action.kind in _RECORD:
        return Deed(action.kind, next(ref for ref in crm if ref.startswith(_RECORD[action.kind])))
    if action.kind in _SOURCE:
        kind = _SOURCE[action.kind]
        booked = [target.id for target in action.targets if target.kind == kind and not target.id.startswith("$")]
        return Deed(action.kind, f"{kind} {booked[0]}" if booked else crm[0])
    return Deed(_CANCEL.get(action.kind, action.kind), str(action.targets[0].ref))


# ------------------------------------------------------------------ the truth as deeds
def _wanted(plan: Plan, truth: Truth) -> dict[Deed, Wanted]:
    cancelled = {deed.subject for deed in map(deed_of, plan.actions) if deed.verb == "cancel"}
    wanted: dict[Deed, Wanted] = {}
    for mess in truth.mess:
        for step, deed in _deeds(mess, cancelled):
            wanted[deed] = Wanted(mess=mess, amount=step.amount, onto=_onto(step))
    return wanted


def _deeds(mess: Mess, cancelled: Collection[str]) -> Iterator[tuple[Step, Deed]]:
    """The steps of a mess as deeds. Of interchangeable copies those the plan cancels are the ones that are right."""
    steps = [(step, _deed_of_step(step)) for step in mess.remedy.steps]
    if mess.interchangeable and mess.survivor is not None:
        copies = [str(document.ref) for document in (*mess.extra, mess.survivor)]
        chosen = sorted(copies, key=lambda copy: copy not in cancelled)
        for step, deed in steps:
            yield step, Deed("cancel", chosen.pop(0)) if deed.verb == "cancel" else deed
    else:
        yield from steps


def _deed_of_step(step: Step) -> Deed:
    if step.action in _RECORD:
        return Deed(step.action, next(ref for ref in step.crm if ref.startswith(_RECORD[step.action])))
    if step.action in _SOURCE:
        money = [str(document.ref) for document in step.qbo if document.type == _SOURCE[step.action]]
        return Deed(step.action, (money or [ref for ref in step.crm if ref.startswith("CR-")])[0])
    return Deed(_CANCEL.get(step.action, step.action), str(step.qbo[0].ref))


def _onto(step: Step) -> frozenset[str]:
    """Where money goes: of a move the last invoice named, else all; the CRM's invoice where it is to be created."""
    if step.action not in _SOURCE:
        return frozenset()
    invoices = [document.id for document in step.qbo if document.type == "Invoice"]
    if step.action == "move_payment":
        invoices = invoices[-1:]
    return frozenset(invoices or [ref for ref in step.crm if ref.startswith("I-")])


# ------------------------------------------------------------------ judging the plan
def _judged(judge: _Judge, plan: Plan, action: PlannedAction) -> str:
    """Why `action` is not right, "" when it is; tallies what it finds."""
    deed = deed_of(action)
    wanted = judge.wanted.get(deed)
    if wanted is None:
        completes = action.kind == "apply_credit" and judge.right.intersection(action.depends_on)
        return "" if completes else "no such thing is wrong"
    tally = judge.tallies[wanted.mess.kind, wanted.mess.variant]
    may_hold = wanted.mess.remedy.hold_is_right_too
    if action.tier == "hold":
        judge.done.add(deed)
        tally.found += 1
        tally.offered += may_hold
        return ""
    if reason := _otherwise(judge.truth, plan, action, wanted):
        return reason
    judge.done.add(deed)
    tally.found += 1
    tally.offered += 1
    if action.tier == "recommended" and wanted.mess.remedy.tier == "hold":
        return f"should be left to a person: {wanted.mess.remedy.why}"
    judge.right.add(action.id)
    tally.recommended += action.tier == "recommended"
    return ""


def _otherwise(truth: Truth, plan: Plan, action: PlannedAction, wanted: Wanted) -> str:
    """How the action differs from what is wanted in amount or destination; "" when it does not."""
    onto = _destinations(plan, action)
    if wanted.onto and not all(_fits(truth, goal, onto) for goal in wanted.onto):
        return f"goes to {', '.join(sorted(onto))} instead of {', '.join(sorted(wanted.onto))}"
    if wanted.amount != action.amount:
        return f"is for {action.amount} instead of {wanted.amount}"
    return ""


def _destinations(plan: Plan, action: PlannedAction) -> frozenset[str]:
    """Ids of the invoices money is put on, CRM ids for ones the plan creates."""
    made = {f"${{{other.id}.Id}}": other.crm[0].id for other in plan.actions if other.kind == "create_invoice"}
    roles = ("paid invoice", "credited invoice")
    return frozenset(made.get(target.id, target.id) for target in action.targets if target.role in roles)


def _fits(truth: Truth, goal: str, onto: Iterable[str]) -> bool:
    """Whether `goal` is among `onto`; any part will do of an invoice that was split or consolidated."""
    return not truth.parts.get(goal, frozenset({goal})).isdisjoint(onto)


def _look_alikes(truth: Truth, action: PlannedAction) -> set[str]:
    """Kinds of look-alike whose documents the action's requests change or whose records it creates."""
    changed = {ref for request in action.requests for ref in (request.target, *request.changes) if ref}
    created = {ref.id for ref in action.crm} if action.kind in _RECORD else set()
    return {
        entry.kind
        for entry in truth.lookalikes
        if changed.intersection(document.ref for document in entry.qbo)
        or (not entry.qbo and created.intersection(entry.crm))
    }


def pooled(scores: Iterable[Score]) -> Score:
    """Several companies as one."""
    every = list(scores)
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for one in every:
        for key, tally in one.tallies.items():
            total = tallies[key]
            total.wanted += tally.wanted
            total.found += tally.found
            total.offered += tally.offered
            total.recommended += tally.recommended
    return Score(
        tallies=dict(tallies),
        recommended=sum(one.recommended for one in every),
        wrong=tuple(entry for one in every for entry in one.wrong),
        touched=tuple(entry for one in every for entry in one.touched),
        missed=tuple(entry for one in every for entry in one.missed),
    )


def f1(found: set[tuple[str, str]], true: set[tuple[str, str]]) -> float:
    """Harmonic mean of precision and recall over pairs; 1 when there is nothing to find and nothing was found."""
    return 2 * len(found & true) / (len(found) + len(true)) if found or true else 1.0
