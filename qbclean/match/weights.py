"""The one table of evidence: how much each observation says, in decibans, about two records being the same.

Each entry is a Fellegi–Sunter weight, 10·log10(m/u): how much likelier the observation is when both records tell of the
same sale (m) than when they tell of two sales of one customer (u). The values were estimated on generated contractor
books whose truth is known and rounded; features are treated as independent given the customer. A level "unknown" weighs
nothing: missing is not different.

Reading a sum: +20 is a hundred to one. `MATCH` is what a pair needs to count as the same; `CLEAR` what it takes to be
recommended without a person's look at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from qbclean.model.evidence import Evidence

MATCH = 10
CLEAR = 25

_TABLE: dict[str, dict[str, int]] = {
    # ---- invoice against invoice
    "number": {
        "same": 35,
        "same, other series": 12,
        "same base": 4,
        "extended": 14,
        "next draw": -10,
        "revision": -12,
        "two series": 5,
        "a rare series": 10,
        "one series": -10,
        "in a row": -6,
        "one count": 0,
        "one blank": 2,
        "one blank, a rare thing": 7,
        "both blank": 0,
        "other draw": -25,
        "names another": -30,
        "other": -6,
        "not the CRM's": 0,
        "unknown": 0,
    },
    "total": {
        "same, uneven": 17,
        "same": 18,
        "same, round": 10,
        "same, recurring": 3,
        "same, series": -1,
        "tax rounding": 15,
        "a cent apart": 18,
        "rounded off": 14,
        "same before tax": 10,
        "part of it": -6,
        "voided": -8,
        "empty": -2,
        "other": -16,
    },
    "date": {
        "same day": 9,
        "within 3 days": 6,
        "within 10 days": 3,
        "within 20 days": 0,
        "entered before": -14,
        "from before the start": -20,
        "within 45 days": -5,
        "within 90 days": -14,
        "far": -25,
        "unknown": 0,
    },
    "due date": {"same": 2, "other": 0, "unknown": 0},
    "job": {"same": 7, "parent": 0, "other": -14, "unknown": 0},
    "customer": {"same": 3, "second spelling": 0, "unknown": 0},
    "tax": {"same": 8, "silent": 0},
    "lines": {
        "same amounts": 7,
        "same line": 6,
        "some amounts": 6,
        "similar words": 4,
        "some in common": 1,
        "one word replaced": -12,
        "nothing in common": -6,
        "unknown": 0,
    },
    "particulars": {
        "same, others differ": 14,
        "same": 6,
        "same, others silent": 12,
        "on one alone": -8,
        "other": -16,
        "contradict": -30,
        "unknown": 0,
    },
    "CRM id": {"same": 16, "other": -1, "unknown": 0},
    "memo": {"names it": 12, "silent": 0},
    "state": {
        "both live": 0,
        "both void": 8,
        "void in QuickBooks": -16,
        "cancelled": -12,
        "void in CRM": -45,
        "draft": -45,
        "paid by receipt": -6,
        "receipt for unpaid": -26,
    },
    # ---- what is left over beside a CRM invoice that has its twin
    "rarity": {"billed once": 7, "a price": 0, "each has its own": 0, "billed again": -8},
    "created": {"seconds apart": 14, "same hour": 5, "apart": 0},
    "remittance": {"for this sale": 12, "like this sale's": 5, "for another sale": -12, "silent": 0},
    # ---- two QuickBooks invoices against each other, no CRM to say how many sales there were
    "place": {
        "same": 3,
        "second spelling": 4,
        "a run of each": -12,
        "customer and job": 0,
        "customer for a job": 10,
        "other job": -25,
    },
    "itemising": {
        "same amounts": 8,
        "same amounts, a price": 4,
        "collapsed": 8,
        "other amounts": -8,
        "single lines": 0,
    },
    "wording": {
        "same, others differ": 9,
        "same": 7,
        "same, as always": 2,
        "alike": 4,
        "some in common": 2,
        "one word replaced": -14,
        "unknown": 0,
    },
    "stage": {"same": 0, "in parts": -10, "other": -6, "contradict": -20},
    "draws": {"two draws": -30, "no more than told": -14, "one more than told": 14, "unknown": 0},
    "beat": {"one more than usual": 8, "one a month": -12, "unknown": 0},
    "note": {"same reference": 15, "other reference": -25, "unknown": 0},
    "estimate": {"same": -10, "other": -25, "unknown": 0},
    "paid": {"neither": 1, "one of them": 4, "one, the other long due": 6, "both": -7},
    "entered": {"seconds apart": 8, "same hour": -4, "apart": 0},
    # ---- payment against payment, credit against credit
    "amount": {"same": 18, "part of it": 0, "other": -25},
    "reference": {"same": 22, "other": -8, "unknown": 0},
    "method": {"same": 2, "other": -2, "unknown": 0},
    "pays the same": {"same": 10, "other": -6, "unknown": 0},
    # ---- customer against customer
    "QuickBooks id": {"same": 25, "other": -2, "unknown": 0},
    "name": {
        "same": 20,
        "middle initial": 16,
        "household": 16,
        "slip": 13,
        "very close": 12,
        "first initial": 8,
        "form of firm": 8,
        "other letter": 6,
        "close": 4,
        "other middle initial": -2,
        "somewhat": -8,
        "other initial": -8,
        "longer": -14,
        "other": -22,
    },
    "generation": {"same": 0, "other": -40},
    "e-mail": {"same": 18, "other": -3, "unknown": 0},
    "phone": {"same": 14, "other": -2, "unknown": 0},
    "address": {"same": 12, "other": -3, "unknown": 0},
    "shared invoices": {"none": 0, "one": 14, "several": 26},
    "level": {"customer": 0, "job": -12},
}
WEIGHTS: Mapping[str, Mapping[str, int]] = MappingProxyType({key: MappingProxyType(row) for key, row in _TABLE.items()})

Levels = Mapping[str, str]
"""Feature → the level observed."""


def points(levels: Levels) -> int:
    """Σ of the weights of what was observed."""
    worth = 0
    for feature, level in levels.items():
        worth += _TABLE[feature][level]
    return worth


def as_evidence(levels: Levels, words: Mapping[str, str]) -> tuple[Evidence, ...]:
    """The observations in words (`words` overrides the default wording per feature); silent ones are left out."""
    return tuple(
        Evidence(
            feature=feature.replace(" ", "_").lower(),
            points=_TABLE[feature][level],
            words=words.get(feature) or f"{feature}: {level}",
        )
        for feature, level in levels.items()
        if _TABLE[feature][level] != 0 or feature in words
    )
