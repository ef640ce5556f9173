"""How long a journal of 100,000 rows of 1.5 kB takes to verify, by qbclean and by the script (R30: under 10 s each)."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from qbclean.store.chain import START, link_hash
from qbclean.store.journal import SqliteJournal
from qbclean.store.keys import journal_key
from qbclean.store.verify_log import verify

ROWS, BYTES, SECONDS = 100_000, 1_500, 10.0


def _a_long_journal(path: Path) -> bytes:
    key = journal_key(path)
    SqliteJournal.writing(path, key).close()
    connection = sqlite3.connect(path)
    head = START.hash
    for seq in range(1, ROWS + 1):
        row = {"seq": seq, "event": "intent", "run_id": "R-1", "request_id": f"q-{seq}", "record": "x" * BYTES}
        head = link_hash(key, head, "writes", row)
        connection.execute(
            "INSERT INTO writes (seq, event, run_id, request_id, record) VALUES (?, ?, ?, ?, ?)", tuple(row.values())
        )
        connection.execute("INSERT INTO links VALUES (?, 'writes', ?)", (seq, head))
    connection.commit()
    connection.close()
    path.with_suffix(".head").write_text(f'{{"rows": {ROWS}, "hash": "{head}"}}')
    return key


@pytest.mark.bench
def test_a_hundred_thousand_rows_verify_in_ten_seconds_r30(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, export = tmp_path / "journal.db", tmp_path / "log.jsonl"
    key = _a_long_journal(path)
    with SqliteJournal.reading(path, key) as journal:
        began = time.perf_counter()
        assert journal.verify().problem == ""
        ours = time.perf_counter() - began
        began = time.perf_counter()
        journal.export(export)
        exporting = time.perf_counter() - began
    began = time.perf_counter()
    assert verify(path, key).problem == ""
    script = time.perf_counter() - began
    began = time.perf_counter()
    assert verify(export, key).problem == ""
    of_export = time.perf_counter() - began
    with capsys.disabled():
        print(f"\n{ROWS:,} rows: log verify {ours:.1f} s, script {script:.1f} s, export {exporting:.1f} s, ", end="")  # noqa: T201
        print(f"script on the export {of_export:.1f} s")  # noqa: T201
    assert max(ours, script, of_export) < SECONDS
