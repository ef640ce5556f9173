"""A company that is forgotten is revoked at Intuit, and its tokens are gone from here whatever Intuit says (R44)."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import pytest

from qbclean.errors import AuthorizationError, UnavailableError
from qbclean.model.refs import RealmId
from qbclean.ports.tokens import Tokens
from qbclean.workflow.disconnect import disconnect

REALM = RealmId("9130347000000000")
TOKENS = Tokens(realm_id=REALM, environment="local", api_url="", client_id="c", client_secret="s", refresh_token="RT")


class Store:
    def __init__(self, *held: Tokens) -> None:
        self.held = {tokens.realm_id: tokens for tokens in held}

    def load(self, realm_id: RealmId) -> Tokens:
        if realm_id not in self.held:
            raise AuthorizationError(f"Company {realm_id} is not connected.")
        return self.held[realm_id]

    def save(self, tokens: Tokens) -> None:
        self.held[tokens.realm_id] = tokens

    def forget(self, realm_id: RealmId) -> None:
        self.held.pop(realm_id, None)

    def refreshing(self, realm_id: RealmId) -> AbstractContextManager[None]:
        return nullcontext()


class Intuit:
    def __init__(self, *, reachable: bool = True) -> None:
        self.reachable, self.revoked = reachable, []

    def revoke(self, tokens: Tokens) -> None:
        if not self.reachable:
            raise UnavailableError("Intuit could not be reached.")
        self.revoked.append(tokens.refresh_token)


def test_the_tokens_are_revoked_and_removed_r44() -> None:
    store, intuit = Store(TOKENS), Intuit()
    assert disconnect(REALM, oauth=intuit, store=store) == ""
    assert intuit.revoked == ["RT"]
    assert store.held == {}


@pytest.mark.parametrize(
    ("store", "problem"),
    [(Store(TOKENS), "Intuit could not be reached."), (Store(), f"Company {REALM} is not connected.")],
)
def test_tokens_that_cannot_be_revoked_are_removed_all_the_same(store: Store, problem: str) -> None:
    assert disconnect(REALM, oauth=Intuit(reachable=False), store=store) == problem
    assert store.held == {}
