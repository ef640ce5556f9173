"""Ending a connection: revoked at Intuit where that can be reached, and gone from here in any case (R44)."""

from __future__ import annotations

from typing import Protocol

from qbclean.errors import QbcleanError
from qbclean.model.refs import RealmId
from qbclean.ports.tokens import Tokens, TokenStore


class Revoker(Protocol):
    def revoke(self, tokens: Tokens) -> None:
        """End the connection at Intuit; both tokens are dead afterwards."""
        ...


def disconnect(realm_id: RealmId, *, oauth: Revoker, store: TokenStore) -> str:
    """Revoke the tokens and remove them; returns why they could not be revoked, "" when they were.

    They are removed either way: the user asked for them to be gone from here.
    """
    try:
        oauth.revoke(store.load(realm_id))
    except QbcleanError as error:
        return error.what
    finally:
        store.forget(realm_id)
    return ""
