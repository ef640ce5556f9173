"""One thing nobody has documented about QuickBooks Online."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quirk:
    """One uncertain fact: its name, the outcomes it can have (the first is the default), and what they mean."""

    name: str
    values: tuple[str, ...]
    about: str

    @property
    def default(self) -> str:
        """The outcome that holds when nothing is said."""
        return self.values[0]
