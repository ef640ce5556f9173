"""One run of an approved plan from first to last: figures, journal, executor, read-back, proof, verdict.

Apply and rollback are this with another name in the journal; the dry run is `rehearsal.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

import msgspec

from qbclean.errors import AuthorizationError, GatewayError
from qbclean.ledger.refusal import SimulationError
from qbclean.model.action import PlannedAction
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.journal import ActionSkipped, RunEnd, RunKind, RunStart, RunState
from qbclean.model.outcome import ActionOutcome, Proof, RunReport, outcome_of
from qbclean.plan.approval import ApprovedPlan
from qbclean.plan.codec import encode
from qbclean.ports.journal import Journal
from qbclean.workflow.decide import decisions_in_file
from qbclean.workflow.elsewhere import done_elsewhere
from qbclean.workflow.execute import STOPPED, execute
from qbclean.workflow.figures import Figures, Span
from qbclean.workflow.history import is_done
from qbclean.workflow.proof_names import Names
from qbclean.workflow.prove import effect_of_writes, proof_of, read_back
from qbclean.workflow.run import Execution, RunBy, RunPorts
from qbclean.workflow.suspects import suspects


def carry_out(
    approved: ApprovedPlan, *, kind: RunKind, undoes: str, books: ReceivablesSnapshot, ports: RunPorts, by: RunBy
) -> RunReport:
    """Carry out the approved actions and prove it. Writes in doubt have been settled before.

    Taking back, what the plan holds is reported and journaled as left, with the reason: the run is then not whole.

    Raises AuthorizationError when QuickBooks lets us in no longer; the run is then closed as interrupted.
    """
    plan = approved.plan
    span = Span.of(books, plan, ports.clock.today())
    before = Figures.taken(ports.gateway, span)
    elsewhere = done_elsewhere(
        approved.actions, since=plan.snapshot.taken_at, gateway=ports.gateway, journal=ports.journal
    )
    at = ports.clock.now()
    run = RunStart(
        id=_run_id(plan.digest, at),
        kind=kind,
        realm_id=plan.company.realm_id,
        plan_digest=plan.digest,
        plan=encode(plan).decode(),
        at=at,
        actor=by.actor,
        host=by.host,
        tool=by.tool,
        rules=plan.rules,
        undoes=undoes,
    )
    found = decisions_in_file(approved.actions, ports.journal, plan.digest, "plan file" if kind == "apply" else "bulk")
    ports.journal.record_decisions(found)
    ports.journal.start_run(run)
    ports.passing("run started", "")
    try:
        execution = execute(approved.actions, run=run, locks=plan.locks, ports=ports, elsewhere=elsewhere)
    except AuthorizationError as error:
        end = RunEnd(run_id=run.id, state="interrupted", at=ports.clock.now(), message=str(error))
        ports.journal.finish_run(end)
        again = f"Then run the same command again: what is done is not done again (`qbclean log {run.id}` shows it)."
        raise AuthorizationError(error.what, why=error.why, do=f"{error.do} {again}".strip()) from error
    if kind == "rollback":
        held = [action for action in plan.actions if action.tier == "hold"]
        execution = replace(execution, outcomes=(*execution.outcomes, *_held_back(held, run.id, ports)))
    proof, unproved = None, execution.interrupted or _doubt(run.id, ports.journal)
    if not unproved:
        try:
            proof = _proof(run.id, execution, before, span, books, ports)
        except (GatewayError, AuthorizationError, SimulationError) as error:
            unproved = f"What was done could not be proved: {error}"
    state, message = _verdict(execution, proof, unproved)
    ports.passing("before the end of the run", "")
    ports.journal.finish_run(
        RunEnd(
            run_id=run.id,
            state=state,
            at=ports.clock.now(),
            message=message,
            proof=msgspec.json.encode(proof).decode() if proof else "",
        )
    )
    ports.passing("run ended", "")
    return RunReport(
        run_id=run.id,
        kind=kind,
        dry_run=False,
        state=state,
        outcomes=execution.outcomes,
        proof=proof,
        message=message,
    )


def _held_back(held: Iterable[PlannedAction], run_id: str, ports: RunPorts) -> Iterator[ActionOutcome]:
    for action in held:
        reason = f"refused: {action.hold_reason}"
        ports.journal.skip(ActionSkipped(run_id=run_id, action_id=action.id, reason=reason, at=ports.clock.now()))
        yield outcome_of(action, "refused", action.hold_reason)


def counted(outcomes: Iterable[ActionOutcome]) -> str:
    """`3 done, 1 stale`: how many actions came to which state, in the order the states first appear."""
    counts: dict[str, int] = {}
    for outcome in outcomes:
        counts[outcome.state] = counts.get(outcome.state, 0) + 1
    return ", ".join(f"{number} {state}" for state, number in counts.items())


def _doubt(run_id: str, journal: Journal) -> str:
    """Why the run cannot be proved: of a write in doubt nobody can say what the reports should show. "" when it can."""
    doubtful = sum(write.intent.run_id == run_id for write in journal.in_doubt())
    if not doubtful:
        return ""
    return f"Not proved: whether {doubtful} of its writes were carried out is not known yet. Apply the same plan again."


def _proof(
    run_id: str, execution: Execution, before: Figures, span: Span, books: ReceivablesSnapshot, ports: RunPorts
) -> Proof:
    run = ports.journal.run(run_id)
    writes = [write for write in run.writes if is_done(write) or write.by_itself] if run else []
    wrong = read_back(ports.gateway, execution.expected, execution.relied_on)
    proof = proof_of(before, Figures.taken(ports.gateway, span), effect_of_writes(books, writes), span, books, wrong)
    there = suspects(proof.rows, writes, Names(books), ports.gateway)
    return msgspec.structs.replace(proof, documents=(*proof.documents, *there))


def _verdict(execution: Execution, proof: Proof | None, unproved: str) -> tuple[RunState, str]:
    """How the run ended, and why in one sentence or two."""
    counts = counted(execution.outcomes)
    if execution.surprise:
        return "failed", f"{execution.surprise} {counts}."
    if proof is None:
        doubtful = any(outcome.state == "unknown" for outcome in execution.outcomes)
        state: RunState = "partial" if doubtful or execution.interrupted else "failed"
        if execution.interrupted == STOPPED:
            state = "interrupted"
        return state, f"{unproved} {counts}."
    if not proof.agrees:
        rows = [
            f"{row.what}, {row.scope}: {row.actual}, predicted {row.predicted}" for row in proof.rows if not row.agrees
        ]
        return (
            "failed",
            f"QuickBooks does not say what was predicted: {'; '.join([*proof.documents, *rows])}. {counts}.",
        )
    if all(outcome.state == "done" for outcome in execution.outcomes):
        return "done", f"{counts}. QuickBooks' reports agree with the prediction."
    return "partial", f"{counts}. QuickBooks' reports agree with the prediction for what was done."


def _run_id(digest: str, at: datetime) -> str:
    """`R-YYYYMMDD-HHMMSS-xxxx`: sorts by time, is short enough to type, and differs for every plan and moment."""
    return f"R-{at:%Y%m%d-%H%M%S}-{hashlib.sha256(f'{digest} {at.isoformat()}'.encode()).hexdigest()[:4]}"
