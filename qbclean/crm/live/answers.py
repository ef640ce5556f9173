"""Saves what an API answered, one file per kind of record, so that an import can be repeated and its source shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qbclean.errors import SettingsError
from qbclean.ports.ambient import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """`name`: of the file, without suffix. `pages` are read while they are saved; `optional`: a CRM may not have it."""

    name: str
    pages: Iterator[object]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Fetch:
    """What a live source gives: its answers, kind by kind."""

    answers: Iterator[Answers]


class NotThereError(Exception):
    """The account has no such records, or the token may not see them."""


@dataclass(slots=True)
class Saved:
    """The files written, and the kinds of records the account does not have."""

    files: list[Path] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


def save_answers(fetch: Fetch, folder: Path, progress: Progress) -> Saved:
    """Writes `<name>.json` per kind into an empty or new folder; a file is there whole or not at all.

    Raises SettingsError when the folder holds something already: old answers beside new ones would be read twice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SettingsError(
            f"{folder} is not empty.", why="Old answers would be read again.", do="Name another folder."
        )
    saved = Saved()
    for answers in fetch.answers:
        progress.start(f"Fetching {answers.name}")
        pages: list[object] = []
        try:
            for page in answers.pages:
                pages.append(page)
                progress.advance()
        except NotThereError:
            if not answers.optional:
                raise
            saved.absent.append(answers.name)
        else:
            path = folder / f"{answers.name}.json"
            partial = path.with_suffix(".part")
            partial.write_text(json.dumps(pages, ensure_ascii=False), encoding="utf-8")
            partial.replace(path)
            saved.files.append(path)
        finally:
            progress.finish()
    return saved
