"""What of a document a decision relies on (S17), as one mapping: hashed to notice drift, compared to notice surprises.

Memos, e-mail flags, print status and LastUpdatedTime are left out: they may change between review and apply without
making the action wrong. Line ids are left out because QBO assigns them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from qbclean.model.documents import AnyDocument, Document, Invoice, Line, Payment, SalesDocument
from qbclean.model.money import rounded


def essentials(document: AnyDocument) -> Mapping[str, Any]:
    """Field → canonical text (or list of it). Amounts have two decimals, so `100`, `100.0` and `100.00` agree."""
    facts: dict[str, Any] = {
        "kind": document.kind,
        "txn_date": document.txn_date.isoformat(),
        "doc_number": document.doc_number or "",
        "total": _text(document.total_amt),
        "currency": document.currency_ref.value if document.currency_ref else "",
        "deposited": document.is_deposited,
    }
    if isinstance(document, SalesDocument):
        facts["customer"] = document.customer_id
        facts["balance"] = _text(document.balance)
        facts["tax"] = _text(document.total_tax)
        facts["links"] = _links(document)
        facts["lines"] = [] if document.is_voided else [_line(line) for line in document.item_lines]
    if isinstance(document, Invoice):
        facts["due_date"] = document.due_date.isoformat() if document.due_date else ""
    if isinstance(document, Payment):
        facts["customer"] = document.customer_id
        facts["unapplied"] = _text(document.unapplied_amt)
        facts["applied"] = sorted(f"{ref.kind} {ref.id} {_text(amount)}" for ref, amount in document.applications)
    if document.kind in ("Deposit", "JournalEntry"):
        facts["lines"] = [_line(line) for line in document.line]
    return facts


def content_hash(document: AnyDocument) -> str:
    """SHA-256 (hex) over `essentials`."""
    return hashlib.sha256(msgspec.json.encode(essentials(document), order="sorted")).hexdigest()


def differences(
    expected: AnyDocument, actual: AnyDocument, *, ignore: Collection[str] = ()
) -> tuple[tuple[str, str, str], ...]:
    """(field, expected, actual) wherever two versions of a document disagree, in field order."""
    wanted, found = essentials(expected), essentials(actual)
    return tuple(
        (field, str(wanted.get(field, "")), str(found.get(field, "")))
        for field in sorted(wanted.keys() | found.keys())
        if field not in ignore and wanted.get(field) != found.get(field)
    )


def _text(amount: Decimal) -> str:
    return str(rounded(amount))


def _links(document: Document) -> list[str]:
    return sorted({f"{link.txn_type} {link.txn_id}" for link in document.linked_txn})


def _line(line: Line) -> str:
    parts = [line.detail_type or "", _text(line.amount), line.description or ""]
    if sale := line.sales_item_line_detail:
        parts += [ref.value if ref else "" for ref in (sale.item_ref, sale.tax_code_ref, sale.class_ref)]
    if deposit := line.deposit_line_detail:
        parts += [ref.value if ref else "" for ref in (deposit.account_ref, deposit.entity)]
    if journal := line.journal_entry_line_detail:
        entity = journal.entity.entity_ref if journal.entity else None
        parts += [journal.posting_type, *(ref.value if ref else "" for ref in (journal.account_ref, entity))]
    parts += [f"{link.txn_type} {link.txn_id}" for link in line.linked_txn]
    return "|".join(parts)
