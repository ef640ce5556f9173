"""The seal of a plan: one SHA-256 over everything in it but the decisions (design.md 8, R1).

It is taken over canonical JSON (keys sorted, no spaces), so a reformatted file keeps its digest and a changed one loses
it. `digest_of_json` works on parsed JSON rather than on our types and so covers keys we do not know yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from qbclean.model.plan import Plan


def sealed(plan: Plan) -> Plan:
    """`plan` with the digest that covers it."""
    return msgspec.structs.replace(plan, digest=digest_of(plan))


def digest_of(plan: Plan) -> str:
    """SHA-256 (hex) over the plan without `digest` and without each action's `decision`."""
    return digest_of_json(msgspec.to_builtins(plan))


def digest_of_json(plan: Mapping[str, Any]) -> str:
    """The same over a plan as parsed JSON. Raises UnicodeEncodeError for text that is not valid Unicode."""
    covered = {name: value for name, value in plan.items() if name != "digest"}
    covered["actions"] = [
        {name: value for name, value in action.items() if name != "decision"} for action in plan["actions"]
    ]
    return hashlib.sha256(msgspec.json.encode(covered, order="sorted")).hexdigest()
