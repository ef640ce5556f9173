"""The tables of books.db and journal.db, as small named steps that sqlite-utils records where it ran them."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

BOOKS = Migrations("books")
JOURNAL = Migrations("journal")

JOURNAL_TABLES = ("plans", "decisions", "runs", "writes")
"""Those whose rows are links of the hash chain."""


@BOOKS(name="0001_snapshot")
def _snapshot(database: Database) -> None:
    """`objects` is the current snapshot, `incoming` a pull in progress; `raw` is NULL there for a deletion.

    `number` is the id as an integer (0 when it is none), for the order of documents. These two are written in SQL
    because `incoming` is renamed to `objects`, and only a key inside CREATE TABLE moves with it under any name.
    """
    for table in ("objects", "incoming"):
        database.execute(CREATE_OBJECTS.format(table=table))
    database.table("snapshot").create({"id": str, "facts": str}, pk="id", not_null={"id", "facts"})


CREATE_OBJECTS = """
    CREATE TABLE {table} (
        entity TEXT NOT NULL,
        number INTEGER NOT NULL,
        id TEXT NOT NULL,
        raw BLOB,
        PRIMARY KEY (entity, number, id)
    )
"""


@BOOKS(name="0002_crm")
def _crm(database: Database) -> None:
    """One row per record: a million records do not fit into one BLOB."""
    database.table("crm").create(
        {"position": int, "kind": str, "record": bytes}, pk="position", not_null={"kind", "record"}
    )


@BOOKS(name="0003_kept_plan")
def _kept_plan(database: Database) -> None:
    """One row for the question, one for the plan's head."""
    database.table("kept_plan").create(
        {"position": int, "part": str, "body": bytes}, pk="position", not_null={"part", "body"}
    )


@BOOKS(name="0004_crm_keys")
def _crm_keys(database: Database) -> None:
    """`key` is the record's id in the CRM, by which a slice finds its records; files have none."""
    database.execute("ALTER TABLE crm ADD COLUMN key TEXT")
    database.execute("UPDATE crm SET key = json_extract(CAST(record AS TEXT), '$.crm_id')")
    database.table("crm").create_index(["kind", "key"])


@JOURNAL(name="0001_journal")
def _journal(database: Database) -> None:
    """`seq` counts through all three tables: the order of the chain. `record` is the whole struct as JSON."""
    database.table("plans").create({"seq": int, "digest": str, "made_at": str, "origin": str}, pk="seq")
    database.table("plans").create_index(["digest"], unique=True)
    database.table("runs").create(
        {"seq": int, "event": str, "run_id": str, "plan_digest": str, "state": str, "at": str, "record": str}, pk="seq"
    )
    database.table("runs").create_index(["run_id", "event"], unique=True)
    database.table("runs").create_index(["plan_digest"])
    database.table("writes").create(
        {
            "seq": int,
            "event": str,
            "run_id": str,
            "action_id": str,
            "step": int,
            "request_id": str,
            "operation": str,
            "document": str,
            "amount_cents": int,
            "state": str,
            "at": str,
            "record": str,
        },
        pk="seq",
    )
    database.table("writes").create_index(["run_id", "seq"])
    database.table("writes").create_index(["request_id", "seq"])
    database.table("links").create({"seq": int, "table": str, "hash": str}, pk="seq", not_null={"table", "hash"})


@JOURNAL(name="0002_append_only")
def _append_only(database: Database) -> None:
    """Nothing is ever changed or removed, by us or by a careless hand in a database browser (R29)."""
    for table in ("plans", "runs", "writes", "links"):
        _forbid_changes(database, table)


def _forbid_changes(database: Database, table: str) -> None:
    for verb in ("UPDATE", "DELETE"):
        database.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        )


@JOURNAL(name="0003_settled")
def _settled(database: Database) -> None:
    """Each intent with its last outcome; a request is intended once, and settled only while it is in doubt."""
    database.execute("CREATE UNIQUE INDEX one_intent_per_request ON writes (request_id) WHERE event = 'intent'")
    database.create_view(
        "settled",
        """
        SELECT intent.seq, intent.run_id, intent.request_id, intent.record AS intent, outcome.state,
            outcome.record AS outcome
        FROM writes AS intent LEFT JOIN writes AS outcome ON outcome.seq = (
            SELECT max(seq) FROM writes WHERE request_id = intent.request_id AND event = 'outcome'
        )
        WHERE intent.event = 'intent'
        """,
    )


@JOURNAL(name="0004_decisions")
def _decisions(database: Database) -> None:
    """Approvals and rejections as they were made (R9), and on every row who wrote it, where, with what (R28).

    A column that is NULL is not covered by a row's hash, so rows from before these columns still fit their links.
    """
    database.table("decisions").create(
        {
            "seq": int,
            "decision_id": str,
            "plan_digest": str,
            "action_id": str,
            "role": str,
            "state": str,
            "by": str,
            "at": str,
            "amount_cents": int,
            "record": str,
        },
        pk="seq",
    )
    database.table("decisions").create_index(["plan_digest", "seq"])
    _forbid_changes(database, "decisions")
    for table in ("plans", "decisions", "runs", "writes"):
        for column in ("actor", "host", "tool"):
            database.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")
        database.execute(f"ALTER TABLE {table} ADD COLUMN monotonic_ns INTEGER")
