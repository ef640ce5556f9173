"""The hash chain notices every way of rewriting history (R29)."""

import hashlib
import hmac
import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qbclean.errors import StoreError
from qbclean.model.journal import ChainReport
from qbclean.store.chain import START, read_anchor, write_anchor
from qbclean.store.journal import SqliteJournal
from qbclean.store.keys import journal_key
from tests.contract.store.samples import a_decision, a_run, a_skip, an_end, an_intent, an_outcome

TABLES = ("plans", "decisions", "runs", "writes")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with a finished run: 1 plan, 1 start, 5 × (intent, outcome), 2 decisions, 1 skip, 1 end = 16."""
    path = tmp_path / "journal.db"
    with SqliteJournal.writing(path, journal_key(path)) as journal:
        journal.record_plan("d1", made_at="2026-03-02", origin="made here")
        journal.start_run(a_run())
        for number in range(5):
            journal.intend(an_intent(f"q-{number}", action_id=f"A-{number}"))
            journal.settle(an_outcome(f"q-{number}"))
        journal.record_decisions([a_decision("A-1"), a_decision("A-2", by="Sam Ortiz")])
        journal.skip(a_skip())
        journal.finish_run(an_end())
    return path


@contextmanager
def tampering(path: Path) -> Iterator[sqlite3.Connection]:
    """What an intruder does first: drop the triggers."""
    connection = sqlite3.connect(path)
    for table in (*TABLES, "links"):
        for verb in ("update", "delete"):
            connection.execute(f"DROP TRIGGER {table}_no_{verb}")
    yield connection
    connection.commit()
    connection.close()


def verified(path: Path) -> ChainReport:
    with SqliteJournal.reading(path, journal_key(path)) as journal:
        return journal.verify()


def test_an_untouched_chain_holds_and_its_head_is_anchored_after_the_run(path: Path) -> None:
    report = verified(path)
    assert report.problem == ""
    assert report.head.rows == 16
    assert report.anchored == report.head


def test_an_edited_row_is_named(path: Path) -> None:
    with tampering(path) as connection:
        connection.execute("UPDATE writes SET amount_cents = 1 WHERE request_id = 'q-2' AND event = 'intent'")
    assert verified(path).problem == "row 7 (writes: intent R-1 A-2) was changed or moved: its hash does not fit"


def test_a_removed_row_is_named(path: Path) -> None:
    with tampering(path) as connection:
        connection.execute("DELETE FROM writes WHERE seq = 8")
    assert verified(path).problem == "row 8 (writes) was removed"


def test_a_row_removed_with_its_link_is_named(path: Path) -> None:
    with tampering(path) as connection:
        connection.execute("DELETE FROM writes WHERE seq = 8")
        connection.execute("DELETE FROM links WHERE seq = 8")
    assert verified(path).problem == "row 8 was removed together with its link"


def test_swapped_rows_are_named(path: Path) -> None:
    with tampering(path) as connection:
        for before, after in ((5, 99), (7, 5), (99, 7)):
            connection.execute("UPDATE writes SET seq = ? WHERE seq = ?", (after, before))
    assert verified(path).problem.startswith("row 5 (writes: intent R-1 A-2) was changed or moved")


def test_a_row_put_in_at_the_end_is_named(path: Path) -> None:
    with tampering(path) as connection:
        connection.execute("INSERT INTO plans (seq, digest, made_at, origin) VALUES (17, 'forged', '2026', 'adopted')")
    assert verified(path).problem == "row 17 (plans: forged) was put in: the chain ends at row 16"


def test_a_row_put_in_between_is_named(path: Path) -> None:
    with tampering(path) as connection:
        connection.execute("INSERT INTO plans (seq, digest, made_at, origin) VALUES (5, 'forged', '2026', 'adopted')")
    assert "row 5 (plans: forged) was put in" in verified(path).problem


def test_a_forged_link_does_not_hold_without_the_key(path: Path) -> None:
    with tampering(path) as connection:
        connection.execute("INSERT INTO plans (seq, digest, made_at, origin) VALUES (17, 'forged', '2026', 'adopted')")
        connection.execute("INSERT INTO links VALUES (17, 'plans', ?)", ("ab" * 32,))
    assert verified(path).problem.startswith("row 17 (plans: forged) was changed or moved")


def test_a_cut_off_tail_is_noticed_by_the_anchored_head(path: Path) -> None:
    with tampering(path) as connection:
        for table in (*TABLES, "links"):
            connection.execute(f"DELETE FROM {table} WHERE seq > 12")
    assert verified(path).problem == "rows 13 to 16 were cut off the end: journal.head knows of them"


def test_a_cut_off_tail_without_an_anchor_is_at_least_reported_as_unanchored(path: Path) -> None:
    with tampering(path) as connection:
        for table in (*TABLES, "links"):
            connection.execute(f"DELETE FROM {table} WHERE seq > 12")
    path.with_suffix(".head").unlink()
    assert verified(path).problem.startswith("journal.head is missing")


def test_a_chain_that_went_on_after_the_anchor_still_holds(path: Path) -> None:
    before = path.with_suffix(".head").read_bytes()
    with SqliteJournal.writing(path, journal_key(path)) as journal:
        journal.start_run(a_run("R-2"))
    path.with_suffix(".head").write_bytes(before)  # as a process that died leaves it
    report = verified(path)
    assert report.problem == ""
    assert report.anchored is not None
    assert (report.anchored.rows, report.head.rows) == (16, 17)


def test_a_chain_written_anew_does_not_fit_the_anchor(path: Path) -> None:
    anchor = path.with_suffix(".head").read_bytes()
    for name in ("journal.db", "journal.head"):
        (path.parent / name).unlink()
    with SqliteJournal.writing(path, journal_key(path)) as journal:
        for number in range(20):
            journal.record_plan(f"d{number}", made_at="2026", origin="made here")
    path.with_suffix(".head").write_bytes(anchor)
    assert verified(path).problem.startswith("journal.head has another hash for row 16")


def test_the_last_row_under_another_hash_is_not_called_cut_off(path: Path) -> None:
    path.with_suffix(".head").write_text(json.dumps({"rows": 16, "hash": "ab" * 32}))
    assert verified(path).problem.startswith("journal.head has another hash for row 16")


@pytest.mark.parametrize("readable", [True, False])
def test_a_report_says_which_heads_it_was_held_against_even_where_the_chain_cannot_be_read(
    path: Path, readable: bool
) -> None:
    with SqliteJournal.reading(path, journal_key(path)) as journal:
        kept = journal.head()
    if not readable:
        with tampering(path) as connection:
            connection.execute("DROP VIEW settled")
            connection.execute("ALTER TABLE decisions RENAME TO gone")
    with SqliteJournal.reading(path, journal_key(path)) as journal:
        report = journal.verify(kept)
    assert (report.anchored, report.elsewhere) == (kept, kept)
    assert report.head == (kept if readable else START)
    assert report.problem == ("" if readable else "it cannot be read: no such table: decisions")


def test_an_unreadable_anchor_is_refused_by_name(path: Path) -> None:
    path.with_suffix(".head").write_text("{")
    with pytest.raises(StoreError, match=r"journal\.head cannot be read"):
        verified(path)


def test_the_anchor_survives_the_round_trip(tmp_path: Path) -> None:
    assert read_anchor(tmp_path / "journal.head") is None
    write_anchor(tmp_path / "journal.head", START)
    assert read_anchor(tmp_path / "journal.head") == START


def _edit(connection: sqlite3.Connection, rng: random.Random) -> None:
    table = rng.choice((*TABLES, "links"))
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "seq"]
    seq = rng.choice([row[0] for row in connection.execute(f"SELECT seq FROM {table}")])
    column = rng.choice(columns)
    connection.execute(f'UPDATE {table} SET "{column}" = ? WHERE seq = ?', (f"forged {rng.random()}", seq))


def _remove(connection: sqlite3.Connection, rng: random.Random) -> None:
    table = rng.choice((*TABLES, "links"))
    seq = rng.choice([row[0] for row in connection.execute(f"SELECT seq FROM {table}")])
    connection.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))


def _swap(connection: sqlite3.Connection, rng: random.Random) -> None:
    one, other = rng.sample([row[0] for row in connection.execute("SELECT seq FROM writes")], 2)
    for before, after in ((one, 9999), (other, one), (9999, other)):
        connection.execute("UPDATE writes SET seq = ? WHERE seq = ?", (after, before))


def _cut(connection: sqlite3.Connection, rng: random.Random) -> None:
    seq = rng.randint(1, 16)
    for table in (*TABLES, "links"):
        connection.execute(f"DELETE FROM {table} WHERE seq >= ?", (seq,))


@pytest.mark.parametrize("attack", [_edit, _remove, _swap, _cut])
def test_random_tampering_is_always_found_r29(
    path: Path, attack: Callable[[sqlite3.Connection, random.Random], None]
) -> None:
    clean = path.read_bytes()
    for seed in range(25):
        path.write_bytes(clean)
        with tampering(path) as connection:
            attack(connection, random.Random(seed))
        assert verified(path).problem, f"{attack.__name__} with seed {seed} went unnoticed"


def test_the_standard_library_alone_verifies_the_chain_r30(path: Path) -> None:
    """Written from the words in chain.py, not from its code."""
    key = bytes.fromhex(path.with_suffix(".key").read_text())
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    rows = {
        row["seq"]: {**{name: row[name] for name in row.keys() if row[name] is not None}, "table": table}  # noqa: SIM118
        for table in TABLES
        for row in connection.execute(f"SELECT * FROM {table}")
    }
    before = "0" * 64
    for seq, _, stored in connection.execute("SELECT * FROM links ORDER BY seq").fetchall():
        canonical = json.dumps(rows[seq], sort_keys=True, separators=(",", ":"))
        before = hmac.new(key, f"{before}\n{canonical}".encode(), hashlib.sha256).hexdigest()
        assert before == stored
    connection.close()
    assert len(rows) == 16
