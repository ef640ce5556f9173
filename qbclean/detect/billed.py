"""How often the CRM bills a party one total, and whether each of those sales is accounted for in QuickBooks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from qbclean.detect.compared import Compared
from qbclean.match.date_levels import SOON
from qbclean.match.draws import Draws
from qbclean.match.invoices import InvoiceMatches
from qbclean.match.likeness import untold, worth
from qbclean.match.runs import Rhythm
from qbclean.match.sale_levels import is_named, tells_of_another
from qbclean.match.sales import Sale
from qbclean.match.weights import points

_CLOSE = 6
"""By so little the better of two readings must not be better, to be taken without a look."""


@dataclass(frozen=True, kw_only=True)
class Billed:
    """What `matches` tells about equal sales; `prices` are totals that the CRM bills several parties, in cents."""

    matches: InvoiceMatches
    compared: Compared
    prices: frozenset[int]

    def times(self, sale: Sale) -> int:
        """How many billed CRM invoices of the party come to the total of `sale`."""
        return len(self._equal.get((sale.group, sale.total), ()))

    def is_a_price(self, sale: Sale) -> bool:
        """True when the CRM bills other parties the total of `sale` too."""
        return sale.total in self.prices

    def rarity(self, sale: Sale, day: int) -> str:
        """The level of `rarity` for a further invoice of `day` (an ordinal) that looks like `sale`.

        Where every equal sale has a QuickBooks invoice known to be its own, one more is a copy of one of them; unless
        it falls into a gap of their rhythm, for then it may be a sale that the CRM has lost. Of the draws of a job none
        is lost when the CRM has "1 of 4" to "4 of 4".
        """
        if self.times(sale) <= 1:
            return "a price" if self.is_a_price(sale) else "billed once"
        equal = self._equal[sale.group, sale.total]
        if not self._is_accounted_for(sale.group, sale.total):
            return "billed again"
        in_a_gap = Rhythm.of(equal).recurs(min(abs(one.day - day) for one in equal))
        return "billed again" if in_a_gap and not Draws.of_all(equal).are_all else "each has its own"

    def _is_accounted_for(self, group: str, total: int) -> bool:
        """Whether each of the sales that the party is billed the total for has a twin known to be its own."""
        if (group, total) not in self._known:
            equal = self._equal[group, total]
            often = Counter(sale.day for sale in equal)
            self._known[group, total] = all(self._has_its_own(sale, alone=often[sale.day] == 1) for sale in equal)
        return self._known[group, total]

    def _has_its_own(self, sale: Sale, *, alone: bool) -> bool:
        """True when the twin of `sale` is named by number, id or memo, or is of its very day and no equal sale is (it
        is `alone`), and nothing in it tells of another sale."""
        pair = self.matches.pairs.get(sale.id)
        if pair is None:
            return False
        levels = self.compared.levels(sale.id, pair)
        agrees = levels["total"] == "same" and levels["date"] in SOON
        dated = alone and levels["date"] == "same day"
        return agrees and (dated or is_named(levels)) and not tells_of_another(levels)

    def is_contested(self, sale: Sale, twin: Sale) -> bool:
        """True when `twin`, the QuickBooks invoice of `sale`, looks about as much like an equal sale with a twin of its
        own: then it may be a copy of that one, and `sale` missing."""
        rivals = [
            other
            for other in self._equal.get((sale.group, sale.total), ())
            if other.id != sale.id and self.matches.pairs.get(other.id, twin.id) != twin.id
        ]
        if not rivals:
            return False
        least = points(self.compared.levels(sale.id, twin.id)) - _CLOSE
        return any(worth(other, twin, self.matches.context, least=least) is not None for other in rivals)

    def may_be_missing_instead(self, sale: Sale) -> str:
        """Id of an equal sale whose QuickBooks invoice looks no less like `sale`, which has none; "" for none."""
        for other in self._equal.get((sale.group, sale.total), ()):
            if (pair := self.matches.pairs.get(other.id)) and other.id != sale.id:
                twin = self.matches.sales_qbo[pair]
                least = points(self.compared.levels(other.id, pair)) - untold(sale, twin)
                if worth(sale, twin, self.matches.context, least=least) is not None:
                    return other.id
        return ""

    @cached_property
    def _known(self) -> dict[tuple[str, int], bool]:
        return {}

    @cached_property
    def _equal(self) -> Mapping[tuple[str, int], Sequence[Sale]]:
        """Customer group and total → the billed CRM invoices that come to it."""
        found: dict[tuple[str, int], list[Sale]] = defaultdict(list)
        for sale in self.matches.sales_crm.values():
            if sale.status not in ("void", "draft"):
                found[sale.group, sale.total].append(sale)
        return found
