"""The journal on the terminal: the runs, one run's writes, and whether the hash chain holds."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType

from qbclean.model.journal import ChainReport, Image, JournaledRun, JournaledWrite
from qbclean.report.images import figures_of
from qbclean.report.text.layout import BLANK, line, page, pairs, table, title
from qbclean.report.words import counted, dollars, instant


def run_list(runs: Sequence[JournaledRun]) -> RenderableType:
    """One line per run, oldest first."""
    if not runs:
        return line("No runs yet: nothing was ever written to this company by qbclean.")
    return table(
        ("run!", "what!", "when!", "who", "outcome", "plan!"),
        [
            (
                run.start.id,
                run.start.kind,
                instant(run.start.at),
                run.start.actor,
                _state(run),
                run.start.plan_digest[:12],
            )
            for run in runs
        ],
    )


def run_detail(run: JournaledRun) -> RenderableType:
    """One run: its writes with who, when, why, before and after; then what was skipped."""
    start = run.start
    return page(
        title(f"Run {start.id}", note=start.kind + (f" of run {start.undoes}" if start.undoes else "")),
        pairs(
            [
                ("company", start.realm_id),
                ("started", instant(start.at)),
                ("by", f"{start.actor} on {start.host}"),
                ("with", f"qbclean {start.tool}, rules {start.rules}"),
                ("plan", start.plan_digest),
                ("outcome", _state(run)),
            ]
        ),
        BLANK,
        title(counted(len(run.writes), "write")),
        *(part for write in run.writes for part in _write(write)),
        *(
            (
                BLANK,
                title(f"{counted(len(run.skipped), 'action')} skipped"),
                table(("action!", "why"), [(skip.action_id, skip.reason) for skip in run.skipped]),
            )
            if run.skipped
            else ()
        ),
    )


def chain_result(report: ChainReport) -> RenderableType:
    """Whether the log is whole, and the head to compare with an earlier printout."""
    head = pairs([("rows", f"{report.head.rows:,}"), ("head", report.head.hash)])
    if report.problem:
        return page(line(f"The log does not hold: {report.problem}", "bold red"), head)
    anchored = (
        "" if report.anchored else " There is no anchored head beside it, so a cut-off tail would not be noticed."
    )
    return page(line(f"The log is whole: every row is chained to the one before it.{anchored}", "green"), head)


def _state(run: JournaledRun) -> str:
    if run.end is None:
        return "not finished: run `qbclean recover`"
    return run.end.state + (f": {run.end.message}" if run.end.message else "")


def _write(write: JournaledWrite) -> list[RenderableType]:
    intent, outcome = write.intent, write.outcome
    subject = (outcome.ref if outcome and outcome.ref else intent.target) or intent.kind
    answer = "no answer recorded, in doubt" if outcome is None else outcome.state
    return [
        line(f"  {instant(intent.at)}  {intent.operation} {subject}  {dollars(intent.amount)}  {answer}"),
        pairs(
            [
                ("action", f"{intent.action_id}, step {intent.step}"),
                ("why", intent.reason),
                ("approved by", intent.approved_by),
                ("before", _images(intent.before)),
                ("after", _images(outcome.after) if outcome else ""),
                ("answer", outcome.message if outcome else ""),
                ("request id", intent.request_id),
                ("Intuit trace", outcome.intuit_tid if outcome else ""),
            ],
            indent=6,
        ),
    ]


def _images(images: Sequence[Image]) -> str:
    return "; ".join(figures_of(image) for image in images)
