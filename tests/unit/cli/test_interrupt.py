"""Ctrl-C once and twice (R56)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from qbclean.cli.interrupt import StopAfterWrite

_TWICE = """
import os, signal, threading, time
from qbclean.cli.interrupt import StopAfterWrite
threading.Thread(target=time.sleep, args=(60,)).start()  # a worker in the middle of something
with StopAfterWrite():
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)
    print("still here")
"""


def test_the_first_ctrl_c_only_asks(capfd: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with StopAfterWrite() as stop:
        assert not stop.requested()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.requested()
        assert "Finishing the write in flight" in capfd.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before


def test_the_second_ctrl_c_ends_the_process_whatever_its_workers_do() -> None:
    done = subprocess.run([sys.executable, "-c", _TWICE], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 130
    assert "qbclean recover" in done.stderr
    assert done.stdout == ""
