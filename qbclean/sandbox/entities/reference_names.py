"""Names in references: a request's do not count, so a reference that stays the same keeps the name it had."""

from __future__ import annotations

from typing import Any


def keep_names(new: Any, old: Any) -> None:
    """Put the names of the old object's references into those of the new one that name the same id."""
    if isinstance(new, dict) and isinstance(old, dict):
        if "value" in new and new["value"] == old.get("value") and "name" in old:
            new.setdefault("name", old["name"])
        for field, value in new.items():
            keep_names(value, old.get(field))
    elif isinstance(new, list) and isinstance(old, list):
        by_id = {part["Id"]: part for part in old if isinstance(part, dict) and "Id" in part}
        for place, part in enumerate(new):
            same = by_id.get(part.get("Id")) if isinstance(part, dict) and part.get("Id") else None
            keep_names(part, same or (old[place] if place < len(old) else None))
