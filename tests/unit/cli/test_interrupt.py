"""Ctrl-C once and twice (R56)."""

from __future__ import annotations

import os
import signal

import pytest

from qbclean.cli.interrupt import Interrupted, StopAfterWrite


def test_the_first_ctrl_c_asks_and_the_second_stops_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with StopAfterWrite() as stop:
        assert not stop.requested()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.requested()
        assert "Finishing the write in flight" in capfd.readouterr().err
        with pytest.raises(Interrupted):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
