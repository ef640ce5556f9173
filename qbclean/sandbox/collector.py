"""Keeps Python's cycle collector away from work that makes millions of objects and no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 100_000


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector. What has been made in great numbers is then left out of later collections too.

    Else each of them would stop every request for a second; such objects are freed without it, having no cycles.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _MANY:
            gc.freeze()
        if was_on:
            gc.enable()
