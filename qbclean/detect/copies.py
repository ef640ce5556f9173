"""Which QuickBooks invoices are further copies of one sale, and which copy survives (S04).

A copy is an invoice the one-to-one pairing left over that still looks like a CRM invoice which already has its twin:
every CRM record is taken, so there is no second sale for it to be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from qbclean.match.pairing import MatchSet
from qbclean.match.sales import Sale, compare_sales, date_level, explain
from qbclean.match.twins import Twins, created_level, find_twins
from qbclean.match.weights import Levels, as_evidence, points
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmInvoice, CrmRecords
from qbclean.model.documents import Invoice
from qbclean.model.evidence import Evidence
from qbclean.model.finding import RootCause
from qbclean.model.refs import DocumentRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """A copy that is one too many, with what says so. `cause` is how it probably came about."""

    invoice: Invoice
    evidence: tuple[Evidence, ...]
    confidence: int
    cause: RootCause
    near_rivals: int
    """Other CRM invoices it resembles as much: monthly services and equal draws have them, true copies rarely."""
    may_be: str
    """A CRM invoice of the same party and total without any twin, which the copy might be instead; "" for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySet:
    """All live copies of one sale. `crm_id` is "" without a CRM. `why` says what made the survivor survive."""

    crm_id: str
    survivor: Invoice
    why: str
    extras: tuple[Extra, ...]
    with_money: tuple[Invoice, ...]
    """Copies on which a payment or credit sits."""


def copy_sets(books: ReceivablesSnapshot, crm: CrmRecords, matches: MatchSet) -> Mapping[str, CopySet]:
    """CRM invoice id → its copies, for every CRM invoice with more than one live copy.

    Without CRM invoices: copies by QuickBooks' own evidence, each set under a key of its own.
    """
    if not crm.invoices:
        found = find_twins(
            matches.invoices.sales_qbo.values(),
            matches.invoices.context,
            settled=lambda qbo_id: books.invoices[qbo_id].balance == 0,
        )
        return {f"twins of {twins.ids[0]}": _twin_set(books, matches, twins) for twins in found}
    bundled = {qbo_id for bundle in matches.bundles for qbo_id in bundle.qbo_ids}
    claimed: dict[str, list[str]] = defaultdict(list)
    rivals: dict[str, int] = {}
    looks_like: dict[str, dict[str, int]] = defaultdict(dict)
    for crm_id, row in matches.invoices.scores.items():
        for qbo_id, value in row.items():
            looks_like[qbo_id][crm_id] = value
    for qbo_id in matches.invoices.spare_qbo:
        if qbo_id in bundled or books.invoices[qbo_id].is_voided:
            continue
        resembles = {
            crm_id: value + _created_points(matches, crm_id, qbo_id)
            for crm_id, value in looks_like.get(qbo_id, {}).items()
            if crm_id in matches.invoices.pairs and crm.invoices_by_id[crm_id].is_final
        }
        if not resembles:
            continue
        best = max(resembles, key=lambda key: (resembles[key], key))
        claimed[best].append(qbo_id)
        rivals[qbo_id] = sum(1 for key, value in resembles.items() if key != best and value >= resembles[best] - 3)
    spare: dict[tuple[str, int], list[Sale]] = defaultdict(list)
    for crm_id in matches.invoices.spare_crm:
        sale = matches.invoices.sales_crm[crm_id]
        if sale.status not in ("void", "draft"):
            spare[sale.group, sale.total].append(sale)
    return {
        crm_id: _copy_set(books, crm.invoices_by_id[crm_id], matches, extras, rivals, spare)
        for crm_id, extras in sorted(claimed.items())
        if not books.invoices[matches.invoices.pairs[crm_id]].is_voided
    }


def _twin_set(books: ReceivablesSnapshot, matches: MatchSet, twins: Twins) -> CopySet:
    sales = matches.invoices.sales_qbo
    copies = [books.invoices[qbo_id] for qbo_id in twins.ids]
    ranks = {invoice.id: _rank(books, matches, None, invoice) for invoice in copies}
    survivor = min(copies, key=lambda invoice: ranks[invoice.id])
    extras = []
    for invoice in copies:
        if invoice.id != survivor.id:
            levels = twins.levels.get(invoice.id) or twins.levels[survivor.id]
            words = explain(sales[survivor.id], sales[invoice.id], levels, left="QuickBooks")
            extras.append(
                Extra(
                    invoice=invoice,
                    evidence=as_evidence(levels, words),
                    confidence=points(levels),
                    cause=_cause(levels),
                    near_rivals=0,
                    may_be="",
                )
            )
    return CopySet(
        crm_id="",
        survivor=survivor,
        why=_why(ranks[survivor.id], min(ranks[extra.invoice.id] for extra in extras)),
        extras=tuple(extras),
        with_money=tuple(invoice for invoice in copies if has_money(books, invoice)),
    )


def _copy_set(
    books: ReceivablesSnapshot,
    record: CrmInvoice,
    matches: MatchSet,
    extras: Iterable[str],
    rivals: Mapping[str, int],
    spare: Mapping[tuple[str, int], list[Sale]],
) -> CopySet:
    sale = matches.invoices.sales_crm[record.crm_id]
    pair = matches.invoices.pairs[record.crm_id]
    copies = [books.invoices[qbo_id] for qbo_id in (pair, *extras)]
    ranks = {invoice.id: _rank(books, matches, sale, invoice) for invoice in copies}
    survivor = min(copies, key=lambda invoice: ranks[invoice.id])
    others = [invoice for invoice in copies if invoice.id != survivor.id]
    runner_up = min((ranks[invoice.id] for invoice in others), default=ranks[survivor.id])
    return CopySet(
        crm_id=record.crm_id,
        survivor=survivor,
        why=_why(ranks[survivor.id], runner_up),
        extras=tuple(
            replace(
                _extra(matches, sale, invoice, survivor, rivals.get(invoice.id, 0)),
                may_be=_may_be(spare, matches.invoices.sales_qbo[invoice.id]),
            )
            for invoice in others
        ),
        with_money=tuple(invoice for invoice in copies if has_money(books, invoice)),
    )


def has_money(books: ReceivablesSnapshot, invoice: Invoice) -> bool:
    """True when any payment or credit sits on the invoice."""
    return bool(books.payments_of.get(invoice.ref)) or invoice.balance != invoice.total_amt


_RANKS = (
    "its payment is deposited or reconciled",
    "it has a payment or credit",
    "it is the one linked to the CRM",
    "its total and lines are the CRM's",
    "it was sent to the customer",
    "it was entered first",
)


def _rank(books: ReceivablesSnapshot, matches: MatchSet, sale: Sale | None, invoice: Invoice) -> tuple[object, ...]:
    """S04 as a sort key: the smallest survives. Without a CRM invoice the criteria about it are silent."""
    payments = books.payments_of.get(invoice.ref, ())
    chained = any(payment.is_deposited or payment.ref in books.reconciled for payment in payments)
    linked = agrees = False
    if sale is not None:
        levels = compare_sales(sale, matches.invoices.sales_qbo[invoice.id], matches.invoices.context)
        linked = levels["number"] == "same" or levels["CRM id"] == "same"
        agrees = levels["total"] == "same" and levels["lines"] in ("same amounts", "unknown")
    return (
        not chained,
        not has_money(books, invoice),
        not linked,
        not agrees,
        invoice.email_status != "EmailSent",
        (invoice.meta_data.create_time, invoice.id.zfill(20)),
    )


def _why(winner: tuple[object, ...], runner_up: tuple[object, ...]) -> str:
    for reason, one, two in zip(_RANKS, winner, runner_up, strict=True):
        if one != two:
            return reason
    return _RANKS[-1]


def _extra(matches: MatchSet, sale: Sale, invoice: Invoice, survivor: Invoice, rivals: int) -> Extra:
    other = matches.invoices.sales_qbo[invoice.id]
    levels = dict(compare_sales(sale, other, matches.invoices.context))
    created = created_level(other, matches.invoices.sales_qbo[survivor.id])
    words = explain(sale, other, levels) | {"created": f"entered {created} in QuickBooks"}
    levels["created"] = created
    return Extra(
        invoice=invoice,
        evidence=as_evidence(levels, words),
        confidence=points(levels),
        cause=_cause(levels),
        near_rivals=rivals,
        may_be="",
    )


def _may_be(spare: Mapping[tuple[str, int], list[Sale]], copy: Sale) -> str:
    for sale in spare.get((copy.group, copy.total), ()):
        if date_level(sale.day, copy.day) not in ("far", "within 90 days"):
            return sale.number_text or sale.id
    return ""


def _cause(levels: Levels) -> RootCause:
    return "double_sync" if levels["created"] in ("seconds apart", "same hour") else "manual_reentry"


def _created_points(matches: MatchSet, crm_id: str, qbo_id: str) -> int:
    sales = matches.invoices.sales_qbo
    return points({"created": created_level(sales[qbo_id], sales[matches.invoices.pairs[crm_id]])})


def payment_refs(books: ReceivablesSnapshot, invoice: Invoice) -> frozenset[DocumentRef]:
    """The payments that sit on an invoice."""
    return frozenset(payment.ref for payment in books.payments_of.get(invoice.ref, ()))
