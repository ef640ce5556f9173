"""Two plans side by side: actions added, gone and changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType

from qbclean.model.action import PlannedAction
from qbclean.report.text.layout import BLANK, line, page, table, title
from qbclean.report.words import counted, dollars


def plan_changes(
    *,
    added: Sequence[PlannedAction],
    gone: Sequence[PlannedAction],
    changed: Sequence[tuple[PlannedAction, PlannedAction, Sequence[str]]],
) -> RenderableType:
    """Each list as a table; a changed action names the fields that differ. Says so when there is no difference."""
    if not (added or gone or changed):
        return line("No difference: both plans hold the same actions.")
    return page(
        *_listed("added", added),
        *_listed("gone", gone),
        *(
            (
                title(f"{counted(len(changed), 'action')} changed"),
                table(
                    ("action!", "dollars before>", "after>", "differs in", ""),
                    [
                        (new.id, dollars(old.amount), dollars(new.amount), ", ".join(fields), new.summary)
                        for old, new, fields in changed
                    ],
                ),
            )
            if changed
            else ()
        ),
    )


def _listed(label: str, actions: Sequence[PlannedAction]) -> list[RenderableType]:
    if not actions:
        return []
    rows = [(action.id, action.tier, dollars(action.amount), action.summary) for action in actions]
    return [
        title(f"{counted(len(actions), 'action')} {label}"),
        table(("action!", "tier!", "dollars>", ""), rows),
        BLANK,
    ]
