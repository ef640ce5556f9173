"""Plan files on disk: read, written once, and changed only when nobody else changed them meanwhile."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qbclean.collector import collector_paused
from qbclean.errors import PlanFormatError, SettingsError

if TYPE_CHECKING:
    from qbclean.model.plan import Plan
    from qbclean.plan.encoded import EncodedPlan

FOLDER = Path("plans")


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as it was read: `text` is what a later save must still find in the file."""

    path: Path
    text: bytes
    plan: Plan


def read(path: Path) -> PlanFile:
    """The plan in `path`. Raises SettingsError when there is none, PlanFormatError naming the place that is wrong."""
    from qbclean.plan import codec

    try:
        text = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read: {error.strerror}.",
            why="Nothing was done.",
            do="Name a plan file; `qbclean plan` writes one.",
        ) from error
    with collector_paused():
        return PlanFile(path, text, codec.decode(text))


def write_new(plan: Plan | EncodedPlan, path: Path | None) -> Path:
    """Write a plan made just now; returns where. A file that is there already is never overwritten.

    Without `path` the name is `plans/COMPANY-DATE-DIGEST.json`; the same plan made twice is one file, decisions kept.
    """
    from qbclean.plan import codec
    from qbclean.plan.encoded import EncodedPlan

    head = plan.head if isinstance(plan, EncodedPlan) else plan
    chosen = path or FOLDER / f"{_slug(head.company.name)}-{head.as_of}-{head.digest[:8]}.json"
    if chosen.exists() and path is None:
        return chosen
    chosen.parent.mkdir(parents=True, exist_ok=True)
    try:
        with chosen.open("xb") as file:
            file.writelines(codec.pieces(plan))
    except FileExistsError as error:
        raise SettingsError(
            f"{chosen} is there already.",
            why="It may hold decisions, so it was not overwritten. No plan was written.",
            do="Choose another name with --out.",
        ) from error
    return chosen


def save(file: PlanFile, plan: Plan) -> None:
    """Put `plan` in the place of `file`, whole or not at all. Raises PlanFormatError when the file changed since."""
    from qbclean.plan import codec

    if file.path.read_bytes() != file.text:
        raise PlanFormatError(
            f"{file.path} was changed by somebody else just now.",
            why="Saving would lose that change. Nothing was written.",
            do="Run the command again.",
        )
    handle, name = tempfile.mkstemp(dir=file.path.parent, prefix=f".{file.path.name}.")
    try:
        with os.fdopen(handle, "wb") as temporary:
            temporary.writelines(codec.pieces(plan))
            temporary.flush()
            os.fsync(temporary.fileno())
        Path(name).replace(file.path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "company"
