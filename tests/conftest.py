"""What every test starts from: logging as Python has it, whatever a test before it has set up."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def logging_left_as_it_was() -> Iterator[None]:
    """The command line sets handlers and levels for its whole process; in tests that process goes on."""
    loggers = (logging.getLogger(), logging.getLogger("qbclean"))
    before = [(logger.level, logger.handlers[:]) for logger in loggers]
    yield
    for logger, (level, handlers) in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.handlers = handlers
