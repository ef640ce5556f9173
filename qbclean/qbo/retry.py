"""When a request is repeated, after what wait, and when trying stops altogether (R22); the only tenacity user.

Repeating is safe for reads and, under the unchanged request id, for writes. What may be repeated is said by the fault
table; here are only numbers: tries, waits, the run's retry budget and the breaker.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import tenacity

from qbclean.errors import AuthorizationError, GatewayError, UnavailableError
from qbclean.qbo.client import Answer
from qbclean.qbo.faults import Remedy, Verdict, judge

TRIES = 4
MOST_SENDS = 5
"""Tries of one write in one process: when those are used up, settling what became of it has a single one left."""
MINUTE = 60.0
REPLAY_SECONDS = 600.0
"""No try begins later than this after the first: how long QuickBooks remembers a request id is not documented (R21)."""


@dataclass(slots=True)
class RunBudget:
    """How many retries a whole run may spend, and when QuickBooks counts as down. One is shared by all calls of a run.

    At most `share` of the operations so far (and never fewer than `floor`) may be retries. After every `breaker` failed
    tries in a row the run pauses for `cool_down` seconds. When two pauses did not help, QuickBooks is down: operations
    are refused, unsent, until `cool_down` has passed once more.
    """

    share: float = 0.20
    floor: int = 5
    breaker: int = 5
    cool_down: float = MINUTE
    clock: Callable[[], float] = time.monotonic
    operations: int = 0
    retries: int = 0
    _failed_in_a_row: int = 0
    _open_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start_operation(self) -> float:
        """Seconds to wait before sending. Raises GatewayError when QuickBooks is down: then nothing is sent."""
        with self._lock:
            left = self._open_until - self.clock() if self.is_open else 0.0
            if left > 0 and self._failed_in_a_row >= 3 * self.breaker:
                raise GatewayError(
                    "Nothing was sent.",
                    why=f"QuickBooks failed {self._failed_in_a_row} times in a row, with two pauses between.",
                    do="Wait a few minutes and try again.",
                )
            self.operations += 1
            return left

    @property
    def is_open(self) -> bool:
        """True from a full row of failures until the pause has passed or something was answered."""
        return self._failed_in_a_row > 0 and self.clock() < self._open_until

    def spend_retry(self) -> bool:
        """True, and counted, when one more retry is within the budget and the breaker is closed."""
        with self._lock:
            allowed = not self.is_open and self.retries < max(self.floor, int(self.share * self.operations))
            self.retries += allowed
            return allowed

    def note(self, *, answered: bool) -> None:
        """`answered`: QuickBooks gave an answer, be it a refusal; not so for a time-out, a reset or a 5xx."""
        with self._lock:
            self._failed_in_a_row = 0 if answered else self._failed_in_a_row + 1
            if self._failed_in_a_row and self._failed_in_a_row % self.breaker == 0:
                self._open_until = self.clock() + self.cool_down


class Unsettled(Exception):  # noqa: N818 - not an error yet: what a try ended in
    """One try that did not succeed."""

    def __init__(self, verdict: Verdict, answer: Answer) -> None:
        super().__init__(verdict.why)
        self.verdict, self.answer = verdict, answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The last answer, what is wrong with it (None: nothing) and how often the request was sent.

    `doubt` is a try whose effect is unknown: a later refusal of a write does not prove that it had none (R20).
    """

    answer: Answer
    verdict: Verdict | None
    attempts: int
    doubt: Unsettled | None = None


class RetryPolicy:
    """Repeats one request as the fault table allows. `sleep`, `clock` and `chance` are injectable for tests."""

    def __init__(
        self,
        budget: RunBudget | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: random.Random | None = None,
    ) -> None:
        self.budget = budget or RunBudget(clock=clock)
        self._sleep, self._clock = sleep, clock
        self._chance = chance or random.Random()  # noqa: S311 - jitter, not a secret

    def run(self, send: Callable[[], Answer], renew: Callable[[], None], *, most: int = TRIES) -> Result:
        """Send until it succeeds, cannot succeed, or tries, time or budget are used up.

        `renew` gets a new access token after a 401; that happens once, and does not count as a try. `most` is how many
        tries there may be at all.
        Raises GatewayError, with nothing sent, when QuickBooks is down.
        """
        if pause := self.budget.start_operation():
            self._sleep(pause)
        began = self._clock()
        tries = _Tries(send, renew, self.budget)

        def may_repeat(state: tenacity.RetryCallState) -> bool:
            error = state.outcome.exception() if state.outcome else None
            return state.attempt_number < most and self._may_repeat(error, state.attempt_number, began)

        # Without `stop`: `may_repeat` alone decides, and what the last try ended in is raised as it is.
        retrying = tenacity.Retrying(retry=may_repeat, wait=self._wait, sleep=self._sleep)
        try:
            return Result(answer=retrying(tries), verdict=None, attempts=tries.sends)
        except Unsettled as last:
            return Result(answer=last.answer, verdict=last.verdict, attempts=tries.sends, doubt=tries.doubt)
        except (GatewayError, AuthorizationError):  # no access token for a further try
            if tries.doubt is None:
                raise
            return Result(
                answer=tries.doubt.answer, verdict=tries.doubt.verdict, attempts=tries.sends, doubt=tries.doubt
            )

    def _may_repeat(self, error: BaseException | None, attempts: int, began: float) -> bool:
        remedy, answer = _remedy(error)
        limit = {Remedy.WAIT: TRIES, Remedy.BACKOFF: TRIES, Remedy.ONCE: 2}.get(remedy, 1)
        if attempts >= limit or self._clock() + _least_wait(remedy, answer) - began > REPLAY_SECONDS:
            return False
        return self.budget.spend_retry()

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Seconds before the next try, with jitter so that several runs do not come back at the same instant."""
        remedy, answer = _remedy(state.outcome.exception() if state.outcome else None)
        least = _least_wait(remedy, answer)
        if remedy is Remedy.WAIT:
            return least + self._chance.uniform(0, 10)
        return max(least, 2.0 ** (state.attempt_number - 1)) * self._chance.uniform(1, 1.5)


class _Tries:
    """One request being tried; calling it is one try. A 401 is renewed once, within the try."""

    def __init__(self, send: Callable[[], Answer], renew: Callable[[], None], budget: RunBudget) -> None:
        self._send, self._renew, self._budget = send, renew, budget
        self._renewed = False
        self.sends = 0
        self.doubt: Unsettled | None = None

    def __call__(self) -> Answer:
        answer, verdict = self._once()
        if verdict is not None and verdict.remedy is Remedy.REFRESH and not self._renewed:
            self._renewed = True
            self._renew()
            answer, verdict = self._once()
        if verdict is None:
            return answer
        unsettled = Unsettled(verdict, answer)
        if verdict.error is UnavailableError:
            self.doubt = unsettled
        raise unsettled

    def _once(self) -> tuple[Answer, Verdict | None]:
        answer = self._send()
        self.sends += 1
        verdict = judge(answer)
        self._budget.note(answered=verdict is None or verdict.error is not UnavailableError)
        return answer, verdict


def _remedy(error: BaseException | None) -> tuple[Remedy, Answer]:
    if isinstance(error, Unsettled):
        return error.verdict.remedy, error.answer
    if isinstance(error, GatewayError):  # the token service is away; nothing was sent
        return Remedy.BACKOFF, Answer(status=0)
    return Remedy.NEVER, Answer(status=0)


def _least_wait(remedy: Remedy, answer: Answer) -> float:
    asked = answer.retry_after or 0.0
    return max(MINUTE, asked) if remedy is Remedy.WAIT else asked
