"""Plan files: what was sealed is what is read, and every other file is refused with the place (R1, R12, R41)."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbclean.errors import PlanError, PlanFormatError, TamperedPlanError
from qbclean.model.action import Decision
from qbclean.model.plan import Plan
from qbclean.plan import json_text
from qbclean.plan.codec import decode, encode, is_of_newer_format, pieces, schema
from qbclean.plan.digest import digest_of, digest_of_json, sealed
from qbclean.plan.encoded import AT_ONCE
from tests.builders import an_invoice
from tests.plans import a_plan, a_void, an_application, as_text, the_example

PLANS = Path(__file__).parents[3] / "plans"
PLAN = the_example()
FILE = encode(PLAN)


def _nested(levels: int) -> list[Any]:
    """A list in a list in a list."""
    return [_nested(levels - 1)] if levels > 1 else []


def edited(change: Any, *, seal: bool = True) -> bytes:
    """The example file after `change` on its JSON, sealed anew unless told otherwise."""
    raw = json.loads(FILE)
    change(raw)
    if seal:
        raw["digest"] = digest_of_json(raw)
    return json.dumps(raw).encode()


def test_the_file_reads_back_as_the_same_plan() -> None:
    assert decode(FILE) == PLAN
    assert encode(decode(FILE)) == FILE


def test_the_file_is_indented_by_two_ends_with_a_newline_and_has_amounts_as_text() -> None:
    assert FILE.startswith(b'{\n  "format_version": "1.0",\n')
    assert FILE.endswith(b"}\n")
    assert b'"amount": "450.00"' in FILE


def test_a_plan_written_a_few_actions_at_a_time_is_indented_like_one_document() -> None:
    text = as_text(a_plan(*(a_void(an_invoice(str(number))) for number in range(60))))
    assert sum(map(len, text.actions)) > AT_ONCE
    in_one_go = msgspec.json.format(msgspec.json.encode(text.decoded()), indent=2) + b"\n"
    assert b"".join(pieces(text)) == encode(text.decoded()) == in_one_go


def test_an_editor_may_reformat_the_file_and_put_a_byte_order_mark() -> None:
    plain = json.loads(FILE)
    assert decode(json.dumps(plain, indent=4, sort_keys=True).replace("\n", "\r\n").encode()) == PLAN
    assert decode(b"\xef\xbb\xbf" + FILE) == PLAN


@given(st.sampled_from(["undecided", "approved", "rejected"]), st.text(max_size=20), st.text(max_size=20))
def test_encoding_and_decoding_is_identity_whatever_is_decided(state: Any, by: str, reason: str) -> None:
    decision = Decision(state=state, by=by, at="2026-04-01T09:00:00Z", reason=reason)
    plan = a_plan(a_void(decision=decision, summary=reason), an_application(id="A-2", risks=(by, reason)))
    assert decode(encode(plan)) == plan


def test_decisions_are_not_covered_by_the_digest_and_everything_else_is() -> None:
    decided = msgspec.structs.replace(PLAN.actions[0], decision=Decision(state="rejected", by="Dana Reyes"))
    plan = msgspec.structs.replace(PLAN, actions=(decided, *PLAN.actions[1:]))
    assert digest_of(plan) == PLAN.digest
    changed = msgspec.structs.replace(PLAN.actions[0], summary="Void invoice 1042")
    assert digest_of(msgspec.structs.replace(PLAN, actions=(changed, *PLAN.actions[1:]))) != PLAN.digest


def _refused_or_the_same(data: bytes) -> bool:
    """True when `data` is refused; otherwise it must mean exactly the plan that was sealed, decisions aside."""
    try:
        plan = decode(data)
    except PlanError:
        return True
    undecided = [msgspec.structs.replace(action, decision=Decision()) for action in plan.actions]
    assert msgspec.structs.replace(plan, actions=tuple(undecided)) == PLAN
    return False


def _mutations(runs: int, seed: int) -> int:
    """How many of `runs` random one-byte changes outside decisions and white space were refused."""
    chance = random.Random(seed)
    decisions = [(at, FILE.index(b"}", at)) for at in _positions(b'"decision": {')]
    refused = 0
    for _ in range(runs):
        at = chance.randrange(len(FILE))
        while FILE[at : at + 1].isspace() or any(start <= at <= end for start, end in decisions):
            at = chance.randrange(len(FILE))
        other = chance.choice([byte for byte in range(256) if byte != FILE[at] and not chr(byte).isspace()])
        refused += _refused_or_the_same(FILE[:at] + bytes([other]) + FILE[at + 1 :])
    return refused


def _positions(needle: bytes) -> list[int]:
    found, at = [], FILE.find(needle)
    while at >= 0:
        found.append(at)
        at = FILE.find(needle, at + 1)
    return found


def test_r1_one_changed_byte_outside_decisions_is_refused() -> None:
    assert _mutations(150, seed=1) == 150


@pytest.mark.long
def test_r1_one_changed_byte_outside_decisions_is_refused_a_thousand_times() -> None:
    assert _mutations(1_000, seed=2) == 1_000


@given(st.integers(0, len(FILE) - 1), st.integers(0, len(FILE) - 1))
def test_r41_a_file_with_a_piece_missing_is_refused_or_means_the_same(start: int, end: int) -> None:
    start, end = sorted((start, end))
    _refused_or_the_same(FILE[:start] + FILE[end:])


def test_a_changed_amount_is_refused_and_the_message_says_the_file_was_changed() -> None:
    with pytest.raises(TamperedPlanError, match="changed after it was made"):
        decode(FILE.replace(b'"amount": "450.00"', b'"amount": "540.00"', 1))


def test_a_plan_without_digest_is_refused() -> None:
    with pytest.raises(TamperedPlanError, match="nothing"):
        decode(edited(lambda raw: raw.pop("digest"), seal=False))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda raw: raw["actions"][1].update(amount=["1"]), r"actions\[1\]\.amount"),
        (lambda raw: raw["actions"][0].update(kind="void_everything"), r"actions\[0\]\.kind"),
        (lambda raw: raw["actions"][0]["decision"].update(state="yes"), r"actions\[0\]\.decision\.state"),
        (lambda raw: raw["actions"][0]["decision"].update(note="x"), r"actions\[0\]\.decision\.note"),
        (lambda raw: raw["actions"][1].pop("decision"), r"actions\[1\]\.decision: it has no state"),
        (lambda raw: raw["actions"][0]["decision"].pop("state"), r"actions\[0\]\.decision: it has no state"),
        (lambda raw: raw.update(extra=1), "extra: format 1.0 has no such key"),
        (lambda raw: raw["settings"].update(max_dolars_per_run="1"), "max_dolars_per_run"),
        (lambda raw: raw.pop("company"), "top level.*company"),
        (lambda raw: raw.update(format_version="2.0"), r"2\.0"),
        (lambda raw: raw.update(format_version=1), "format_version"),
        (lambda raw: raw.update(format_version="1"), "format_version"),
    ],
)
def test_r12_what_does_not_fit_the_format_is_refused_with_its_place(change: Any, place: str) -> None:
    with pytest.raises(PlanFormatError, match=place):
        decode(edited(change))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{\n  "a": 1,\n  "b": }\n', "line 3, column 8"),
        (b"\xff{}", "byte 1 is not UTF-8"),
        (b"[]", "not one JSON object"),
        (b'{"a": {"b": [{"c": 1, "c": 2}]}}', r"a\.b\[0\]: a key is given twice"),
        (b'{"a": 1, "a": 2}', "the top level: a key is given twice"),
        (b'{"a": 1.5}', "1.5 is not a whole number"),
        (b'{"a": NaN}', "NaN is not a whole number"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "a number of 5000 digits"),
        (b'{"a":' * 41 + b"1" + b"}" * 41, "deeper than 40"),
        (b"[" * 100_000, "deeper than 40"),
    ],
)
def test_r41_what_is_not_a_plan_is_refused_with_line_or_place(data: bytes, why: str) -> None:
    with pytest.raises(PlanFormatError, match=why):
        decode(data)


def test_r41_a_file_that_is_too_big_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_BYTES", 10)
    with pytest.raises(PlanFormatError, match="bytes"):
        decode(edited(lambda raw: None))


def test_a_plan_of_any_size_is_read_when_it_is_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A company of 100,000 invoices, 7,000 of them copies, takes 200 MB."""
    monkeypatch.setattr(json_text, "MAX_BYTES", 10)
    assert decode(FILE) == PLAN


@pytest.mark.parametrize(
    ("value", "why"),
    [(1.5, "1.5 is not a whole number"), (10**18, "a number of 19 digits"), (_nested(35), "deeper than 40")],
)
def test_r41_what_our_own_format_could_carry_but_no_plan_has_is_refused(value: Any, why: str) -> None:
    void = a_void()
    request = msgspec.structs.replace(void.requests[0], body={"X": value})
    with pytest.raises(PlanFormatError, match=why):
        decode(encode(a_plan(msgspec.structs.replace(void, requests=(request,)))))


def test_a_body_as_deep_as_allowed_is_read() -> None:
    void = a_void()
    request = msgspec.structs.replace(void.requests[0], body={"X": _nested(34)})
    plan = a_plan(msgspec.structs.replace(void, requests=(request,)))
    assert decode(encode(plan)) == plan
    assert decode(json.dumps(json.loads(encode(plan))).encode()) == plan


def test_r41_half_of_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(PlanFormatError, match="Unicode"):
        decode(FILE.replace(b"Test Contracting", b"Test \\ud800"))


def a_newer_file() -> bytes:
    def newer(raw: dict[str, Any]) -> None:
        raw["format_version"] = "1.7"
        raw["forecast"] = {"ar": "1.00"}
        raw["settings"]["max_voids"] = 3
        raw["actions"][0]["mood"] = "calm"

    return edited(newer)


def test_r12_a_newer_minor_format_is_read_and_what_is_unknown_ignored() -> None:
    plan = decode(a_newer_file())
    assert plan.actions == PLAN.actions
    assert is_of_newer_format(plan)
    assert not is_of_newer_format(PLAN)


def test_r12_the_digest_covers_keys_this_version_does_not_know() -> None:
    with pytest.raises(TamperedPlanError):
        decode(a_newer_file().replace(b'"calm"', b'"wild"'))


def test_a_plan_of_a_newer_format_is_not_written_back_with_half_of_it_lost() -> None:
    with pytest.raises(TamperedPlanError, match="not written"):
        encode(decode(a_newer_file()))
    with pytest.raises(TamperedPlanError, match="not written"):
        encode(msgspec.structs.replace(PLAN, digest=""))


def test_a_plan_that_is_still_text_gives_the_same_file_without_being_decoded_whole() -> None:
    encoded = as_text(decode(json.dumps(json.loads(FILE), sort_keys=True).encode()))
    assert b"".join(pieces(encoded)) == encode(encoded.decoded())
    assert encoded.writes("recommended") == 2
    nothing = as_text(a_plan())
    assert b"".join(pieces(nothing)) == encode(a_plan())


def test_a_plan_that_is_still_text_is_not_written_when_the_text_is_another() -> None:
    encoded = as_text(PLAN)
    with pytest.raises(TamperedPlanError, match="not written"):
        list(pieces(dataclasses.replace(encoded, actions=encoded.actions[:1])))


def test_sealing_twice_changes_nothing() -> None:
    assert sealed(sealed(PLAN)) == PLAN


def test_the_schema_in_the_repository_is_the_one_of_the_types() -> None:
    assert (PLANS / "plan.schema.json").read_bytes() == schema(), "run: python -m tests.plans"


def test_the_example_in_the_repository_is_current_and_fits_the_schema() -> None:
    example = (PLANS / "examples" / "two-actions.json").read_bytes()
    assert example == FILE, "run: python -m tests.plans"
    jsonschema.Draft202012Validator(json.loads(schema())).validate(json.loads(example))
    assert isinstance(decode(example), Plan)
