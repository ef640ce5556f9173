"""The documents of a company at one point of a simulated run: immutable, and cheap to change a little.

A world is a stack of layers over the pulled documents; a write adds a small layer and shares all others. Layers of like
size are merged, so a chain of n writes costs O(n log n), and two neighbours differ in few layers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from qbclean.model.documents import AnyDocument
from qbclean.model.refs import DocumentRef

_Layer = dict[DocumentRef, AnyDocument | None]
"""None: deleted in this layer."""


class World(Mapping[DocumentRef, AnyDocument]):
    """Document by reference. Nothing in it ever changes; writes give a new world."""

    __slots__ = ("_layers",)

    def __init__(self, layers: tuple[_Layer, ...] = ({},)) -> None:
        """Use `World.of`; the layers are shared, not copied."""
        self._layers = layers

    @classmethod
    def of(cls, documents: Iterable[AnyDocument]) -> World:
        """The world of exactly these documents."""
        return cls(({document.ref: document for document in documents},))

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

        About O(changes) when one grew from the other; O(documents) for worlds without a common base.
        """
        shared = 0
        for mine, theirs in zip(self._layers, before._layers, strict=False):
            if mine is not theirs:
                break
            shared += 1
        touched = {ref for layers in (self._layers, before._layers) for layer in layers[shared:] for ref in layer}
        return frozenset(ref for ref in touched if self.get(ref) != before.get(ref))

    def __getitem__(self, ref: DocumentRef) -> AnyDocument:
        for layer in reversed(self._layers):
            if ref in layer:
                document = layer[ref]
                if document is None:
                    break
                return document
        raise KeyError(ref)

    def __iter__(self) -> Iterator[DocumentRef]:
        merged: _Layer = {}
        for layer in self._layers:
            merged |= layer
        return (ref for ref, document in merged.items() if document is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _with(self, layer: _Layer) -> World:
        base, *overlays = self._layers
        while overlays and len(overlays[-1]) <= 2 * len(layer):
            layer = overlays.pop() | layer
        return World((base, *overlays, layer))
