"""The process all mortal ones are forked from, once per run of the suite and worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.house import Zygote


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    started = Zygote()
    yield started
    started.close()
