"""The way out of an action that stays undone: why, and what that says about the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qbclean.errors import GatewayError, ThrottledError, UnavailableError
from qbclean.model.outcome import ActionState


class NotDone(Exception):  # noqa: N818 - not an error: the way out of an action that stays undone
    """Why an action was left, as the state and reason of its outcome.

    `unanswered`: QuickBooks did not answer. `reached` is False when the run ended before it came to the action.
    """

    def __init__(self, *, state: ActionState, reason: str, unanswered: bool = False, reached: bool = True) -> None:
        super().__init__(reason)
        self.state, self.reason, self.unanswered, self.reached = state, reason, unanswered, reached


@contextmanager
def nothing_sent() -> Iterator[None]:
    """QuickBooks does not answer a question, or says no: the action is left. Raises NotDone."""
    try:
        yield
    except (UnavailableError, ThrottledError) as error:
        raise NotDone(state="blocked", reason=f"Nothing was sent. {error}", unanswered=True) from error
    except GatewayError as error:
        raise NotDone(state="refused", reason=f"Nothing was sent. {error}") from error
