"""One company: its tables, counters and deletions, and the one door through which changes become durable."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from qbclean.sandbox.audit import AuditEntry
from qbclean.sandbox.clock import Clock
from qbclean.sandbox.entities import SPECS
from qbclean.sandbox.entities.spec import EntitySpec
from qbclean.sandbox.quirks import Quirks
from qbclean.sandbox.snapshot import bank_state
from qbclean.sandbox.store import MemoryStore, Store
from qbclean.sandbox.table import Table
from qbclean.sandbox.wire import decode_object

_SINGLETONS = ("CompanyInfo", "Preferences")
_MOST_AUDITED = 50_000


@dataclass
class Change:
    """What one write changes, all of it or nothing: objects to store (None: delete), and the answer to remember.

    `created` are those of the objects that were not there before.
    """

    stored: dict[tuple[str, str], tuple[Mapping[str, Any], bytes] | None] = field(default_factory=dict)
    created: frozenset[tuple[str, str]] = frozenset()
    counters: dict[str, int] = field(default_factory=dict)
    deleted_at: str = ""
    reply: tuple[str, bytes] | None = None
    audit: list[AuditEntry] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


class Company:
    """The books of one realm. Implements `BooksView`; hold `lock` for anything that must not be interrupted.

    `watchers` are told of every change under that lock. `ledger` is the newest ledger computed (or None), `unposted`
    what has changed since; `reporting` guards both.
    """

    def __init__(
        self, realm_id: str, *, clock: Clock | None = None, quirks: Quirks | None = None, store: Store | None = None
    ) -> None:
        self.realm_id = realm_id
        self.clock = clock or Clock()
        self.quirks = quirks or Quirks()
        self.store = store or MemoryStore()
        self.lock = threading.RLock()
        self.tables: dict[str, Table] = {name: Table(spec) for name, spec in SPECS.items()}
        self.counters: dict[str, int] = {}
        self.deleted: dict[str, dict[str, str]] = {}
        self.replies: dict[str, bytes] = {}
        self.cleared_states: dict[tuple[str, str], str] = {}
        self.files: dict[str, bytes] = {}
        self.audit: deque[AuditEntry] = deque(maxlen=_MOST_AUDITED)
        self.watchers: list[Callable[[Change], None]] = []
        self.version = 0
        self.unposted: set[tuple[str, str]] = set()
        self.reporting = threading.RLock()
        self.ledger: Any = None

    # ------------------------------------------------------------ BooksView

    def documents(self, entity: str) -> Iterable[Mapping[str, Any]]:
        """Yield every stored object of an entity in id order."""
        table = self.tables.get(entity)
        return table.objects() if table is not None else ()

    def document(self, entity: str, id: str) -> Mapping[str, Any] | None:  # noqa: A002 - the name BooksView gives it
        """Return one object or None."""
        table = self.tables.get(entity)
        return table.read(id) if table is not None else None

    @property
    def preferences(self) -> Mapping[str, Any]:
        """The bare Preferences object."""
        return self._singleton("Preferences")

    @property
    def company_info(self) -> Mapping[str, Any]:
        """The bare CompanyInfo object."""
        return self._singleton("CompanyInfo")

    @property
    def today(self) -> date:
        """The company's date."""
        return self.clock.today()

    def cleared(self, entity: str, id: str) -> str:  # noqa: A002 - the name BooksView gives it
        """Return the bank state of a transaction; one that sits in a deposit is `Deposited`."""
        return self.cleared_states.get((entity, id)) or bank_state(self.document(entity, id) or {})

    # ------------------------------------------------------------ state

    def spec(self, entity: str) -> EntitySpec:
        """Return what is known about an entity. Raises KeyError."""
        return SPECS[entity]

    def next_id(self, sequence: str) -> int:
        """Return the number the next object of a sequence gets, without taking it."""
        return self.counters.get(sequence, 0) + 1

    def load(self, entity: str, stored: Mapping[str, Any], body: bytes) -> None:
        """Take in one object at start, as it is given."""
        object_id = str(stored["Id"])
        self.tables[entity].store(object_id, stored, body)
        if object_id.isdigit():
            sequence = SPECS[entity].sequence or entity
            self.counters[sequence] = max(self.counters.get(sequence, 0), int(object_id))

    def commit(self, change: Change) -> None:
        """Make a change durable, then visible. Nothing is visible when the store fails."""
        with self.lock:
            self.store.write(change)
            for (entity, object_id), kept in change.stored.items():
                table = self.tables[entity]
                if kept is not None:
                    table.store(object_id, kept[0], kept[1])
                elif object_id in table:
                    table.remove(object_id)
                    if entity == "Attachable":
                        self.files.pop(object_id, None)
                    self.deleted.setdefault(entity, {})[object_id] = change.deleted_at
            self.files.update(change.files)
            self.counters.update(change.counters)
            if change.reply is not None:
                self.replies[change.reply[0]] = change.reply[1]
            self.audit.extend(change.audit)
            self.unposted.update(change.stored)
            self.version += 1
            for told in self.watchers:
                told(change)

    def _singleton(self, entity: str) -> Mapping[str, Any]:
        table = self.tables[entity]
        return decode_object(table.bodies[table.order[0]]) if table.order else {}

    @property
    def books_closed_through(self) -> str | None:
        """The closing date as text, or None where the books are open."""
        accounting = self.preferences.get("AccountingInfoPrefs") or {}
        closed = accounting.get("BookCloseDate")
        return str(closed) if closed else None

    def cdc_horizon(self) -> float:
        """Return the moment 30 days ago, in seconds."""
        return (self.clock.now() - timedelta(days=30)).timestamp()


def new_realm_id() -> str:
    """Return a realm id as Intuit makes them: a long run of digits."""
    return "9130" + "".join(secrets.choice("0123456789") for _ in range(15))
