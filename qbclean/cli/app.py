"""The `qbclean` command tree."""

from __future__ import annotations

import typer

app = typer.Typer(name="qbclean", no_args_is_help=True, add_completion=True)


def run() -> None:
    """Run the command line."""
    app()
