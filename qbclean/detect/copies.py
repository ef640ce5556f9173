"""Which QuickBooks invoices are further copies of one sale, and which copy survives (S04).

A copy is an invoice the one-to-one pairing left over that still looks like a CRM invoice which already has its twin:
every CRM record is taken, so there is no second sale for it to be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from qbclean.detect.billed import Billed
from qbclean.detect.compared import Compared
from qbclean.detect.copies_alone import copies_alone
from qbclean.detect.copy_set import CopySet, Extra, cause_of
from qbclean.detect.remittance import Remittance
from qbclean.detect.survivor import has_money, survivor_of
from qbclean.match.date_levels import SOON, date_level
from qbclean.match.other_work import name_other_work
from qbclean.match.pairing import MatchSet
from qbclean.match.sale_levels import ROUNDED_OFF, same_money, tells_of_another
from qbclean.match.sale_words import explain
from qbclean.match.sales import Sale
from qbclean.match.twin_levels import created_level
from qbclean.match.weights import CLEAR, MATCH, WEIGHTS, Levels, as_evidence, points
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.documents import Invoice

_MARGIN = 3
_NO_CLOSER = 4
"""How many times as far as another equal sale is entered in the same go makes two entries close."""
_TELLING = ("number", "CRM id", "memo", "tax", "lines", "particulars", "created", "remittance")
_TELLS = 4
"""Points from which one of these features tells a copy; words that have some in common do not."""
_FURTHEST_APART = 46
"""Days between two copies of one sale; a number drawn twice by chance bridges more."""


def copy_sets(
    books: ReceivablesSnapshot, crm: CrmRecords, matches: MatchSet, compared: Compared, billed: Billed
) -> Mapping[str, CopySet]:
    """CRM invoice id → its copies, for every CRM invoice with more than one live copy.

    Without CRM invoices: copies by QuickBooks' own evidence, each set under a key of its own.
    """
    if not crm.tells("invoice"):
        return copies_alone(books, matches, compared)
    search = _Search(books=books, crm=crm, matches=matches, compared=compared, billed=billed)
    return {crm_id: search.copies(crm_id, spares) for crm_id, spares in sorted(search.claimed.items())}


@dataclass(frozen=True, kw_only=True)
class _Search:
    books: ReceivablesSnapshot
    crm: CrmRecords
    matches: MatchSet
    compared: Compared
    billed: Billed

    @cached_property
    def _left_over(self) -> frozenset[str]:
        """Live QuickBooks invoices that are no CRM invoice's twin nor part of one."""
        bundled = {qbo_id for bundle in self.matches.bundles for qbo_id in bundle.qbo_ids}
        sales = self.matches.invoices.sales_qbo
        spare = (key for key in self.matches.invoices.spare_qbo if sales[key].status == "live")
        return frozenset(spare) - bundled

    @cached_property
    def _likeness(self) -> Mapping[str, Mapping[str, int]]:
        """Left-over live QuickBooks invoice → billed CRM invoice with a live twin → points of being a copy of it."""
        spare = self._left_over
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for crm_id, row in self.matches.invoices.scores.items():
            pair = self.matches.invoices.pairs.get(crm_id)
            if pair is None or not self.crm.invoices_by_id[crm_id].is_final or self.books.invoices[pair].is_voided:
                continue
            sale, twin = self.matches.invoices.sales_crm[crm_id], self.books.invoices[pair]
            for qbo_id in spare.intersection(row):  # `&` with a view would walk through all that is left over
                copy = self.matches.invoices.sales_qbo[qbo_id]
                # A number drawn again months later is the number of another sale.
                months_off = abs(copy.day - sale.day) > _FURTHEST_APART < _days_apart(self.books.invoices[qbo_id], twin)
                if months_off or not same_money(sale, copy):
                    continue
                beside = {"created": self._created(qbo_id, pair), "remittance": self._remittance.level(qbo_id, crm_id)}
                found[qbo_id][crm_id] = row[qbo_id] + points(beside)
        alone = spare - found.keys()
        sold = self._sold({self.matches.invoices.sales_qbo[qbo_id].group for qbo_id in alone})
        for qbo_id in alone:
            if row := self._belated(qbo_id, sold):
                found[qbo_id] = row
        return found

    def _belated(self, qbo_id: str, sold: Mapping[tuple[str, int], Sequence[Sale]]) -> dict[str, int]:
        """What a left-over is a copy of that lies too far from every sale to have been compared as its twin.

        An amount that its customer is billed once tells of that sale weeks later too, a cent off or rounded; so does
        its payment.
        """
        copy, invoice = self.matches.invoices.sales_qbo[qbo_id], self.books.invoices[qbo_id]
        row: dict[str, int] = {}
        for dollars in range((copy.total - ROUNDED_OFF) // 100, (copy.total + ROUNDED_OFF) // 100 + 1):
            for sale in sold.get((copy.group, dollars), ()):
                twin = self.books.invoices[self.matches.invoices.pairs[sale.id]]
                near = _days_apart(invoice, twin) <= _FURTHEST_APART and abs(sale.total - copy.total) <= ROUNDED_OFF
                if near and (worth := points(self._levels(sale, invoice, twin, invoice))) >= MATCH:
                    row[sale.id] = worth
        return row

    def _sold(self, groups: Collection[str]) -> Mapping[tuple[str, int], Sequence[Sale]]:
        """Customer group of `groups` and whole dollars → final CRM invoices with a live twin."""
        found: dict[tuple[str, int], list[Sale]] = defaultdict(list)
        for crm_id, pair in self.matches.invoices.pairs.items():
            sale = self.matches.invoices.sales_crm[crm_id]
            final = sale.group in groups and self.crm.invoices_by_id[crm_id].is_final
            if final and not self.books.invoices[pair].is_voided:
                found[sale.group, sale.total // 100].append(sale)
        return found

    @cached_property
    def _remittance(self) -> Remittance:
        return Remittance(books=self.books, crm=self.crm, matches=self.matches)

    @cached_property
    def claimed(self) -> Mapping[str, list[str]]:
        """CRM invoice → the left-overs that look most like it."""
        claims: dict[str, list[str]] = defaultdict(list)
        for qbo_id in sorted(self._likeness, key=lambda key: key.zfill(20)):
            row = self._likeness[qbo_id]
            claims[max(row, key=lambda key: (row[key], key))].append(qbo_id)
        return claims

    @cached_property
    def _without_twin(self) -> Mapping[tuple[str, int], Sequence[Sale]]:
        """CRM invoices that have no twin; a void or a draft may be alive in QuickBooks."""
        matched = self.matches.invoices
        return _by_money(matched.sales_crm[crm_id] for crm_id in matched.spare_crm)

    @cached_property
    def _twins(self) -> Mapping[tuple[str, int], Sequence[Sale]]:
        """QuickBooks invoices that are CRM invoices' twins."""
        matched = self.matches.invoices
        return _by_money(matched.sales_qbo[qbo_id] for qbo_id in matched.pair_of)

    def copies(self, crm_id: str, spares: Sequence[str]) -> CopySet:
        """The copies of one CRM invoice: its twin and the left-overs that claim to be the same sale."""
        sale = self.matches.invoices.sales_crm[crm_id]
        pair = self.matches.invoices.pairs[crm_id]
        invoices = [self.books.invoices[qbo_id] for qbo_id in (pair, *spares)]
        survivor, why = survivor_of(self.books, self.compared, sale, invoices)
        if survivor.id != pair and not has_money(self.books, survivor) and self._rivals(sale, survivor):
            survivor, why = invoices[0], "the other may as well be a copy of another sale"
        # Where the CRM's own twin is the one that goes, the claim rests on the likeness of the left-over that stays.
        extras = [
            self._extra(sale, invoice, survivor, survivor if invoice.id == pair else invoice)
            for invoice in invoices
            if invoice.id != survivor.id
        ]
        return CopySet.of(self.books, survivor, why, extras, crm_id=crm_id)

    def _rivals(self, sale: Sale, copy: Invoice) -> int:
        """How many other sales the left-over resembles as much."""
        row = self._likeness[copy.id]
        return sum(1 for key, value in row.items() if key != sale.id and value >= row[sale.id] - _MARGIN)

    def _extra(self, sale: Sale, invoice: Invoice, survivor: Invoice, claimed: Invoice) -> Extra:
        other = self.matches.invoices.sales_qbo[claimed.id]
        levels = self._levels(sale, invoice, survivor, claimed)
        words = explain(sale, other, levels) | {"created": f"entered {levels['created']} in QuickBooks"}
        another = levels["number"] == "next draw" and levels["created"] == "apart"
        money = {self._remittance.level(copy.id, sale.id) for copy in (invoice, survivor)}
        far = _days_apart(invoice, survivor) > _FURTHEST_APART
        stays = survivor.id == self.matches.invoices.pairs[sale.id]
        in_doubt = claimed is invoice and stays and self._twin_in_doubt(sale, other)
        contradicted = another or tells_of_another(levels) or far or "for another sale" in money or in_doubt
        return Extra(
            invoice=invoice,
            evidence=as_evidence(levels, words),
            confidence=points(levels),
            cause=cause_of(levels["created"]),
            near_rivals=self._rivals(sale, claimed) + (invoice is not claimed and self._may_be_anothers(sale, invoice)),
            contradicted=contradicted,
            common_ground=self._is_common_ground(sale, other, levels),
            twin_in_doubt=in_doubt,
            may_be="" if levels["number"] == "same" and not contradicted else self._may_be(other, points(levels)),
            is_none_of_the_crms=claimed is invoice and levels["rarity"] == "each has its own",
        )

    def _may_be_anothers(self, sale: Sale, twin: Invoice) -> bool:
        """True when the CRM's own twin, which is to go, looks about as much like an equal sale."""
        return self.billed.is_contested(sale, self.matches.invoices.sales_qbo[twin.id])

    def _is_common_ground(self, sale: Sale, copy: Sale, levels: Levels) -> bool:
        """Whether a sale entered in QuickBooks alone would look the same: at a price of many, or for other work."""
        if any(WEIGHTS[feature][levels[feature]] >= _TELLS for feature in _TELLING):
            return False
        return self.billed.is_a_price(sale) or name_other_work(sale, copy)

    def _twin_in_doubt(self, sale: Sale, left_over: Sale) -> bool:
        """True when the twin that the number gave `sale` is dated weeks off, and `left_over` is not."""
        levels = self.compared.levels(sale.id, self.matches.invoices.pairs[sale.id])
        return levels["date"] not in SOON and date_level(sale.day, left_over.day) in SOON

    def _levels(self, sale: Sale, invoice: Invoice, survivor: Invoice, claimed: Invoice) -> Levels:
        """What tells a copy from a sale of its own, once the CRM's invoice has its twin."""
        other = self.matches.invoices.sales_qbo[claimed.id]
        seen = self.compared.levels(sale.id, other.id)
        balances = (invoice.balance, survivor.balance)
        return {
            **seen,
            # A number the CRM never gave tells that the invoice was not made by its sync, not that the sale is another;
            # but one of the same series beside the sale's own is the number of another draw or change order.
            "number": "not the CRM's" if seen["number"] == "other" else _beside(sale, other) or seen["number"],
            "date": _nearer(seen["date"], invoice, survivor),
            "created": self._created(invoice.id, survivor.id),
            "remittance": self._remittance.level(claimed.id, sale.id),
            "rarity": self.billed.rarity(sale, invoice.txn_date.toordinal()),
            "paid": "neither" if all(balances) else "one of them" if any(balances) else "both",
        }

    def _may_be(self, copy: Sale, worth: int) -> str:
        """A CRM invoice without a twin that `copy` is not clearly less than it is a copy, which is worth so much."""
        for sale in self._without_twin.get((copy.group, copy.total), ()):
            seen = self.compared.levels(sale.id, copy.id)
            near = seen["date"] in SOON if sale.status in ("void", "draft") else seen["date"] != "far"
            # That a sale is void in the CRM speaks against its twin, not against its having been booked.
            likeness = points(seen) - WEIGHTS["state"][seen["state"]]
            if near and seen["particulars"] != "other" and worth - likeness < CLEAR:
                return sale.id
        return ""

    def _created(self, one: str, two: str) -> str:
        """How far apart a copy and another were entered; nothing where equal sales were entered in one go, as by
        a sync, and the two hardly closer together than the others."""
        sales = self.matches.invoices.sales_qbo
        copy, apart = sales[one], abs(sales[one].created - sales[two].created)
        level = created_level(copy, sales[two])
        if level == "apart":
            return level
        equal = (other for other in self._twins.get((copy.group, copy.total), ()) if other.id not in (one, two))
        in_one_go = (other for other in equal if created_level(copy, other) != "apart")
        return "apart" if any(abs(copy.created - other.created) < _NO_CLOSER * apart for other in in_one_go) else level


def _by_money(sales: Iterable[Sale]) -> Mapping[tuple[str, int], Sequence[Sale]]:
    """Customer group and total → the sales at it."""
    found: dict[tuple[str, int], list[Sale]] = defaultdict(list)
    for sale in sales:
        found[sale.group, sale.total].append(sale)
    return found


def _days_apart(one: Invoice, two: Invoice) -> int:
    return abs((one.txn_date - two.txn_date).days)


def _nearer(level: str, copy: Invoice, survivor: Invoice) -> str:
    """A copy is dated like the CRM's invoice or like the one that QuickBooks has of it, whichever is nearer."""
    between = date_level(copy.txn_date.toordinal(), survivor.txn_date.toordinal())
    return max(level, between, key=WEIGHTS["date"].__getitem__)


def _beside(sale: Sale, copy: Sale) -> str:
    """ "next draw" for 1042-2 beside 1042-1; "" for all else, 1042-1-1 beside 1042-1 included."""
    one, two = sale.number, copy.number
    if one is None or two is None or one.base != two.base or not one.suffix or not two.suffix:
        return ""
    short, long = sorted((one.body, two.body), key=len)
    return "" if short == long or long.startswith(f"{short}-") else "next draw"
