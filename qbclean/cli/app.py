"""The `qbclean` command tree and its one boundary for errors: whatever happens becomes a message and an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from qbclean.cli import applying, checking, connecting, crm, deciding, journaling, planning, reading, sandbox
from qbclean.cli.demo import demo
from qbclean.cli.diagnostics import start_logging, tell, unexpected
from qbclean.cli.doctor import doctor
from qbclean.cli.interrupt import Interrupted, ignore_interrupts, raise_on_interrupt
from qbclean.cli.options import Options, hoisted
from qbclean.cli.session import Session
from qbclean.errors import InterruptedRunError, QbcleanError

# No rich markup in help texts: plain help starts faster (R52) and reads the same in the README.
app = typer.Typer(
    name="qbclean",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="The global options may stand anywhere on the line. Exit codes: see the README.",
)


@app.callback()
def main(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="Folder of the workspace. Default: $QBCLEAN_HOME, else your data folder.")
    ] = None,
    company: Annotated[
        str | None, typer.Option(help="Realm id or part of the name. Default: the company in use.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Result as one JSON document on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Only the result, no remarks.")] = False,
    verbose: Annotated[
        int,
        typer.Option("--verbose", "-v", count=True, help="Tell what is done; twice: in detail.", show_default=False),
    ] = 0,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask; fail where an answer is needed.")] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda asked: _show_version() if asked else None,
            is_eager=True,
            help="Show the version and leave.",
        ),
    ] = False,
) -> None:
    """Explain and repair the receivables of a QuickBooks Online company against its CRM, as a reviewable plan."""
    start_logging(verbose)
    context.obj = Session.start(
        Options(home=home, company=company, as_json=as_json, quiet=quiet, verbosity=verbose, no_input=no_input)
    )


def _show_version() -> None:
    from qbclean import __version__

    typer.echo(f"qbclean {__version__}")
    raise typer.Exit


_GUIDE: tuple[tuple[str, Any], ...] = (
    ("demo", demo),
    ("connect", connecting.connect),
    ("pull", reading.pull),
    ("check", checking.check),
    ("plan", planning.plan),
    ("show", planning.show),
    ("diff", planning.diff),
    ("decide", deciding.decide),
    ("apply", applying.apply),
    ("recover", applying.recover),
    ("rollback", applying.rollback),
    ("doctor", doctor),
)
for _name, _command in _GUIDE:
    app.command(_name)(_command)
app.add_typer(journaling.log, name="log")
app.add_typer(connecting.companies, name="companies")
app.add_typer(crm.app, name="crm")
app.add_typer(sandbox.app, name="sandbox")


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with an exit code of design.md 4; never with a traceback."""
    os.umask(0o077)  # books, tokens, plans and reports are nobody else's business (R34)
    gc.set_threshold(200_000, 20, 100)  # books are millions of small, acyclic objects: collecting them finds nothing
    raise_on_interrupt()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(args=hoisted(given), prog_name="qbclean")
    except (QbcleanError, Interrupted, Exception) as error:  # noqa: BLE001 - the one boundary
        sys.exit(_told(error, given))
    finally:
        ignore_interrupts()


def _told(error: BaseException, arguments: Sequence[str]) -> int:
    as_json = "--json" in arguments
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if isinstance(error, Interrupted):
        error = InterruptedRunError(
            "Stopped by Ctrl-C.",
            why="What was sent before is in the journal.",
            do="If a run was under way, `qbclean recover` settles it.",
        )
    if not isinstance(error, QbcleanError):
        error = _defect(error, arguments)
    return tell(error, as_json=as_json)


def _defect(error: BaseException, arguments: Sequence[str]) -> QbcleanError:
    from qbclean.cli.clock import SystemClock
    from qbclean.cli.settings import home_folder

    where = dict(pairwise(arguments)).get("--home")
    return unexpected(error, home_folder(Path(where) if where else None), SystemClock().now())
