"""What journal entries and transfers post: exactly the accounts they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from qbclean.sandbox.ledger.chart import Chart
from qbclean.sandbox.ledger.posting import Entry, Posting, document_entry
from qbclean.sandbox.ledger.wire_values import cents, detail, ref


def journal_entries(document: Mapping[str, Any], chart: Chart, today: date) -> Iterator[Entry]:
    """Yield the journal entry; what is missing to balance it, which no accepted one lacks, is uncategorized."""
    postings = [_journal_line(line) for line in document.get("Line") or () if line.get("Amount")]
    missing = -sum(posting.amount for posting in postings)
    if missing or not postings:
        postings.append(Posting(chart.uncategorized_expense, missing))
    yield document_entry(document, "JournalEntry", today, tuple(postings))


def transfer_entries(document: Mapping[str, Any], chart: Chart, today: date) -> Iterator[Entry]:
    """Yield the transfer: credit the account it leaves, debit the one it reaches."""
    amount = cents(document.get("Amount"))
    leaves = Posting(ref(document, "FromAccountRef") or chart.undeposited, -amount)
    reaches = Posting(ref(document, "ToAccountRef") or chart.undeposited, amount)
    yield document_entry(document, "Transfer", today, (leaves, reaches))


def _journal_line(line: Mapping[str, Any]) -> Posting:
    booking = detail(line, "JournalEntryLineDetail")
    amount = cents(line.get("Amount"))
    entity = detail(booking, "Entity")
    party = ref(entity, "EntityRef")
    kind = str(entity.get("Type") or "").casefold()
    return Posting(
        ref(booking, "AccountRef"),
        amount if booking.get("PostingType") == "Debit" else -amount,
        party if kind == "customer" else "",
        party if kind == "vendor" else "",
        "",
        ref(booking, "ClassRef"),
        ref(booking, "DepartmentRef"),
        line.get("Description") or "",
    )
