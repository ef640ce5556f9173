"""`log verify`, `log head`, `log backup`: whether the log is whole, how that stays provable, and a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qbclean.cli.session import Session, finish
from qbclean.cli.wiring import desk_of
from qbclean.errors import SettingsError

if TYPE_CHECKING:
    from qbclean.model.journal import ChainHead, ChainReport

Head = Annotated[
    str | None, typer.Option(metavar="HASH:ROWS", help="A head kept elsewhere; it must still be in the log.")
]


def verify(
    context: typer.Context,
    head: Head = None,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Check an export (.jsonl) or a backup (.db) instead.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="KEYFILE", help="With --file: its key. Default: that of the company.")
    ] = None,
) -> None:
    """Check that no row of the log was changed, removed or added."""
    from qbclean.report import text

    session = Session.of(context)
    elsewhere = _head(head)
    report = _of_file(session, file, key, elsewhere) if file else _of_company(session, elsewhere)
    content = {"holds": not report.problem, "report": report}
    session.screen.result("log_verify", content, lambda: text.chain_result(report))
    finish(1 if report.problem else 0)


def head(context: typer.Context) -> None:
    """Print the head of the log, to keep where nobody who can change the log can change it."""
    session = Session.of(context)
    with desk_of(session) as desk:
        stands = desk.log.head()
    written = f"{stands.hash}:{stands.rows}"
    session.screen.result("log_head", {"head": stands, "written": written}, lambda: written)
    session.screen.say(
        "Keep it elsewhere: in a commit, an e-mail to the client, on paper. Later, `log verify --head HASH:ROWS` shows "
        "that no row up to it was changed or cut off. Without it, rows cut off the end go unnoticed."
    )


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, such as journal-2026-03-31.db.")],
) -> None:
    """Copy the log, also while a run is writing, with the key and head it needs to verify."""
    session = Session.of(context)
    with desk_of(session) as desk:
        copied = desk.log.back_up(file)
    files = [str(file.with_suffix(ending)) for ending in (file.suffix, ".key", ".head")]
    session.screen.result(
        "log_backup", {"files": files, "head": copied}, lambda: f"Copied {copied.rows:,} rows to {', '.join(files)}."
    )
    session.screen.say(
        "Keep the three together, and to yourself: the key can forge a log. To restore, put them back into the "
        "company's folder as journal.db, journal.key and journal.head."
    )


def _head(text: str | None) -> ChainHead | None:
    from qbclean.model.journal import ChainHead
    from qbclean.store.verify_log import parse_head

    if text is None:
        return None
    try:
        rows, digest = parse_head(text)
    except ValueError as error:
        raise SettingsError(
            f"{text!r} is no head of a log.",
            why=f"{error}.",
            do="Give it as `qbclean log head` printed it: 64 hex digits, a colon, a number.",
        ) from error
    return ChainHead(rows=rows, hash=digest)


def _of_company(session: Session, elsewhere: ChainHead | None) -> ChainReport:
    with desk_of(session) as desk:
        return desk.log.verify(elsewhere)


def _of_file(session: Session, file: Path, key: Path | None, elsewhere: ChainHead | None) -> ChainReport:
    """By the stand-alone verifier, which reads exports and databases alike."""
    from qbclean.model.journal import ChainHead, ChainReport
    from qbclean.store import verify_log

    try:
        mark = verify_log.Head(elsewhere.rows, elsewhere.hash) if elsewhere else verify_log.read_anchor(file)
        found = verify_log.verify(file, verify_log.read_key(key or _key_beside(session, file)), mark)
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(
            f"{file} was not checked: {error}.",
            why="It takes the export or backup, and the key of the journal it comes from.",
            do="Name the file, and with --key its journal.key.",
        ) from error
    head = ChainHead(rows=found.head.rows, hash=found.head.hash)
    return ChainReport(head=head, anchored=None, elsewhere=elsewhere, problem=found.problem)


def _key_beside(session: Session, file: Path) -> Path:
    """The key of a backup lies beside it; an export is checked with that of the company."""
    beside = file.with_suffix(".key")
    if beside.exists():
        return beside
    with desk_of(session) as desk:
        return desk.folder / "journal.key"
