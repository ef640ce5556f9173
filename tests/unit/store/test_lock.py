"""The company's lock: one holder, named to the other, gone with its process (R5, P15)."""

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qbclean.errors import CompanyBusyError
from qbclean.store.lock import LOCK_NAME, company_lock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_HOLDER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from qbclean.store.lock import company_lock
with company_lock(Path(sys.argv[1]), command="apply plan.json", now=datetime(2026, 3, 2, 12, 0, tzinfo=UTC)):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_leaves_at_once_and_names_the_holder_r5(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        started = time.monotonic()
        with pytest.raises(CompanyBusyError) as refusal, company_lock(tmp_path, command="plan", now=NOON):
            pytest.fail("two holders")
        took = time.monotonic() - started
        holder.kill()
    assert took < 1
    assert refusal.value.exit_code == 7
    assert str(refusal.value) == (
        f"Company {tmp_path.name} is held by `qbclean apply plan.json` (process {holder.pid}, since 2026-03-02 "
        "12:00:00 UTC). Two runs at once could send the same write twice. Nothing was done. Wait until it has ended, "
        "then run the command again."
    )


def test_kill_9_frees_the_company_at_once_p15(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.kill()
    with company_lock(tmp_path, command="recover", now=NOON):
        assert b"recover" in (tmp_path / LOCK_NAME).read_bytes()


def test_the_lock_is_free_after_an_orderly_end_and_after_an_error(tmp_path: Path) -> None:
    with company_lock(tmp_path, command="pull", now=NOON):
        pass
    with pytest.raises(ZeroDivisionError), company_lock(tmp_path, command="pull", now=NOON):
        _ = 1 / 0
    with company_lock(tmp_path, command="pull", now=NOON):
        pass


def test_two_runs_in_one_process_exclude_each_other_too(tmp_path: Path) -> None:
    with (
        company_lock(tmp_path, command="pull", now=NOON),
        pytest.raises(CompanyBusyError, match="`qbclean pull`"),
        company_lock(tmp_path, command="apply", now=NOON),
    ):
        pytest.fail("two holders")


def test_companies_do_not_hold_each_other(tmp_path: Path) -> None:
    with company_lock(tmp_path / "1", command="a", now=NOON), company_lock(tmp_path / "2", command="b", now=NOON):
        assert (tmp_path / "1" / LOCK_NAME).exists()


def test_a_holder_without_a_name_is_still_a_holder(tmp_path: Path) -> None:
    with company_lock(tmp_path, command="pull", now=NOON):
        (tmp_path / LOCK_NAME).write_bytes(b"")
        with (
            pytest.raises(CompanyBusyError, match="by another run"),
            company_lock(tmp_path, command="x", now=NOON),
        ):
            pytest.fail("two holders")


def test_a_busy_error_inside_the_run_is_not_mistaken_for_a_held_lock(tmp_path: Path) -> None:
    with pytest.raises(BlockingIOError, match="elsewhere"), company_lock(tmp_path, command="pull", now=NOON):
        raise BlockingIOError("elsewhere")


def _taken_after_kill_9(folder: Path, times: int) -> float:
    """Hold the company in a process, kill that, take it again, so many times; the longest it took, in seconds."""
    longest = 0.0
    for _ in range(times):
        with subprocess.Popen([sys.executable, "-c", _HOLDER, str(folder)], stdout=subprocess.PIPE, text=True) as one:
            assert one.stdout is not None
            assert one.stdout.readline() == "held\n"
            one.kill()
            one.wait()
            began = time.monotonic()
            with company_lock(folder, command="recover", now=NOON):
                longest = max(longest, time.monotonic() - began)
    return longest


_ALL_AT_ONCE = """
import multiprocessing, sys, time
from datetime import UTC, datetime
from pathlib import Path
from qbclean.errors import CompanyBusyError
from qbclean.store.lock import company_lock

def start(folder, together, held, most, turned_away):
    together.wait()
    began = time.monotonic()
    try:
        with company_lock(folder, command="apply", now=datetime(2026, 3, 2, tzinfo=UTC)):
            with held.get_lock():
                held.value += 1
                most.value = max(most.value, held.value)
            together.wait()  # nobody lets go before everybody tried
            with held.get_lock():
                held.value -= 1
    except CompanyBusyError as busy:
        assert busy.exit_code == 7
        assert time.monotonic() - began < 1
        with turned_away.get_lock():
            turned_away.value += 1
        together.wait()

fork = multiprocessing.get_context("fork")
most, turned_away = fork.Value("i", 0), fork.Value("i", 0)
for _ in range(int(sys.argv[2])):
    together, held = fork.Barrier(2), fork.Value("i", 0)
    both = [fork.Process(target=start, args=(Path(sys.argv[1]), together, held, most, turned_away)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
        assert one.exitcode == 0
print(most.value, turned_away.value)
"""


def _started_at_once(folder: Path, times: int) -> str:
    """Let two processes start at the same moment, so many times: `MOST_HOLDERS TURNED_AWAY`."""
    line = [sys.executable, "-c", _ALL_AT_ONCE, str(folder), str(times)]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()


posix = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork on Windows")


def test_after_kill_9_the_company_is_free_within_a_second_r5(tmp_path: Path) -> None:
    assert _taken_after_kill_9(tmp_path, 4) < 1


@posix
def test_of_two_that_start_at_the_same_moment_one_is_turned_away_r5(tmp_path: Path) -> None:
    assert _started_at_once(tmp_path, 20) == "1 20"


@pytest.mark.long
def test_a_hundred_kills_and_two_hundred_simultaneous_starts_r5(tmp_path: Path) -> None:
    assert _taken_after_kill_9(tmp_path / "killed", 100) < 1
    assert _started_at_once(tmp_path / "at once", 200) == "1 200"
