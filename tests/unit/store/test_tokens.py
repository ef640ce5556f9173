"""Tokens at rest: sealed whatever the system offers, durable, one refresh at a time, never in the clear (R25, R33)."""

import stat
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from keyring.backends import fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from qbclean.errors import AuthorizationError, StoreError
from qbclean.model.refs import RealmId
from qbclean.ports.tokens import Tokens
from qbclean.store.token_keys import Keyring
from qbclean.store.tokens import SealedTokens

REALM = RealmId("9130000000000001")
PASSPHRASE = {"QBCLEAN_TOKEN_KEY": "a long and made-up passphrase"}
SECRETS = ("client-secret-canary", "refresh-canary", "access-canary")


class FakeKeyring:
    """Keeps entries like a system keyring, as tightly as Windows does."""

    priority = 5.0

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        assert len(password) <= 1280
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("no such entry")


class LockedKeyring(FakeKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("the collection is locked")


class PlainTextKeyring(FakeKeyring):
    priority = 0.5


class ChainOfWeakKeyrings(FakeKeyring):
    priority = 10.0
    backends = (PlainTextKeyring(), PlainTextKeyring())


def some_tokens(**changes: object) -> Tokens:
    facts: dict[str, object] = {
        "realm_id": REALM, "environment": "production", "api_url": "https://books.example", "client_id": "client",
        "client_secret": SECRETS[0], "refresh_token": SECRETS[1] + "x" * 2000, "access_token": SECRETS[2],
        "access_expires_at": datetime(2026, 3, 2, 13, 0, tzinfo=UTC),
    }  # fmt: skip
    return Tokens(**{**facts, **changes})  # type: ignore[arg-type]


def store(
    folder: Path, *, keyring: Keyring | None = None, environ: Mapping[str, str] = {}, answer: str | None = None
) -> SealedTokens:
    return SealedTokens(
        lambda realm: folder / realm,
        keyring=keyring or fail.Keyring(),
        environ=environ,
        passphrase=None if answer is None else lambda: answer,
    )


def test_when_the_connection_ends_is_told_without_a_key_r44(tmp_path: Path) -> None:
    end = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
    store(tmp_path, environ=PASSPHRASE).save(some_tokens(refresh_expires_at=end))
    assert store(tmp_path).unused_until(REALM) == end
    assert store(tmp_path).unused_until(RealmId("2")) is None


def test_tokens_come_back_through_a_keyring(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    store(tmp_path, keyring=keyring).save(some_tokens())
    assert store(tmp_path, keyring=keyring).load(REALM) == some_tokens()


def test_tokens_come_back_through_a_passphrase_from_the_environment(tmp_path: Path) -> None:
    store(tmp_path, environ=PASSPHRASE).save(some_tokens())
    assert store(tmp_path, environ=PASSPHRASE).load(REALM) == some_tokens()


def test_tokens_come_back_through_a_passphrase_that_is_asked_for_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask() -> str:
        asked.append("?")
        return "typed by a person"

    opened = SealedTokens(lambda realm: tmp_path / realm, keyring=null.Keyring(), environ={}, passphrase=ask)
    opened.save(some_tokens())
    assert opened.load(REALM) == some_tokens()
    assert asked == ["?"]


def test_the_passphrase_of_the_environment_wins_over_the_keyring(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    store(tmp_path, keyring=keyring, environ=PASSPHRASE).save(some_tokens())
    assert keyring.entries == {}
    assert store(tmp_path, environ=PASSPHRASE).load(REALM) == some_tokens()


@pytest.mark.parametrize("keyring", [fail.Keyring(), null.Keyring(), PlainTextKeyring(), ChainOfWeakKeyrings()])
def test_without_a_safe_place_tokens_are_refused_not_written_r33(tmp_path: Path, keyring: Keyring) -> None:
    with pytest.raises(AuthorizationError, match=r"no safe place.*unencrypted.*QBCLEAN_TOKEN_KEY"):
        store(tmp_path, keyring=keyring).save(some_tokens())
    assert [place for place in tmp_path.rglob("*") if place.is_file()] == []


def test_the_local_sandbox_never_prompts_and_never_touches_the_keyring(tmp_path: Path) -> None:
    store(tmp_path, keyring=LockedKeyring()).save(some_tokens(environment="local"))
    assert store(tmp_path, keyring=LockedKeyring()).load(REALM).refresh_token.startswith(SECRETS[1])


@pytest.mark.parametrize("environment", ["production", "local"])
def test_no_secret_lies_in_the_clear_and_every_file_is_private_r33_r34(tmp_path: Path, environment: str) -> None:
    keyring = FakeKeyring()
    store(tmp_path, keyring=keyring).save(some_tokens(environment=environment))
    for place in tmp_path.rglob("*"):
        if place.is_file():
            assert not any(secret.encode() in place.read_bytes() for secret in SECRETS)
        if sys.platform != "win32":
            assert stat.S_IMODE(place.stat().st_mode) & 0o077 == 0
    assert not any(secret in entry for secret in SECRETS for entry in keyring.entries.values())


def test_a_company_that_is_not_connected_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(AuthorizationError, match=r"not connected.*qbclean connect") as refusal:
        store(tmp_path).load(REALM)
    assert refusal.value.exit_code == 6


def test_a_wrong_passphrase_opens_nothing_and_shows_nothing(tmp_path: Path) -> None:
    store(tmp_path, environ=PASSPHRASE).save(some_tokens())
    with pytest.raises(AuthorizationError, match="cannot be opened") as refusal:
        store(tmp_path, environ={"QBCLEAN_TOKEN_KEY": "another"}).load(REALM)
    assert not any(secret in str(refusal.value) for secret in SECRETS)


def test_a_sealed_file_without_its_passphrase_asks_for_it(tmp_path: Path) -> None:
    store(tmp_path, environ=PASSPHRASE).save(some_tokens())
    with pytest.raises(AuthorizationError, match=r"none was given.*QBCLEAN_TOKEN_KEY"):
        store(tmp_path).load(REALM)


def test_a_key_that_left_the_keyring_is_named(tmp_path: Path) -> None:
    store(tmp_path, keyring=FakeKeyring()).save(some_tokens())
    with pytest.raises(AuthorizationError, match=r"not in the keyring.*qbclean connect"):
        store(tmp_path, keyring=FakeKeyring()).load(REALM)


def test_a_locked_keyring_is_reported_not_bypassed(tmp_path: Path) -> None:
    with pytest.raises(AuthorizationError, match=r"the collection is locked.*Unlock"):
        store(tmp_path, keyring=LockedKeyring()).save(some_tokens())


def test_a_changed_or_damaged_file_is_refused(tmp_path: Path) -> None:
    store(tmp_path, environ=PASSPHRASE).save(some_tokens())
    sealed = tmp_path / REALM / "tokens.sealed"
    content = sealed.read_bytes()
    sealed.write_bytes(content.replace(b'"sealed":"gAAAA', b'"sealed":"gAAAB'))
    with pytest.raises(AuthorizationError, match="cannot be opened"):
        store(tmp_path, environ=PASSPHRASE).load(REALM)
    sealed.write_bytes(content[:40])
    with pytest.raises(AuthorizationError, match=r"tokens\.sealed cannot be read"):
        store(tmp_path, environ=PASSPHRASE).load(REALM)


@pytest.mark.skipif(sys.platform == "win32", reason="mode bits are POSIX")
def test_a_sealed_file_open_to_others_is_refused_r34(tmp_path: Path) -> None:
    store(tmp_path, environ=PASSPHRASE).save(some_tokens())
    (tmp_path / REALM / "tokens.sealed").chmod(0o644)
    with pytest.raises(StoreError, match="mode 0644"):
        store(tmp_path, environ=PASSPHRASE).load(REALM)


def test_falling_back_to_a_passphrase_clears_the_stale_keyring_entry_r33(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    store(tmp_path, keyring=keyring).save(some_tokens())
    store(tmp_path, keyring=keyring, environ=PASSPHRASE).save(some_tokens(access_token="new"))
    assert keyring.entries == {}
    assert store(tmp_path, environ=PASSPHRASE).load(REALM).access_token == "new"


def test_a_second_save_replaces_the_first_under_the_same_key(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    opened = store(tmp_path, keyring=keyring)
    opened.save(some_tokens())
    entries = dict(keyring.entries)
    opened.save(some_tokens(refresh_token="rotated"))
    assert opened.load(REALM).refresh_token == "rotated"
    assert keyring.entries == entries


@pytest.mark.parametrize("environment", ["production", "local"])
def test_forgetting_leaves_neither_file_nor_key(tmp_path: Path, environment: str) -> None:
    keyring = FakeKeyring()
    opened = store(tmp_path, keyring=keyring)
    opened.save(some_tokens(environment=environment))
    opened.forget(REALM)
    opened.forget(REALM)
    assert keyring.entries == {}
    assert [place for place in tmp_path.rglob("*") if place.is_file()] == []


def test_only_one_refreshes_at_a_time_r25(tmp_path: Path) -> None:
    opened = store(tmp_path, environ=PASSPHRASE)
    inside, most = 0, 0

    def refresh() -> None:
        nonlocal inside, most
        with opened.refreshing(REALM):
            inside += 1
            most = max(most, inside)
            time.sleep(0.01)
            inside -= 1

    threads = [threading.Thread(target=refresh) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_the_tokens_do_not_show_themselves() -> None:
    assert not any(secret in repr(some_tokens()) for secret in SECRETS)
