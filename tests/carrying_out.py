"""Carries a plan out in the simulated ledger, the way apply does in QuickBooks, and takes a snapshot of the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from qbclean.ledger.receivable import ar_by_customer
from qbclean.ledger.simulate import simulate
from qbclean.ledger.world import World
from qbclean.model.action import PlannedAction
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.plan import Plan
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite
from qbclean.plan.placeholders import filled_ref, with_ids, with_token

FIRST_NEW_ID = 900_001


def carried_out(
    books: ReceivablesSnapshot, plan: Plan, *, approved: Callable[[PlannedAction], bool] = lambda _: True
) -> World:
    """The documents after every approved action with requests, in the plan's order.

    An action whose dependency did not run does not run either (S18). Placeholders are filled with the ids and tokens of
    the simulated run; a request QuickBooks would refuse raises SimulationError.
    """
    world = World.of(books.documents())
    created: dict[str, str] = {}
    done: set[str] = set()
    next_id = FIRST_NEW_ID
    for action in plan.actions:
        if not action.requests or not approved(action) or not done.issuperset(action.depends_on):
            continue
        done.add(action.id)
        for planned in action.requests:
            request = with_ids(planned, created)
            target = request.target and filled_ref(request.target, created)
            if target is not None:
                request = with_token(request, world[target].sync_token)
            write = DocumentWrite(operation=request.operation, kind=request.kind, body=request.body, target=target)
            world = simulate(world, write, new_id=str(next_id))
            if request.operation == "create":
                created.setdefault(action.id, str(next_id))
                next_id += 1
    return world


def snapshot_after(books: ReceivablesSnapshot, world: World) -> ReceivablesSnapshot:
    """What a pull would bring after the run: `books` with the documents of `world`."""
    by_kind: dict[str, dict[str, object]] = {}
    for document in world.values():
        by_kind.setdefault(document.kind, {})[document.id] = document

    def of(kind: str) -> dict[str, object]:
        return by_kind.get(kind, {})

    def raw_of(ref: DocumentRef) -> bytes:
        return books.raw_of(ref)

    return replace(
        books,
        id=f"{books.id}-after",
        invoices=of("Invoice"),  # type: ignore[arg-type]
        payments=of("Payment"),  # type: ignore[arg-type]
        credit_memos=of("CreditMemo"),  # type: ignore[arg-type]
        sales_receipts=of("SalesReceipt"),  # type: ignore[arg-type]
        refund_receipts=of("RefundReceipt"),  # type: ignore[arg-type]
        deposits=of("Deposit"),  # type: ignore[arg-type]
        journal_entries=of("JournalEntry"),  # type: ignore[arg-type]
        ar_by_customer={key: amount for key, amount in ar_by_customer(books, world).items() if amount},
        raw_of=raw_of,
    )
