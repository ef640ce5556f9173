"""The seal of a plan: one SHA-256 over everything in it but the decisions (design.md 8, R1).

It is taken over canonical JSON (keys sorted, no spaces), so a reformatted file keeps its digest and a changed one loses
it. `digest_of_json` works on parsed JSON rather than on our types and so covers keys we do not know yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from qbclean.model.action import PlannedAction
from qbclean.model.plan import Plan

_ACTION = [field for field in msgspec.structs.fields(PlannedAction) if field.name != "decision"]
_Covered = msgspec.defstruct("_Covered", [(field.name, field.type) for field in _ACTION])
"""An action without its decision."""
_LONG = ("actions", "findings")


def sealed(plan: Plan) -> Plan:
    """`plan` with the digest that covers it."""
    return msgspec.structs.replace(plan, digest=digest_of(plan))


def digest_of(plan: Plan) -> str:
    """SHA-256 (hex) over the plan without `digest` and without each action's `decision`."""
    names = [name for name in plan.__struct_fields__ if name != "digest"]
    covered = {name: getattr(plan, name) for name in names}
    return _digest(covered | {"actions": map(_without_decision, plan.actions)})


def digest_of_json(plan: Mapping[str, Any]) -> str:
    """The same over a plan as parsed JSON. Raises UnicodeEncodeError for text that is not valid Unicode."""
    covered = {name: value for name, value in plan.items() if name != "digest"}
    covered["actions"] = (
        {name: value for name, value in action.items() if name != "decision"} for action in plan["actions"]
    )
    return _digest(covered)


def _without_decision(action: PlannedAction) -> msgspec.Struct:
    return _Covered(*(getattr(action, name) for name in _Covered.__struct_fields__))


def _digest(covered: Mapping[str, Any]) -> str:
    """Piece by piece, because the canonical JSON of a large plan would not fit beside the plan."""
    encode = msgspec.json.Encoder(order="sorted").encode
    found = hashlib.sha256(b"{")
    for place, name in enumerate(sorted(covered)):
        value = covered[name]
        found.update(b"," * bool(place) + encode(name) + b":")
        if name not in _LONG:
            found.update(encode(value))
            continue
        found.update(b"[")
        for number, item in enumerate(value):
            found.update(b"," * bool(number) + encode(item))
        found.update(b"]")
    found.update(b"}")
    return found.hexdigest()
