"""Where the workspace is: `--home`, else `$QBCLEAN_HOME`, else the user's data folder."""

from __future__ import annotations

import os
from pathlib import Path

from qbclean.errors import SettingsError

HOME_VARIABLE = "QBCLEAN_HOME"


def home_folder(given: Path | None) -> Path:
    """The absolute path of the workspace. Raises SettingsError when something else than a folder is there."""
    chosen = given or _from_environment() or _data_folder()
    home = chosen.expanduser().absolute()
    if home.exists() and not home.is_dir():
        raise SettingsError(
            f"{home} cannot be the workspace: it is not a folder.",
            why="Nothing was read or written.",
            do=f"Give another folder with --home or ${HOME_VARIABLE}.",
        )
    return home


def _from_environment() -> Path | None:
    value = os.environ.get(HOME_VARIABLE, "")
    return Path(value) if value else None


def _data_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("qbclean", appauthor=False)
