"""One running sandbox: a company with its authority, throttle, faults and request log, opened from folder or state."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from qbclean.sandbox.audit import AuditEntry
from qbclean.sandbox.clock import Clock
from qbclean.sandbox.company import Company, new_realm_id
from qbclean.sandbox.courier import Courier, Subscription
from qbclean.sandbox.folder import load_folder, realm_of
from qbclean.sandbox.identity import Signer
from qbclean.sandbox.mischief import FaultRule, Mischief
from qbclean.sandbox.oauth import Authority, new_client
from qbclean.sandbox.quirks import Quirks
from qbclean.sandbox.seed import add_pseudo_codes, seed_lists
from qbclean.sandbox.seed_documents import seed_documents
from qbclean.sandbox.store import MemoryStore, SqliteStore
from qbclean.sandbox.throttle import Throttle
from qbclean.sandbox.wire import decode, decode_object, encode

_MOST_LOGGED = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a sandbox is started.

    Without a folder and without a state file a small company is made up, with `documents` or with its lists only.
    A request that takes longer than `longest_request` seconds is cut off.
    """

    company: Path | None = None
    state: Path | None = None
    today: date | None = None
    quirks: dict[str, str] = field(default_factory=dict)
    faults: tuple[FaultRule, ...] = ()
    throttle: bool = True
    access_token_life: int = 3600
    documents: bool = True
    webhooks: tuple[str, ...] = ()
    longest_request: float = 120.0


class Sandbox:
    """Everything the HTTP application answers from."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(settings.today)
        self.store = SqliteStore(settings.state) if settings.state is not None else MemoryStore()
        self.company = _open_company(settings, self.clock, self.store)
        self.authority = _open_authority(settings, self.clock, self.store)
        self.signer = Signer()
        self.throttle = Throttle() if settings.throttle else None
        self.mischief = Mischief()
        self.mischief.add(list(settings.faults))
        self.requests: deque[dict[str, Any]] = deque(maxlen=_MOST_LOGGED)
        self.arrived = 0
        self.courier = Courier(self.company.realm_id, self.clock, self.company.quirks)
        self._open_webhooks()
        self.refresh_token = self._live_refresh_token()

    def close(self) -> None:
        """Stop delivering webhooks and close the state file."""
        self.courier.close()
        if isinstance(self.store, SqliteStore):
            self.store.close()

    def ready(self, url: str) -> dict[str, str]:
        """Return the content of the ready file for a server at this address."""
        subscribed = self.courier.subscriptions()
        return {
            "url": url,
            "realm_id": self.company.realm_id,
            "client_id": self.authority.client_id,
            "client_secret": self.authority.client_secret,
            "refresh_token": self._live_refresh_token(),
            "discovery_url": f"{url}/.well-known/openid_configuration",
            "throttle": "on" if self.throttle else "off",
            **({"webhook_verifier_token": subscribed[0].verifier_token} if subscribed else {}),
        }

    def subscribe(self, wanted: Subscription) -> Subscription:
        """Send webhooks to an address, with a verifier token made up where none is given. Raises BadSubscriptionError.

        Subscriptions outlive a restart; notifications not yet delivered do not.
        """
        token = wanted.verifier_token or secrets.token_urlsafe(27)
        taken = msgspec.structs.replace(wanted, id=secrets.token_hex(8), verifier_token=token)
        self.courier.subscribe(taken)
        self._keep_webhooks()
        return taken

    def unsubscribe(self, subscription_id: str | None = None) -> None:
        """End one subscription to webhooks, or all."""
        self.courier.cancel(subscription_id)
        self._keep_webhooks()

    def _keep_webhooks(self) -> None:
        self.store.keep_setting("webhooks", msgspec.json.encode(self.courier.subscriptions()).decode())

    def _open_webhooks(self) -> None:
        self.company.watchers.append(self.courier.note)
        kept = self.store.setting("webhooks") if isinstance(self.store, SqliteStore) else None
        for known in msgspec.json.decode(kept or "[]", type=list[Subscription]):
            self.courier.subscribe(known)
        addresses = {known.url for known in self.courier.subscriptions()}
        for url in self.settings.webhooks:
            if url not in addresses:
                self.subscribe(Subscription(url=url))

    def _live_refresh_token(self) -> str:
        for value, token in reversed(self.authority.tokens.items()):
            ours = token.kind == "refresh" and token.client_id == self.authority.client_id
            if ours and token.expires > self.clock.seconds():
                return value
        return self.authority.issue_refresh(self.company.realm_id)


def _open_company(settings: Settings, clock: Clock, store: SqliteStore | MemoryStore) -> Company:
    quirks = Quirks(settings.quirks)
    if isinstance(store, SqliteStore) and (realm := store.setting("realm")) is not None:
        company = Company(realm, clock=clock, quirks=quirks, store=store)
        _restore(company, store)
        return company
    realm = realm_of(settings.company) if settings.company is not None else new_realm_id()
    company = Company(realm, clock=clock, store=store)  # made up and loaded alike, whatever the quirks say
    if settings.company is not None:
        load_folder(company, settings.company)
        add_pseudo_codes(company)
    else:
        seed_lists(company)
    if isinstance(store, SqliteStore):
        objects = ((name, key, body) for name, table in company.tables.items() for key, body in table.bodies.items())
        cleared = ((entity, key, status) for (entity, key), status in company.cleared_states.items())
        counters = {f"counter:{name}": str(last) for name, last in company.counters.items()}
        store.keep_folder(objects, cleared, {"realm": realm, **counters})
    if settings.company is None and settings.documents:
        seed_documents(company)
    company.quirks = quirks
    return company


def _restore(company: Company, store: SqliteStore) -> None:
    for entity, _, body in store.rows("object"):
        raw = bytes(body)
        company.load(entity, decode_object(raw), raw)
    for entity, object_id, at in store.rows("deleted"):
        company.deleted.setdefault(entity, {})[object_id] = at
    for request, body in store.rows("reply"):
        company.replies[request] = bytes(body)
    for entity, object_id, status in store.rows("cleared"):
        company.cleared_states[entity, object_id] = status
    for attachable, content in store.rows("file"):
        company.files[attachable] = bytes(content)
    for _, body in store.rows("audit"):
        company.audit.append(msgspec.json.decode(bytes(body), type=AuditEntry))
    for sequence, last in store.counters().items():
        company.counters[sequence] = max(last, company.counters.get(sequence, 0))


def _open_authority(settings: Settings, clock: Clock, store: SqliteStore | MemoryStore) -> Authority:
    kept = store.setting("clients") if isinstance(store, SqliteStore) else None
    clients: dict[str, str] = decode(kept.encode()) if kept is not None else dict([new_client()])
    if kept is None:
        store.keep_setting("clients", encode(clients).decode())
    authority = Authority(clock, store, access_life=settings.access_token_life, clients=clients)
    if isinstance(store, SqliteStore):
        for value, body in store.rows("token"):
            authority.restore(value, bytes(body))
    return authority
