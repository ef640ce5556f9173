"""Which sale the money on a QuickBooks invoice was meant for: what tells whose copy the invoice is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from qbclean.detect.survivor import payment_refs
from qbclean.match.pairing import MatchSet
from qbclean.match.settlements import reference_key
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmPayment, CrmRecords
from qbclean.model.documents import Payment

_AGAIN_DAYS = 10
"""Days between a payment and its second booking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remittance:
    """QuickBooks invoice → CRM invoices. `certain`: its payments pay them in the CRM, known by reference or stored id.

    `likely`: it was paid by money the CRM does not know, days from a payment of them and of its amount.
    """

    certain: Mapping[str, frozenset[str]]
    likely: Mapping[str, frozenset[str]]

    def level(self, qbo_id: str, crm_id: str) -> str:
        """What the money on the invoice says about its being that sale."""
        if crm_id in self.certain.get(qbo_id, ()):
            return "for this sale"
        return "like this sale's" if crm_id in self.likely.get(qbo_id, ()) else "silent"


def remittance(books: ReceivablesSnapshot, crm: CrmRecords, matches: MatchSet, left_over: Iterable[str]) -> Remittance:
    """The sales that the money on the `left_over` invoices was meant for."""
    paid = [
        (qbo_id, books.payments[ref.id]) for qbo_id in left_over for ref in payment_refs(books, books.invoices[qbo_id])
    ]
    records = {payment.crm_id: payment for payment in crm.payments} if paid else {}
    known = _known(books, records, matches, {_party(payment, matches) for _, payment in paid})
    certain: dict[str, frozenset[str]] = defaultdict(frozenset)
    likely: dict[str, frozenset[str]] = defaultdict(frozenset)
    for qbo_id, payment in paid:
        party, reference = _party(payment, matches), reference_key(payment.payment_ref_num)
        if record := records.get(matches.payments.pair_of.get(payment.id, "")):
            levels = matches.payments.levels[record.crm_id]
            if "same" in (levels["reference"], levels["CRM id"]):
                certain[qbo_id] |= _sales(record)
            continue
        for first, sales in known.get(party, ()):
            if abs((first.txn_date - payment.txn_date).days) <= _AGAIN_DAYS:
                if reference and reference_key(first.payment_ref_num) == reference:
                    certain[qbo_id] |= sales
                elif first.total_amt == payment.total_amt:
                    likely[qbo_id] |= sales
    return Remittance(certain=certain, likely=likely)


def _known(
    books: ReceivablesSnapshot, records: Mapping[str, CrmPayment], matches: MatchSet, parties: Collection[str]
) -> Mapping[str, Sequence[tuple[Payment, frozenset[str]]]]:
    """Party → its payments that the CRM knows, with the sales they are for."""
    found: dict[str, list[tuple[Payment, frozenset[str]]]] = defaultdict(list)
    for crm_id, qbo_id in matches.payments.pairs.items():
        payment = books.payments[qbo_id]
        if (party := _party(payment, matches)) in parties:
            found[party].append((payment, _sales(records[crm_id])))
    return found


def _party(payment: Payment, matches: MatchSet) -> str:
    return matches.customers.group_of_qbo.get(payment.customer_id, "")


def _sales(record: CrmPayment) -> frozenset[str]:
    return frozenset(line.invoice_id for line in record.applied)
