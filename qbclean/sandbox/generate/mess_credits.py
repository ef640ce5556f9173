"""Credits that never reached the books, or reached them and were never used."""

from qbclean.sandbox.generate.books import BookedCredit
from qbclean.sandbox.generate.story import Credit, Invoice
from qbclean.sandbox.generate.truth import Mess, Step
from qbclean.sandbox.generate.world import World


def missing_credits(world: World) -> None:
    """Credits of the CRM that the sync does not carry."""
    for credit, invoice in _take(world, world.times(11)):
        booked = world.mirror.credits.pop(credit)
        _unlink(world, booked)
        world.books.remove(booked)
        target = world.booked(invoice)
        world.truth.wrong(
            Mess(
                kind="missing_credit",
                variant="never_synced",
                documents=(target,),
                crm=(credit, invoice),
                amount=credit.amount,
                steps=(Step(action="create_credit_memo", documents=(target,), crm=(credit,), amount=credit.amount),),
            )
        )


def unapplied_credits(world: World) -> None:
    """Credit memos in the books that were never joined to their invoice."""
    for credit, invoice in _take(world, world.times(11)):
        booked = world.mirror.credits[credit]
        _unlink(world, booked)
        target = world.booked(invoice)
        world.truth.wrong(
            Mess(
                kind="unapplied_credit",
                variant="never_applied",
                documents=(booked, target),
                crm=(credit, invoice),
                amount=credit.amount,
                steps=(
                    Step(
                        action="apply_credit",
                        documents=(booked, target),
                        crm=(credit, invoice),
                        amount=credit.amount,
                    ),
                ),
            )
        )


def _take(world: World, wanted: int) -> list[tuple[Credit, Invoice]]:
    """Clean credits joined to their invoice by a zero payment of their own, in the open period."""
    found: list[tuple[Credit, Invoice]] = []
    for credit in world.rng.sample(world.story.credits, len(world.story.credits)):
        if len(found) == wanted:
            break
        invoice = credit.invoice
        if invoice is None or credit in world.touched_credits or not world.clean(invoice):
            continue
        if (
            world.mirror.credits[credit] in world.sync.joints
            and not world.closed(credit.date)
            and not world.closed(invoice.date)
        ):
            world.touch(invoice)
            found.append((credit, invoice))
    return found


def _unlink(world: World, credit: BookedCredit) -> None:
    joint = world.sync.joints.pop(credit)
    joint.lines = []
    world.books.remove(joint)
