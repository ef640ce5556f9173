"""Power cuts: the disk as it may be found after any moment of a real run, rebuilt from what strace saw (R19)."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from qbclean.model.refs import RealmId
from qbclean.sandbox.server import RunningSandbox, write_ready_file
from qbclean.store.journal import SqliteJournal
from qbclean.store.keys import journal_key
from qbclean.store.tokens import SEALED_FILE, SealedTokens
from tests.crash.disk import Disk, Image
from tests.crash.house import Ended, House, Witness, Zygote
from tests.crash.trace import Deed, Rename, Say, Send, can_trace, traced
from tests.every_kind import WRITES_PER_COPY

pytestmark = [
    pytest.mark.skipif(not can_trace(), reason="strace is not installed here, or may not trace"),
    pytest.mark.xdist_group("power cuts"),  # they share one traced run
]

COPIES = 2
CUTS, ALL_CUTS = 150, 3000
RECOVERIES, MANY_RECOVERIES = 5, 60
REQUEST_ID = re.compile(rb"^POST \S+[?&]requestid=([^ &]+)")
BEARER = re.compile(rb"Authorization: Bearer (\S+)")
HEAD = re.compile(rb"The log now ends at [0-9a-f]{64}:(\d+)")
SHARED_MEMORY = ("journal.db-shm", "books.db-shm")
"""Made anew by whoever opens the database first; what becomes of them is nothing to a disk."""


@dataclass
class Recorded:
    """A run, deed by deed, on a company's folder as it was `before`."""

    realm_id: RealmId
    before: Image
    deeds: Sequence[Deed]
    requests: Sequence[str]
    """Request ids in the order in which the sandbox got them."""
    states: Sequence[Path]
    """The sandbox before each of those requests, and at the end."""
    straight: Ended

    def cuts(self, chance: random.Random, wanted: int) -> Iterator[Cut]:
        """About `wanted` ways in which the power may fail; the worst one after each write that left is among them."""
        disk, known, share = Disk(self.before), Known(), wanted / len(self.deeds)
        for deed in self.deeds:
            disk.do(deed)
            news = known.hear(deed)
            if news:
                yield Cut(disk.only_synced(), known)
            for _ in range(int(share) + (chance.random() < share % 1)):
                how = chance.choice([disk.only_synced, disk.everything, lambda: disk.something(chance)])
                yield Cut(how(), known)

    def sandbox_at(self, known: Known) -> Path:
        """The sandbox when all that was sent until then has arrived."""
        sent = Counter(known.sent)
        for arrived, request_id in enumerate(self.requests):
            sent[request_id] -= 1
            if sent[request_id] < 0:
                return self.states[arrived]
        return self.states[-1]


@dataclass
class Known:
    """What has left the computer or was shown to the user, and so must be on the disk."""

    sent: list[str] = field(default_factory=list)
    bearers: list[str] = field(default_factory=list)
    rows: int = 0

    def hear(self, deed: Deed) -> bool:
        """True when something that matters was let out."""
        match deed:
            case Send(content):
                sent = [found.decode() for found in REQUEST_ID.findall(content)]
                bearers = [token for found in BEARER.findall(content) if (token := found.decode()) not in self.bearers]
                self.sent += sent
                self.bearers += bearers
                return bool(sent or bearers)
            case Say(content):
                self.rows = max([self.rows, *(int(rows) for rows in HEAD.findall(content))])
                return True
            case _:
                return False


@dataclass
class Cut:
    """What the disk holds when the power is back."""

    image: Image
    known: Known

    def put_into(self, folder: Path) -> None:
        """Make `folder` what the disk holds."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        for name, content in self.image.items():
            (folder / name).touch(mode=0o600)
            (folder / name).write_bytes(content)


class Keeping(Witness):
    """Keeps the sandbox's state before each write, and lets the access token expire: at first, and half-way."""

    def __init__(self, journal: Path, running: RunningSandbox, state: Path) -> None:
        super().__init__(journal)
        self._running, self._state = running, state
        self.states: list[Path] = []
        running.sandbox.company.quirks.choose("rotate_refresh", "every")
        running.sandbox.authority.expire_access_tokens()

    def append(self, entry: dict[str, Any]) -> None:
        if "requestid=" in entry["query"]:
            self.keep()
            if len(self.states) == WRITES_PER_COPY:
                self._running.sandbox.authority.expire_access_tokens()
        super().append(entry)

    def keep(self) -> None:
        kept = self._state.with_name(f"state{len(self.states)}.db")
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{self._state}{suffix}", f"{kept}{suffix}")
        self.states.append(kept)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> House:
    return House.built(tmp_path_factory.mktemp("house"), zygote, copies=COPIES)


@pytest.fixture(scope="module")
def recorded(house: House, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """An apply of every kind of write, twice, during which the tokens are renewed twice."""
    with house.lived_in(tmp_path_factory.mktemp("recorded") / "house") as tenancy:
        folder = house.company_folder(tenancy.folder)
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        keeping = Keeping(folder / "journal.db", tenancy.running, tenancy.folder / "state.db")
        tenancy.running.sandbox.requests = tenancy.witness = keeping
        environment = {**os.environ, **House.surroundings(tenancy.folder)["environment"]}
        line = ["-m", "qbclean", "apply", "plan.json", "--yes"]
        code, deeds = traced(line, folder=tenancy.folder, environment=environment, watched=folder)
        assert code == 0, (tenancy.folder / "told").read_text()
        keeping.keep()
        straight = tenancy.ended()
    deeds = [deed for deed in deeds if getattr(deed, "path", "") not in SHARED_MEMORY]
    return Recorded(house.realm_id, before, deeds, keeping.writes, keeping.states, straight)


def access_tokens(recorded: Recorded, folder: Path) -> list[str]:
    """The access token before the run and every one it stored, oldest first."""
    disk = Disk(recorded.before)
    images = [disk.everything()]
    for deed in recorded.deeds:
        disk.do(deed)
        if isinstance(deed, Rename) and deed.to == SEALED_FILE:
            images.append(disk.everything())
    return [stored_token(Cut(image, Known()), recorded, folder) for image in images]


def stored_token(cut: Cut, recorded: Recorded, folder: Path) -> str:
    cut.put_into(folder)
    return SealedTokens(lambda _: folder).load(recorded.realm_id).access_token


def assert_sound(cut: Cut, recorded: Recorded, folder: Path, stored: Sequence[str]) -> None:
    """The journal opens, its chain holds, and nothing is missing that anybody else has seen."""
    cut.put_into(folder)
    path = folder / "journal.db"
    with SqliteJournal.writing(path, journal_key(path)) as journal:
        report = journal.verify()
        assert report.problem == ""
        assert report.head.rows >= cut.known.rows, "the user was shown a head that is gone"
        missing = [request_id for request_id in cut.known.sent if journal.write(request_id) is None]
        assert missing == [], "a write was sent before its intent was on the disk"
    used = max([0, *(stored.index(bearer) for bearer in cut.known.bearers)])
    token = stored_token(cut, recorded, folder)
    assert stored.index(token) >= used, "new tokens were used before they were on the disk"


def check(recorded: Recorded, folder: Path, *, wanted: int, seed: int) -> int:
    """Check about that many cuts; returns how many."""
    stored = access_tokens(recorded, folder)
    assert len(stored) == 3
    checked = 0
    for cut in recorded.cuts(random.Random(seed), wanted):
        assert_sound(cut, recorded, folder, stored)
        checked += 1
    return checked


def test_a_power_cut_leaves_a_sound_journal_that_lacks_nothing_anybody_saw_r19(recorded, tmp_path):
    known = Known()
    for deed in recorded.deeds:
        known.hear(deed)
    assert len(set(known.sent)) == COPIES * WRITES_PER_COPY, "every write was seen to leave"
    assert known.rows > 2 * COPIES * WRITES_PER_COPY, "the user was told where the log ends"
    assert check(recorded, tmp_path / "found", wanted=CUTS, seed=19) >= CUTS / 2


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_thousands_of_power_cuts_r19(recorded, tmp_path):
    cuts = check(recorded, tmp_path / "found", wanted=ALL_CUTS, seed=1)
    print(f"{cuts} power cuts after {len(recorded.deeds)} deeds, all sound")  # noqa: T201 - the figure R19 asks for


MAKING = """
from pathlib import Path
from qbclean.store.journal import SqliteJournal
from qbclean.store.keys import journal_key
path = Path("company/journal.db").absolute()
with SqliteJournal.writing(path, journal_key(path)) as journal:
    journal.record_plan("d1", made_at="", origin="")
    print("recorded", flush=True)
"""


def test_a_power_cut_while_a_journal_is_made_leaves_none_or_a_sound_one_r19(tmp_path):
    company, found, chance = tmp_path / "company", tmp_path / "found", random.Random(5)
    company.mkdir(mode=0o700)
    code, deeds = traced(["-c", MAKING], folder=tmp_path, environment=os.environ, watched=company)
    assert code == 0, (tmp_path / "told").read_text()
    disk, recorded = Disk({}), False
    for deed in deeds:
        if getattr(deed, "path", "") not in SHARED_MEMORY:
            disk.do(deed)
            recorded |= isinstance(deed, Say)
            for image in (disk.only_synced(), disk.something(chance)):
                Cut(image, Known()).put_into(found)
                with SqliteJournal.writing(found / "journal.db", journal_key(found / "journal.db")) as journal:
                    assert journal.verify().problem == ""
                    assert journal.knows_plan("d1") or not recorded
    assert recorded


def recover(recorded: Recorded, house: House, folder: Path, *, wanted: int, seed: int) -> None:
    """Let the power fail in that many places, and carry on from there with the sandbox as it was."""
    chance = random.Random(seed)
    cuts = [cut for cut in map(deepcopy, recorded.cuts(chance, CUTS)) if cut.known.sent]
    for number, cut in enumerate(chance.sample(cuts, wanted)):
        life = folder / f"life{number}"
        ruin = folder / f"ruin{number}"
        shutil.copytree(house.folder, ruin)
        cut.put_into(house.company_folder(ruin))
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{recorded.sandbox_at(cut.known)}{suffix}", ruin / f"state.db{suffix}")
        with replace(house, folder=ruin).lived_in(life) as tenancy:
            # The answer with new tokens may have been lost with the power.
            write_ready_file(life / "ready.json", tenancy.running.ready)
            assert tenancy.run("connect", "--local", "ready.json") == 0, tenancy.output
            tenancy.assert_ends_as(recorded.straight, sent_before=cut.known.sent)
        shutil.rmtree(life)
        shutil.rmtree(ruin)


def test_after_a_power_cut_a_run_is_finished_like_an_undisturbed_one_r19(recorded, house, tmp_path):
    recover(recorded, house, tmp_path, wanted=RECOVERIES, seed=7)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_after_many_power_cuts_a_run_is_finished_like_an_undisturbed_one_r19(recorded, house, tmp_path):
    recover(recorded, house, tmp_path, wanted=MANY_RECOVERIES, seed=2)
