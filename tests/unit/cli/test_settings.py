"""Where the workspace is."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbclean.cli.settings import home_folder
from qbclean.errors import SettingsError


def test_the_option_wins_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QBCLEAN_HOME", str(tmp_path / "elsewhere"))
    assert home_folder(tmp_path / "here") == tmp_path / "here"
    assert home_folder(None) == tmp_path / "elsewhere"


def test_without_either_it_is_the_users_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QBCLEAN_HOME", raising=False)
    assert home_folder(None).name == "qbclean"


def test_a_file_cannot_be_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(SettingsError) as refused:
        home_folder(tmp_path / "notes.txt")
    assert refused.value.exit_code == 2
