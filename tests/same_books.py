"""Compares what two companies hold after runs that gave out Ids in different order."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fakes import FakeQuickBooks


def aside_from_ids(quickbooks: FakeQuickBooks) -> Mapping[str, str]:
    """Document → what it says, with the Ids of created documents replaced by their kind and note."""
    essence = quickbooks.essence()
    names = {
        f"'{ref.id}'": f"<{ref.kind} {raw['PrivateNote']}>" for ref, raw in essence.items() if ref.id.startswith("90")
    }
    said: dict[str, str] = {}
    for ref, raw in essence.items():
        name, text = str(ref), str(sorted(raw.items()))
        for id_, stands_for in names.items():
            name, text = name.replace(id_[1:-1], stands_for), text.replace(id_, stands_for)
        assert name not in said, f"{name} is there twice"
        said[name] = text
    return said
