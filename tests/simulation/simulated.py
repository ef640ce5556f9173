"""A company, its network, its clock and the people in it, all from one seed, and what must always hold (R45).

Whatever could be chance comes from the seed: where a process dies, which reply is lost, how long a request takes, who
edits what meanwhile. So the same seed gives the same trace, and a failure is found again by its number.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from qbclean.errors import NotReversibleError, PlanError, UnavailableError
from qbclean.model.action import PlannedAction
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.journal import WriteIntent
from qbclean.model.outcome import RunReport
from qbclean.model.refs import DocumentRef
from qbclean.model.write import PlannedRequest, WriteReceipt
from qbclean.workflow.apply import apply
from qbclean.workflow.moments import Moment
from qbclean.workflow.recover import recover
from qbclean.workflow.rollback import rollback
from qbclean.workflow.run import RunPorts
from tests import every_kind
from tests.builders import a_snapshot
from tests.fakes import Crash, FakeClock, FakeJournal, FakeQuickBooks
from tests.unit.workflow.desk import BY, SETTINGS, a_desk, a_plan, clear_for, rollback_of

BOOKS = every_kind.company()
Outcome = TypeVar("Outcome")


class Network(FakeQuickBooks):
    """Loses requests and replies by the seed's chance; notes whether a write came unannounced."""

    def __init__(self, world: SimulatedCompany) -> None:
        super().__init__(BOOKS, touch=world.touch)
        self._world = world

    def send(self, request: PlannedRequest) -> WriteReceipt:
        self._world.announced(request)
        chance = self._world.chance.random()
        lost = UnavailableError("No answer from QuickBooks.", status=0)
        if chance < self._world.faults / 2:
            self._world.note(f"lost request {request.request_id}")
            raise lost
        receipt = super().send(request)
        if chance < self._world.faults:
            self._world.note(f"lost reply {request.request_id}")
            raise lost
        return receipt


class SimulatedCompany:
    """One company from first plan to last rollback. `faults`: the share of writes whose request or reply is lost."""

    def __init__(self, seed: int, *, faults: float = 0.1) -> None:
        self.chance = random.Random(seed)
        self.faults = faults
        self._trace = hashlib.sha256()
        self._until_death = 0
        self.clock = FakeClock()
        self.quickbooks = Network(self)
        self.journal = FakeJournal(touch=self.touch)
        self.desk = a_desk(BOOKS, quickbooks=self.quickbooks, journal=self.journal, clock=self.clock)
        self.edited: dict[DocumentRef, dict[str, Any]] = {}
        self._plans = 0
        self.actions: tuple[PlannedAction, ...] = ()
        self.plan()

    @property
    def trace(self) -> str:
        """The hash of everything that happened so far, in order."""
        return self._trace.hexdigest()

    # ------------------------------------------------------------------ what the parts tell
    def note(self, what: str) -> None:
        self._trace.update(f"{what}\n".encode())

    def touch(self, point: str) -> None:
        """A point at which time passes and the process may die."""
        self.note(point)
        self.clock.advance(timedelta(milliseconds=self.chance.randint(1, 900)))
        if self._until_death:
            self._until_death -= 1
            if not self._until_death:
                self.note("death")
                raise Crash(point)

    def passing(self, moment: Moment, action_id: str) -> None:
        self.touch(f"{moment} {action_id}")

    def announced(self, request: PlannedRequest) -> None:
        """R14, R15: the intent is older than the request, under the same id and for the same body."""
        (intent,) = (
            row for row in self.journal.rows if isinstance(row, WriteIntent) and row.request_id == request.request_id
        )
        assert intent.body == request.body, "a request id was used for another body"

    # ------------------------------------------------------------------ what may happen
    def plan(self) -> None:
        """Plan what is left, from the books as they are now."""
        self._plans += 1
        live = self.quickbooks.read(tuple(self.quickbooks.documents)).values()
        books = a_snapshot(
            *(found.document for found in live), as_given=True, customers=tuple(BOOKS.customers.values())
        )
        raws = {found.document.ref: found.raw for found in live}
        books = replace(
            books,
            id=f"S-{self._plans}",
            taken_at=self.clock.now(),
            raw_of=lambda ref: raws[ref] if ref in raws else BOOKS.raw_of(ref),
        )
        begun = {row.action_id for row in self.journal.rows if isinstance(row, WriteIntent)}
        wanted = [action for action in every_kind.plan_of(books) if action.id not in begun]
        known = {action.id for action in wanted}
        self.actions = tuple(
            msgspec.structs.replace(action, depends_on=tuple(id_ for id_ in action.depends_on if id_ in known))
            for action in wanted
            if all(ref_is_there(books, target.ref) for target in action.targets)
            and all(id_ in known for id_ in action.depends_on)
        )
        self.desk = replace(self.desk, books=books)
        self.note(f"plan {self._plans}: {len(self.actions)}")

    def apply(self, *, dies_after: int = 0) -> RunReport | None:
        """One process; None when it died, or when there was nothing left to do."""

        def work() -> RunReport:
            plan = a_plan(self.desk.books, self.actions, SETTINGS)
            return apply(clear_for(self.desk, plan), books=self.desk.books, ports=self._ports(dies_after), by=BY)

        return self._process("applied", work) if self.actions else None

    def recover(self, *, dies_after: int = 0) -> None:
        def work() -> None:
            ports = self._ports(dies_after)
            recover(ports.gateway, ports.journal, ports.clock, passing=ports.passing)

        self._process("recovered", work)

    def roll_back(self, *, dies_after: int = 0) -> RunReport | None:
        """Take back one of the runs so far."""
        runs = [run.start.id for run in self.journal.runs() if run.start.kind == "apply"]
        if not runs:
            return None
        run_id = self.chance.choice(runs)

        def work() -> RunReport:
            undo = clear_for(self.desk, rollback_of(self.desk, run_id))
            return rollback(undo, undoes=run_id, books=self.desk.books, ports=self._ports(dies_after), by=BY)

        return self._process(f"rolled back {run_id}", work)

    def _ports(self, dies_after: int) -> RunPorts:
        """From now on the process may die, after so many points; 0: it does not."""
        self._until_death = dies_after
        return replace(self.desk.ports, passing=self.passing)

    def _process(self, deed: str, work: Callable[[], Outcome]) -> Outcome | None:
        try:
            result = work()
        except Crash:
            return None
        except (PlanError, NotReversibleError, UnavailableError) as refused:
            self.note(f"refused: {type(refused).__name__}")
            return None
        finally:
            self._until_death = 0
        if isinstance(result, RunReport):
            assert result.state != "failed", f"nobody meddled, and what was {deed} is called failed: {result.message}"
            self.note(f"{deed}: {result.state} {[(each.action_id, each.state) for each in result.outcomes]}")
        return result

    def edit(self) -> None:
        """Somebody changes date and note of a document of the original books."""
        ref = self.chance.choice(sorted(document.ref for document in BOOKS.documents()))
        if ref in self.quickbooks.documents:
            fields = {
                "TxnDate": f"2026-03-{self.chance.randint(3, 28):02d}",
                "PrivateNote": f"by hand {len(self.edited)}",
            }
            self.quickbooks.edit(ref, **fields)
            self.edited[ref] = fields
            self.note(f"edit {ref}")

    def jump(self) -> None:
        """The machine sleeps for a while."""
        self.clock.advance(timedelta(minutes=self.chance.choice([1, 30, 24 * 60])))

    # ------------------------------------------------------------------ what must hold
    def assert_sound(self) -> None:
        """No effect twice, no effect unannounced, every outcome true, nobody's edit overwritten, the books balanced."""
        twice = [id_ for id_, times in Counter(self.quickbooks.carried_out).items() if times > 1]
        assert not twice, f"done twice: {twice}"
        done = set(self.quickbooks.carried_out)
        for row in self.journal.rows:
            if isinstance(row, WriteIntent):
                write = self.journal.write(row.request_id)
                assert write is not None
                state = write.outcome.state if write.outcome else "unknown"
                assert state != "done" or row.request_id in done, f"false done: {row.request_id}"
                assert state not in ("refused", "failed") or row.request_id not in done, f"false {state}"
        for ref, fields in self.edited.items():
            raw = self.quickbooks.documents.get(ref)
            assert raw is not None, f"{ref} was edited by hand and is gone"
            assert raw["TxnDate"] == fields["TxnDate"], f"the edit of {ref} was overwritten"
        for ref, raw in self.quickbooks.documents.items():
            assert raw.get("Balance", Decimal(0)) >= 0, ref
            assert raw.get("UnappliedAmt", Decimal(0)) >= 0, ref


def ref_is_there(books: ReceivablesSnapshot, ref: DocumentRef) -> bool:
    return ref.id.startswith("${") or books.document(ref) is not None
