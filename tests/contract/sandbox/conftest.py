"""A fresh sandbox for each test, and a caller signed in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest

from qbclean.sandbox.sandbox import Settings
from qbclean.sandbox.server import RunningSandbox, start
from tests.contract.sandbox.caller import Caller

TODAY = date(2026, 11, 20)

Opener = Callable[..., tuple[RunningSandbox, Caller]]


@pytest.fixture
def open_sandbox() -> Iterator[Opener]:
    """Return a function that starts a sandbox with settings and signs in."""
    with ExitStack() as stack:

        def opener(**settings: Any) -> tuple[RunningSandbox, Caller]:
            running = stack.enter_context(start(Settings(**{"today": TODAY, "documents": False, **settings})))
            caller = Caller(running.ready)
            stack.callback(caller.close)
            return running, caller

        yield opener


@pytest.fixture
def caller(open_sandbox: Opener) -> Caller:
    """A caller of a small made-up company."""
    return open_sandbox(throttle=False)[1]
