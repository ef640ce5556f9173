"""Document numbers, names, phones and addresses brought to comparable keys; what is dropped is only spelling."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import msgspec

_NUMBER_WORDS = frozenset(
    {"INV", "INVOICE", "IN", "NO", "NR", "NUM", "NUMBER", "DOC", "BILL", "CM", "CR", "CN", "CREDIT", "MEMO"}
)
_LEGAL_FORMS = frozenset({"llc", "inc", "incorporated", "co", "corp", "corporation", "company", "ltd", "limited", "lp"})
_GENERATIONS = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii", "iv": "iv"}
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "the", "and"})
_SHORT_FORMS = {
    "mgmt": "management", "prop": "property", "props": "properties", "svc": "service", "svcs": "services",
    "constr": "construction", "assoc": "associates", "assocs": "associates", "bldrs": "builders", "apts": "apartments",
    "intl": "international", "natl": "national", "ctr": "center", "centre": "center",
}  # fmt: skip
_NO_NAME = _LEGAL_FORMS | _GENERATIONS.keys() | _TITLES
_STREET_WORDS = {
    "street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "lane": "ln", "court": "ct", "boulevard": "blvd",
    "place": "pl", "terrace": "ter", "circle": "cir", "parkway": "pkwy", "highway": "hwy", "suite": "ste",
    "north": "n", "south": "s", "east": "e", "west": "w", "apartment": "apt",
}  # fmt: skip


_NUMBER_PARTS = re.compile(r"[A-Z]+|\d+")
_NO_DIGIT = re.compile(r"\D")
_IN_BRACKETS = re.compile(r"\(.*?\)")
_PLAIN = bytes(ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)).ljust(256)
"""Each ASCII character in lower case, a space for what is neither letter nor digit."""


class NumberKey(msgspec.Struct, frozen=True, gc=False):
    """`prefix` is a series letter that is not just a word for "invoice"; `base` and `suffix` split draws (`1042-1`);
    `body` is both together."""

    prefix: str
    base: str
    suffix: str
    body: str


def number_body(number: str | None) -> str:
    """The `body` of the number's key, "" without digits; for whoever asks once for every number of a company."""
    if number and number.isascii() and number.isdigit():
        return number.lstrip("0") or "0"
    key = number_key(number)
    return key.body if key else ""


@lru_cache(maxsize=1 << 17)
def number_key(number: str | None) -> NumberKey | None:
    """`INV-1042`, `#1042`, `001042` and `1042` share one key; `1042-1` keeps its suffix. None without digits."""
    if number and number.isascii() and number.isdigit():
        body = number.lstrip("0") or "0"
        return NumberKey("", body, "", body)
    tokens = _NUMBER_PARTS.findall((number or "").upper())
    while tokens and tokens[0] in _NUMBER_WORDS:
        tokens.pop(0)
    prefix = ""
    while tokens and tokens[0].isalpha():
        prefix += tokens.pop(0)
    if not tokens:
        return None
    parts = [token.lstrip("0") or "0" if token.isdigit() else token for token in tokens]
    return NumberKey(prefix, parts[0], "-".join(parts[1:]), "-".join(parts))


class NameKey(msgspec.Struct, frozen=True, gc=False):
    """`tokens` sorted without legal forms, `text` the same as one, `letters` without spaces, the given name first;
    `generation` is "jr", "sr", … or ""; `joint` for `John & Mary Smith`; `surname`, as far as it is a person's; `firm`
    where a legal form or the field it stood in tells of one."""

    tokens: tuple[str, ...]
    text: str
    letters: str
    generation: str
    joint: bool
    surname: str
    firm: bool


def plain(text: str) -> str:
    """Casefolded, without accents, punctuation turned to single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(text.encode().translate(_PLAIN, b"'").decode().split())


@lru_cache(maxsize=1 << 17)
def name_key(name: str) -> NameKey:
    """`Smith, John`, `JOHN SMITH` and `John Smith, Inc.` share tokens; `John Smith Jr.` differs by generation."""
    words = kept = plain(_IN_BRACKETS.sub(" ", name) if "(" in name else name).split()
    generation, firm = "", False
    if not _NO_NAME.isdisjoint(words):
        firm = not _LEGAL_FORMS.isdisjoint(words)
        generation = next((_GENERATIONS[word] for word in words if word in _GENERATIONS), "")
        kept = [word for word in words if word not in _NO_NAME]
    words = kept or words
    if not _SHORT_FORMS.keys().isdisjoint(words):
        words = [_SHORT_FORMS.get(word, word) for word in words]
    if "," in name and (ahead := sum(word in words for word in plain(name.partition(",")[0]).split())) < len(words):
        words = words[ahead:] + words[:ahead]
    tokens = tuple(sorted(set(words)))
    return NameKey(
        tokens=tokens,
        text=" ".join(tokens),
        letters="".join(words),
        generation=generation,
        joint="&" in name or " and " in name.casefold(),
        surname=words[-1] if words else "",
        firm=firm,
    )


def forget_keys() -> None:
    """Let go of the keys remembered for numbers and names: past the pairing nobody asks for so many of them again."""
    number_key.cache_clear()
    name_key.cache_clear()


def phone_key(phone: str | None) -> str:
    """The last ten digits, "" when there are fewer than seven."""
    digits = _NO_DIGIT.sub("", phone or "")
    return digits[-10:] if len(digits) >= 7 else ""


def email_key(email: str | None) -> str:
    """Casefolded address, "" for none and for placeholders such as `na@…`."""
    address = (email or "").strip().casefold()
    local = address.partition("@")[0]
    return "" if "@" not in address or local in {"na", "none", "noemail", "no", "n/a"} else address


def address_key(address: str | None) -> str:
    """House number, street and postal code in one spelling, "" when there is no house number."""
    words = plain(address or "").split()
    return " ".join([_STREET_WORDS.get(word, word) for word in words[:3]]) if words and words[0][0].isdigit() else ""
