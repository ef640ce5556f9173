"""Real qbclean processes that can be killed, forked from one that has imported everything.

Run as `python -m tests.crash.mortal`: reads one JSON object a line and answers with two, `{"pid": …}` when the process
runs and `{"status": …}` (as of waitpid) when it is gone. `{"line": […]}` runs the command line as installed.
`{"plan": …, "home": …, "die": {…}}` runs the same apply with a `passing` port that dies at a named moment; the port is
handed in by constructor, production code knows nothing of dying.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from qbclean.cli import app, plan_files
from qbclean.cli.options import Options
from qbclean.cli.session import Session
from qbclean.cli.wiring import Desk, run_by, workspace_of
from qbclean.workflow.apply import apply
from qbclean.workflow.moments import Moment
from qbclean.workflow.run import RunPorts

__all__ = ["main"]


IMPORTED_LATE = ("qbo.connection", "qbo.gateway", "report.text", "store.books", "store.tokens", "crm.reading")
"""What a command imports when it needs it; imported here once instead of in every process."""


def main() -> None:
    """Serve until stdin ends."""
    for name in IMPORTED_LATE:
        importlib.import_module(f"qbclean.{name}")
    for request in sys.stdin:
        asked = json.loads(request)
        child = os.fork()
        if child == 0:
            _run(asked)
        _say({"pid": child})
        _say({"status": os.waitpid(child, 0)[1]})


def _say(answer: dict[str, int]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _run(asked: dict[str, Any]) -> None:
    """The child; never returns."""
    output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(asked.get("environment", {}))
    os.chdir(asked["folder"])
    code = 99
    try:
        if "line" in asked:
            app.run(asked["line"])
        _apply_until(asked)
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _apply_until(asked: dict[str, Any]) -> None:
    """`qbclean apply PLAN --yes`, dying at `die`: the `nth` time that `moment` comes for an action of that kind."""
    session = Session.start(Options(home=Path(asked["home"]), quiet=True))
    workspace = workspace_of(session)
    plan = plan_files.read(Path(asked["plan"])).plan
    kinds = {action.id: action.kind for action in plan.actions}
    desk = _MortalDesk(session, workspace, workspace.select(None))
    desk.dying = _Dying(kinds, **asked["die"])
    with desk.closing, desk.run_ports("apply") as ports:
        apply(desk.clearance(plan, ports.journal), books=desk.books.load(), ports=ports, by=run_by())


class _Dying:
    """A `passing` port."""

    def __init__(self, kinds: dict[str, str], *, moment: Moment, kind: str = "", nth: int = 1) -> None:
        self._kinds, self._moment, self._kind, self._left = kinds, moment, kind, nth

    def __call__(self, moment: Moment, action_id: str) -> None:
        if moment == self._moment and self._kind in ("", self._kinds.get(action_id)):
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class _MortalDesk(Desk):
    dying: _Dying

    @contextmanager
    def run_ports(self, command: str) -> Iterator[RunPorts]:
        with super().run_ports(command) as ports:
            yield replace(ports, passing=self.dying)


if __name__ == "__main__":
    main()
