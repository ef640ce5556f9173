"""Customers whose balance differs between CRM and QuickBooks although no other finding says why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from qbclean.match.customers import CustomerMap
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.evidence import Evidence, EvidenceFile
from qbclean.model.finding import Finding
from qbclean.model.identity import finding_id
from qbclean.model.money import ZERO
from qbclean.model.reconciliation import BUCKETS, Bucket, ReconciledDocument
from qbclean.model.refs import CrmKind, CrmRef, DocumentKind, DocumentRef

_UNACCOUNTED: frozenset[Bucket] = frozenset(
    ("unexplained", "extra", "extra_payment", "extra_credit", "not_billed", "quickbooks_void", "written_off")
)
"""What no finding of its own exists for. All other differences are some detector's business."""
_KINDS: dict[str, DocumentKind] = {
    "invoice": "Invoice",
    "payment": "Payment",
    "credit": "CreditMemo",
    "journal_entry": "JournalEntry",
}
_CRM_KINDS: dict[str, CrmKind] = {"invoice": "invoice", "payment": "payment", "credit": "credit"}


def is_unaccounted(document: ReconciledDocument) -> bool:
    """Whether a document's open balance differs in a way that no finding of its own exists for."""
    return document.open_bucket in _UNACCOUNTED


def balance_mismatches(
    unaccounted: Iterable[ReconciledDocument],
    findings: Iterable[Finding],
    books: ReceivablesSnapshot,
    customers: CustomerMap,
) -> dict[str, Finding]:
    """One `customer_balance_mismatch` per party, in the order of the keys, for differences of kinds that no other
    finding is about, less the documents that another finding names, itself or by their counterpart.

    `amount` is the absolute difference of what is left; the evidence lists the documents with their buckets. All but
    the order is the same whether asked of a company or of a slice with its own findings.
    """
    named = {ref for finding in findings for ref in (*finding.documents, *finding.crm)}
    left: dict[str, list[ReconciledDocument]] = defaultdict(list)
    for document in unaccounted:
        if not named & _refs(document):
            left[document.party].append(document)
    groups = {group.key: group.qbo_ids for group in customers.groups}
    return {
        party: _finding(books, groups.get(party, ()), left[party], difference)
        for party in sorted(left)
        if party and (difference := _difference(left[party]))
    }


def _difference(documents: Iterable[ReconciledDocument]) -> Decimal:
    """What QuickBooks has more open than the CRM."""
    return sum((item.open if item.side == "quickbooks" else -item.open for item in documents), ZERO)


def _refs(document: ReconciledDocument) -> set[DocumentRef | CrmRef]:
    """The document and its counterparts."""
    ours: set[DocumentRef | CrmRef] = {_ref(document)}
    for other in document.counterparts:
        if document.side == "crm":
            ours.add(DocumentRef(_KINDS[document.sort], other))
        elif document.sort in _CRM_KINDS:
            ours.add(CrmRef(_CRM_KINDS[document.sort], other))
    return ours


def _ref(document: ReconciledDocument) -> DocumentRef | CrmRef:
    if document.side == "quickbooks":
        return DocumentRef(_KINDS[document.sort], document.id)
    return CrmRef(_CRM_KINDS[document.sort], document.id)


def _finding(
    books: ReceivablesSnapshot, customer_ids: Sequence[str], documents: Sequence[ReconciledDocument], off: Decimal
) -> Finding:
    ordered = sorted(documents, key=lambda item: (item.side, item.sort, item.id))
    quickbooks = tuple(ref for item in ordered if isinstance(ref := _ref(item), DocumentRef))
    crm = tuple(ref for item in ordered if isinstance(ref := _ref(item), CrmRef))
    customer_id = next(iter(customer_ids), "")
    name = books.customer_name(customer_id) if customer_id else "A customer of the CRM"
    return Finding(
        id=finding_id("customer_balance_mismatch", (*quickbooks, *crm)),
        kind="customer_balance_mismatch",
        summary=f"{name} owes {abs(off)} {'more' if off > 0 else 'less'} in QuickBooks than in the CRM, "
        "and no other finding says why",
        documents=quickbooks,
        crm=crm,
        customer_id=customer_id,
        customer=name if customer_id else "",
        amount=abs(off),
        evidence=EvidenceFile.of(
            tuple(
                Evidence(feature=str(_ref(item)), points=0, words=f"{_ref(item)}: {item.open}, {_why(item)}")
                for item in ordered
            )
        ),
        prevention="Compare customer balances every month, before the difference has many causes.",
        no_action="compare the customer's statement with the CRM and with the bank",
    )


def _why(document: ReconciledDocument) -> str:
    return BUCKETS[document.open_bucket][1] if document.open_bucket else ""
