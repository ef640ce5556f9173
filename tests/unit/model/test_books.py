"""The snapshot: what a slice of it counts."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import a_deposit, a_deposit_line, a_journal_entry, a_snapshot, an_invoice


def test_documents_borrowed_from_another_slice_are_there_but_not_counted() -> None:
    deposit, entry = (
        a_deposit(income=[a_deposit_line("40.00")]),
        a_journal_entry(debits={"84": "30.00"}, credits={"1": "30.00"}),
    )
    books = a_snapshot(an_invoice(), deposit, entry)

    part = replace(books, borrowed=frozenset((deposit.ref, entry.ref)))

    assert [document.kind for document in books.documents()] == ["Invoice", "Deposit", "JournalEntry"]
    assert [document.kind for document in part.documents()] == ["Invoice"]
    assert part.document(entry.ref) == entry
