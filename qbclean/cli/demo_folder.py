"""The folder a demonstration leaves behind: what lies where, and never anything of the user's overwritten."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from qbclean.errors import SettingsError

DEFAULT = Path("qbclean-demo")
_MARK = ".made-by-qbclean-demo"


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Paths below `root`, which is the workspace of the demonstration as well."""

    root: Path

    @property
    def company(self) -> Path:
        return self.root / "sandbox" / "company"

    @property
    def crm(self) -> Path:
        return self.company / "crm"

    @property
    def state(self) -> Path:
        return self.root / "sandbox" / "state.db"

    @property
    def ready_file(self) -> Path:
        return self.root / "sandbox" / "ready.json"

    @property
    def plan(self) -> Path:
        return self.root / "plan.json"

    @property
    def page(self) -> Path:
        return self.root / "report.html"

    def prepare(self) -> None:
        """Make the folder, empty. An earlier demonstration there is replaced; anything else is refused."""
        if (
            self.root.exists()
            and not (self.root / _MARK).is_file()
            and (not self.root.is_dir() or any(self.root.iterdir()))
        ):
            raise SettingsError(
                f"{self.root} is there already and was not made by `qbclean demo`.",
                why="The demonstration would overwrite it. Nothing was done.",
                do="Give another folder with --home.",
            )
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / _MARK).touch()
        for name in ("companies", "sandbox", "logs"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        for file in (self.plan, self.page, self.root / "current"):
            file.unlink(missing_ok=True)
