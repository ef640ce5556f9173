"""How the SQLite journal keeps its promises: durable, private, append-only, one writer, readers beside it."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlite_utils import Database

from qbclean.errors import StoreError
from qbclean.store.chain import START, link_hash, write_anchor
from qbclean.store.journal import SqliteJournal, WrittenBy
from qbclean.store.keys import journal_key
from qbclean.store.migrations import JOURNAL
from qbclean.store.private_files import create_private_file
from qbclean.store.rows import plan_row, start_row
from tests.contract.store.samples import a_decision, a_run, a_skip, an_end, an_intent, an_outcome

posix = pytest.mark.skipif(sys.platform == "win32", reason="mode bits and SIGKILL are POSIX")


def opened(folder: Path) -> SqliteJournal:
    path = folder / "journal.db"
    return SqliteJournal.writing(path, journal_key(path))


def test_the_connection_is_wal_full_sync_and_not_memory_mapped_r16(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        pragmas = {
            name: journal._database.execute(f"PRAGMA {name}").fetchone() for name in ("journal_mode", "synchronous")
        }
        mapped = journal._database.execute("PRAGMA mmap_size").fetchone()
    assert pragmas == {"journal_mode": ("wal",), "synchronous": (2,)}
    assert mapped in (None, (0,))


def a_whole_run(journal: SqliteJournal) -> None:
    """A decision and a run of one write and one skip: a row of each sort."""
    journal.record_decisions([a_decision()])
    journal.start_run(a_run())
    journal.intend(an_intent())
    journal.settle(an_outcome())
    journal.skip(a_skip())
    journal.finish_run(an_end())


@posix
def test_every_file_is_private_whatever_the_umask_r34(tmp_path: Path) -> None:
    before = os.umask(0o000)
    try:
        with opened(tmp_path / "companies" / "1") as journal:
            journal.start_run(a_run())
            journal.finish_run(an_end())
            modes = {place.name: stat.S_IMODE(place.stat().st_mode) for place in (tmp_path / "companies").rglob("*")}
    finally:
        os.umask(before)
    assert modes == {
        "1": 0o700, "journal.db": 0o600, "journal.db-wal": 0o600, "journal.db-shm": 0o600,
        "journal.key": 0o600, "journal.head": 0o600,
    }  # fmt: skip


@pytest.mark.parametrize("table", ["plans", "runs", "writes", "links"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET seq = seq + 1000", "DELETE FROM {}"])
def test_rows_can_be_neither_changed_nor_removed_r29(tmp_path: Path, table: str, statement: str) -> None:
    with opened(tmp_path) as journal:
        journal.record_plan("d1", made_at="", origin="")
        journal.start_run(a_run())
        journal.intend(an_intent())
    connection = sqlite3.connect(tmp_path / "journal.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement.format(table))
    connection.close()


def test_a_reader_sees_what_is_committed_and_cannot_write_p13(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with opened(tmp_path) as writer, SqliteJournal.reading(path, journal_key(path)) as reader:
        writer.start_run(a_run())
        assert [run.start.id for run in reader.runs()] == ["R-1"]
        with pytest.raises(StoreError) as refused:
            reader.start_run(a_run("R-2"))
    assert str(refused.value) == (
        f"{path} could not be written: attempt to write a readonly database. Nothing is sent to QuickBooks that is not "
        "in the journal first. See that the disk is not full and the folder is writable, then run `qbclean recover`."
    )


def test_neither_a_listing_nor_an_intent_holds_the_plans_of_the_runs(tmp_path: Path) -> None:
    plan = '{"actions": ["' + "x" * 2_000_000 + '"]}'
    with opened(tmp_path) as journal:
        for number in range(6):
            journal.start_run(a_run(f"R-{number}", plan=plan))
        tracemalloc.start()
        listed = journal.runs()
        listing = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        journal.intend(an_intent(run_id="R-3"))
        intending = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert [run.start.id for run in listed] == [f"R-{number}" for number in range(6)]
    assert listing < 3 * len(plan), "one plan at a time, as a row and as text"
    assert intending < len(plan) / 2


def test_reading_a_journal_that_does_not_exist_yet_finds_nothing_and_makes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with SqliteJournal.reading(path, bytes(32)) as reader:
        assert reader.runs() == ()
        assert reader.verify().problem == ""
    assert not path.exists()


def test_threads_may_write_through_one_journal(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.start_run(a_run())
        threads = [
            threading.Thread(target=lambda n=n: [journal.intend(an_intent(f"q-{n}-{i}")) for i in range(10)])
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(journal.in_doubt()) == 80
        assert journal.head().rows == 81
        assert journal.verify().problem == ""


def test_what_was_written_is_there_after_opening_again(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.start_run(a_run())
        journal.intend(an_intent())
    with opened(tmp_path) as journal:
        assert [write.intent for write in journal.in_doubt()] == [an_intent()]
        journal.settle(an_outcome())
        assert journal.verify().problem == ""


_WRITER = """
import sys
from pathlib import Path
from tests.contract.store.samples import a_run, an_intent
from qbclean.store.chain import START, link_hash, write_anchor
from qbclean.store.journal import SqliteJournal, WrittenBy
from qbclean.store.keys import journal_key
path = Path(sys.argv[1])
journal = SqliteJournal.writing(path, journal_key(path))
journal.start_run(a_run())
for number in range(1_000_000):
    journal.intend(an_intent(f"q-{number}"))
    print(number, flush=True)
"""


@posix
@pytest.mark.parametrize("acknowledged", [1, 40])
def test_kill_9_loses_no_acknowledged_row_r17(tmp_path: Path, acknowledged: int) -> None:
    path = tmp_path / "journal.db"
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], cwd=root, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        last = [int(writer.stdout.readline()) for _ in range(acknowledged)][-1]
        writer.kill()
        last = max([last, *(int(line) for line in writer.stdout.read().split())])
    with opened(tmp_path) as journal:
        written = [write.intent.request_id for write in journal.in_doubt()]
        assert written[: last + 1] == [f"q-{number}" for number in range(last + 1)]
        assert len(written) <= last + 2
        assert journal.verify().problem == ""


def test_a_damaged_file_is_refused_at_opening(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.start_run(a_run())
        for number in range(50):
            journal.intend(an_intent(f"q-{number}"))
    path = tmp_path / "journal.db"
    content = bytearray(path.read_bytes())
    content[8192:12288] = b"\x99" * 4096
    path.write_bytes(content)
    with pytest.raises(StoreError, match="cannot be read"):
        opened(tmp_path)


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_text("not a database, but long enough to be taken for one" * 100)
    (tmp_path / "journal.key").write_text("00" * 32)
    (tmp_path / "journal.key").chmod(0o600)
    with pytest.raises(StoreError, match=r"journal\.db cannot be read"):
        opened(tmp_path)


def test_a_journal_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "journal.db")
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('journal', '9999_later', '')"
    )
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match=r"newer qbclean .*9999_later"):
        opened(tmp_path)


def test_a_journal_that_lost_its_tail_is_not_continued_r29(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.start_run(a_run())
        journal.finish_run(an_end())
    for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    with pytest.raises(StoreError, match=r"ends at row 0, but journal\.head beside it knows of 2 rows"):
        opened(tmp_path)


def test_the_head_outside_follows_whatever_was_added_r29(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.record_plan("d1", made_at="2026-03-02T12:00:00Z", origin="made here")
    cut = sqlite3.connect(tmp_path / "journal.db")
    for table in ("plans", "links"):
        cut.execute(f"DROP TRIGGER {table}_no_delete")
        cut.execute(f"DELETE FROM {table}")
    cut.commit()
    cut.close()
    with pytest.raises(StoreError, match=r"ends at row 0, but journal\.head beside it knows of 1 rows"):
        opened(tmp_path)


def test_a_lost_key_is_not_replaced_by_a_new_one(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "journal.key").unlink()
    with pytest.raises(StoreError, match=r"journal\.key is missing"):
        opened(tmp_path)


def test_a_journal_that_lost_the_link_before_its_last_row_is_not_continued(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.start_run(a_run())
        journal.intend(an_intent())
    cut = sqlite3.connect(tmp_path / "journal.db")
    cut.execute("DROP TRIGGER links_no_delete")
    cut.execute("DELETE FROM links WHERE seq = 1")
    cut.commit()
    cut.close()
    with pytest.raises(StoreError, match="does not fit its hash"):
        opened(tmp_path)


def test_a_journal_is_not_continued_under_another_key(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.start_run(a_run())
        journal.intend(an_intent())
    with pytest.raises(StoreError, match="does not fit its hash"):
        SqliteJournal.writing(tmp_path / "journal.db", bytes(32))


@posix
def test_a_key_open_to_others_is_refused_r34(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "journal.key").chmod(0o640)
    with pytest.raises(StoreError, match=r"mode 0640.*chmod 600"):
        opened(tmp_path)


@pytest.mark.parametrize("content", ["", "zz", "00" * 31])
def test_a_key_file_without_a_key_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "journal.key").write_text(content)
    (tmp_path / "journal.key").chmod(0o600)
    with pytest.raises(StoreError, match=r"journal\.key"):
        opened(tmp_path)


def test_recording_a_plan_again_adds_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.record_plan("d1", made_at="2026-03-02T12:00:00Z", origin="made here")
        journal.record_plan("d1", made_at="2026-03-03T12:00:00Z", origin="adopted")
        assert journal.head().rows == 1


def test_an_ambiguous_prefix_is_refused_with_the_choices(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.start_run(a_run("R-abc1"))
        journal.start_run(a_run("R-abd2"))
        with pytest.raises(StoreError, match="2 runs begin with 'R-ab': R-abc1, R-abd2"):
            journal.run("R-ab")


def test_a_whole_id_wins_over_longer_ones_and_wildcards_mean_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.start_run(a_run("R-1"))
        journal.start_run(a_run("R-10"))
        found = journal.run("R-1")
        assert found is not None
        assert found.start.id == "R-1"
        assert journal.run("%") is None


def test_every_row_says_who_wrote_it_where_with_what_and_when_by_a_clock_nobody_sets_r28(tmp_path: Path) -> None:
    path, ticks = tmp_path / "journal.db", iter(range(100, 200))
    by = WrittenBy(actor="pat", host="desk", tool="qbclean 0.1", monotonic=lambda: next(ticks))
    with SqliteJournal.writing(path, journal_key(path), by=by) as journal:
        journal.record_plan("d1", made_at="", origin="")
        a_whole_run(journal)
    connection = sqlite3.connect(path)
    stamps = [
        row
        for table in ("plans", "decisions", "runs", "writes")
        for row in connection.execute(f"SELECT seq, actor, host, tool, monotonic_ns FROM {table}")
    ]
    connection.close()
    assert sorted(stamps) == [(seq, "pat", "desk", "qbclean 0.1", 99 + seq) for seq in range(1, 8)]


def test_a_journal_from_before_the_stamps_still_verifies_and_goes_on(tmp_path: Path) -> None:
    """Migration 0004 adds columns; the hashes of the rows before it must still fit (R12, R29)."""
    path = tmp_path / "journal.db"
    key = journal_key(path)
    create_private_file(path)
    old, before = Database(path), START.hash
    JOURNAL.apply(old, stop_before="0004_decisions")
    for seq, (table, content) in enumerate([("plans", plan_row("d1", "", "")), ("runs", start_row(a_run()))], start=1):
        row = {"seq": seq, **content}
        before = link_hash(key, before, table, row)
        old.table(table).insert(row)
        old.table("links").insert({"seq": seq, "table": table, "hash": before})
    old.close()
    write_anchor(tmp_path / "journal.head", START)
    with opened(tmp_path) as journal:
        journal.record_decisions([a_decision()])
        assert journal.verify().head.rows == 3
        assert journal.verify().problem == ""


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (
            lambda journal: journal.start_run(a_run("R-abc1")),
            "Run R-abc1 was started before. Start it under an id of its own.",
        ),
        (
            lambda journal: journal.finish_run(an_end("R-abc1")),
            "Run R-abc1 has ended before. See `qbclean log R-abc1`.",
        ),
        (lambda journal: journal.skip(a_skip(run_id="R-9")), "Run R-9 was never started. See `qbclean log`."),
        (
            lambda journal: journal.intend(an_intent("q-1", run_id="R-abc1")),
            (
                "Request q-1 of action A-1 was intended before. "
                "Sending it as a new write could do the same work twice. Run `qbclean recover`."
            ),
        ),
        (
            lambda journal: journal.settle(an_outcome("q-1", run_id="R-abc1")),
            "Request q-1 is settled already. See `qbclean log`.",
        ),
        (
            lambda journal: journal.settle(an_outcome("q-7", run_id="R-abc1")),
            "Request q-7 was never intended. See `qbclean log`.",
        ),
        (
            lambda journal: journal.run("R-abc"),
            "6 runs begin with 'R-abc': R-abc1, R-abc2, R-abc3, R-abc4, R-abc5. Give more of the id.",
        ),
    ],
)
def test_what_a_journal_refuses_it_refuses_with_all_three_parts_r59(
    tmp_path: Path, refused: Callable[[SqliteJournal], object], message: str
) -> None:
    with opened(tmp_path) as journal:
        for number in range(1, 7):
            journal.start_run(a_run(f"R-abc{number}"))
        journal.intend(an_intent("q-1", run_id="R-abc1"))
        journal.settle(an_outcome("q-1", run_id="R-abc1"))
        journal.finish_run(an_end("R-abc1"))
        with pytest.raises(StoreError) as told:
            refused(journal)
        assert str(told.value) == message


@pytest.mark.parametrize(
    ("table", "event", "read", "where"),
    [
        ("decisions", "", lambda journal: journal.decisions("d1"), "Row 1"),
        ("runs", "start", lambda journal: journal.runs(), "The start of run R-1"),
        ("runs", "end", lambda journal: journal.run("R-1"), "The end of run R-1"),
        ("writes", "skip", lambda journal: journal.run("R-1"), "Row 5"),
        ("writes", "intent", lambda journal: journal.run("R-1"), "An intent in the journal"),
        ("writes", "outcome", lambda journal: journal.write("q-1"), "An outcome in the journal"),
    ],
)
def test_a_record_that_cannot_be_read_is_named_by_its_place(
    tmp_path: Path, table: str, event: str, read: Callable[[SqliteJournal], object], where: str
) -> None:
    with opened(tmp_path) as journal:
        a_whole_run(journal)
    connection = sqlite3.connect(tmp_path / "journal.db")
    connection.execute(f"DROP TRIGGER {table}_no_update")
    condition = f"WHERE event = '{event}'" if event else ""
    connection.execute(f"UPDATE {table} SET record = '{{' {condition}")
    connection.commit()
    connection.close()
    path = tmp_path / "journal.db"
    with (
        SqliteJournal.reading(path, journal_key(path)) as journal,
        pytest.raises(StoreError, match=f"^{where} cannot be read: "),
    ):
        read(journal)
