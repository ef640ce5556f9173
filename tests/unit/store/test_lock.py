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
    assert f"`qbclean apply plan.json` (process {holder.pid}, since 2026-03-02 12:00:00 UTC)" in str(refusal.value)


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
