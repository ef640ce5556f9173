"""What the detectors concluded, as far as the reconciliation has to know it to put documents into buckets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qbclean.match.pairing import MatchSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """`copies`: QuickBooks invoice that is one too many → the CRM invoice it repeats ("" where none is known).

    `survivors`: CRM invoice → the copy that stays. `paid_again`: QuickBooks payments probably entered twice.
    """

    copies: Mapping[str, str] = field(default_factory=dict)
    survivors: Mapping[str, str] = field(default_factory=dict)
    paid_again: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Who is whose counterpart, one-to-one, once it is decided which copy of an invoice stays.

    Each map leads from the CRM's id to QuickBooks' id or back. `bundle_crm` and `bundle_qbo` give the shape and the
    other side's ids where it is one against many.
    """

    invoice_of: Mapping[str, str]
    crm_invoice_of: Mapping[str, str]
    payment_of: Mapping[str, str]
    crm_payment_of: Mapping[str, str]
    credit_of: Mapping[str, str]
    crm_credit_of: Mapping[str, str]
    bundle_crm: Mapping[str, tuple[str, tuple[str, ...]]]
    bundle_qbo: Mapping[str, tuple[str, tuple[str, ...]]]

    @classmethod
    def of(cls, matches: MatchSet, verdicts: Verdicts) -> Pairs:
        invoices = {
            crm_id: qbo_id for crm_id, qbo_id in matches.invoices.pairs.items() if qbo_id not in verdicts.copies
        }
        invoices |= verdicts.survivors
        return cls(
            invoice_of=invoices,
            crm_invoice_of={qbo_id: crm_id for crm_id, qbo_id in invoices.items()},
            payment_of=matches.payments.pairs,
            crm_payment_of=matches.payments.pair_of,
            credit_of=matches.credits.pairs,
            crm_credit_of=matches.credits.pair_of,
            bundle_crm={key: (bundle.shape, bundle.qbo_ids) for bundle in matches.bundles for key in bundle.crm_ids},
            bundle_qbo={key: (bundle.shape, bundle.crm_ids) for bundle in matches.bundles for key in bundle.qbo_ids},
        )
