"""Carries out one write under its request id: a known id gets the stored answer, and nothing happens twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from qbclean.sandbox import operations, refusals
from qbclean.sandbox.company import Company
from qbclean.sandbox.edit import Edit
from qbclean.sandbox.entities.spec import EntitySpec, Options
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.wire import Raw, decode, encode

Operation = Literal["save", "void", "delete"]

LONGEST_REQUEST_ID = 50
_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write asked for. `key` is the request id (in a batch with the bId), None where none was sent.

    `who` is what the caller calls itself.
    """

    operation: Operation
    spec: EntitySpec
    body: dict[str, Any]
    options: Options
    key: str | None = None
    who: str = ""


def operation_of(spec: EntitySpec, asked: str | None, options: Options, *, void_rule: str = "refuse") -> Operation:
    """Return which write `operation=` and `include=` mean for an entity. Raises code 500 for what it cannot do.

    `void_rule` is the quirk `void_unsupported`: how the void of an entity that has none is answered.
    """
    word = (asked or "").casefold()
    if word == "delete":
        return "delete"
    if word == "void" or ("void" in options.include and word in {"", "update"}):
        way = "operation" if word == "void" else "include"
        if spec.void != way:
            raise refusals.void_as_observed(spec.name if void_rule == "observed" and not spec.void else "")
        return "void"
    if word in {"", "create", "update"}:
        return "save"
    raise refusals.unsupported_operation(word, "Operation")


def perform(company: Company, write: Write) -> bytes:
    """Carry out a write and return its answer, `{"Invoice": …}`, as JSON without the envelope's time.

    Durable before it returns. Raises ApiFault; nothing has changed then.
    """
    with company.lock:
        digest = hashlib.sha256(encode([write.operation, write.spec.name, write.body])).hexdigest()
        replayed = _replay(company, write.key, digest)
        if replayed is not None:
            return replayed
        edit = Edit(company, write.who, {"void": "voided", "delete": "deleted"}.get(write.operation, ""))
        at = int(edit.now.timestamp())
        try:
            answer = encode({write.spec.key: _carry_out(edit, write)})
        except ApiFault as refused:
            if write.key and company.quirks["replay_errors"] == "stored":
                edit = Edit(company)
                edit.commit(write.key, encode({"of": digest, "at": at, "fault": vars(refused)}))
            raise
        edit.commit(write.key, encode({"of": digest, "at": at, "answer": Raw(answer)}) if write.key else None)
        return answer


def _carry_out(edit: Edit, write: Write) -> Mapping[str, Any]:
    if write.operation == "delete":
        return operations.delete(edit, write.spec, write.body)
    if write.operation == "void":
        return operations.void(edit, write.spec, write.body)
    return operations.save(edit, write.spec, write.body, write.options)


def _replay(company: Company, key: str | None, digest: str) -> bytes | None:
    if key is None:
        return None
    stored = company.replies.get(key)
    rule = company.quirks["replay"]
    if stored is None or rule == "forget":
        return None
    remembered = decode(stored)
    if company.quirks["replay_memory"] == "day" and company.clock.seconds() - remembered.get("at", 0) > _DAY:
        return None
    other_body = remembered["of"] != digest and company.quirks["replay_other_body"] == "refuse"
    if rule == "600" or other_body:
        raise ApiFault("600", "Duplicate Request ID", f"The request id {key} has been used before.", "")
    if "fault" in remembered:
        raise ApiFault(**remembered["fault"])
    return encode(remembered["answer"])
