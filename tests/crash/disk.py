"""A disk that can lose its power: what was synced is there, of the rest any part may be (R19).

Names and contents are kept apart, as file systems do. Names that were not synced survive up to some point in their
order, because file systems log them in order; contents that were not synced survive in any selection, and a write may
be torn between sectors.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.crash.trace import Deed, Rename, Touch, Truncate, Write

SECTOR = 512
Image = Mapping[str, bytes]
"""Path → content, as found when the power is back."""


@dataclass(eq=False)
class _File:
    durable: bytes = b""
    pending: list[Write | Truncate] = field(default_factory=list)

    def sync(self) -> None:
        self.durable = _after(self.durable, self.pending)
        self.pending = []


class Disk:
    """Starts with `content`, all of it durable."""

    def __init__(self, content: Image) -> None:
        self._names = {path: _File(content[path]) for path in content}
        self._durable_names = dict(self._names)
        self._name_changes: list[tuple[str, dict[str, _File]]] = []

    def do(self, deed: Deed) -> None:
        """Take in what a process did; what it sent or said is nothing to a disk."""
        match deed:
            case Touch(path, "make" | "empty" as how):
                if path not in self._names:
                    self._renamed(path, {**self._names, path: _File()})
                elif how == "empty":
                    self._names[path].pending.append(Truncate(path, 0))
            case Touch(path, "unlink"):
                if path in self._names:
                    self._renamed(path, {name: file for name, file in self._names.items() if name != path})
            case Touch(path, "sync"):
                self._sync(path)
            case Write() | Truncate():
                if deed.path in self._names:
                    self._names[deed.path].pending.append(deed)
            case Rename(path, to):
                names = {**self._names, to: self._names[path]}
                del names[path]
                self._renamed(to, names)
            case _:
                pass

    def everything(self) -> Image:
        """The power fails, and by luck all of it was written."""
        return {path: _after(file.durable, file.pending) for path, file in self._names.items()}

    def only_synced(self) -> Image:
        """The power fails, and nothing was written that did not have to be."""
        return {path: file.durable for path, file in self._durable_names.items()}

    def something(self, chance: random.Random) -> Image:
        """The power fails, and of what did not have to be written some was, some in part."""
        kept = chance.randint(0, len(self._name_changes))
        names = self._name_changes[kept - 1][1] if kept else self._durable_names
        return {path: _after(file.durable, _some(file.pending, chance)) for path, file in names.items()}

    def _renamed(self, path: str, names: dict[str, _File]) -> None:
        self._names = names
        self._name_changes.append((path.rpartition("/")[0], names))

    def _sync(self, path: str) -> None:
        if path in self._names:
            self._names[path].sync()
            return
        # A folder; file systems write their log up to there, so the names of other folders get along.
        last = max((at for at, (folder, _) in enumerate(self._name_changes, 1) if folder == path), default=0)
        if last:
            self._durable_names = self._name_changes[last - 1][1]
            self._name_changes = self._name_changes[last:]


def _some(pending: list[Write | Truncate], chance: random.Random) -> list[Write | Truncate]:
    kept: list[Write | Truncate] = []
    for change in pending:
        if chance.random() < 0.5:
            continue
        if isinstance(change, Write) and chance.random() < 0.3:
            kept.append(Write(change.path, change.at, change.content[: SECTOR * chance.randint(0, 8)]))
        else:
            kept.append(change)
    return kept


def _after(content: bytes, changes: list[Write | Truncate]) -> bytes:
    changed = bytearray(content)
    for change in changes:
        if isinstance(change, Truncate):
            del changed[change.size :]
            changed.extend(bytes(change.size - len(changed)))
        else:
            changed.extend(bytes(max(0, change.at - len(changed))))
            changed[change.at : change.at + len(change.content)] = change.content
    return bytes(changed)
