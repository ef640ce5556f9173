"""The seal of a plan: one SHA-256 over everything in it but the decisions (design.md 8, R1).

It is taken over canonical JSON (keys sorted, no spaces), so a reformatted file keeps its digest and a changed one loses
it. `digest_of_json` works on parsed JSON rather than on our types and so covers keys we do not know yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from qbclean.model.action import PlannedAction
from qbclean.model.finding import Finding
from qbclean.model.plan import Plan

_ACTION = [field for field in msgspec.structs.fields(PlannedAction) if field.name != "decision"]
_Covered = msgspec.defstruct("_Covered", [(field.name, field.type) for field in _ACTION])
"""An action without its decision."""
_encode = msgspec.json.Encoder(order="sorted").encode


def sealed(plan: Plan) -> Plan:
    """`plan` with the digest that covers it."""
    return msgspec.structs.replace(plan, digest=digest_of(plan))


def digest_of(plan: Plan) -> str:
    """SHA-256 (hex) over the plan without `digest` and without each action's `decision`."""
    return digest_of_texts(plan, map(covered_text, plan.findings), map(covered_text, plan.actions))


def covered_text(item: Finding | PlannedAction) -> bytes:
    """The canonical JSON of what the digest covers of `item`."""
    if isinstance(item, PlannedAction):
        return _encode(_Covered(*(getattr(item, name) for name in _Covered.__struct_fields__)))
    return _encode(item)


def digest_of_texts(head: Plan, findings: Iterable[bytes], actions: Iterable[bytes]) -> str:
    """The same where findings and actions are `covered_text` already, one or several with commas between in each.

    Those of `head`, and its `digest`, do not count.
    """
    covered = {name: getattr(head, name) for name in head.__struct_fields__ if name != "digest"}
    return _digest(covered, {"findings": findings, "actions": actions})


def digest_of_json(plan: Mapping[str, Any]) -> str:
    """The same over a plan as parsed JSON. Raises UnicodeEncodeError for text that is not valid Unicode."""
    covered = {name: value for name, value in plan.items() if name != "digest"}
    undecided = ({name: value for name, value in action.items() if name != "decision"} for action in covered["actions"])
    return _digest(covered, {"findings": map(_encode, covered["findings"]), "actions": map(_encode, undecided)})


def _digest(covered: Mapping[str, Any], listed: Mapping[str, Iterable[bytes]]) -> str:
    """Piece by piece, because the canonical JSON of a large plan would not fit beside the plan.

    `listed`: names of `covered` that are lists → their members, encoded.
    """
    found = hashlib.sha256(b"{")
    for place, name in enumerate(sorted(covered)):
        found.update(b"," * bool(place) + _encode(name) + b":")
        if name not in listed:
            found.update(_encode(covered[name]))
            continue
        found.update(b"[")
        for number, text in enumerate(listed[name]):
            found.update(b"," * bool(number))
            found.update(text)
        found.update(b"]")
    found.update(b"}")
    return found.hexdigest()
