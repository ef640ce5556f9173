"""Which sale the money on a QuickBooks invoice was meant for: what tells whose copy the invoice is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from qbclean.detect.survivor import payment_refs
from qbclean.match.pairing import MatchSet
from qbclean.match.settlements import reference_key
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmPayment, CrmRecords
from qbclean.model.documents import Payment

_AGAIN_DAYS = 10
"""Days between a payment and its second booking."""
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Remittance:
    """Asked invoice by invoice, because only copies and their sales are ever asked for."""

    books: ReceivablesSnapshot
    crm: CrmRecords
    matches: MatchSet

    def level(self, qbo_id: str, crm_id: str) -> str:
        """What the money on the QuickBooks invoice says about its being that sale."""
        certain, likely = self._meant_for(qbo_id)
        if certain:
            return "for this sale" if crm_id in certain else "for another sale"
        return "like this sale's" if crm_id in likely else "silent"

    def _meant_for(self, qbo_id: str) -> tuple[frozenset[str], frozenset[str]]:
        """CRM invoices that the money on a QuickBooks invoice pays in the CRM, known by reference or stored id; and
        those whose payment, of the same amount and days apart, it may be again."""
        if qbo_id not in self._known_of:
            certain, likely = _NONE, _NONE
            for ref in payment_refs(self.books, self.books.invoices[qbo_id]):
                surely, perhaps = self._sales(self.books.payments[ref.id])
                certain, likely = certain | surely, likely | perhaps
            self._known_of[qbo_id] = certain, likely
        return self._known_of[qbo_id]

    def _sales(self, payment: Payment) -> tuple[frozenset[str], frozenset[str]]:
        record_id = self.matches.payments.pair_of.get(payment.id)
        if record_id:
            levels = self.matches.payments.levels[record_id]
            known = "same" in (levels["reference"], levels["CRM id"])
            return (_paid_by(self.crm.payments_by_id[record_id]) if known else _NONE), _NONE
        reference = reference_key(payment.payment_ref_num)
        certain, likely = _NONE, _NONE
        for first, sales in self._known_money.get(self._party(payment), ()):
            if abs((first.txn_date - payment.txn_date).days) <= _AGAIN_DAYS:
                if reference and reference_key(first.payment_ref_num) == reference:
                    certain |= sales
                elif first.total_amt == payment.total_amt:
                    likely |= sales
        return certain, likely

    @cached_property
    def _known_money(self) -> Mapping[str, Sequence[tuple[Payment, frozenset[str]]]]:
        """Party that has payments the CRM does not know → those it knows, with the sales they are for."""
        payments = self.matches.payments
        parties = {self._party(self.books.payments[qbo_id]) for qbo_id in payments.spare_qbo}
        found: dict[str, list[tuple[Payment, frozenset[str]]]] = defaultdict(list)
        for crm_id, qbo_id in payments.pairs.items():
            payment = self.books.payments[qbo_id]
            if (party := self._party(payment)) in parties:
                found[party].append((payment, _paid_by(self.crm.payments_by_id[crm_id])))
        return found

    @cached_property
    def _known_of(self) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        return {}

    def _party(self, payment: Payment) -> str:
        return self.matches.customers.group_of_qbo.get(payment.customer_id, "")


def _paid_by(record: CrmPayment) -> frozenset[str]:
    return frozenset(line.invoice_id for line in record.applied)
