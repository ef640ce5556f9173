"""A profile as the CrmReader the ports ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qbclean.crm.detection import chosen
from qbclean.crm.grids import open_export
from qbclean.crm.profile import Profile
from qbclean.crm.reading import read_crm
from qbclean.ports.crm import CrmReading


@dataclass(frozen=True, slots=True)
class ProfileReader:
    """Reads the exports one profile describes."""

    profile: Profile

    @property
    def name(self) -> str:
        return self.profile.name

    @property
    def title(self) -> str:
        return self.profile.profile.title

    def recognises(self, path: Path) -> bool:
        """True when some section of the profile fits the file."""
        return bool(chosen(open_export(path), (self.profile,))[0])

    def read(self, paths: Sequence[Path]) -> CrmReading:
        """Rows that cannot be read are in the reading. Raises CrmFormatError when a file as a whole cannot be read."""
        return read_crm(paths, self.name, allow_rejects=1_000_000_000)
