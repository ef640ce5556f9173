"""What customers and jobs are called in the report, put together from slices."""

from __future__ import annotations

from typing import NamedTuple


class Named(NamedTuple):
    """A name as good as its source: of several for one thing the largest is taken.

    `rank` is 2 for the best kind of source, 0 for none, when the name is made of the key. `source`: the record it was
    read from.
    """

    rank: int = 0
    source: str = ""
    name: str = ""
