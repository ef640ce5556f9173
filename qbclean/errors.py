"""The one error hierarchy: every message says what happened, why, and what to do next.

The exit code of each class is that of `design.md` 4; only `cli/app.py` turns an error into an exit.
"""

from __future__ import annotations

from typing import ClassVar


class QbcleanError(Exception):
    """Root of everything qbclean raises on purpose.

    `what` happened (naming document, customer, id or file and row), `why`, and `do` — what the user does next.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, why: str = "", do: str = "") -> None:
        self.what, self.why, self.do = what, why, do
        super().__init__(" ".join(part for part in (what, why, do) if part))


class SettingsError(QbcleanError):
    """A setting, option or path that cannot be used."""

    exit_code = 2


class AuthorizationError(QbcleanError):
    """No company is connected, or QuickBooks no longer accepts our tokens."""

    exit_code = 6


class CompanyBusyError(QbcleanError):
    """Another run holds this company."""

    exit_code = 7


class InterruptedRunError(QbcleanError):
    """The user stopped a run; the journal is consistent."""

    exit_code = 130


class CrmFormatError(QbcleanError):
    """A CRM export that cannot be read without guessing."""


class StoreError(QbcleanError):
    """The local databases are missing, damaged or of another version."""


class IncompleteBooksError(QbcleanError):
    """The snapshot is not the whole picture, so nothing may be planned from it (S29)."""


class NotReversibleError(QbcleanError):
    """A write that cannot be taken back as asked."""


class NothingToTakeBackError(NotReversibleError):
    """Nothing of a run is left to take back, or nothing of it can be; nothing was sent."""

    exit_code = 4


# ------------------------------------------------------------------ plans
class PlanError(QbcleanError):
    """A plan that is refused; nothing was sent."""

    exit_code = 4


class PlanFormatError(PlanError):
    """The file does not parse as a plan; the message names the place."""


class TamperedPlanError(PlanError):
    """The digest does not cover what the file now says, or no journal here knows it."""


class WrongCompanyError(PlanError):
    """The plan belongs to other books."""


class StalePlanError(PlanError):
    """The snapshot behind the plan is too old, or the plan was already carried out."""


class NotApprovedError(PlanError):
    """Nothing in the plan is approved."""


class UnsafePlanError(PlanError):
    """The plan breaks a safety rule or limit."""


# ------------------------------------------------------------------ QuickBooks
class GatewayError(QbcleanError):
    """QuickBooks did not do what was asked.

    `status` is the HTTP status (0: no answer), `code` the fault code ("" if none), `intuit_tid` Intuit's trace id.
    """

    def __init__(
        self, what: str, *, why: str = "", do: str = "", status: int = 0, code: str = "", intuit_tid: str = ""
    ) -> None:
        super().__init__(what, why=why, do=do)
        self.status, self.code, self.intuit_tid = status, code, intuit_tid


class ThrottledError(GatewayError):
    """429: over the request limit; wait at least a minute."""


class UnavailableError(GatewayError):
    """No usable answer: refused or reset connection, time-out, 5xx, HTML or an empty body. The effect is unknown."""


class StaleDocumentError(GatewayError):
    """5010: the SyncToken is not the current one; nothing was saved."""


class DuplicateDocNumberError(GatewayError):
    """6140: the number is taken."""


class DocumentNotFoundError(GatewayError):
    """610: deleted, inactive or never there."""


class BooksClosedError(GatewayError):
    """6200, 6210: the date lies in a closed period (S28)."""


class RefusedError(GatewayError):
    """Any other refusal; repeating the request cannot help."""
