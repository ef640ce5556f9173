"""One action in full: why, on what, before and after, effect, risks, undo, and the exact requests."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType

from qbclean.model.action import DocumentState, PlannedAction
from qbclean.model.evidence import Evidence
from qbclean.model.write import PlannedRequest, body_bytes
from qbclean.report.text.layout import BLANK, bullets, exact, line, page, pairs, table, title
from qbclean.report.text.plan import effect_lines
from qbclean.report.words import ACTIONS, day, dollars


def action_detail(action: PlannedAction) -> RenderableType:
    """Everything the plan knows about one action."""
    return page(
        title(action.summary, note=f"{action.id}, {action.tier}"),
        pairs(
            [
                ("what", ACTIONS[action.kind]),
                ("customer", action.customer),
                ("dollars", dollars(action.amount)),
                ("decision", _decision(action)),
                ("finding", action.finding),
                ("held because", action.hold_reason),
                ("would settle it", action.settles),
                ("after", ", ".join(action.depends_on)),
                ("undo", f"{action.undo.class_}: {action.undo.how}"),
                ("undo leaves", action.undo.leaves),
                ("in the CRM", action.crm_step),
            ]
        ),
        *_evidence("For", action.evidence.supports),
        *_evidence("Against", action.evidence.against),
        BLANK,
        title("Documents"),
        table(
            ("as!", "document!", "customer", "version>"),
            [
                (target.role, f"{target.kind} {target.doc_number or target.id}", target.customer, target.sync_token)
                for target in action.targets
            ],
        ),
        BLANK,
        title("Before and after"),
        table(
            ("", "document!", "date!", "total>", "open>", "applied to"),
            [("before", *_state(state)) for state in action.before]
            + [("after", *_state(state)) for state in action.after],
        ),
        BLANK,
        title("Effect"),
        effect_lines(action),
        *((BLANK, title("Risks"), bullets(action.risks)) if action.risks else ()),
        BLANK,
        title("Requests, exactly as they will be sent"),
        *request_lines(action.requests),
    )


def request_lines(requests: Iterable[PlannedRequest]) -> list[RenderableType]:
    """Method, path and body of each request; body as the bytes that go over the wire."""
    lines: list[RenderableType] = []
    for request in requests:
        lines.append(exact(f"  {request.method} {request.path}"))
        lines.append(exact(f"  {body_bytes(request.body).decode()}"))
        if request.applies_itself and request.kind == "Payment":
            lines.append(
                line("  Looked for first, and not sent where QuickBooks has applied the credit by itself.", "dim")
            )
    return lines or [line("  none", "dim")]


def _decision(action: PlannedAction) -> str:
    decision = action.decision
    if decision.state == "undecided":
        return "undecided"
    by = f" by {decision.by}" if decision.by else ""
    at = f" at {decision.at}" if decision.at else ""
    return f"{decision.state}{by}{at}{': ' if decision.reason else ''}{decision.reason}"


def _evidence(label: str, evidence: Iterable[Evidence]) -> list[RenderableType]:
    rows = [(f"{item.points:+d}" if item.points else "", item.words) for item in evidence]
    return [BLANK, title(label), table((">", ""), rows)] if rows else []


def _state(state: DocumentState) -> tuple[str, str, str, str, str]:
    applied = ", ".join(f"{dollars(link.amount)} on {link.kind} {link.id}" for link in state.applied)
    return (
        f"{state.kind} {state.doc_number or state.id}",
        day(state.txn_date),
        dollars(state.total),
        "voided" if state.voided else dollars(state.open),
        applied,
    )
