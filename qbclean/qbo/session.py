"""The access token of one company: one caller refreshes it, and the new refresh token is safe before its use (R25)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from qbclean.model.refs import RealmId
from qbclean.ports.ambient import Clock
from qbclean.ports.tokens import Tokens, TokenStore

EARLY = timedelta(minutes=3)
"""An access token this close to its end is renewed first; a request may take two minutes."""


class AccessSession:
    """Hands out a valid access token; safe for threads, and across processes through the store's lock."""

    def __init__(
        self, realm_id: RealmId, store: TokenStore, refresh: Callable[[Tokens], Tokens], *, clock: Clock
    ) -> None:
        self._realm_id, self._store, self._refresh, self._clock = realm_id, store, refresh, clock
        self._tokens = store.load(realm_id)
        self._one_at_a_time = threading.Lock()

    @property
    def tokens(self) -> Tokens:
        return self._tokens

    def access_token(self) -> str:
        """A token that is not about to expire. Raises AuthorizationError, or GatewayError when Intuit is away."""
        if not self._is_usable(self._tokens):
            self._renew(rejected="")
        return self._tokens.access_token

    def renew(self, rejected: str) -> None:
        """Replace `rejected`, a token that QuickBooks answered 401 to, unless somebody already did."""
        self._renew(rejected)

    def _renew(self, rejected: str) -> None:
        with self._one_at_a_time, self._store.refreshing(self._realm_id):
            stored = self._store.load(self._realm_id)
            if stored.access_token == rejected or not self._is_usable(stored):
                stored = self._refresh(stored)
                self._store.save(stored)
            self._tokens = stored

    def _is_usable(self, tokens: Tokens) -> bool:
        if not tokens.access_token:
            return False
        return tokens.access_expires_at is None or tokens.access_expires_at - EARLY > self._clock.now()
