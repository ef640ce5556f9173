"""A large company in outlines: who is who in all of it, and the slices it is cut into."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

from qbclean.collector import collector_paused
from qbclean.match.overview import overview_of
from qbclean.match.owners import owners_of, with_owners
from qbclean.match.slicing import Slice, cut
from qbclean.plan.builder import PlanBasis
from qbclean.ports.books import SnapshotStore
from qbclean.workflow.processes import apart
from qbclean.workflow.propose import basis_for
from qbclean.workflow.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """`slices`: each as bytes (`sliced` reads them), the largest first: nobody is left waiting for a large one that was
    begun last. To be had once; `number` says how many there are."""

    basis: PlanBasis
    number: int
    slices: Iterable[bytes]


def sketched(store: SnapshotStore, question: Question, *, tool: str, size: int) -> Sketch:
    """The company in slices of about `size` documents and records. Raises StoreError when nothing was pulled."""
    books, crm = store.outlines()
    owners = owners_of(crm)
    crm = with_owners(crm, owners)
    slices = cut(books, crm, overview_of(books, crm, store.in_full), owners, size=size)
    slices.sort(key=attrgetter("weight"))
    basis = basis_for(books, crm.files, question.settings, as_of=question.as_of, tool=tool)
    return Sketch(basis=basis, number=len(slices), slices=_from_the_last(slices))


def _from_the_last(slices: list[Slice]) -> Iterator[bytes]:
    """Each only when it is asked for, so that the first need not wait for all; and then no longer held."""
    while slices:
        yield pickle.dumps(slices.pop())


def sketched_apart(open_store: Callable[[], SnapshotStore], question: Question, *, tool: str, size: int) -> Sketch:
    """The same by a process of its own: with its end the memory of the outlines, gigabytes for a million documents, is
    the system's again, which it would not be with ours."""
    return apart(partial(_sketched_anew, open_store, question, tool=tool, size=size))


def sliced(encoded: bytes) -> Slice:
    """One of the slices of a sketch made by this program."""
    part: Slice = pickle.loads(encoded)  # noqa: S301 - never left the memory of its processes
    return part


@collector_paused()
def _sketched_anew(open_store: Callable[[], SnapshotStore], question: Question, *, tool: str, size: int) -> Sketch:
    with closing(open_store()) as store:
        found = sketched(store, question, tool=tool, size=size)
        return replace(found, slices=list(found.slices))
