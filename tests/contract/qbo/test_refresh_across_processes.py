"""R25: processes that find the same access token expired make one refresh between them, and none is locked out."""

from __future__ import annotations

import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from qbclean.model.refs import RealmId
from qbclean.qbo.auth import IntuitOAuth
from qbclean.qbo.connection import open_company
from qbclean.qbo.gateway import QboGateway
from qbclean.sandbox.sandbox import Settings
from qbclean.sandbox.server import start
from qbclean.store.tokens import SealedTokens
from qbclean.workflow.connect import connect_local
from tests.contract.qbo.conftest import RealClock


def _sealed(folder: Path) -> SealedTokens:
    return SealedTokens(lambda realm_id: folder / realm_id)


def _read_every_round(folder: Path, realm_id: RealmId, rounds: int, at_once: Barrier) -> None:
    connection = open_company(realm_id, _sealed(folder), clock=RealClock())
    for _ in range(rounds):
        at_once.wait(60)
        QboGateway(connection).company()
        at_once.wait(60)


@pytest.mark.parametrize(
    ("processes", "rounds"),
    [(3, 5), pytest.param(8, 200, marks=pytest.mark.long)],
    ids=["short", "full"],
)
def test_one_refresh_per_expiry_and_no_lock_out(tmp_path: Path, processes: int, rounds: int) -> None:
    """The refresh token changes each time, so a second refresh with the old one would be refused."""
    context = multiprocessing.get_context("spawn")
    with start(Settings(quirks={"rotate_refresh": "every"}, throttle=False)) as running:
        tokens = connect_local(running.ready, oauth=IntuitOAuth(clock=RealClock()), store=_sealed(tmp_path))
        at_once = context.Barrier(processes + 1)
        arguments = (tmp_path, tokens.realm_id, rounds, at_once)
        workers = [context.Process(target=_read_every_round, args=arguments) for _ in range(processes)]
        for worker in workers:
            worker.start()
        for _ in range(rounds):
            running.sandbox.authority.expire_access_tokens()
            at_once.wait(60)
            at_once.wait(60)
        for worker in workers:
            worker.join(60)
        refreshes = [entry for entry in running.sandbox.requests if entry["path"].endswith("/tokens/bearer")]
    assert [worker.exitcode for worker in workers] == [0] * processes
    assert len(refreshes) == rounds + 1, "one to connect, one for each expiry"
