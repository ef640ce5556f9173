"""OAuth tokens of one company, and where they are kept."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

import msgspec

from qbclean.model.books import Environment
from qbclean.model.refs import RealmId


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """Everything needed to act for one company. Secret as a whole: never logged, never in plans or the journal.

    `api_url` is the root before `/v3`; `discovery_url` is empty for Intuit's own environments. `throttled` is False
    for a local sandbox that counts no requests.
    """

    realm_id: RealmId
    environment: Environment
    api_url: str
    discovery_url: str = ""
    throttled: bool = True
    client_id: str
    client_secret: str
    redirect_uri: str = ""
    refresh_token: str
    refresh_expires_at: datetime | None = None
    access_token: str = ""
    access_expires_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Tokens(realm_id={self.realm_id!r}, environment={self.environment!r}, …)"


class TokenStore(Protocol):
    """Keyring, or an encrypted file. `save` is durable when it returns (R25)."""

    def load(self, realm_id: RealmId) -> Tokens:
        """Raises AuthorizationError when the company is not connected."""
        ...

    def save(self, tokens: Tokens) -> None: ...

    def forget(self, realm_id: RealmId) -> None: ...

    def refreshing(self, realm_id: RealmId) -> AbstractContextManager[None]:
        """Held while refreshing, by one process at a time; whoever gets it re-reads before refreshing (R25)."""
        ...
