"""What a run did, or would do, on the terminal: outcome by action, then the proof from QuickBooks' own reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import RenderableType

from qbclean.model.journal import WriteOutcome
from qbclean.model.money import total
from qbclean.model.outcome import ActionOutcome, ActionState, Proof, ProofRow, RunReport
from qbclean.model.plan import Plan
from qbclean.report.proof import accounts, customers, sums
from qbclean.report.text.action import request_lines
from qbclean.report.text.layout import BLANK, bullets, line, page, table, title
from qbclean.report.words import ACTIONS, STATES, counted, dollars


def run_result(report: RunReport, *, requests: bool = False) -> RenderableType:
    """Counts and dollars by outcome, each action that did not run with its reason, and the proof.

    With `requests` every request is shown exactly, action by action (the dry run).
    """
    return page(
        _headline(report),
        _counts(report),
        *_not_run(report),
        *_done_by_itself(report),
        *(part for outcome in report.outcomes for part in _requests(outcome) if requests),
        *((BLANK, proof_table(report.proof)) if report.proof else ()),
        line(report.message) if report.message else None,
    )


def undo_overview(plan: Plan) -> RenderableType:
    """A rollback's plan: for each write how far it can be taken back, and what stays behind."""
    return page(
        title(f"Taking back {counted(len(plan.actions), 'action')} in {plan.company.name}"),
        table(
            ("action!", "undo", "dollars>", "", "what stays"),
            [
                (
                    action.id,
                    "cannot be undone" if action.tier == "hold" else action.undo.class_,
                    dollars(action.amount),
                    action.summary,
                    action.hold_reason or action.undo.leaves,
                )
                for action in plan.actions
            ],
        ),
    )


def recovery_result(outcomes: Sequence[WriteOutcome]) -> RenderableType:
    """What became of the writes in doubt."""
    if not outcomes:
        return line("No write was in doubt.")
    return page(
        title(f"{counted(len(outcomes), 'write')} settled"),
        table(
            ("document", "outcome", "settled by", ""),
            [(str(o.ref or "–"), o.state, o.settled_by or "nobody yet", o.message) for o in outcomes],
        ),
    )


def proof_table(proof: Proof) -> RenderableType:
    """Before, predicted and actual: the sums, the customers together, and each figure that differs by itself."""
    single = customers(proof)
    shown = [_figures(f"{row.what} {row.scope}", [row]) for row in sums(proof)]
    if single:
        shown.insert(1, _figures(f"A/R of the {counted(len(single), 'customer')} that moved", single))
    by_account = accounts(proof)
    shown += [_figures(f"{row.what} {row.scope}", [row]) for row in (*single, *by_account) if not row.agrees]
    verdict = (
        line(f"  Proved: all {len(proof.rows):,} figures of QuickBooks' reports are what was predicted.", "green")
        if proof.agrees
        else line("  QuickBooks does not show what was predicted: see the rows that differ.", "bold red")
    )
    return page(
        title("Proof from QuickBooks' own reports"),
        table(("figure", "before>", "predicted>", "actual>", "!"), shown),
        bullets(proof.documents) if proof.documents else None,
        verdict,
    )


def _figures(label: str, rows: Sequence[ProofRow]) -> tuple[str, str, str, str, str]:
    before, predicted, actual = (
        total(getattr(row, name) for row in rows) for name in ("before", "predicted", "actual")
    )
    verdict = "agrees" if all(row.agrees for row in rows) else "DIFFERS"
    return (label, dollars(before), dollars(predicted), dollars(actual), verdict)


def _headline(report: RunReport) -> RenderableType:
    what = {"apply": "Apply", "rollback": "Rollback"}[report.kind]
    if report.dry_run:
        return title(f"{what}, dry run: nothing was written")
    return title(f"{what} {report.state}", note=f"run {report.run_id}")


def _counts(report: RunReport) -> RenderableType:
    groups: Counter[tuple[str, ActionState]] = Counter((ACTIONS[o.kind], o.state) for o in report.outcomes)
    rows = [
        (
            kind,
            STATES[state],
            f"{number:,}",
            dollars(total(o.amount for o in report.outcomes if (ACTIONS[o.kind], o.state) == (kind, state))),
        )
        for (kind, state), number in sorted(groups.items())
    ]
    return table(("action", "outcome", "count>", "dollars>"), rows)


def _not_run(report: RunReport) -> list[RenderableType]:
    left = [outcome for outcome in report.outcomes if outcome.state not in ("done", "would run")]
    if not left:
        return []
    return [
        BLANK,
        title(f"{counted(len(left), 'action')} not carried out"),
        table(("action!", "outcome", "why"), [(o.action_id, STATES[o.state], o.reason or o.summary) for o in left]),
    ]


def _done_by_itself(report: RunReport) -> list[RenderableType]:
    """What was done without a request, because QuickBooks had done it."""
    told = [outcome for outcome in report.outcomes if outcome.state in ("done", "would run") and outcome.reason]
    if not told:
        return []
    return [
        BLANK,
        title(f"{counted(len(told), 'action')} done in part by QuickBooks itself"),
        table(("action!", "how"), [(outcome.action_id, outcome.reason) for outcome in told]),
    ]


def _requests(outcome: ActionOutcome) -> list[RenderableType]:
    if not outcome.requests:
        return []
    return [BLANK, title(outcome.summary, note=outcome.action_id), *request_lines(outcome.requests)]
