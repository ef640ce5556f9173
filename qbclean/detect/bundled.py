"""CRM invoices and QuickBooks invoices that are one against many: what stands for what, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from qbclean.match.bundles import Bundle
from qbclean.match.invoices import InvoiceMatches


@dataclass(frozen=True, kw_only=True)
class Bundled:
    """The bundles of a company beside the one-to-one pairs of `matches`."""

    bundles: Sequence[Bundle]
    matches: InvoiceMatches

    @cached_property
    def crm_ids(self) -> frozenset[str]:
        """CRM invoices that are in QuickBooks as part of a consolidated invoice, or split."""
        return frozenset(crm_id for bundle in self.bundles if bundle.unique for crm_id in bundle.crm_ids)

    @cached_property
    def qbo_ids(self) -> frozenset[str]:
        """QuickBooks invoices that are a consolidated invoice or a part of a split one, be it perhaps."""
        return frozenset(qbo_id for bundle in self.bundles for qbo_id in bundle.qbo_ids)

    @cached_property
    def perhaps(self) -> Mapping[str, Bundle]:
        """CRM invoice → the bundle it may belong to, one of several readings."""
        return {
            crm_id: bundle for bundle in self.bundles if not self._is_relied_on(bundle) for crm_id in bundle.crm_ids
        }

    @cached_property
    def by_crm(self) -> Mapping[str, Bundle]:
        """CRM invoice → the bundle by which its money goes."""
        return {crm_id: bundle for bundle in self.bundles if self._is_relied_on(bundle) for crm_id in bundle.crm_ids}

    @cached_property
    def by_qbo(self) -> Mapping[str, Bundle]:
        """QuickBooks invoice → the bundle by which its money goes."""
        return {qbo_id: bundle for bundle in self.bundles if self._is_relied_on(bundle) for qbo_id in bundle.qbo_ids}

    def _is_relied_on(self, bundle: Bundle) -> bool:
        """Its sum alone does not outweigh a pair that one of its members has outside of it."""
        pairs, pair_of = self.matches.pairs, self.matches.pair_of
        within = all(pairs.get(crm_id, bundle.qbo_ids[0]) in bundle.qbo_ids for crm_id in bundle.crm_ids) and all(
            pair_of.get(qbo_id, bundle.sale) in bundle.crm_ids for qbo_id in bundle.qbo_ids
        )
        return bundle.unique and (bundle.told or within)
