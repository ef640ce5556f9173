"""Check: what differs between the books and the CRM, every dollar of it, and a plan that nobody has to keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from msgspec.structs import replace

from qbclean.model.plan import Plan
from qbclean.model.reconciliation import Listed, Reconciliation
from qbclean.model.settings import CompanySettings
from qbclean.ports.ambient import Progress
from qbclean.ports.books import SnapshotStore
from qbclean.workflow.in_slices import work_out
from qbclean.workflow.kept import keep_plan, kept_plan
from qbclean.workflow.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`plan`: every finding and the summary, without the actions. `reconciliation`: both totals and all between."""

    plan: Plan
    reconciliation: Reconciliation


def check(
    store: SnapshotStore,
    settings: CompanySettings,
    *,
    as_of: date,
    tool: str,
    listed: Listed = "every",
    progress: Progress | None = None,
) -> Checked:
    """Findings and reconciliation of the current snapshot, with the documents that are to be `listed`. Nothing is
    recorded.

    Raises StoreError when nothing was pulled, IncompleteBooksError when the snapshot is not the whole picture (S29).
    """
    question = Question(settings=settings, as_of=as_of, listed=listed)
    kept = kept_plan(store, question, tool=tool, actions=False)
    worked = work_out(store, replace(question, plan=kept is None), tool=tool, progress=progress)
    plan = (kept or keep_plan(store, question, worked.plan())).decoded(actions=False)
    return Checked(
        plan=replace(plan, findings=(*plan.findings, *worked.unexplained())), reconciliation=worked.reconciliation()
    )
