"""The journal on the terminal: the runs, one run's writes, and whether the hash chain holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import RenderableType

from qbclean.model.journal import ChainReport, Image, JournaledRun, JournaledWrite, ListedRun
from qbclean.report.audit import AuditRow
from qbclean.report.images import changes_between, figures_of
from qbclean.report.links import AUDIT_HISTORY
from qbclean.report.text.layout import BLANK, line, page, pairs, table, title
from qbclean.report.words import counted, dollars, instant


def run_list(runs: Sequence[ListedRun]) -> RenderableType:
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


def run_detail(run: JournaledRun, rows: Sequence[AuditRow] = ()) -> RenderableType:
    """One run: its writes with who, when, why, before and after, then what was skipped; `rows` tell more of each."""
    start = run.start
    known = {row.request_id: row for row in rows}
    return page(
        title(f"Run {start.id}", note=start.kind + (f" of run {start.undoes}" if start.undoes else "")),
        pairs(
            [
                ("company", start.realm_id),
                ("started", instant(start.at)),
                ("by", f"{start.actor} on {start.host}"),
                ("with", f"{start.tool}, rules {start.rules}"),
                ("plan", start.plan_digest),
                ("outcome", _state(run)),
            ]
        ),
        BLANK,
        title(counted(len(run.writes), "write")),
        *(part for write in run.writes for part in _write(write, known)),
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


def document_history(asked: str, rows: Sequence[AuditRow]) -> RenderableType:
    """Who changed the document, when, why, by whose approval, from what to what, and where QuickBooks shows it."""
    if not rows:
        return line(f"qbclean never wrote or relied on {asked}. What others changed, QuickBooks' own audit log knows.")
    return page(
        title(f"{asked}: {counted(len(rows), 'entry', 'entries')} in the log"),
        *(part for row in rows for part in (BLANK, *_entry(row))),
    )


def chain_result(report: ChainReport) -> RenderableType:
    """Whether the log is whole, and the head to compare with an earlier printout."""
    head = pairs([("rows", f"{report.head.rows:,}"), ("head", f"{report.head.hash}:{report.head.rows}")])
    if report.problem:
        return page(line(f"The log does not hold: {report.problem}.", "bold red"), head)
    parts = [line("The log is whole: every row is chained to the one before it.", "green")]
    if report.elsewhere:
        parts.append(
            line(f"The head given is in it, so nothing up to row {report.elsewhere.rows:,} was cut off.", "green")
        )
    else:
        parts.append(
            line(
                "Rows cut off at the end together with journal.head would not be noticed: compare with a head kept "
                "elsewhere (`log verify --head HASH:ROWS`; `log head` prints one)."
            )
        )
    return page(*parts, head)


def _state(run: JournaledRun | ListedRun) -> str:
    if run.end is None:
        return "not finished: run `qbclean recover`"
    return run.end.state + (f": {run.end.message}" if run.end.message else "")


def _entry(row: AuditRow) -> list[RenderableType]:
    number = f" ({row.number})" if row.number else ""
    amount = f"  {dollars(row.amount)}" if row.amount is not None else ""
    what = f"{row.operation} {row.document}{number}".strip() or row.action_kind or "action"
    own = [(image, then) for image in row.before for then in row.after if image.ref == then.ref]
    changed = "; ".join(change for image, then in own for change in changes_between(image, then))
    return [
        line(f"  {instant(row.at)}  {what}  {row.customer}{amount}  {row.result}"),
        pairs(
            [
                ("who", f"{row.actor} on {row.host}, with {row.tool}; run {row.run}, row {row.row}"),
                ("why", row.reason),
                ("action", f"{row.action}: {row.action_summary}" if row.action_summary else row.action),
                ("approved by", _approval(row.approved_by, row.approved_at, row.approval)),
                ("and by", _approval(row.second_by, row.second_at, row.second_approval)),
                ("from", _images(row.before)),
                ("to", _images(row.after)),
                ("changed", changed),
                ("result", f"{row.message} ({row.settled_by})" if row.settled_by else row.message),
                ("request id", row.request_id),
                ("Intuit trace", row.intuit_tid),
                ("in QuickBooks", f"{row.link} ({AUDIT_HISTORY})" if row.link else ""),
            ],
            indent=6,
        ),
    ]


def _approval(by: str, at: str, decision: str) -> str:
    return f"{by}, {at} ({decision})" if by and at else by


def _write(write: JournaledWrite, known: Mapping[str, AuditRow]) -> list[RenderableType]:
    intent, outcome = write.intent, write.outcome
    row = known.get(intent.request_id)
    subject = (outcome.ref if outcome and outcome.ref else intent.target) or intent.kind
    answer = "no answer recorded, in doubt" if outcome is None else outcome.state
    return [
        line(f"  {instant(intent.at)}  {intent.operation} {subject}  {dollars(intent.amount)}  {answer}"),
        pairs(
            [
                ("action", f"{intent.action_id}, step {intent.step}"),
                ("why", intent.reason),
                (
                    "approved by",
                    _approval(intent.approved_by, row.approved_at, row.approval) if row else intent.approved_by,
                ),
                ("and by", _approval(row.second_by, row.second_at, row.second_approval) if row else ""),
                ("before", _images(intent.before)),
                ("after", _images(outcome.after) if outcome else ""),
                ("answer", outcome.message if outcome else ""),
                ("request id", intent.request_id),
                ("Intuit trace", outcome.intuit_tid if outcome else ""),
                ("in QuickBooks", row.link if row else ""),
            ],
            indent=6,
        ),
    ]


def _images(images: Sequence[Image]) -> str:
    return "; ".join(figures_of(image) for image in images)
