"""What belongs together because one joins another, as a union-find."""

from __future__ import annotations


class Together:
    """Whatever was never joined stands for itself."""

    def __init__(self) -> None:
        self._root: dict[str, str] = {}

    def find(self, one: str) -> str:
        """What stands for all that `one` is together with: the first of them in order."""
        while (up := self._root.get(one, one)) != one:
            self._root[one] = self._root.get(up, up)
            one = up
        return one

    def join(self, one: str, two: str) -> None:
        """Both, and all that either was together with, are together from now on."""
        if one != two and (one := self.find(one)) != (two := self.find(two)):
            self._root[max(one, two)] = min(one, two)
