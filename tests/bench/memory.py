"""What a process and all it has started take of the machine's memory, seen from outside."""

from __future__ import annotations

from pathlib import Path


def memory_of_all(process: int) -> float:
    """Resident memory of a process and its descendants in MiB; what they have in common is counted once."""
    return sum(map(_share, _family(process)))


def _family(process: int) -> list[int]:
    try:
        started = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    return [process, *(member for child in started for member in _family(int(child)))]


def _share(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
