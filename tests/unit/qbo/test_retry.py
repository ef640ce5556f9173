from __future__ import annotations

import random

import pytest

from qbclean.errors import AuthorizationError, GatewayError, UnavailableError
from qbclean.qbo.client import Answer
from qbclean.qbo.retry import REPLAY_SECONDS, Result, RetryPolicy, RunBudget
from tests.unit.qbo.parts import NoTime
from tests.unit.qbo.test_faults import EXPIRED, XML_THROTTLE, a_fault

GOOD = Answer(status=200, body=b'{"Invoice": {}}')
LOST = Answer(status=0, broken="reset")
BUSY = Answer(status=503, body=b"<html>")
INTERNAL = Answer(status=500, body=a_fault("10000"))
STALE = Answer(status=400, body=a_fault("5010"))
THROTTLED = Answer(status=429, body=XML_THROTTLE)
REJECTED = Answer(status=401, body=EXPIRED)


class Wire:
    """Plays answers in turn, the last one for ever."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.sends = 0
        self.renewals = 0

    def send(self) -> Answer:
        self.sends += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def renew(self) -> None:
        self.renewals += 1


def a_policy(time: NoTime, **budget: float) -> RetryPolicy:
    return RetryPolicy(RunBudget(clock=time, **budget), sleep=time.sleep, clock=time, chance=random.Random(7))  # type: ignore[arg-type]


def run(*answers: Answer | Exception) -> tuple[Result, Wire, NoTime]:
    time, wire = NoTime(), Wire(*answers)
    return a_policy(time).run(wire.send, wire.renew), wire, time


@pytest.mark.parametrize(
    ("answers", "sends"),
    [
        ((GOOD,), 1),
        ((STALE,), 1),
        ((Answer(status=400, body=a_fault("6000")),), 1),
        ((Answer(status=403, body=b""),), 1),
        ((INTERNAL,), 2),
        ((BUSY,), 4),
        ((LOST,), 4),
        ((Answer(status=200, body=b""),), 4),
        ((THROTTLED,), 4),
        ((REJECTED,), 2),
        ((BUSY, REJECTED, BUSY, BUSY, BUSY), 5),
    ],
)
def test_each_failure_is_tried_as_often_as_the_table_says(answers: tuple[Answer, ...], sends: int) -> None:
    """R22: ≤ 4 tries, a refresh on top, so never more than 5 sends."""
    result, wire, _ = run(*answers)
    assert wire.sends == result.attempts == sends


def test_throttling_waits_a_minute_or_more_and_longer_when_told_so() -> None:
    """R22."""
    _, _, time = run(THROTTLED, THROTTLED, GOOD)
    assert len(time.waits) == 2
    assert all(60 <= wait <= 70 for wait in time.waits)
    assert time.waits[0] != time.waits[1], "jitter"
    _, _, time = run(Answer(status=429, body=b"", retry_after=150.0), GOOD)
    assert 150 <= time.waits[0] <= 160


class Extreme(random.Random):
    """Always the least or the most of what is asked for."""

    def __init__(self, *, most: bool) -> None:
        super().__init__(0)
        self._most = most

    def uniform(self, a: float, b: float) -> float:
        return b if self._most else a


@pytest.mark.parametrize(("most", "throttled", "lost"), [(False, 60.0, 1.0), (True, 70.0, 1.5)])
def test_jitter_stays_within_ten_seconds_and_within_half_of_a_pause(most: bool, throttled: float, lost: float) -> None:
    for answer, wait in ((THROTTLED, throttled), (LOST, lost)):
        time, wire = NoTime(), Wire(answer, GOOD)
        policy = RetryPolicy(RunBudget(clock=time), sleep=time.sleep, clock=time, chance=Extreme(most=most))
        policy.run(wire.send, wire.renew)
        assert time.waits == [wait]


def test_a_policy_of_its_own_has_a_budget_by_the_same_clock_and_jitter() -> None:
    time, wire = NoTime(), Wire(BUSY)
    policy = RetryPolicy(sleep=time.sleep, clock=time)
    for _ in range(2):
        policy.run(wire.send, wire.renew)
    assert policy.budget.is_open
    time.now += 60
    assert not policy.budget.is_open


def test_an_outage_is_waited_out_with_growing_pauses() -> None:
    result, _, time = run(BUSY, LOST, BUSY, GOOD)
    assert result.verdict is None
    assert all(least <= wait <= 1.5 * least for least, wait in zip([1, 2, 4], time.waits, strict=True))
    assert sum(time.waits) < 12


def test_a_401_gets_one_new_token() -> None:
    result, wire, _ = run(REJECTED, GOOD)
    assert (result.verdict, wire.renewals) == (None, 1)
    result, wire, _ = run(REJECTED)
    assert result.verdict is not None
    assert result.verdict.error is AuthorizationError
    assert wire.renewals == 1
    _, wire, _ = run(REJECTED, BUSY, REJECTED, GOOD)
    assert wire.renewals == 1, "once for all tries"


def test_a_refusal_after_a_lost_answer_keeps_the_doubt() -> None:
    """R20: the first try may have had its effect; 5010 then means that it had, not that nothing happened."""
    result, _, _ = run(LOST, STALE)
    assert result.verdict is not None
    assert result.doubt is not None
    assert result.doubt.answer is LOST
    assert result.answer is STALE
    assert run(STALE)[0].doubt is None


def test_an_absent_token_service_is_tried_again_and_then_told() -> None:
    away = GatewayError("No access token.")
    assert run(away, GOOD)[0].verdict is None
    with pytest.raises(GatewayError) as caught:
        run(away)
    assert caught.value is away


def test_a_lost_answer_outweighs_a_token_that_cannot_be_renewed() -> None:
    """R20: "not authorized" would sound as if nothing had been sent."""
    result, _, _ = run(LOST, AuthorizationError("Connect again."))
    assert result.verdict is not None
    assert result.verdict.error is UnavailableError
    assert (result.answer, result.attempts) == (LOST, 1)
    assert result.doubt is not None
    assert result.doubt.answer is LOST


@pytest.mark.parametrize(("seconds", "sends"), [(REPLAY_SECONDS - 60, 2), (REPLAY_SECONDS - 59, 1)])
def test_a_throttled_try_is_repeated_only_when_the_minutes_wait_ends_within_the_horizon(
    seconds: float, sends: int
) -> None:
    """R21."""
    time, wire = NoTime(), Wire(THROTTLED, GOOD)

    def send() -> Answer:
        time.now += seconds
        return wire.send()

    a_policy(time).run(send, wire.renew)
    assert wire.sends == sends


def test_no_try_begins_after_the_replay_horizon() -> None:
    """R21: how long QuickBooks remembers a request id is unknown."""
    result, wire, time = run(Answer(status=429, body=b"", retry_after=350.0))
    assert wire.sends == 2
    assert sum(time.waits) <= REPLAY_SECONDS
    assert result.verdict is not None


def test_retries_stay_within_a_fifth_of_the_operations() -> None:
    """R22: storm of 30 % faults over 1,000 operations."""
    time, chance = NoTime(), random.Random(42)
    policy = a_policy(time, breaker=10**9)
    sends = 0

    def send() -> Answer:
        nonlocal sends
        sends += 1
        return BUSY if chance.random() < 0.30 else GOOD

    results = [policy.run(send, lambda: None) for _ in range(1000)]
    assert policy.budget.retries <= 200
    assert sends - 1000 == policy.budget.retries
    assert max(result.attempts for result in results) <= 5
    assert sum(result.verdict is None for result in results) > 800


def test_after_five_failures_in_a_row_the_run_pauses_and_gives_up_after_two_pauses() -> None:
    """R22: breaker."""
    time, wire = NoTime(), Wire(BUSY)
    policy = a_policy(time, floor=100)
    sends = []
    for _ in range(6):
        policy.run(wire.send, wire.renew)
        sends.append(wire.sends)
    assert sends == [4, 5, 9, 10, 14, 15], "each fifth failure opens the breaker: no retry"
    assert time.waits.count(60) == 2, "the next operation waits first"
    time.now += 59.5
    with pytest.raises(GatewayError) as refused:
        policy.run(wire.send, wire.renew)
    assert str(refused.value) == (
        "Nothing was sent. QuickBooks failed 15 times in a row, with two pauses between. "
        "Wait a few minutes and try again."
    )
    assert not isinstance(refused.value, UnavailableError), "the effect is known: none"
    assert wire.sends == 15
    time.now += 1
    wire.answers = [GOOD]
    assert policy.run(wire.send, wire.renew).verdict is None
    assert not policy.budget.is_open


def test_a_storm_does_not_end_a_run() -> None:
    """R22: with 30 % faults, five in a row happen by chance; a pause must carry the run over them."""
    time, chance = NoTime(), random.Random(42)
    policy = a_policy(time)
    results = [policy.run(lambda: BUSY if chance.random() < 0.30 else GOOD, lambda: None) for _ in range(1000)]
    assert policy.budget.retries <= 200
    assert 60 in time.waits
    assert sum(result.verdict is None for result in results) > 800


def test_a_refusal_is_an_answer_and_closes_the_breaker() -> None:
    time = NoTime()
    policy = a_policy(time)
    for _ in range(3):
        policy.run(Wire(BUSY, BUSY, BUSY, STALE).send, lambda: None)
    assert not policy.budget.is_open
