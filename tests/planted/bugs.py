"""Bugs that would hurt, each as a change of one place in the code, with the tests that must notice (R51)."""

from __future__ import annotations

from dataclasses import dataclass

EXECUTE = "tests/unit/workflow/test_execute.py"
TOGETHER = "tests/unit/workflow/test_together.py"
SIMULATION = "tests/simulation/test_simulation.py"
FAULTS = "tests/workflow/test_executor_faults.py"


@dataclass(frozen=True)
class Bug:
    """`old` stands once in `file` and becomes `new`; `tests` are what is run then."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


BUGS = (
    Bug(
        "no intent row",
        "workflow/step.py",
        "        self.ports.journal.intend(intent)\n",
        "",
        (EXECUTE, "-k", "intent or r14"),
    ),
    Bug(
        "the intent is written after the request was sent",
        "workflow/step.py",
        '        self.ports.journal.intend(intent)\n        self.ports.passing("intent kept", action.id)\n'
        "        write = JournaledWrite(intent=intent, outcome=self._sent(intent, request, noticed))\n",
        "        receipt = self.ports.gateway.send(request)\n        self.ports.journal.intend(intent)\n"
        "        outcome = done(intent, receipt, self.ports.clock.now())\n        self.ports.journal.settle(outcome)\n"
        "        write = JournaledWrite(intent=intent, outcome=outcome)\n",
        (SIMULATION, "-k", "many_lives"),
    ),
    Bug(
        "a write is settled before its answer is there",
        "workflow/step.py",
        "            outcome = done(intent, ports.gateway.send(request), ports.clock.now())\n",
        "            ref = request.target or DocumentRef(request.kind, 'x')\n"
        '            early = WriteReceipt(ref=ref, sync_token="", after=body_bytes(request.body))\n'
        "            outcome = done(intent, early, ports.clock.now())\n            ports.gateway.send(request)\n",
        (SIMULATION, "-k", "many_lives"),
    ),
    Bug(
        "a new request id on every try",
        "qbo/connection.py",
        "self._transport.write(request.path, body)",
        'self._transport.write(f"{request.path}{self.calls}", body)',
        (FAULTS, "-k", "absorbed and reset-after"),
    ),
    Bug(
        "a 5xx or a lost reply counts as a refusal",
        "workflow/settle.py",
        "return isinstance(error, UnavailableError | ThrottledError) or error.code == _DUPLICATE_REQUEST",
        "return isinstance(error, ThrottledError)",
        (SIMULATION, "-k", "many_lives"),
    ),
    Bug(
        "a blind repetition after a time-out",
        "workflow/settle.py",
        '        look = _look_for(intent, gateway, journal)\n        passing("looked back", intent.action_id)\n',
        '        look = _Look(seen="not there")\n        passing("looked back", intent.action_id)\n',
        (SIMULATION, "-k", "many_lives"),
    ),
    Bug(
        "what was sent before is sent again",
        "workflow/step.py",
        "        write = self.ports.journal.write(planned.request_id)\n",
        "        write = None\n",
        (EXECUTE, "-k", "not_sent"),
    ),
    Bug(
        "the company's lock is a file with a process id",
        "store/file_lock.py",
        "        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        "        if file.read(1):\n            raise OSError\n",
        ("tests/unit/store/test_lock.py",),
    ),
    Bug(
        "no check for changes since the review",
        "workflow/step.py",
        "        reasons = list(dict.fromkeys(drift for drift in drifts if drift))\n",
        "        reasons: list[str] = []\n",
        (EXECUTE, "-k", "s17 or r2"),
    ),
    Bug(
        "readings are used however old they are",
        "workflow/lookahead.py",
        "MAX_AGE = timedelta(seconds=20)",
        "MAX_AGE = timedelta(days=20)",
        (EXECUTE, "-k", "once_the_reading_is_old"),
    ),
    Bug(
        "a placeholder gets the Id of another action's document",
        "plan/placeholders.py",
        "    return created[creator]\n",
        "    return next(iter(created.values()))\n",
        (TOGETHER, "-k", "same_requests"),
    ),
    Bug(
        "two writes of one customer at the same time",
        "workflow/together.py",
        "            before = {last[key] for key in _keys(action) if key in last}\n",
        "            before: set[int] = set()\n",
        (TOGETHER,),
    ),
    Bug(
        "actions run although what they depend on did not",
        "workflow/execute.py",
        '            if state != "done":\n',
        "            if False:\n",
        (EXECUTE, "-k", "r7"),
    ),
    Bug(
        "an answer that is not the planned one is accepted",
        "workflow/step.py",
        "        if found and not self.surprise:\n",
        "        if False:\n",
        (EXECUTE, "-k", "s20"),
    ),
    Bug(
        "nothing is read back",
        "workflow/prove.py",
        "    return tuple(wrong)\n",
        "    return ()\n",
        ("tests/unit/workflow/test_window.py",),
    ),
    Bug(
        "the locked period is left out of the proof",
        "workflow/prove.py",
        "        *(_locked(before, after, span, names) if span.lock else ()),\n",
        "",
        ("tests/unit/workflow/test_proof.py",),
    ),
    Bug(
        "the journal is not on disk when it says so",
        "store/journal.py",
        'durability="FULL"',
        'durability="OFF"',
        ("tests/unit/store/test_journal.py", "-k", "r16 or pragma or synchronous or durab or opened"),
    ),
    Bug(
        "the limiter lets everything through",
        "qbo/limiter.py",
        "            return pause\n",
        "            return 0.0\n",
        ("tests/unit/qbo/test_limiter.py",),
    ),
    Bug(
        "a rollback overwrites what somebody changed",
        "plan/inverse.py",
        "        moved = differences(expected, live)\n",
        "        moved = ()\n",
        ("tests/unit/workflow/test_rollback.py",),
    ),
    Bug(
        "the chain does not cover the row before",
        "store/chain.py",
        'f"{before}\\n{canonical}"',
        'f"{canonical}"',
        ("tests/unit/store/test_chain.py",),
    ),
)
