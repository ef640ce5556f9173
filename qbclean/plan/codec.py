"""Plan files: from bytes to a plan that is certain to be the one that was sealed, and back (design.md 8, R12)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from qbclean.errors import TamperedPlanError
from qbclean.model.action import PlannedAction
from qbclean.model.finding import Finding
from qbclean.model.plan import FORMAT_VERSION, Plan
from qbclean.model.settings import CompanySettings
from qbclean.plan.digest import digest_of, digest_of_json, digest_of_texts
from qbclean.plan.encoded import EncodedPlan, joined, neighbours
from qbclean.plan.json_text import is_plain, malformed, parse, unknown_key

_DEPTH_OF_BODY = 6
"""The plan, its actions, one of them, its requests, one of them, and then its body."""
_AT_ONCE = 16
"""Findings or actions that are written at once."""
_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})")


def encode(plan: Plan) -> bytes:
    """The file of `plan`, as `pieces` gives it."""
    return b"".join(pieces(plan))


def pieces(plan: Plan | EncodedPlan) -> Iterator[bytes]:
    """The file, bit by bit: UTF-8 JSON, two-space indent, keys in the order of the types, amounts as text, a newline at
    the end. Of an encoded plan no more than a bit is ever decoded at a time.

    Raises TamperedPlanError when the digest does not cover what would be written: an unsealed plan, or one of a newer
    format of which this version knows only a part.
    """
    if isinstance(plan, EncodedPlan):
        _require_sealed(plan.head, digest_of_texts(plan.head, plan.findings, plan.actions))
        findings = neighbours(joined(plan.findings), Finding)
        yield from _written(plan.head, findings, neighbours(joined(plan.actions), PlannedAction))
    else:
        _require_sealed(plan, digest_of(plan))
        yield from _written_out(plan)


def _require_sealed(head: Plan, covered: str) -> None:
    if covered != head.digest:
        raise TamperedPlanError(
            "The plan was not written.",
            why="Its digest does not cover what this version of qbclean would write.",
            do=f"Use the version that made it: {head.tool}.",
        )


def _written_out(plan: Plan) -> Iterator[bytes]:
    """The file of a plan that is all in memory."""
    yield from _written(plan, _at_once(plan.findings), _at_once(plan.actions))


def _at_once(items: Sequence[object]) -> Iterator[Sequence[object]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]


def _written(head: Plan, findings: Iterable[Sequence[object]], actions: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The file of a plan, of which findings and actions come a few at a time; those of `head` do not count."""
    listed: dict[str, Iterable[Sequence[object]]] = {"findings": findings, "actions": actions}
    names = head.__struct_fields__
    yield b"{"
    for name in names:
        yield f'\n  "{name}": '.encode()
        if name in listed:
            yield from _list(listed[name])
        else:
            yield _indented(msgspec.json.encode(getattr(head, name)), 1)
        yield b"" if name == names[-1] else b","
    yield b"\n}\n"


def _list(parts: Iterable[Sequence[object]]) -> Iterator[bytes]:
    start = b"[\n    "
    for part in parts:
        yield start + _indented(msgspec.json.encode(part)[1:-1], 2)
        start = b",\n    "
    yield b"[]" if start.startswith(b"[") else b"\n  ]"


def _indented(encoded: bytes, depth: int) -> bytes:
    """JSON values with commas between, each of their lines but the first indented as it stands `depth` levels deep."""
    opening, closing = depth * (depth + 3), depth * (depth + 1)  # bytes of the brackets, their line ends and indents
    return msgspec.json.format(b"[" * depth + encoded + b"]" * depth, indent=2)[opening:-closing]


def decode(data: bytes) -> Plan:
    """The plan in `data`, its digest checked.

    Keys this version does not know are an error, in a file of a newer minor format they are ignored – but the digest
    covers them too. Raises PlanFormatError naming the place, TamperedPlanError when the digest is off.
    """
    return _as_written(data) or _with_suspicion(data)


def _as_written(data: bytes) -> Plan | None:
    """The plan in a file that is, to the byte, what this version writes for it: most are, and take a fifth of the time.

    None for all others, a damaged or changed file too: reading it with suspicion tells what is wrong.
    """
    try:
        plan = msgspec.json.decode(data, type=Plan)
        if plan.format_version != FORMAT_VERSION or digest_of(plan) != plan.digest:
            return None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    place = 0
    for piece in _written_out(plan):
        if not data.startswith(piece, place):
            return None
        place += len(piece)
    bodies = (request.body for action in plan.actions for request in action.requests)
    return plan if place == len(data) and all(is_plain(body, _DEPTH_OF_BODY) for body in bodies) else None


def _with_suspicion(data: bytes) -> Plan:
    raw = parse(data)
    newer = _is_newer(raw.get("format_version"))
    plan = _typed(raw, newer=newer)
    if not newer and (place := unknown_key(raw, msgspec.to_builtins(plan))):
        raise malformed(f"{place}: format {FORMAT_VERSION} has no such key")
    _require_decisions(raw)
    try:
        digest = digest_of_json(raw)
    except UnicodeEncodeError as error:
        raise malformed("a text in it is not valid Unicode") from error
    if digest != plan.digest:
        raise TamperedPlanError(
            "The plan file was changed after it was made.",
            why=f"Sealed as {plan.digest[:12] or 'nothing'}, it now says {digest[:12]}. Only decisions may change.",
            do="Nothing was done. Make a new plan with `qbclean plan`, or take the file as it was written.",
        )
    return plan


def is_of_newer_format(plan: Plan) -> bool:
    """True when a newer minor version made it, so that our types may not hold all it says."""
    return _is_newer(plan.format_version)


def schema() -> bytes:
    """The JSON Schema of a plan file, from the types; kept in `plans/plan.schema.json`."""
    described = msgspec.json.schema(Plan)
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"qbclean plan, format {FORMAT_VERSION}",
        **described,
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def _is_newer(version: Any) -> bool:
    found = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if not found:
        raise malformed('format_version: expected text like "1.0"')
    ours = FORMAT_VERSION.split(".")
    if int(found[1]) != int(ours[0]):
        raise malformed(f"format_version: it is {version}, and this qbclean reads {ours[0]}.x")
    return int(found[2]) > int(ours[1])


def _require_decisions(raw: dict[str, Any]) -> None:
    """The digest does not cover decisions: one that got lost must not pass for one that was never made."""
    for number, action in enumerate(raw["actions"]):
        if "state" not in action.get("decision", {}):
            raise malformed(f'actions[{number}].decision: it has no state; nothing decided is "undecided"')


def _typed(raw: dict[str, Any], *, newer: bool) -> Plan:
    if newer and isinstance(settings := raw.get("settings"), dict):
        # The settings refuse unknown keys by themselves, because a misspelt limit must not pass for none.
        known = CompanySettings.__struct_fields__
        raw = {**raw, "settings": {name: value for name, value in settings.items() if name in known}}
    try:
        return msgspec.convert(raw, Plan)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$")
        where = place.removesuffix("`").removeprefix(".")
        raise malformed(f"{where or 'the top level'}: {problem[:1].lower()}{problem[1:]}") from error
