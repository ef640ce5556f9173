"""Finds profiles: those that come with qbclean, the user's own in `<home>/profiles`, and one named as a file."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from qbclean.crm.profile import Profile, faults_of
from qbclean.errors import SettingsError


@cache
def packaged_profiles() -> tuple[Profile, ...]:
    """In the order of their names, those used only when nothing else fits last."""
    folder = files("qbclean.crm") / "profiles"
    found = [
        parsed(entry.read_text(encoding="utf-8"), entry.name)
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda profile: (profile.profile.fallback, profile.name)))


def known_profiles(home: Path | None = None) -> tuple[Profile, ...]:
    """The packaged ones, replaced by name and added to by `<home>/profiles/*.toml`. Raises SettingsError."""
    profiles = {profile.name: profile for profile in packaged_profiles()}
    for path in sorted((home / "profiles").glob("*.toml")) if home is not None else ():
        profile = load_profile(path)
        profiles[profile.name] = profile
    return tuple(sorted(profiles.values(), key=lambda profile: (profile.profile.fallback, profile.name)))


def load_profile(path: Path) -> Profile:
    """The profile in a file. Raises SettingsError naming the file and the key that is wrong."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The profile {path} cannot be read: {error}.", do="Check the path and the file."
        ) from error
    return parsed(content, str(path))


def parsed(content: str, name: str) -> Profile:
    """The profile in `content`. Raises SettingsError naming `name` and the key that is wrong."""
    try:
        profile = msgspec.convert(tomllib.loads(content), Profile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise _refused(name, str(error)) from error
    faults = faults_of(profile)
    if faults:
        raise _refused(name, "; ".join(faults))
    return profile


def _refused(name: str, fault: str) -> SettingsError:
    return SettingsError(
        f"The profile {name} cannot be used: {fault}.",
        why="A profile says how amounts are read, so nothing in it is guessed or ignored.",
        do="Correct it, or start from what `qbclean crm inspect FILE` proposes.",
    )
