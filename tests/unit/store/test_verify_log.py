"""The stand-alone verifier, the export and the backup: they agree with `log verify`, whatever is done to the rows."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qbclean.errors import StoreError
from qbclean.model.journal import ChainHead
from qbclean.store import verify_log
from qbclean.store.journal import SqliteJournal
from qbclean.store.keys import journal_key
from qbclean.store.verify_log import Head, parse_head, read_anchor, read_key, verify
from tests.contract.store.samples import NOON, a_decision, a_run, a_skip, an_end, an_intent, an_outcome

TABLES = verify_log.TABLES
SHORT, FULL = 60, 2_500


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two runs a day apart: 1 plan, 2 decisions, 2 × (start, 4 × (intent, outcome), skip, end) = 25 rows."""
    path = tmp_path / "journal.db"
    with SqliteJournal.writing(path, journal_key(path)) as journal:
        journal.record_plan("d1", made_at=NOON.isoformat(), origin="made here")
        journal.record_decisions([a_decision("A-0"), a_decision("A-0", role="second", by="Sam Ortiz – Añez")])
        for day in (0, 1):
            run, at = f"R-{day}", NOON + timedelta(days=day)
            journal.start_run(a_run(run, at=at))
            for number in range(4):
                journal.intend(an_intent(f"q-{day}{number}", run_id=run, action_id=f"A-{number}", at=at))
                journal.settle(an_outcome(f"q-{day}{number}", run_id=run, at=at))
            journal.skip(a_skip(run_id=run, at=at))
            journal.finish_run(an_end(run, at=at))
    return path


def ours(path: Path, elsewhere: ChainHead | None = None) -> str:
    with SqliteJournal.reading(path, journal_key(path)) as journal:
        return journal.verify(elsewhere).problem


def theirs(path: Path, anchor: Head | None = None) -> str:
    return verify(path, read_key(path.with_suffix(".key")), anchor or read_anchor(path)).problem


@contextmanager
def tampering(path: Path) -> Iterator[sqlite3.Connection]:
    """What an intruder who knows SQLite does: drop the triggers, change, put them back."""
    connection = sqlite3.connect(path)
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    yield connection
    for _, sql in triggers:
        connection.execute(sql)
    connection.commit()
    connection.close()


# ------------------------------------------------------------------ the same verdict
def test_both_hold_an_untouched_journal_and_say_the_same_head_r30(path: Path) -> None:
    assert (ours(path), theirs(path)) == ("", "")
    with SqliteJournal.reading(path, journal_key(path)) as journal:
        assert journal.head() == ChainHead(**verify(path, journal_key(path)).head._asdict())


def _seqs(connection: sqlite3.Connection, table: str) -> list[int]:
    return [seq for (seq,) in connection.execute(f"SELECT seq FROM {table}")]


def _edit(connection: sqlite3.Connection, rng: random.Random) -> None:
    table = rng.choice((*TABLES, "links"))
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "seq"]
    value: Any = rng.choice([f"forged {rng.random()}", rng.randint(-9, 9**18), 0.5, None, b"\xff\x00", ""])
    column, seq = rng.choice(columns), rng.choice(_seqs(connection, table))
    before = connection.execute(f'SELECT "{column}" FROM {table} WHERE seq = ?', (seq,)).fetchone()[0]
    if before == value or (table == "links" and value is None):  # that would be no change, or SQLite forbids it
        value = "something else"
    connection.execute(f'UPDATE {table} SET "{column}" = ? WHERE seq = ?', (value, seq))


def _spoil_text(connection: sqlite3.Connection, rng: random.Random) -> None:
    seq = rng.choice(_seqs(connection, "writes"))
    connection.execute("UPDATE writes SET record = CAST(x'C328FF' AS TEXT) WHERE seq = ?", (seq,))


def _remove(connection: sqlite3.Connection, rng: random.Random) -> None:
    table = rng.choice((*TABLES, "links"))
    seq = rng.choice(_seqs(connection, table))
    connection.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))
    if rng.random() < 0.5:
        connection.execute("DELETE FROM links WHERE seq = ?", (seq,))


def _swap(connection: sqlite3.Connection, rng: random.Random) -> None:
    one, other = rng.sample(_seqs(connection, "writes"), 2)
    for before, after in ((one, 9999), (other, one), (9999, other)):
        connection.execute("UPDATE writes SET seq = ? WHERE seq = ?", (after, before))


def _insert(connection: sqlite3.Connection, rng: random.Random) -> None:
    seq = rng.choice([0, -1, rng.randint(1, 30), 26, 27, 4_000])
    connection.execute("DELETE FROM plans WHERE seq = ?", (seq,))
    connection.execute("INSERT INTO plans (seq, digest, made_at, origin) VALUES (?, 'forged', '2026', '')", (seq,))
    if rng.random() < 0.5:
        connection.execute("INSERT OR REPLACE INTO links VALUES (?, 'plans', ?)", (seq, rng.randbytes(32).hex()))


def _cut(connection: sqlite3.Connection, rng: random.Random) -> None:
    seq = rng.randint(1, 25)
    for table in (*TABLES, "links"):
        connection.execute(f"DELETE FROM {table} WHERE seq >= ?", (seq,))


ATTACKS = (_edit, _remove, _swap, _insert, _cut, _spoil_text)


def _attacked(path: Path, attack: Callable[[sqlite3.Connection, random.Random], None], rounds: int) -> None:
    with SqliteJournal.reading(path, journal_key(path)) as journal:
        journal._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    clean = path.read_bytes()
    for seed in range(rounds):
        path.write_bytes(clean)
        with tampering(path) as connection:
            attack(connection, random.Random(seed))
        found, by_the_script = ours(path), theirs(path)
        assert found, f"{attack.__name__} with seed {seed} went unnoticed by log verify"
        assert by_the_script, f"{attack.__name__} with seed {seed} went unnoticed by the script: {found}"


@pytest.mark.parametrize("attack", ATTACKS)
def test_both_find_every_change_r29_r30(
    path: Path, attack: Callable[[sqlite3.Connection, random.Random], None]
) -> None:
    _attacked(path, attack, SHORT)


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("attack", ATTACKS)
def test_both_find_every_one_of_ten_thousand_changes_r29_r30(
    path: Path, attack: Callable[[sqlite3.Connection, random.Random], None]
) -> None:
    _attacked(path, attack, FULL)


def test_both_notice_that_a_guard_is_gone_or_the_shown_is_not_the_kept(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER decisions_no_update")
    connection.commit()
    assert "decisions_no_update" in ours(path)
    assert "decisions_no_update" in theirs(path)
    connection.execute("DROP VIEW settled")
    connection.execute("CREATE VIEW settled AS SELECT *, 'x' AS intent FROM writes")
    connection.commit()
    connection.close()
    assert ours(path).startswith("decisions_no_update") or ours(path).startswith("settled")


@pytest.mark.parametrize(
    "loosened",
    [
        "CREATE TRIGGER helpful AFTER INSERT ON writes BEGIN SELECT 1; END",
        "DROP TRIGGER links_no_delete; CREATE TRIGGER links_no_delete BEFORE DELETE ON links BEGIN SELECT 1; END",
    ],
    ids=["put in", "disarmed"],
)
def test_both_notice_a_trigger_that_is_not_one_of_ours(path: Path, loosened: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(loosened)
    connection.close()
    name = "helpful" if "helpful" in loosened else "links_no_delete"
    assert name in ours(path)
    assert name in theirs(path)


def test_the_index_that_keeps_a_request_from_being_intended_twice_is_missed_r15(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP INDEX one_intent_per_request")
    connection.close()
    assert "one_intent_per_request" in ours(path)


# ------------------------------------------------------------------ a head kept elsewhere
def test_a_tail_cut_off_with_its_anchor_is_found_by_a_head_kept_elsewhere_and_only_by_that_r29(path: Path) -> None:
    with SqliteJournal.reading(path, journal_key(path)) as journal:
        kept = journal.head()
    with tampering(path) as connection:
        for table in (*TABLES, "links"):
            connection.execute(f"DELETE FROM {table} WHERE seq > 20")
    with SqliteJournal.reading(path, journal_key(path)) as journal:
        path.with_suffix(".head").write_text(json.dumps({"rows": 20, "hash": journal.head().hash}))
    assert (ours(path), theirs(path)) == ("", ""), "0 % without an anchor: the part that is left is consistent"
    assert ours(path, kept) == "rows 21 to 25 were cut off the end: the head kept elsewhere knows of them"
    assert "were cut off" in theirs(path, Head(kept.rows, kept.hash))


def test_a_decision_cut_off_the_end_is_noticed_without_a_run_after_it_r9(path: Path) -> None:
    with SqliteJournal.writing(path, journal_key(path)) as journal:
        journal.record_decisions([a_decision("A-0", state="rejected")])
    with tampering(path) as connection:
        for table in (*TABLES, "links"):
            connection.execute(f"DELETE FROM {table} WHERE seq = 26")
    assert "cut off" in ours(path)
    assert "cut off" in theirs(path)


def test_a_head_of_another_journal_does_not_fit(path: Path) -> None:
    other = ChainHead(rows=7, hash="ab" * 32)
    assert ours(path, other).startswith("the head kept elsewhere has another hash for row 7")
    assert "another than the one" in theirs(path, Head(7, "ab" * 32))


@pytest.mark.parametrize("text", ["", "7", "ab:7", f"{'zz' * 32}:7", f"{'ab' * 32}:x", f"{'ab' * 32}"])
def test_a_head_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"HASH:ROWS|hexadecimal"):
        parse_head(text)


# ------------------------------------------------------------------ the export
def exported(path: Path, **terms: Any) -> Path:
    target = path.parent / "log.jsonl"
    with SqliteJournal.reading(path, journal_key(path)) as journal:
        journal.export(target, **terms)
    return target


def raw_rows(connection: sqlite3.Connection) -> dict[tuple[str, int], dict[str, Any]]:
    connection.row_factory = sqlite3.Row
    return {
        (table, row["seq"]): {name: row[name] for name in row.keys()}  # noqa: SIM118
        for table in (*TABLES, "links")
        for row in connection.execute(f"SELECT * FROM {table}")
    }


def test_an_export_put_back_into_a_database_gives_the_same_rows_and_the_same_export_r31(path: Path) -> None:
    text = exported(path)
    again = path.parent / "again" / "journal.db"
    again.parent.mkdir()
    shutil.copy(path.with_suffix(".key"), again.with_suffix(".key"))
    SqliteJournal.writing(again, journal_key(again)).close()
    connection = sqlite3.connect(again)
    for line in text.read_text("ascii").splitlines()[1:]:
        read = json.loads(line)
        names = ", ".join(f'"{name}"' for name in read["row"])
        marks = ", ".join("?" for _ in read["row"])
        connection.execute(
            f"INSERT INTO {read['table']} (seq, {names}) VALUES (?, {marks})", (read["seq"], *read["row"].values())
        )
        connection.execute("INSERT INTO links VALUES (?, ?, ?)", (read["seq"], read["table"], read["hash"]))
    connection.commit()
    original = sqlite3.connect(path)
    assert raw_rows(connection) == raw_rows(original)
    connection.close()
    original.close()
    shutil.copy(path.with_suffix(".head"), again.with_suffix(".head"))
    assert ours(again) == ""
    assert exported(again).read_bytes() == text.read_bytes()


def test_an_export_verifies_is_private_and_replaces_the_one_before_r34(path: Path) -> None:
    assert theirs_of(exported(path), path) == ""
    if sys.platform != "win32":
        assert stat.S_IMODE(exported(path).stat().st_mode) == 0o600


def theirs_of(export: Path, path: Path, anchor: Head | None = None) -> str:
    return verify(export, read_key(path.with_suffix(".key")), anchor).problem


def test_a_part_of_the_time_verifies_by_itself_r31(path: Path) -> None:
    second_day = exported(path, since=NOON + timedelta(hours=1))
    rows = [json.loads(line) for line in second_day.read_text("ascii").splitlines()]
    assert [row["seq"] for row in rows[1:]] == list(range(15, 26))
    assert rows[0]["after"]["rows"] == 14
    assert theirs_of(second_day, path) == ""
    first_day = exported(path, until=NOON + timedelta(hours=1))
    assert len(first_day.read_text("ascii").splitlines()) == 1 + 14
    assert theirs_of(first_day, path) == ""
    nothing = exported(path, since=NOON + timedelta(days=9))
    assert len(nothing.read_text("ascii").splitlines()) == 1
    assert theirs_of(nothing, path) == ""


def _other_value(line: str, rng: random.Random) -> str:
    place = rng.randrange(len(line) - 1)
    return f"{line[:place]}{rng.choice('0123456789abcdefXYZ {')}{line[place + 1 :]}"


def _doubled_key(line: str, _rng: random.Random) -> str:
    return line.replace('{"hash"', '{"hash":"","hash"', 1)


def _spaced(line: str, _rng: random.Random) -> str:
    return line.replace(",", ", ", 1)


@pytest.mark.parametrize("change", [_other_value, _doubled_key, _spaced])
def test_a_changed_line_of_an_export_is_found_r31(path: Path, change: Callable[[str, random.Random], str]) -> None:
    text = exported(path)
    lines = text.read_text("ascii").splitlines(keepends=True)
    for seed in range(SHORT):
        rng = random.Random(seed)
        place = rng.randrange(len(lines))
        changed = change(lines[place], rng)
        if changed == lines[place]:
            continue
        text.write_text("".join((*lines[:place], changed, *lines[place + 1 :])), encoding="ascii", newline="")
        assert theirs_of(text, path), f"line {place + 1} with seed {seed}: {changed[:80]}"


def test_lines_removed_swapped_added_or_cut_off_an_export_are_found_r31(path: Path) -> None:
    text = exported(path)
    lines = text.read_text("ascii").splitlines(keepends=True)
    for seed in range(SHORT):
        rng, changed = random.Random(seed), list(lines)
        one, other = rng.sample(range(1, len(lines)), 2)
        match seed % 4:
            case 0:
                del changed[one]
            case 1:
                changed[one], changed[other] = changed[other], changed[one]
            case 2:
                changed.insert(one, lines[other])
            case _:
                del changed[one:]
        text.write_text("".join(changed), encoding="ascii", newline="")
        assert theirs_of(text, path), f"seed {seed}"


# ------------------------------------------------------------------ as a program, and the backup
def test_the_script_runs_alone_and_says_what_it_found(path: Path, tmp_path: Path) -> None:
    """Copied away from the package, with an interpreter that sees nothing but the standard library."""
    script = tmp_path / "verify_log.py"
    shutil.copy(verify_log.__file__, script)

    def ran(*line: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(script), *line]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    key = ("--key", str(path.with_suffix(".key")))
    whole = ran(str(path))
    assert (whole.returncode, whole.stdout.startswith("holds: 25 rows")) == (0, True), whole.stderr
    alone = ran(str(exported(path)), *key)
    assert alone.returncode == 0
    assert "rows cut off at the end cannot be noticed" in alone.stdout
    assert ran(str(path), "--head", f"{'ab' * 32}:7").returncode == 1
    assert ran(str(path), "--head", "7").returncode == 2
    assert ran(str(tmp_path / "nothing.db"), *key).returncode == 2
    kept = path.with_suffix(".head").rename(tmp_path / "kept")
    assert "journal.head is missing" in ran(str(path)).stdout
    kept.rename(path.with_suffix(".head"))
    with tampering(path) as connection:
        connection.execute("UPDATE writes SET amount_cents = 1 WHERE seq = 7")
    changed = ran(str(path))
    assert changed.returncode == 1
    assert "DOES NOT HOLD: row 7 (writes) is not as it was written" in changed.stdout


def test_a_restored_backup_verifies_and_goes_on_r32(path: Path, tmp_path: Path) -> None:
    """The drill: back up while the journal is open, lose the folder, put the three files back, go on."""
    copy = tmp_path / "backup" / "journal-march.db"
    copy.parent.mkdir()
    with SqliteJournal.writing(path, journal_key(path)) as journal:
        journal.start_run(a_run("R-open"))
        head = journal.back_up(copy)
        before = journal.runs()
    for lost in path.parent.glob("journal.*"):
        lost.unlink()
    for ending in (".db", ".key", ".head"):
        shutil.copy(copy.with_suffix(ending), path.with_suffix(ending))
    with SqliteJournal.writing(path, journal_key(path)) as journal:
        report = journal.verify(head)
        assert (report.problem, report.head.rows, report.anchored) == ("", 26, head)
        assert journal.runs() == before
        journal.finish_run(an_end("R-open"))
        assert journal.verify(head).problem == ""
    assert theirs(path) == ""


def test_a_backup_never_replaces_anything_and_leaves_nothing_half_done(path: Path, tmp_path: Path) -> None:
    (tmp_path / "taken.head").touch()
    with SqliteJournal.reading(path, journal_key(path)) as journal:
        for target in (tmp_path / "taken.db", tmp_path / "copy.key"):
            with pytest.raises(StoreError):
                journal.back_up(target)
        with pytest.raises(StoreError, match="could not be written"):
            journal.back_up(tmp_path / "no such folder" / "copy.db")
    assert not (tmp_path / "taken.db").exists()
    assert not (tmp_path / "copy.key").exists()
