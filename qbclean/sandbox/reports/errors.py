"""Why a report could not be run; the server turns these into faults."""

from __future__ import annotations


class ReportError(Exception):
    """A report was asked for in a way that cannot be answered."""


class UnknownReport(ReportError):  # noqa: N818 - the name callers know
    """There is no report of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no report named {name!r}.")
        self.name = name


class ReportParameterError(ReportError):
    """A parameter of a report has a value that it does not take."""

    def __init__(self, parameter: str, value: str, reason: str) -> None:
        super().__init__(f"{parameter}={value}: {reason}")
        self.parameter = parameter
        self.value = value
        self.reason = reason
