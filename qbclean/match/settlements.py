"""What settles invoices, payments and credits of either side, reduced to what is compared.

Most are told by party, amount and day; what else a record says is read when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache, partial
from types import MappingProxyType

import msgspec

from qbclean.match.customers import CustomerMap
from qbclean.match.date_levels import date_level
from qbclean.match.normalize import number_key, plain
from qbclean.match.party_records import crm_party
from qbclean.match.weights import Levels
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmCredit, CrmPayment, CrmRecords
from qbclean.model.documents import CreditMemo, Payment

_method = lru_cache(maxsize=256)(plain)
CLOSE = 4
"""By so little a pair must not be better than another reading of it, to be taken without a look."""
FEATURES = ("amount", "date", "reference", "method", "pays the same", "CRM id")
"""All that is compared of two payments, or of two credits."""


class Particulars(msgspec.Struct, frozen=True, gc=False):
    """`reference` and `method` in one spelling, "" for none; `pays` are QuickBooks invoice ids."""

    reference: str
    method: str
    pays: tuple[str, ...]


class Settlement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One payment or credit of either side; `day` is an ordinal, `qbo_id` "" where the CRM stores none."""

    id: str
    group: str
    amount: Decimal
    day: int
    qbo_id: str
    read: Callable[[], Particulars]
    _particulars: Particulars | None = None

    @property
    def particulars(self) -> Particulars:
        """What else it says, read when somebody first asks."""
        found = self._particulars
        if found is None:
            found = self.read()
            msgspec.structs.force_setattr(self, "_particulars", found)
        return found


def crm_payment(payment: CrmPayment, crm: CrmRecords, customers: CustomerMap, pairs: Mapping[str, str]) -> Settlement:
    """A CRM payment; `pairs`: CRM invoice → QuickBooks invoice."""
    return Settlement(
        id=payment.crm_id,
        group=crm_group(payment.customer_id, (line.invoice_id for line in payment.applied), crm, customers),
        amount=payment.amount,
        day=payment.date.toordinal(),
        qbo_id=payment.qbo_id or "",
        read=partial(_of_crm_payment, payment, pairs),
    )


def _of_crm_payment(payment: CrmPayment, pairs: Mapping[str, str]) -> Particulars:
    pays = tuple([_booked(line.invoice_id, pairs) for line in payment.applied])
    return Particulars(reference_key(payment.reference), _method(payment.method or ""), pays)


def qbo_payment(
    payment: Payment,
    books: ReceivablesSnapshot,
    customers: CustomerMap,
    copies: Mapping[str, str] = MappingProxyType({}),
) -> Settlement:
    """A QuickBooks payment; `copies`: what looks like a copy, or is a further part → the invoice it counts as."""
    return Settlement(
        id=payment.id,
        group=customers.group_of_qbo.get(payment.customer_id, ""),
        amount=payment.total_amt,
        day=payment.txn_date.toordinal(),
        qbo_id=payment.id,
        read=partial(_of_payment, payment, books, copies),
    )


def _of_payment(payment: Payment, books: ReceivablesSnapshot, copies: Mapping[str, str]) -> Particulars:
    method = books.payment_methods.get(payment.payment_method_ref.value) if payment.payment_method_ref else None
    paid = payment.invoice_ids
    copied = [copies[invoice_id] for invoice_id in paid if invoice_id in copies]
    return Particulars(reference_key(payment.payment_ref_num), _method(method.name) if method else "", (*paid, *copied))


def crm_credit(credit: CrmCredit, crm: CrmRecords, customers: CustomerMap, pairs: Mapping[str, str]) -> Settlement:
    """A CRM credit; `pairs`: CRM invoice → QuickBooks invoice."""
    against = (credit.invoice_id,) if credit.invoice_id else ()
    return Settlement(
        id=credit.crm_id,
        group=crm_group(credit.customer_id, against, crm, customers),
        amount=credit.amount,
        day=credit.date.toordinal(),
        qbo_id=credit.qbo_id or "",
        read=lambda: Particulars(
            reference_key(credit.number), "", tuple(_booked(invoice_id, pairs) for invoice_id in against)
        ),
    )


def credit_memo(
    memo: CreditMemo, books: ReceivablesSnapshot, customers: CustomerMap, parts: Mapping[str, str]
) -> Settlement:
    """A QuickBooks credit memo; what it pays is told by the zero payments that use it up.

    `parts`: a further part of an invoice → the invoice it counts as.
    """
    return Settlement(
        id=memo.id,
        group=customers.group_of_qbo.get(memo.customer_id, ""),
        amount=memo.total_amt,
        day=memo.txn_date.toordinal(),
        qbo_id=memo.id,
        read=lambda: Particulars(
            reference_key(memo.doc_number),
            "",
            tuple(
                parts.get(invoice_id, invoice_id)
                for payment in books.payments_of.get(memo.ref, ())
                for invoice_id in payment.invoice_ids
            ),
        ),
    )


def _booked(crm_id: str, pairs: Mapping[str, str]) -> str:
    """The QuickBooks invoice that a CRM invoice is, or a name no such invoice has: money on another is other money."""
    return pairs.get(crm_id) or f"absent {crm_id}"


def crm_group(customer_id: str | None, invoice_ids: Iterable[str], crm: CrmRecords, customers: CustomerMap) -> str:
    """The customer group of a CRM payment or credit: its customer's, else that of the invoice it names; "" unknown."""
    if customer_id and customer_id in customers.group_of_crm:
        return customers.group_of_crm[customer_id]
    for invoice_id in invoice_ids:
        if invoice := crm.invoices_by_id.get(invoice_id):
            return customers.group_of_crm.get(crm_party(invoice.customer_id, invoice.customer_name), "")
    return ""


def reference_key(text: str | None) -> str:
    """A cheque number or transaction id in one spelling, "" for none."""
    key = number_key(text)
    return key.body if key else plain(text or "")


def compare_settlements(crm: Settlement, qbo: Settlement) -> Levels:
    """The level of each feature for one CRM payment or credit against one in QuickBooks."""
    return dict(zip(FEATURES, seen_of(crm, qbo), strict=True))


def seen_of(crm: Settlement, qbo: Settlement) -> tuple[str, ...]:
    """The levels of `FEATURES`, in their order."""
    ours, theirs = crm.particulars, qbo.particulars
    return (
        "same" if crm.amount == qbo.amount else "other",
        date_level(crm.day, qbo.day),
        _compared(ours.reference, theirs.reference),
        _compared(ours.method, theirs.method),
        _overlap(ours.pays, theirs.pays),
        "unknown" if not crm.qbo_id else "same" if crm.qbo_id == qbo.id else "other",
    )


def _compared(one: str, two: str) -> str:
    return "unknown" if not one or not two else "same" if one == two else "other"


def _overlap(one: tuple[str, ...], two: tuple[str, ...]) -> str:
    return "unknown" if not one or not two else "other" if set(one).isdisjoint(two) else "same"
