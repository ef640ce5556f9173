"""Pull: bring the local snapshot level with QuickBooks, completely or not at all (S29).

A full pull reads every entity page by page and is closed by change data capture from the moment it began; an
incremental one is change data capture alone. Both end with the number of objects of every entity compared with
QuickBooks' own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qbclean.errors import GatewayError, IncompleteBooksError
from qbclean.ports.ambient import Progress
from qbclean.ports.books import (
    LISTS,
    NOT_IN_CDC,
    TRANSACTIONS,
    BooksSource,
    PulledObject,
    PullSession,
    SnapshotFacts,
    SnapshotStore,
)

SINGLETONS = ("CompanyInfo", "Preferences")
COUNTED = (*LISTS, *TRANSACTIONS)
"""Everything change data capture covers, and what is counted. Lists come first: documents refer to them."""
MAX_AGE = timedelta(days=25)
"""Change data capture looks back 30 days (contract 4); five are left for a pull that has to be repeated."""
OVERLAP = timedelta(seconds=60)
"""Changes are asked for from a little earlier: one being saved just then may become visible with an older time."""
QUIET_ROUNDS = 5
PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PullResult:
    """`counts` is objects per entity in the snapshot, `changed` how many objects this pull brought or removed.

    `calls` is how often QuickBooks was asked, without repeats after a failure.
    """

    snapshot_id: str
    taken_at: datetime
    full: bool
    counts: Mapping[str, int]
    changed: int
    calls: int


def pull(source: BooksSource, store: SnapshotStore, progress: Progress, *, full: bool = False) -> PullResult:
    """Bring the snapshot level with QuickBooks; incremental where that is possible and `full` is not asked for.

    Raises IncompleteBooksError, leaving the earlier snapshot as it was, when the picture is not whole: a page failed,
    a count differs after a second try, or the books change faster than they can be read.
    """
    attempt = _Pull(source, store, progress)
    try:
        if not full and (result := attempt.incremental()) is not None:
            return result
        return attempt.full()
    finally:
        progress.finish()


class _Pull:
    """One pull: the source with the number of calls made of it, and what was put where."""

    def __init__(self, source: BooksSource, store: SnapshotStore, progress: Progress) -> None:
        self._source, self._store, self._progress = source, store, progress
        self._calls = 0
        self._started = self._server_time()

    def full(self) -> PullResult:
        """Read everything: ⌈N/1000⌉ pages and two counts per entity, and a constant for the rest."""
        session = self._store.begin(full=True)
        for entity in (*COUNTED, *NOT_IN_CDC):
            self._read_entity(session, entity)
        self._follow_changes(session, self._started - OVERLAP)
        if differing := self._differing(session, COUNTED):
            for entity in differing:
                self._read_entity(session, entity)
            self._follow_changes(session, self._started - OVERLAP)
            self._require_whole(session, differing)
        return self._complete(session, full=True)

    def incremental(self) -> PullResult | None:
        """Read what changed since the last pull; None when only a full pull gives the whole picture."""
        last = self._store.last_facts()
        if last is None or (last.realm_id, last.environment) != (self._source.realm_id, self._source.environment):
            return None
        if self._started - last.server_time > MAX_AGE:
            return None
        session = self._store.begin(full=False)
        try:
            changed = self._follow_changes(session, last.server_time - OVERLAP)
        except IncompleteBooksError:
            return None
        if self._differing(session, COUNTED):
            return None
        for entity in NOT_IN_CDC:
            self._read_pages(session, entity)
        return self._complete(session, full=False, changed=changed)

    def _read_entity(self, session: PullSession, entity: str) -> None:
        """All pages of one entity; a page that fails is made up for by reading all of them once more."""
        total = self._count(entity)
        self._progress.start(entity, total)
        try:
            self._read_pages(session, entity)
        except GatewayError:
            try:
                self._read_pages(session, entity)
            except GatewayError as error:
                raise _incomplete(entity, session.count(entity), total, str(error)) from error

    def _differing(self, session: PullSession, entities: Sequence[str]) -> dict[str, int]:
        """Entities of which QuickBooks has another number of objects, with that number.

        Asked only after the changes were followed. Then everything in the session exists, so that equal numbers mean
        equal sets; before, a document deleted while paging stands in for the one that moved out of the next page.
        """
        counts = {entity: self._count(entity) for entity in entities}
        return {entity: count for entity, count in counts.items() if session.count(entity) != count}

    def _require_whole(self, session: PullSession, entities: Iterable[str]) -> None:
        for entity, total in self._differing(session, tuple(entities)).items():
            raise _incomplete(entity, session.count(entity), total, "The count still differs after a second try.")

    def _read_pages(self, session: PullSession, entity: str) -> None:
        read = 0
        for page in self._source.pages(entity):
            self._calls += 1
            session.put(page)
            read += len(page)
            self._progress.advance(len(page))
        self._calls += read % PAGE == 0  # the empty answer after a last full page

    def _follow_changes(self, session: PullSession, since: datetime, entities: Sequence[str] = COUNTED) -> int:
        """Put what changed since, until a round tells nothing new. Returns how many objects that were."""
        told: dict[tuple[str, str], PulledObject] = {}
        for _ in range(QUIET_ROUNDS):
            self._calls += 1
            changes = self._source.changes(entities, since)
            if not changes.complete:
                break
            news = [change for change in changes.objects if told.get((change.entity, change.id)) != change]
            session.put(news)
            told.update({(change.entity, change.id): change for change in news})
            if not news:
                return len(told)
        raise IncompleteBooksError(
            "The books changed more than QuickBooks can list; the snapshot was not changed.",
            why=f"Changes since {since:%Y-%m-%d %H:%M} did not come to an end.",
            do="Run `qbclean pull --full` when nobody works in the books.",
        )

    def _complete(self, session: PullSession, *, full: bool, changed: int | None = None) -> PullResult:
        singletons = [self._source.singleton(entity) for entity in SINGLETONS]
        session.put(singletons)
        counts = {entity: session.count(entity) for entity in (*COUNTED, *NOT_IN_CDC)}
        facts = SnapshotFacts(
            realm_id=self._source.realm_id,
            environment=self._source.environment,
            taken_at=self._started,
            server_time=self._started,
            counts=counts,
            ar_by_customer=self._source.ar_by_customer(_whole_future(self._started)),
            reconciled=self._source.reconciled(),
        )
        self._calls += len(singletons) + 2
        return PullResult(
            snapshot_id=session.complete(facts),
            taken_at=facts.taken_at,
            full=full,
            counts=counts,
            changed=sum(counts.values()) if changed is None else changed,
            calls=self._calls,
        )

    def _count(self, entity: str) -> int:
        self._calls += 1
        return self._source.count(entity)

    def _server_time(self) -> datetime:
        self._calls += 1
        return self._source.server_time()


def _incomplete(entity: str, have: int, total: int, why: str) -> IncompleteBooksError:
    return IncompleteBooksError(
        f"{have} of {total} {entity} objects could be read; the snapshot was not changed.",
        why=why,
        do="Run `qbclean pull --full` again when nobody works in the books.",
    )


def _whole_future(now: datetime) -> date:
    """As of when balances are asked for: the end of next year, so that documents dated ahead are in them too.

    Customer.Balance and open balances know no date; a report as of today would leave such documents out.
    """
    return date(now.year + 1, 12, 31)
