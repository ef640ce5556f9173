"""Many lives of one company, each from its seed; then the same by hypothesis, which looks for the shortest bad one."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.simulation.simulated import SimulatedCompany

SHORT, LONG = 150, 10_000


def a_life(seed: int) -> SimulatedCompany:
    """Plan, apply, die, edit, recover, roll back, sleep, in an order and number that the seed decides."""
    company = SimulatedCompany(seed)
    company.quickbooks.remembers_request_ids = company.chance.random() < 0.5
    company.quickbooks.takes_unvoid = company.chance.random() < 0.7
    for _ in range(company.chance.randint(3, 8)):
        dies_after = company.chance.choice([0, company.chance.randint(1, 60), company.chance.randint(1, 200)])
        happening = company.chance.choice(["apply", "apply", "apply", "edit", "recover", "roll back", "jump", "plan"])
        match happening:
            case "apply":
                company.apply(dies_after=dies_after)
            case "edit":
                company.edit()
            case "recover":
                company.recover(dies_after=dies_after)
            case "roll back":
                company.roll_back(dies_after=dies_after)
            case "jump":
                company.jump()
            case "plan":
                company.plan()
        company.assert_sound()
    company.faults = 0.0
    company.recover()
    company.apply()
    company.assert_sound()
    return company


def test_the_same_seed_is_the_same_life_r45():
    for seed in range(8):
        assert a_life(seed).trace == a_life(seed).trace
    assert len({a_life(seed).trace for seed in range(8)}) == 8


def _trace(seed):
    return a_life(seed).trace


def test_fifty_companies_at_once_live_as_each_does_alone_r60():
    """In one process side by side, and in four processes: a run keeps nothing outside of what it is handed."""
    alone = [_trace(seed) for seed in range(50)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(_trace, range(50))) == alone
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as processes:
        assert list(processes.map(_trace, range(50))) == alone


def test_nothing_is_lost_done_twice_or_overwritten_in_many_lives_r45():
    for seed in range(SHORT):
        a_life(seed)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_nothing_is_lost_done_twice_or_overwritten_in_ten_thousand_lives_r45():
    for seed in range(LONG):
        try:
            a_life(seed)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error


DEATHS = st.one_of(st.just(0), st.integers(1, 160))


class Books(RuleBasedStateMachine):
    """R46: any order of planning, editing, applying, dying, recovering, taking back and sleeping."""

    @initialize(
        seed=st.integers(0, 2**16), faults=st.sampled_from([0.0, 0.15]), remembers=st.booleans(), unvoid=st.booleans()
    )
    def open(self, seed, faults, remembers, unvoid):
        self.company = SimulatedCompany(seed, faults=faults)
        self.company.quickbooks.remembers_request_ids = remembers
        self.company.quickbooks.takes_unvoid = unvoid

    @rule(dies_after=DEATHS)
    def apply(self, dies_after):
        self.company.apply(dies_after=dies_after)

    @rule(dies_after=DEATHS)
    def recover(self, dies_after):
        self.company.recover(dies_after=dies_after)

    @rule(dies_after=DEATHS)
    def roll_back(self, dies_after):
        self.company.roll_back(dies_after=dies_after)

    @rule()
    def edit(self):
        self.company.edit()

    @rule()
    def plan(self):
        self.company.plan()

    @rule()
    def jump(self):
        self.company.jump()

    @invariant()
    def sound(self):
        if hasattr(self, "company"):
            self.company.assert_sound()


SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large]


class TestBooks(Books.TestCase):  # type: ignore[name-defined,misc]
    settings = settings(
        max_examples=40, stateful_step_count=12, deadline=None, suppress_health_check=SLOW_IS_FINE, derandomize=True
    )


@pytest.mark.long
@pytest.mark.timeout(7200)
class TestBooksAtLength(Books.TestCase):  # type: ignore[name-defined,misc]
    settings = settings(
        max_examples=500, stateful_step_count=50, deadline=None, suppress_health_check=SLOW_IS_FINE, print_blob=True
    )
