"""What the server knows about one entity: its fields, what can be asked of it, and the rules it is written by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from qbclean.sandbox.shape import Shape

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Kind = Literal["amount", "text", "date", "time", "flag", "ref", "id", "number", "texts"]
"""How a property is compared in a query; `texts` are those of a list, any of which may meet a condition."""

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Options:
    """What a request's `include=` (or a batch item's `optionsData`) asks for, and which fields its body names."""

    include: frozenset[str] = frozenset()
    sent: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str | None) -> Options:
        """Return the options of a comma-joined text."""
        return cls(frozenset(part.strip().casefold() for part in (text or "").split(",") if part.strip()))

    def with_sent(self, names: set[str]) -> Options:
        """Return the same options for a body that names these fields."""
        return Options(self.include, frozenset(names))


class Rules:
    """How an entity is written. The base is a plain stored object; families override what they need.

    Each method gets the running `Edit`, works on the objects it is given, and refuses by raising `ApiFault`.
    """

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Complete and check the object about to be stored; `old` is what is stored now, None at create."""

    def linked(self, edit: Edit, new: Wire | None, old: Wire | None) -> None:
        """Carry links over to other objects once `new` is staged (None: deleted)."""

    def void(self, edit: Edit, voided: Wire) -> None:
        """Turn the object into its voided form in place."""

    def deletable(self, edit: Edit, old: Wire) -> None:
        """Refuse a delete that QuickBooks would refuse."""

    def defaults(self, edit: Edit, new: Wire) -> None:
        """Fill what an answer always shows; runs last, before the object is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitySpec:
    """One entity. `void` names how the void is asked for: `operation=void` or `include=void`.

    `wire_name` is what the object is called in answers, where that is not the entity's name; `summed` are amounts
    that cannot be asked for, but are kept at hand to be added up.
    """

    name: str
    shape: Shape
    queryable: Mapping[str, Kind]
    sortable: Mapping[str, Kind] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    rules: Rules = field(default_factory=Rules)
    sequence: str = ""
    name_list: bool = False
    dated: bool = False
    deletable: bool = True
    creatable: bool = True
    void: Literal["operation", "include", ""] = ""
    in_cdc: bool = True
    wire_name: str = ""
    summed: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The entity's word in a URL."""
        return self.name.lower()

    @property
    def key(self) -> str:
        """What the object is called in JSON."""
        return self.wire_name or self.name
