"""Other ways to write a customer's name, as people and importers really write them."""

import random

from qbclean.sandbox.generate.people import plain
from qbclean.sandbox.generate.story import Customer

_LEGAL = (" LLC", " Inc.", " Inc", " Co.")


def respelt(rng: random.Random, customer: Customer) -> str:
    """Another spelling of the name that still names the same customer; never one that drops Jr."""
    return rng.choice(_spellings(customer, rng)) or customer.name


def _spellings(customer: Customer, rng: random.Random) -> tuple[str, ...]:
    name = customer.name
    if customer.family:
        given, family = customer.given, customer.family
        suffix = f" {customer.suffix}" if customer.suffix else ""
        return (
            f"{family}, {given}{suffix}",
            f"{family}, {given}{suffix}",
            plain(name) if plain(name) != name else f"{given.upper()} {family.upper()}{suffix}",
            _typo(rng, family, f"{given} ", suffix),
        )
    stem = name
    for ending in _LEGAL:
        stem = stem.removesuffix(ending)
    return (
        stem if stem != name else f"{stem} LLC",
        f"{stem}, Inc." if name.endswith(("Inc.", "Inc")) else f"{stem}, LLC",
        name.upper(),
        f"The {stem}",
        _typo(rng, stem, "", ""),
    )


def _typo(rng: random.Random, word: str, before: str, after: str) -> str:
    """Two neighbouring letters swapped, or one doubled, never the first."""
    if len(word) < 4:
        return f"{before}{word}{after}"
    place = rng.randrange(1, len(word) - 2)
    if rng.random() < 0.5:
        changed = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    else:
        changed = word[:place] + word[place] + word[place:]
    return f"{before}{changed}{after}"
