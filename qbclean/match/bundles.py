"""One against many: a consolidated QuickBooks invoice for several CRM invoices, or a CRM invoice split in two or more.

Found by sum, among what the one-to-one pairing left over or paired at a different total. A bundle is only believed when
exactly one set of records adds up to the cent; several sets make it ambiguous, and then nothing is concluded. Records
that the whole itself tells of – named in its number or memo, or with their lines in it – are added up before the rest,
and only then is the bundle more than a sum that may be chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from qbclean.match.invoices import InvoiceMatches
from qbclean.match.sales import Sale
from qbclean.match.wholes import TOLD_WINDOW_DAYS, carries, itemises, names

_WINDOW_DAYS = 60
_MOST_PARTS = 5
_MOST_CANDIDATES = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """`crm_ids` together are `qbo_ids` together; on one side there is exactly one. What is paired comes first.

    Not `unique`: several sets add up, and the ids are those of all of them. `told`: the whole tells of each part, and
    nothing else of the same parts.
    """

    shape: Literal["consolidated", "split"]
    crm_ids: tuple[str, ...]
    qbo_ids: tuple[str, ...]
    unique: bool
    told: bool

    @property
    def sale(self) -> str:
        """The CRM invoice that stands for all of them."""
        return self.crm_ids[0]


def find_bundles(
    matches: InvoiceMatches,
    *,
    group_crm: Callable[[str], str],
    group_qbo: Callable[[str], str],
    billed: Callable[[str], bool],
) -> tuple[Bundle, ...]:
    """Bundles over all groups. `billed` tells which CRM invoices are final; groups are those of the customer map."""
    guessed = [crm_id for crm_id, _ in matches.uneven if crm_id in matches.weak]
    spare_crm = _by_group((matches.sales_crm[key] for key in (*matches.spare_crm, *guessed) if billed(key)), group_crm)
    spare_qbo = _by_group(_spare_live(matches, (matches.pairs[key] for key in guessed)), group_qbo)
    uneven = [
        (matches.sales_crm[crm_id], matches.sales_qbo[qbo_id])
        for crm_id, qbo_id in matches.uneven
        if billed(crm_id) and crm_id not in matches.weak and matches.sales_qbo[qbo_id].status == "live"
    ]
    found: list[Bundle] = []
    for crm, qbo in uneven:
        if qbo.total > crm.total:
            found += _consolidated((crm,), qbo, spare_crm.get(group_crm(crm.id), ()))
        else:
            found += _split(crm, (qbo,), spare_qbo.get(group_qbo(qbo.id), ()))
    for group, sales in sorted(spare_qbo.items()):
        for qbo in sales:
            found += _consolidated((), qbo, spare_crm.get(group, ()))
    for group, sales in sorted(spare_crm.items()):
        for crm in sales:
            found += _split(crm, (), spare_qbo.get(group, ()))
    return _without_overlaps(found)


def _spare_live(matches: InvoiceMatches, guessed: Iterable[str]) -> Iterator[Sale]:
    """Live QuickBooks invoices left over (or `guessed` a twin) that are not a further copy at the same total."""
    copies = {
        qbo_id
        for crm_id, row in matches.scores.items()
        for qbo_id in row
        if matches.sales_crm[crm_id].total == matches.sales_qbo[qbo_id].total
    }
    for qbo_id in (*matches.spare_qbo, *guessed):
        sale = matches.sales_qbo[qbo_id]
        if sale.status == "live" and sale.total > 0 and qbo_id not in copies:
            yield sale


def _by_group(sales: Iterator[Sale] | Sequence[Sale], group: Callable[[str], str]) -> Mapping[str, Sequence[Sale]]:
    groups: dict[str, list[Sale]] = defaultdict(list)
    for sale in sales:
        groups[group(sale.id)].append(sale)
    return groups


def _consolidated(base: tuple[Sale, ...], qbo: Sale, spare: Sequence[Sale]) -> Iterator[Bundle]:
    parts = _parts(qbo, base, spare)
    if parts:
        yield Bundle(
            shape="consolidated",
            crm_ids=tuple(dict.fromkeys(sale.id for chosen in (base, *parts) for sale in chosen)),
            qbo_ids=(qbo.id,),
            unique=len(parts) == 1,
            told=len(parts) == 1 and _tells_of_all(qbo, (*base, *parts[0])),
        )


def _split(crm: Sale, base: tuple[Sale, ...], spare: Sequence[Sale]) -> Iterator[Bundle]:
    parts = _parts(crm, base, spare)
    if parts:
        yield Bundle(
            shape="split",
            crm_ids=(crm.id,),
            qbo_ids=tuple(dict.fromkeys(sale.id for chosen in (base, *parts) for sale in chosen)),
            unique=len(parts) == 1,
            told=len(parts) == 1 and _tells_of_all(crm, (*base, *parts[0])),
        )


def _tells_of_all(whole: Sale, parts: Sequence[Sale]) -> bool:
    return all(names(whole, part) or carries(whole, part) for part in parts) or itemises(whole, parts)


def _parts(whole: Sale, base: tuple[Sale, ...], spare: Sequence[Sale]) -> Sequence[tuple[Sale, ...]]:
    """Sets of `spare` that make up `whole` together with `base`: one, two if it is ambiguous, or none."""
    wanted, least = whole.total - sum(sale.total for sale in base), 1 if base else 2
    near = _near(whole, spare, wanted, TOLD_WINDOW_DAYS)
    for tells_of in (names, carries):
        told = [sale for sale in near if tells_of(whole, sale)]
        if len(told) >= least and sum(sale.total for sale in told) == wanted:
            return [tuple(told)]
        among_told = _summing(wanted, told[:_MOST_CANDIDATES], least=least)
        if len(among_told) == 1:
            return among_told
    return _summing(wanted, _near(whole, spare, wanted, _WINDOW_DAYS)[:_MOST_CANDIDATES], least=least)


def _near(whole: Sale, spare: Sequence[Sale], wanted: int, days: int) -> list[Sale]:
    near = [sale for sale in spare if 0 < sale.total <= wanted and abs(sale.day - whole.day) <= days]
    return sorted(near, key=lambda sale: (abs(sale.day - whole.day), sale.id))


def _summing(wanted: int, near: Sequence[Sale], *, least: int) -> list[tuple[Sale, ...]]:
    """Up to two sets of `near` whose totals add up to `wanted`; two are enough to know it is ambiguous."""
    found: list[tuple[Sale, ...]] = []
    for size in range(least, min(_MOST_PARTS, len(near)) + 1):
        for chosen in combinations(near, size):
            if sum(sale.total for sale in chosen) == wanted:
                found.append(chosen)
                if len(found) == 2:
                    return found
    return found


def _without_overlaps(found: Sequence[Bundle]) -> tuple[Bundle, ...]:
    """Each record in one bundle at most: those that are told first, then earlier (better founded) ones.

    One that shares a record with another that is told just as well is only perhaps right.
    """
    used: dict[tuple[str, str], Bundle] = {}
    kept: dict[Bundle, bool] = {}
    for bundle in sorted(found, key=lambda bundle: not bundle.told):
        records = [*(("crm", key) for key in bundle.crm_ids), *(("qbo", key) for key in bundle.qbo_ids)]
        rivals = [used[record] for record in records if record in used]
        if not rivals:
            used |= dict.fromkeys(records, bundle)
            kept[bundle] = bundle.told
        elif bundle.told:
            kept |= dict.fromkeys(rivals, False)
    return tuple(replace(bundle, told=told) for bundle, told in kept.items())
