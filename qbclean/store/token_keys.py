"""Where the key that seals a company's tokens comes from: the system's keyring, a passphrase, or a file (R33).

The passphrase in $QBCLEAN_TOKEN_KEY is an explicit choice and comes first; then the keyring; then a passphrase that a
person is asked for. There is no fourth way: tokens are never written in the clear. Only the key goes to the keyring,
44 characters, because Windows limits an entry to 1,280 and because one file can be replaced atomically while several
entries cannot. The built-in sandbox (`local`) uses a key file beside the sealed one: that keeps secrets out of a
casual look and no more, which is enough for tokens that open nothing but made-up books on this computer.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, Protocol

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from qbclean.errors import AuthorizationError
from qbclean.model.books import Environment
from qbclean.model.refs import RealmId
from qbclean.store.private_files import read_private, write_atomically

KeyKind = Literal["keyring", "passphrase", "file"]
SERVICE = "qbclean"
PASSPHRASE_VARIABLE = "QBCLEAN_TOKEN_KEY"  # noqa: S105 - the name of the variable, not its value
KEY_FILE = "tokens.key"


class Keyring(Protocol):
    """What we need of the library's KeyringBackend."""

    @property
    def priority(self) -> float: ...

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


class TokenKeys:
    """Finds or makes the key of a company. `passphrase` asks a person; None: there is nobody to ask."""

    def __init__(
        self,
        *,
        environ: Mapping[str, str],
        passphrase: Callable[[], str] | None,
        keyring: Keyring | None,
    ) -> None:
        """`keyring` None: the system's, looked up only when it is needed because its import is slow."""
        self._environ, self._ask, self._given_keyring = environ, passphrase, keyring
        self._told: str | None = None

    def kind_for(self, environment: Environment) -> KeyKind:
        """Which way is open. Raises AuthorizationError when none is."""
        if environment == "local":
            return "file"
        if self._environ.get(PASSPHRASE_VARIABLE):
            return "passphrase"
        if self._keyring() is not None:
            return "keyring"
        if self._ask is not None:
            return "passphrase"
        raise AuthorizationError(
            "There is no safe place for the tokens: this system has no keyring, and no passphrase was given.",
            why="qbclean does not keep tokens unencrypted.",
            do=f"Set ${PASSPHRASE_VARIABLE} to a passphrase of your own and run the command again.",
        )

    def has_passphrase(self) -> bool:
        """Whether one was given, or somebody can be asked for it."""
        return bool(self._environ.get(PASSPHRASE_VARIABLE)) or self._ask is not None

    def find(self, kind: KeyKind, realm_id: RealmId, folder: Path, salt: bytes) -> bytes:
        """The key a file was sealed with, in Fernet's form. Raises AuthorizationError when it cannot be had."""
        if kind == "passphrase":
            return _from_passphrase(self._passphrase(), salt)
        found = self._in_keyring(realm_id) if kind == "keyring" else _in_file(folder)
        if found is None:
            where = "the keyring" if kind == "keyring" else str(folder / KEY_FILE)
            raise AuthorizationError(
                f"The tokens of company {realm_id} cannot be opened: their key is not in {where}.",
                why="It was removed, or the folder came from another computer.",
                do="Run `qbclean connect` to connect the company again.",
            )
        return found

    def make(self, kind: KeyKind, realm_id: RealmId, folder: Path, salt: bytes) -> bytes:
        """The key to seal with: the one there is, or a fresh one, kept before it is used."""
        if kind == "passphrase":
            return _from_passphrase(self._passphrase(), salt)
        found = self._in_keyring(realm_id) if kind == "keyring" else _in_file(folder)
        if found is not None:
            return found
        key = base64.urlsafe_b64encode(secrets.token_bytes(32))
        if kind == "keyring":
            self._put_into_keyring(realm_id, key)
        else:
            write_atomically(folder / KEY_FILE, key)
        return key

    def forget(self, kind: KeyKind, realm_id: RealmId, folder: Path) -> None:
        """Remove the key; one that is already gone is no error."""
        if kind == "file":
            (folder / KEY_FILE).unlink(missing_ok=True)
        elif kind == "keyring" and (keyring := self._keyring()) is not None:
            from keyring.errors import KeyringError, PasswordDeleteError  # noqa: PLC0415 - slow, rarely needed

            try:
                keyring.delete_password(SERVICE, realm_id)
            except PasswordDeleteError:
                return
            except KeyringError as error:
                raise _keyring_refused(error) from error

    def _passphrase(self) -> str:
        self._told = self._told or self._environ.get(PASSPHRASE_VARIABLE) or (self._ask() if self._ask else "")
        if not self._told:
            raise AuthorizationError(
                "The tokens are sealed with a passphrase, and none was given.",
                do=f"Set ${PASSPHRASE_VARIABLE}, or run the command in a terminal that can ask for it.",
            )
        return self._told

    def _keyring(self) -> Keyring | None:
        """The keyring, or None when the system has none that keeps secrets safely."""
        if self._given_keyring is None:
            import keyring  # noqa: PLC0415 - 80 ms, and only some commands need it

            self._given_keyring = keyring.get_keyring()
        return self._given_keyring if _is_safe(self._given_keyring) else None

    def _in_keyring(self, realm_id: RealmId) -> bytes | None:
        from keyring.errors import KeyringError  # noqa: PLC0415 - slow, rarely needed

        keyring = self._keyring()
        try:
            found = keyring.get_password(SERVICE, realm_id) if keyring else None
        except KeyringError as error:
            raise _keyring_refused(error) from error
        return found.encode() if found else None

    def _put_into_keyring(self, realm_id: RealmId, key: bytes) -> None:
        from keyring.errors import KeyringError  # noqa: PLC0415 - slow, rarely needed

        keyring = self._keyring()
        try:
            if keyring is not None:
                keyring.set_password(SERVICE, realm_id, key.decode())
        except KeyringError as error:
            raise _keyring_refused(error) from error
        if self._in_keyring(realm_id) != key:
            raise _keyring_refused("it did not keep the key")


def _is_safe(keyring: Keyring) -> bool:
    """By the library's convention: 1 and above is recommended; below are plain-text files and placeholders.

    A chain of keyrings claims 10 whatever is in it, and gives a new entry to its first member.
    """
    members = getattr(keyring, "backends", None)
    first = members[0] if members else keyring
    return bool(first.priority >= 1)


def _in_file(folder: Path) -> bytes | None:
    path = folder / KEY_FILE
    return read_private(path).strip() if path.exists() else None


def _from_passphrase(passphrase: str, salt: bytes) -> bytes:
    """scrypt with 32 MB of memory: about a tenth of a second for us, and as long for each guess."""
    derived = Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode())
    return base64.urlsafe_b64encode(derived)


def _keyring_refused(reason: object) -> AuthorizationError:
    return AuthorizationError(
        f"The system's keyring did not give or take the key of the tokens: {reason}.",
        why="It may be locked.",
        do=f"Unlock it and run the command again, or set ${PASSPHRASE_VARIABLE} and run `qbclean connect`.",
    )
