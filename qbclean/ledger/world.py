"""The documents of a company at one point of a simulated run: immutable, and cheap to change a little.

A world is a stack of layers over the pulled documents; a write adds a small layer and shares all others. Layers of like
size are merged, so a chain of n writes costs O(n log n), and two neighbours differ in few layers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from itertools import chain
from typing import Final

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import AnyDocument
from qbclean.model.refs import DocumentRef

_Base = Mapping[str, Mapping[str, AnyDocument]]
"""Kind → id → document."""
_Layer = dict[DocumentRef, AnyDocument | None]
"""None: deleted in this layer."""


class _Absent(Enum):
    """Nothing is said about a document in a layer, not even that it is gone."""

    ABSENT = auto()


_ABSENT: Final = _Absent.ABSENT


class World:
    """Document by reference. Nothing in it ever changes; writes give a new world."""

    __slots__ = ("_base", "_changes", "_layers")

    def __init__(self, base: _Base, layers: tuple[_Layer, ...] = ()) -> None:
        """Use `World.of` or `World.of_books`; base and layers are shared, not copied."""
        self._base, self._layers = base, layers
        self._changes: tuple[World, frozenset[DocumentRef]] | None = None

    @classmethod
    def of(cls, documents: Iterable[AnyDocument]) -> World:
        """The world of exactly these documents."""
        base: dict[str, dict[str, AnyDocument]] = defaultdict(dict)
        for document in documents:
            base[document.kind][document.id] = document
        return cls(dict(base))

    @classmethod
    def of_books(cls, books: ReceivablesSnapshot) -> World:
        """The world of all documents of `books`, at no cost."""
        return cls(books.by_kind)

    def with_document(self, document: AnyDocument) -> World:
        """This world with `document` added or replaced."""
        return self._with({document.ref: document})

    def with_documents(self, documents: Iterable[AnyDocument]) -> World:
        """This world with all `documents` added or replaced."""
        return self._with({document.ref: document for document in documents})

    def without(self, ref: DocumentRef) -> World:
        """This world with `ref` deleted."""
        return self._with({ref: None})

    def changed_since(self, before: World) -> frozenset[DocumentRef]:
        """What was added, replaced or deleted on the way from `before` to this world.

        About O(changes) when one grew from the other; O(documents) for worlds without a common base. The last answer is
        kept, because whoever asks once asks again.
        """
        if self._changes is None or self._changes[0] is not before:
            self._changes = before, self._compared_with(before)
        return self._changes[1]

    def _compared_with(self, before: World) -> frozenset[DocumentRef]:
        if self._base is not before._base:
            return frozenset(ref for ref in {*self, *before} if self.get(ref) != before.get(ref))
        shared = 0
        for mine, theirs in zip(self._layers, before._layers, strict=False):
            if mine is not theirs:
                break
            shared += 1
        touched = {ref for layers in (self._layers, before._layers) for layer in layers[shared:] for ref in layer}
        return frozenset(ref for ref in touched if self.get(ref) != before.get(ref))

    def get(self, ref: DocumentRef) -> AnyDocument | None:
        """The document, or None when it is not here."""
        for layer in reversed(self._layers):
            document = layer.get(ref, _ABSENT)
            if document is not _ABSENT:
                return document
        of_kind = self._base.get(ref.kind)
        return of_kind.get(ref.id) if of_kind else None

    def values(self) -> Iterator[AnyDocument]:
        """Every document: those of the base in its order, then those that came later."""
        if not self._layers:
            return chain.from_iterable(documents.values() for documents in self._base.values())
        return (self[ref] for ref in self)

    def __getitem__(self, ref: DocumentRef) -> AnyDocument:
        document = self.get(ref)
        if document is None:
            raise KeyError(ref)
        return document

    def __contains__(self, ref: object) -> bool:
        return isinstance(ref, DocumentRef) and self.get(ref) is not None

    def __iter__(self) -> Iterator[DocumentRef]:
        changed: _Layer = {}
        for layer in self._layers:
            changed |= layer
        for documents in self._base.values():
            for document in documents.values():
                if changed.pop(document.ref, document) is not None:
                    yield document.ref
        yield from (ref for ref, document in changed.items() if document is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _with(self, layer: _Layer) -> World:
        layers = list(self._layers)
        while layers and len(layers[-1]) <= 2 * len(layer):
            layer = layers.pop() | layer
        return World(self._base, (*layers, layer))


class Course:
    """The books while writes are carried out one after the other: `now`, and nothing of what was before.

    A chain of worlds would keep every step, and asking its end for a document would cost more with each.
    """

    def __init__(self, books: ReceivablesSnapshot) -> None:
        self._written: _Layer = {}
        self.now = World(books.by_kind, (self._written,))
        """As the books stand; to be asked until they go on."""

    def go_on(self, after: World) -> None:
        """Let the books stand as in `after`, which grew from `now`."""
        for ref in after.changed_since(self.now):
            self._written[ref] = after.get(ref)
