"""The switches in force: which outcome was chosen for each uncertain fact of `uncertainties`."""

from __future__ import annotations

from collections.abc import Mapping

from qbclean.sandbox.uncertainties import QUIRKS

_BY_NAME = {quirk.name: quirk for quirk in QUIRKS}


class UnknownQuirkError(ValueError):
    """A switch or a value that does not exist; the message names those that do."""


class Quirks:
    """The outcome chosen for each switch."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self._chosen = {quirk.name: quirk.default for quirk in QUIRKS}
        for name, value in (chosen or {}).items():
            self.choose(name, value)

    def __getitem__(self, name: str) -> str:
        return self._chosen[name]

    def choose(self, name: str, value: str) -> None:
        """Set one switch. Raises UnknownQuirkError."""
        quirk = _BY_NAME.get(name)
        if quirk is None:
            raise UnknownQuirkError(f"There is no quirk {name!r}. Known: {', '.join(sorted(_BY_NAME))}.")
        if value not in quirk.values:
            raise UnknownQuirkError(f"Quirk {name} cannot be {value!r}. Possible: {', '.join(quirk.values)}.")
        self._chosen[name] = value

    def as_dict(self) -> dict[str, str]:
        """Return every switch with its present value."""
        return dict(self._chosen)


def parse_quirks(settings: list[str]) -> dict[str, str]:
    """Return `NAME=VALUE` texts as a dictionary, each checked. Raises UnknownQuirkError."""
    chosen: dict[str, str] = {}
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator:
            raise UnknownQuirkError(f"{setting!r} is not NAME=VALUE.")
        chosen[name.strip()] = value.strip()
    Quirks(chosen)
    return chosen
