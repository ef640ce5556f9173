"""The tokens of each company, sealed in one file in its folder; the key lies elsewhere (see token_keys.py)."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from qbclean.errors import AuthorizationError
from qbclean.model.refs import RealmId
from qbclean.ports.tokens import Tokens
from qbclean.store.file_lock import locked_file
from qbclean.store.private_files import make_private_folder, read_private, write_atomically
from qbclean.store.token_keys import KeyKind, Keyring, TokenKeys

SEALED_FILE = "tokens.sealed"
LOCK_FILE = "tokens.lock"
_LONGEST_REFRESH_SECONDS = 150.0
"""A request is cut off after 130 s (R23); whoever holds the lock longer is not refreshing any more."""


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """What the file holds: which key opens it, the salt of a passphrase, and the tokens as a Fernet token.

    `unused_until` stands outside the seal, so that a list of companies can warn of it without asking for a passphrase.
    """

    format: int = 1
    key: KeyKind
    salt: bytes
    sealed: str
    unused_until: datetime | None = None


class SealedTokens:
    """The TokenStore. Where the key comes from is decided anew at each `save`; there is no unencrypted form."""

    def __init__(
        self,
        folder_of: Callable[[RealmId], Path],
        *,
        passphrase: Callable[[], str] | None = None,
        environ: Mapping[str, str] = os.environ,
        keyring: Keyring | None = None,
    ) -> None:
        """`passphrase` asks a person and is None when there is nobody to ask; `keyring` None is the system's."""
        self._folder_of = folder_of
        self._keys = TokenKeys(environ=environ, passphrase=passphrase, keyring=keyring)

    def load(self, realm_id: RealmId) -> Tokens:
        folder = self._folder_of(realm_id)
        sealed = _read(folder)
        if sealed is None:
            raise AuthorizationError(f"Company {realm_id} is not connected.", do="Run `qbclean connect`.")
        key = self._keys.find(sealed.key, realm_id, folder, sealed.salt)
        try:
            return msgspec.json.decode(Fernet(key).decrypt(sealed.sealed), type=Tokens)
        except (InvalidToken, ValueError) as error:
            raise AuthorizationError(
                f"The tokens of company {realm_id} cannot be opened.",
                why="The passphrase or key is not the one they were sealed with, or the file was changed.",
                do="Give the right passphrase, or run `qbclean connect` to connect the company again.",
            ) from error

    def save(self, tokens: Tokens) -> None:
        """Sealed and on disk when this returns; the tokens before are replaced in one step (R25)."""
        folder = self._folder_of(tokens.realm_id)
        make_private_folder(folder)
        before = _read(folder)
        kind = self._keys.kind_for(tokens.environment)
        salt = before.salt if before and before.key == kind else secrets.token_bytes(16)
        key = self._keys.make(kind, tokens.realm_id, folder, salt)
        sealed = Sealed(
            key=kind,
            salt=salt,
            sealed=Fernet(key).encrypt(msgspec.json.encode(tokens)).decode(),
            unused_until=tokens.refresh_expires_at,
        )
        write_atomically(folder / SEALED_FILE, msgspec.json.encode(sealed))
        if before and before.key != kind:
            self._keys.forget(before.key, tokens.realm_id, folder)

    def unused_until(self, realm_id: RealmId) -> datetime | None:
        """When Intuit ends the connection if nobody uses it; None when that is not known. Needs no key."""
        sealed = _read(self._folder_of(realm_id))
        return sealed.unused_until if sealed else None

    def key_kind(self, realm_id: RealmId) -> KeyKind | None:
        """Which sort of key the tokens were sealed with; None when there are none. Needs no key."""
        sealed = _read(self._folder_of(realm_id))
        return sealed.key if sealed else None

    def can_open(self, kind: KeyKind) -> bool:
        """False for a passphrase that is neither in the environment nor to be had from a person."""
        return kind != "passphrase" or self._keys.has_passphrase()

    def forget(self, realm_id: RealmId) -> None:
        """Remove tokens and key; a company that is not connected is no error."""
        folder = self._folder_of(realm_id)
        sealed = _read(folder)
        (folder / SEALED_FILE).unlink(missing_ok=True)
        if sealed is not None:
            self._keys.forget(sealed.key, realm_id, folder)

    @contextmanager
    def refreshing(self, realm_id: RealmId) -> Iterator[None]:
        """Waits its turn. Raises AuthorizationError when another process does not let go for minutes."""
        path = self._folder_of(realm_id) / LOCK_FILE
        give_up = time.monotonic() + _LONGEST_REFRESH_SECONDS
        with ExitStack() as stack:
            while True:
                try:
                    stack.enter_context(locked_file(path))
                    break
                except BlockingIOError as error:
                    if time.monotonic() > give_up:
                        raise AuthorizationError(
                            f"Another process has been renewing the tokens of company {realm_id} for minutes.",
                            do="End it, then run the command again.",
                        ) from error
                time.sleep(0.02)
            yield


def _read(folder: Path) -> Sealed | None:
    path = folder / SEALED_FILE
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(read_private(path), type=Sealed)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AuthorizationError(
            f"{path} cannot be read: {error}.",
            why="It holds the company's tokens and was damaged or written by another version.",
            do="Remove it and run `qbclean connect` again.",
        ) from error
