"""Lists that are trees: customers and jobs, items, accounts, classes, departments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

MAX_LEVEL = 5


def complete_branch(
    edit: Edit, entity: str, new: Wire, old: Wire | None, *, label: str, limit: int = MAX_LEVEL
) -> None:
    """Fill FullyQualifiedName and Level from the parents. Raises 2500, 6000 for a circle or too many levels."""
    names = [str(new[label])]
    parent_reference = new.get("ParentRef")
    if parent_reference and (old or {}).get("ParentRef", {}).get("value") != parent_reference["value"]:
        edit.referred(entity, new, "ParentRef")
    parent = edit.read(entity, parent_reference["value"]) if parent_reference else None
    if parent_reference and parent is None:
        raise refusals.invalid_reference("ParentRef", parent_reference["value"])
    while parent is not None:
        if parent["Id"] == new.get("Id"):
            raise refusals.business(f"{entity} {parent['Id']} cannot be below itself.", "ParentRef")
        names.insert(0, str(parent[label]))
        if len(names) > limit:
            raise refusals.business(f"A {entity.lower()} can be at most {limit} levels deep.", "ParentRef")
        above = parent.get("ParentRef")
        parent = edit.read(entity, above["value"]) if above else None
    new["FullyQualifiedName"] = ":".join(names)
    if len(names) > 1 or "Level" in new:
        new["Level"] = len(names) - 1


def rename_branch(edit: Edit, entity: str, renamed: Wire) -> None:
    """Carry a changed FullyQualifiedName down to everything below."""
    label = "DisplayName" if entity == "Customer" else "Name"
    for other in list(edit.company.tables[entity].objects()):
        if (other.get("ParentRef") or {}).get("value") != renamed["Id"]:
            continue
        child = edit.find(entity, other["Id"])
        child["FullyQualifiedName"] = f"{renamed['FullyQualifiedName']}:{child[label]}"
        child["ParentRef"] = {"value": renamed["Id"]}
        edit.touch(entity, child)
        rename_branch(edit, entity, child)
