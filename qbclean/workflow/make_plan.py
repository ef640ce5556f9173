"""Make a plan, or adopt one made elsewhere: only plans the journal knows may ever be applied (design.md 8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from qbclean.actions import ACTION_KINDS
from qbclean.errors import SettingsError, WrongCompanyError
from qbclean.model.plan import Plan
from qbclean.model.refs import RealmId
from qbclean.model.settings import CompanySettings
from qbclean.plan.encoded import EncodedPlan
from qbclean.ports.ambient import Clock, Progress
from qbclean.ports.books import SnapshotStore
from qbclean.ports.journal import Journal
from qbclean.workflow.kept import keep_plan, kept_plan
from qbclean.workflow.question import Question


def make_plan(
    store: SnapshotStore,
    journal: Journal,
    clock: Clock,
    settings: CompanySettings,
    *,
    as_of: date,
    tool: str,
    only: Collection[str] = (),
    progress: Progress | None = None,
) -> EncodedPlan:
    """The plan for the current snapshot and CRM records, its digest recorded. `only`: kinds to keep, all when empty.

    Raises SettingsError for a kind that does not exist, and as `work_out`.
    """
    _require_kinds(only)
    question = Question(settings=settings, as_of=as_of, only=tuple(only))
    made = kept_plan(store, question, tool=tool)
    if made is None:
        from qbclean.workflow.in_slices import work_out  # noqa: PLC0415 - half of all there is to import

        made = keep_plan(store, question, work_out(store, question, tool=tool, progress=progress).plan())
    journal.record_plan(made.head.digest, made_at=clock.now().isoformat(), origin="made here")
    return made


def _require_kinds(only: Collection[str]) -> None:
    if unknown := sorted(set(only).difference(ACTION_KINDS)):
        raise SettingsError(
            f"There is no kind of action called {', '.join(unknown)}.",
            why="Nothing was planned.",
            do=f"The kinds are {', '.join(ACTION_KINDS)}.",
        )


def adopt_plan(plan: Plan, realm_id: RealmId, journal: Journal, clock: Clock, *, origin: str) -> None:
    """Record a sealed plan of the same company that was made on another machine; `origin` says where it came from."""
    if plan.company.realm_id != realm_id:
        raise WrongCompanyError(
            f"The plan is for {plan.company.name} ({plan.company.realm_id}), not for company {realm_id}.",
            why="A plan fits the books it was made from and no others. Nothing was recorded.",
            do="Choose the plan's company with --company.",
        )
    journal.record_plan(plan.digest, made_at=clock.now().isoformat(), origin=origin)
