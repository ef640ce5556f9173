"""A company to kill runs in: sandbox with a state file, workspace, approved plan, and what must hold at the end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec

from qbclean.model.action import Decision, PlannedAction
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.refs import RealmId
from qbclean.plan.codec import encode
from qbclean.sandbox.sandbox import Settings
from qbclean.sandbox.server import RunningSandbox, write_ready_file
from qbclean.store.books import SqliteBooks
from qbclean.store.journal import SqliteJournal
from qbclean.store.keys import journal_key
from qbclean.store.workspace import Workspace
from tests import every_kind
from tests.sandbox_company import aside_from_ids, company_folder, objects_of
from tests.unit.workflow.desk import SETTINGS, a_plan

ANYBODY = RealmId("")
TRIES = 12


class Zygote:
    """The process that all mortal ones are forked from."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.mortal"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, **asked: Any) -> int:
        """Start a process; returns its pid."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return self._answer()["pid"]

    def wait(self) -> int:
        """The exit code of the process; negative: the signal that ended it."""
        return os.waitstatus_to_exitcode(self._answer()["status"])

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _answer(self) -> dict[str, int]:
        assert self._process.stdout is not None
        answer: dict[str, int] = json.loads(self._process.stdout.readline())
        return answer


class Witness(deque[dict[str, Any]]):
    """The sandbox's request log. When a write arrives, its intent must be on disk already (R14)."""

    def __init__(self, journal: Path) -> None:
        super().__init__()
        self._journal = journal
        self._turn = threading.Condition()
        self.unannounced: list[str] = []

    def append(self, entry: dict[str, Any]) -> None:
        if entry["method"] == "POST" and "/v3/company/" in entry["path"]:
            (request_id,) = parse_qs(entry["query"])["requestid"]
            with sqlite3.connect(f"{self._journal.as_uri()}?mode=ro", uri=True) as database:
                asked = "SELECT count(*) FROM writes WHERE event = 'intent' AND request_id = ?"
                if database.execute(asked, (request_id,)).fetchone()[0] != 1:
                    self.unannounced.append(request_id)
            database.close()
        with self._turn:
            super().append(entry)
            self._turn.notify_all()

    def await_request(self, number: int, seconds: float) -> bool:
        """Wait until so many requests have arrived; False when the time is up before."""
        with self._turn:
            return self._turn.wait_for(lambda: len(self) >= number, timeout=seconds)

    @property
    def writes(self) -> list[str]:
        """The request ids of all writes, in order of arrival."""
        return [parse_qs(entry["query"])["requestid"][0] for entry in self if "requestid=" in entry["query"]]


@dataclass
class House:
    """A prepared folder: `home`, `state.db`, `plan.json`; `lived_in` gives a copy of it to ruin."""

    folder: Path
    zygote: Zygote
    port: int = 0
    realm_id: RealmId = ANYBODY
    former_ids: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def built(cls, folder: Path, zygote: Zygote, *, copies: int) -> House:
        """With a plan of every kind, in so many copies."""
        return cls.holding(folder, zygote, every_kind.company(copies), lambda books: every_kind.plan_of(books, copies))

    @classmethod
    def holding(
        cls,
        folder: Path,
        zygote: Zygote,
        held: ReceivablesSnapshot,
        actions_for: Callable[[ReceivablesSnapshot], Iterable[PlannedAction]],
    ) -> House:
        """Connect to a company that holds `held` and pull, by the command line; then put a plan there with the actions
        for what was pulled, approved and recorded."""
        house = cls(folder, zygote)
        made = folder / "company"
        made.mkdir()
        company_folder(made, held)
        running = RunningSandbox(Settings(company=made, state=folder / "state.db", throttle=False)).start()
        house.realm_id = RealmId(running.ready["realm_id"])
        house.port = int(running.url.rpartition(":")[2])
        write_ready_file(folder / "ready.json", running.ready)
        house._command(["connect", "--local", "ready.json"])
        house._command(["pull"])
        house.former_ids = frozenset(objects_of(running))
        running.stop()
        workspace = Workspace(folder / "home")
        with SqliteBooks(workspace.books_path(house.realm_id)) as store:
            books = store.load()
        undecided = [msgspec.structs.replace(action, decision=Decision()) for action in actions_for(books)]
        plan = a_plan(books, undecided, SETTINGS)
        (folder / "plan.json").write_bytes(encode(plan))
        path = workspace.journal_path(house.realm_id)
        with SqliteJournal.writing(path, journal_key(path)) as journal:
            journal.record_plan(plan.digest, made_at=datetime.now(UTC).isoformat(), origin="test")
        decide = ["decide", "plan.json", "--tier", "recommended", "--by", "Dana Reyes", "--reason", "reviewed"]
        house._command(decide)
        return house

    def _command(self, line: list[str]) -> None:
        self.zygote.start(line=line, **self.surroundings(self.folder))
        assert self.zygote.wait() == 0, (self.folder / "output").read_text()

    @contextmanager
    def lived_in(self, folder: Path, **quirks: str) -> Iterator[Tenancy]:
        """A copy in `folder`, its sandbox running where the original's ran, with `quirks`."""
        shutil.copytree(self.folder, folder)
        state = folder / "state.db"
        running = RunningSandbox(Settings(state=state, throttle=False, quirks=quirks), port=self.port)
        witness = Witness(self.company_folder(folder) / "journal.db")
        running.sandbox.requests = witness
        running.start()
        try:
            yield Tenancy(house=self, folder=folder, running=running, witness=witness)
        finally:
            running.stop()

    def company_folder(self, folder: Path) -> Path:
        """Where the company's files lie, given the folder of the house or of a copy."""
        return folder / "home" / "companies" / self.realm_id

    @staticmethod
    def surroundings(folder: Path) -> dict[str, Any]:
        return {
            "folder": str(folder),
            "output": str(folder / "output"),
            "environment": {
                "QBCLEAN_HOME": str(folder / "home"),
                "NO_COLOR": "1",
                "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            },
        }


@dataclass(frozen=True)
class Ended:
    """What sandbox and journal hold when a plan is carried out."""

    books: Mapping[str, str]
    journal: tuple[tuple[str, int, str, str], ...]


@dataclass
class Tenancy:
    """One copy of the house while runs live and die in it."""

    house: House
    folder: Path
    running: RunningSandbox
    witness: Witness

    def start(self, *line: str) -> int:
        """Start `qbclean …`; returns the pid."""
        self._forget_pace()
        return self.house.zygote.start(line=list(line), **House.surroundings(self.folder))

    def run(self, *line: str) -> int:
        self.start(*line)
        return self.house.zygote.wait()

    def die_at(self, **die: Any) -> bool:
        """Apply until a moment of `tests.crash.mortal`; True when it died there, False when it came to the end."""
        self._forget_pace()
        where = {"plan": str(self.folder / "plan.json"), "home": str(self.folder / "home"), "die": die}
        self.house.zygote.start(**where, **House.surroundings(self.folder))
        return self.died()

    def died(self) -> bool:
        """True when the process was killed, False when it came to its end."""
        return self.house.zygote.wait() == -signal.SIGKILL

    def _forget_pace(self) -> None:
        """Requests of former processes count against the limit; nobody wants to wait for them here."""
        (self.house.company_folder(self.folder) / "rate").unlink(missing_ok=True)

    @property
    def output(self) -> str:
        return (self.folder / "output").read_text()

    def books(self) -> Mapping[str, str]:
        """What the sandbox holds, SyncTokens included, aside from the Ids of what was created."""
        return aside_from_ids(objects_of(self.running), self.house.former_ids)

    def runs_that_wrote(self) -> list[str]:
        """The runs with something to take back, newest first."""
        path = Workspace(self.folder / "home").journal_path(self.house.realm_id)
        with SqliteJournal.reading(path, journal_key(path)) as journal:
            runs = [run for listed in journal.runs() if (run := journal.run(listed.start.id))]
        done = [run.start.id for run in runs if any(w.outcome and w.outcome.state == "done" for w in run.writes)]
        return done[::-1]

    def writes_in_doubt(self) -> int:
        path = Workspace(self.folder / "home").journal_path(self.house.realm_id)
        with SqliteJournal.reading(path, journal_key(path)) as journal:
            return len(journal.in_doubt())

    def ended(self) -> Ended:
        return Ended(self.books(), self.journal())

    def assert_ends_as(self, straight: Ended, *, sent_before: Collection[str] = ()) -> None:
        """Run on to the end; then nothing is lost, nothing is there twice, and every write was announced."""
        assert any(
            self.run("recover") == 0 and self.run("apply", "plan.json", "--yes") in (0, 4) for _ in range(TRIES)
        ), f"it never came to the end:\n{self.output}"
        assert self.ended() == straight
        assert self.witness.unannounced == []
        assert {*sent_before, *self.witness.writes} == {request_id for _, _, request_id, _ in straight.journal}

    def journal(self) -> tuple[tuple[str, int, str, str], ...]:
        """Every write of the log: (action, step, request id, state); raises when the chain does not hold."""
        path = Workspace(self.folder / "home").journal_path(self.house.realm_id)
        with SqliteJournal.reading(path, journal_key(path)) as journal:
            assert journal.verify().problem == ""
            assert journal.in_doubt() == ()
            runs = [run for listed in journal.runs() if (run := journal.run(listed.start.id))]
            assert all(run.end is not None for run in runs)
            return tuple(
                sorted(
                    (intent.action_id, intent.step, intent.request_id, write.outcome.state if write.outcome else "")
                    for run in runs
                    for write in run.writes
                    for intent in [write.intent]
                )
            )
