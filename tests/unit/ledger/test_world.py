"""Worlds are immutable, share what did not change, and know what changed."""

from __future__ import annotations

import pytest

from qbclean.ledger.world import World
from qbclean.model.refs import DocumentRef
from tests.builders import a_payment, an_invoice


def test_a_changed_document_is_seen_in_the_new_world_only() -> None:
    before = World.of([an_invoice("1", total="10.00")])
    after = before.with_document(an_invoice("1", total="20.00"))
    ref = DocumentRef("Invoice", "1")
    assert str(before[ref].total_amt) == "10.00"
    assert str(after[ref].total_amt) == "20.00"


def test_a_deleted_document_is_gone_and_can_come_back() -> None:
    world = World.of([an_invoice("1"), an_invoice("2")])
    ref = DocumentRef("Invoice", "1")
    without = world.without(ref)
    assert ref not in without
    assert without.get(ref) is None
    with pytest.raises(KeyError):
        without[ref]
    assert list(without) == [DocumentRef("Invoice", "2")]
    assert len(without) == 1
    assert ref in without.with_document(an_invoice("1"))


def test_what_changed_is_added_replaced_and_deleted_but_not_rewritten_alike() -> None:
    before = World.of([an_invoice("1"), an_invoice("2"), an_invoice("3")])
    after = (
        before.with_document(an_invoice("1"))
        .with_document(an_invoice("2", total="7.00"))
        .with_document(a_payment("9"))
        .without(DocumentRef("Invoice", "3"))
    )
    assert after.changed_since(before) == {
        DocumentRef("Invoice", "2"),
        DocumentRef("Payment", "9"),
        DocumentRef("Invoice", "3"),
    }
    assert before.changed_since(after) == after.changed_since(before)


def test_a_long_chain_of_writes_stays_shallow_and_neighbours_stay_close() -> None:
    """Thousands of simulated writes over a large company must be cheap (design.md 10)."""
    world = World.of(an_invoice(str(number)) for number in range(100))
    for number in range(2_000):
        before = world
        world = world.with_document(an_invoice(str(1_000 + number)))
        assert world.changed_since(before) == {DocumentRef("Invoice", str(1_000 + number))}
        assert len(world._layers) <= 14
    assert len(world) == 2_100
