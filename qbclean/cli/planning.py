"""`plan`, `show` and `diff`: proposals on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qbclean.cli import plan_files
from qbclean.cli.checking import AsOf
from qbclean.cli.session import Session
from qbclean.cli.wiring import TOOL, desk_of
from qbclean.collector import collector_paused
from qbclean.errors import SettingsError

if TYPE_CHECKING:
    from qbclean.model.plan import Plan

PlanPath = Annotated[Path, typer.Argument(metavar="PLAN", help="The plan file.")]


@collector_paused()
def plan(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it. Default: a new file in plans/.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="KIND", help="Only these kinds; may be repeated.")] = None,
    as_of: AsOf = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the plan as a page to read, too.")] = None,
    adopt: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Record a plan that was made on another machine instead.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --adopt: do not ask.")] = False,
) -> None:
    """Write a plan that would mend the differences.

    Each action comes with its evidence, its effect and the exact requests. Nothing is written to QuickBooks.
    """
    session = Session.of(context)
    if adopt:
        _adopt(session, adopt, confirmed=yes)
        return
    from qbclean.report import text
    from qbclean.workflow.make_plan import make_plan

    with desk_of(session) as desk, desk.journal("plan") as journal:
        day = as_of.date() if as_of else session.clock.today()
        made = make_plan(
            desk.books,
            journal,
            session.clock,
            desk.settings,
            as_of=day,
            tool=TOOL,
            only=tuple(only or ()),
            progress=desk.progress,
        )
        path = plan_files.write_new(made, out)
    if html:
        _write_page(session, made.decoded(), html)
    head = made.head
    content = {"file": str(path), "digest": head.digest, "summary": head.summary}
    session.screen.result(
        "plan_written", content, lambda: text.plan_totals(head.summary, writes=made.writes("recommended"))
    )
    session.screen.say(f"\nWrote {path}. Next: `qbclean show {path}`, then `qbclean decide {path} --tier recommended`.")


def show(
    context: typer.Context,
    plan: PlanPath,
    action: Annotated[str | None, typer.Argument(metavar="[ACTION]", help="One action, in full.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the plan as a page to read, too.")] = None,
) -> None:
    """Show a plan, or one of its actions in full."""
    from qbclean.report import text

    session = Session.of(context)
    read = plan_files.read(plan).plan
    _write_page(session, read, html)
    if action is None:
        session.screen.result("plan", {"plan": read}, lambda: text.plan_overview(read))
        return
    chosen = read.action(action)
    if chosen is None:
        raise SettingsError(
            f"{plan} has no action {action}.", why="Nothing was done.", do=f"`qbclean show {plan}` lists them."
        )
    session.screen.result("action", {"action": chosen}, lambda: text.action_detail(chosen))


def diff(
    context: typer.Context,
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The earlier plan.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The later plan.")],
) -> None:
    """Compare two plans: actions added, gone and changed."""
    from qbclean.report import text
    from qbclean.workflow.diff_plans import diff_plans

    found = diff_plans(plan_files.read(old).plan, plan_files.read(new).plan)
    changed = [(item.old, item.new, item.fields) for item in found.changed]
    Session.of(context).screen.result(
        "plan_diff",
        {"added": found.added, "gone": found.gone, "changed": found.changed},
        lambda: text.plan_changes(added=found.added, gone=found.gone, changed=changed),
    )


def _adopt(session: Session, path: Path, *, confirmed: bool) -> None:
    from qbclean.report import text
    from qbclean.workflow.make_plan import adopt_plan

    foreign = plan_files.read(path).plan
    with desk_of(session) as desk:
        session.screen.show(text.plan_overview(foreign))
        if not confirmed:
            session.screen.confirm("Record this plan as one that may be approved and applied here?")
        with desk.journal("plan --adopt") as journal:
            adopt_plan(foreign, desk.company.realm_id, journal, session.clock, origin=f"adopted from {path.name}")
    session.screen.result("plan_adopted", {"digest": foreign.digest}, lambda: f"Recorded plan {foreign.digest[:12]}.")


def _write_page(session: Session, plan: Plan, html: Path | None) -> None:
    if html:
        from qbclean.report.html import plan_page

        html.write_text(plan_page(plan), encoding="utf-8")
        session.screen.say(f"Wrote {html}.")
