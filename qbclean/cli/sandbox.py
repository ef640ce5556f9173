"""`qbclean sandbox`: serve a local QuickBooks Online, make a company for it, dump one, list its quirks."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(name="sandbox", no_args_is_help=True, help="A local QuickBooks Online server to try things on.")


@app.command()
def serve(  # noqa: PLR0917 - a command's options are its parameters
    company: Annotated[Path | None, typer.Option(help="Company folder to load.")] = None,
    state: Annotated[Path | None, typer.Option(help="SQLite file to keep the company in; wins over --company.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")] = 0,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Pin the company's date.")] = None,
    ready_file: Annotated[Path | None, typer.Option(help="Where to write address and credentials.")] = None,
    quirk: Annotated[list[str] | None, typer.Option(help="NAME=VALUE; see `sandbox quirks`. Repeatable.")] = None,
    faults: Annotated[Path | None, typer.Option(help="JSON file of fault rules.")] = None,
    throttle: Annotated[bool, typer.Option(help="Enforce QuickBooks' request limits.")] = True,
    access_token_life: Annotated[int, typer.Option(min=1, help="Seconds an access token lives.")] = 3600,
    webhook: Annotated[list[str] | None, typer.Option(help="Address on this machine to notify. Repeatable.")] = None,
) -> None:
    """Serve a company over QuickBooks Online's API until interrupted."""
    from qbclean.sandbox.courier import BadSubscriptionError
    from qbclean.sandbox.folder import CompanyFolderError
    from qbclean.sandbox.mischief import BadFaultRuleError, read_rules
    from qbclean.sandbox.quirks import UnknownQuirkError, parse_quirks
    from qbclean.sandbox.sandbox import Settings
    from qbclean.sandbox.server import RunningSandbox

    try:
        settings = Settings(
            company=company,
            state=state,
            today=today.date() if today else None,
            quirks=parse_quirks(quirk or []),
            faults=tuple(read_rules(faults.read_bytes())) if faults else (),
            throttle=throttle,
            access_token_life=access_token_life,
            webhooks=tuple(webhook or ()),
        )
    except (UnknownQuirkError, BadFaultRuleError, OSError) as bad:
        raise typer.BadParameter(str(bad)) from bad
    try:
        running = RunningSandbox(settings, host=host, port=port)
    except BadSubscriptionError as bad:
        raise typer.BadParameter(str(bad)) from bad
    except (CompanyFolderError, OSError) as failure:
        typer.echo(f"The sandbox did not start: {failure}", err=True)
        raise typer.Exit(1) from failure
    typer.echo(running.url)
    running.serve(ready_file)


@app.command()
def dump(
    directory: Annotated[Path, typer.Argument(help="Where to write the company folder.")],
    state: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="State file of a sandbox.")],
) -> None:
    """Write a sandbox's state file back as a company folder."""
    from qbclean.sandbox.folder import dump_folder
    from qbclean.sandbox.sandbox import Sandbox, Settings

    sandbox = Sandbox(Settings(state=state))
    dump_folder(sandbox.company, directory)
    sandbox.close()
    typer.echo(str(directory))


@app.command()
def quirks() -> None:
    """List the switches for what is not known about QuickBooks Online; the first value is the default."""
    from qbclean.sandbox.uncertainties import QUIRKS

    for quirk in QUIRKS:
        typer.echo(f"{quirk.name}={'|'.join(quirk.values)}\n    {quirk.about}")


@app.command()
def new(
    directory: Annotated[Path, typer.Argument(help="Folder to create.")],
    seed: Annotated[int, typer.Option(help="Same seed, same company.")] = 1,
    customers: Annotated[int, typer.Option(min=1, help="How many customers.")] = 400,
    years: Annotated[int, typer.Option(min=1, help="How many years of history.")] = 3,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the history.")] = None,
    hard: Annotated[bool, typer.Option("--hard", help="More look-alikes and spelling trouble.")] = False,
) -> None:
    """Generate a messy company with CRM exports and the truth about it."""
    from qbclean.sandbox.generate import generate

    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise typer.BadParameter(f"{directory} is not empty; nothing was written. Name a new folder.")
    day = today.date() if today else date.today()  # noqa: DTZ011 - the user's own calendar day
    difficulty: Literal["normal", "hard"] = "hard" if hard else "normal"
    generate(directory, seed=seed, customers=customers, years=years, today=day, difficulty=difficulty)
    typer.echo(str(directory))
