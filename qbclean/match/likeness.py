"""How much two sales have in common, in points, with no more looked at than it takes to know.

A company has many times more comparisons than invoices, and nearly all come to nothing: two bills of one customer with
other numbers, other amounts and other days. Such a comparison ends as soon as nothing left to look at could mend it.
"""

from __future__ import annotations

from typing import get_args, get_type_hints

from qbclean.match.sale_levels import FEATURES, SalesContext, total_as_written
from qbclean.match.sales import Sale
from qbclean.match.weights import WEIGHTS

_AT_A_GLANCE = ("number", "date", "state", "job", "CRM id", "customer", "tax", "due date", "memo")
"""Features that show without the lines being read, those that decide most often first."""
_IN_THE_LINES = tuple(feature for feature in FEATURES if feature not in _AT_A_GLANCE and feature != "total")


def _possible(feature: str) -> list[int]:
    """What the levels of `feature` are worth that two sales can show."""
    return [WEIGHTS[feature][level] for level in get_args(get_type_hints(FEATURES[feature])["return"])]


BEST = {feature: max(_possible(feature)) for feature in FEATURES}
"""Feature → the most it can be worth."""
LINES_AT_BEST = sum(BEST[feature] for feature in _IN_THE_LINES)
_LINES_AT_WORST = sum(min(_possible(feature)) for feature in _IN_THE_LINES)
_GLANCES = tuple((FEATURES[feature], WEIGHTS[feature], BEST[feature]) for feature in _AT_A_GLANCE)
_BEST_GLANCES = sum(BEST[feature] for feature in _AT_A_GLANCE)
_ASSURANCES = tuple((FEATURES[feature], WEIGHTS[feature], min(_possible(feature))) for feature in _AT_A_GLANCE)
_WORST_GLANCES = sum(worst for _, _, worst in _ASSURANCES)
# The words of the lines come last: they take longest to compare.
_READINGS = tuple(
    (FEATURES[feature], WEIGHTS[feature], BEST[feature])
    for feature in ("total", *sorted(_IN_THE_LINES, key=lambda feature: feature == "lines"))
)
_BEST_READINGS = sum(best for _, _, best in _READINGS)
_TOTAL, _PART = WEIGHTS["total"], WEIGHTS["total"]["part of it"]


def worth(crm: Sale, qbo: Sale, context: SalesContext, *, least: int) -> int | None:
    """The points of a pair, the same as those of its levels; None when they come to less than `least`."""
    total = _TOTAL[total_as_written(crm, qbo, context)]
    glance = _at_a_glance(crm, qbo, context, least - max(total, _PART) - LINES_AT_BEST)
    if glance is None:
        return None
    most = glance + _BEST_READINGS
    for level, weights, best in _READINGS:
        most += weights[level(crm, qbo, context)] - best
        if most < least:
            return None
    return most


def untold(crm: Sale, qbo: Sale) -> int:
    """What a CRM invoice may be worth more to one booked on a job, because the CRM leaves its job out."""
    return WEIGHTS["job"]["same"] if qbo.job and not crm.job else 0


def is_surely_worth(least: int, crm: Sale, qbo: Sale, context: SalesContext) -> bool:
    """True when a pair of equal totals is worth `least` whatever its lines, and all not looked at by then, may say."""
    sure = _TOTAL["same"] + _LINES_AT_WORST + _WORST_GLANCES
    for level, weights, worst in _ASSURANCES:
        sure += weights[level(crm, qbo, context)] - worst
        if sure >= least:
            return True
    return False


def _at_a_glance(crm: Sale, qbo: Sale, context: SalesContext, least: int) -> int | None:
    """What shows without the lines, or None as soon as it cannot come to `least` any more."""
    most = _BEST_GLANCES
    for level, weights, best in _GLANCES:
        most += weights[level(crm, qbo, context)] - best
        if most < least:
            return None
    return most
