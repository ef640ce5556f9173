"""Writes down the truth about generated books: the form of `truth.json`.

Top level, format_version 1; money is a string, a document of the books is `{"type": "Invoice", "id": "231"}`, CRM
records are ids (`C-` customer, `J-` job, `I-` invoice, `P-` payment, `CR-` credit):

- `seed`, `difficulty`, `today`, `close_date` (the books' closing date), `company_start`, `counts`.
- `mess`: one entry per thing that is wrong: `id`, `kind` (a finding kind of design 7), `variant`, `qbo` (documents it
  is about), `crm` (records that tell the truth), `amount`, and `remedy`:
  `tier` is `act` or `hold` (with `why`), `hold_is_right_too` names cases where a careful tool may leave the matter to
  a person, `steps` are the right actions in order (`action`, `qbo` targets, `crm`, `amount`) and are listed for a hold
  too where they would be right if a person cleared it. Duplicates add `survivor`, `extra` (S04) and
  `interchangeable` (keeping another copy is as right).
- `lookalikes`: `kind`, `qbo`, `crm`: must stay untouched, and for CRM records without documents, must not be created.
- `customers`, `jobs`: CRM id → all QuickBooks ids that are this customer or job: two for an entry made twice, none
  for one that the books do not know.
- `invoice_groups`: `consolidated` and `split`, where one-to-one is not the truth.
- `true_invoices`: CRM id → id of the surviving document, null where the books rightly or wrongly hold none. A split
  invoice names its first part, consolidated ones all name the common document.
- `true_balances`: after a complete repair, `customers` (invoices less money and credits on account, jobs included)
  and `invoices` (each live one of the books' era). `books_balances`: what the books say now, by CRM customer.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from qbclean.sandbox.generate.books import (
    BookedCredit,
    BookedCustomer,
    BookedDeposit,
    BookedEstimate,
    BookedInvoice,
    BookedJournal,
    BookedPayment,
    BookedReceipt,
    DepositLine,
)
from qbclean.sandbox.generate.money import ZERO
from qbclean.sandbox.generate.story import Customer
from qbclean.sandbox.generate.survivor import Judge
from qbclean.sandbox.generate.truth import Document, Mess, Step, Told
from qbclean.sandbox.generate.wire import Answers
from qbclean.sandbox.generate.world import World

FORMAT_VERSION = 1

_KINDS: dict[type, str] = {
    BookedInvoice: "Invoice",
    BookedPayment: "Payment",
    BookedCredit: "CreditMemo",
    BookedReceipt: "SalesReceipt",
    BookedEstimate: "Estimate",
    BookedDeposit: "Deposit",
    BookedJournal: "JournalEntry",
    BookedCustomer: "Customer",
}


def truth_document(world: World, judge: Judge, books: Answers, settings: dict[str, Any]) -> dict[str, Any]:
    """The whole of `truth.json`. Ids must have been assigned; `settings` goes on top as it is."""
    messes = [_mess(judge, mess, place) for place, mess in enumerate(world.truth.messes, 1)]
    survivors = _survivors(world, judge)
    return {
        "format_version": FORMAT_VERSION,
        **settings,
        "mess": messes,
        "lookalikes": _lookalikes(world),
        "customers": {
            customer.crm_id: [entry.id for entry in _entries(world, customer)] for customer in world.story.customers
        },
        "jobs": {
            job.crm_id: [booked.id] if (booked := world.mirror.jobs.get(job)) and booked.parent else []
            for job in world.story.jobs
        },
        "invoice_groups": _groups(world),
        "true_invoices": survivors,
        "true_balances": {
            "customers": _true_customer_balances(world),
            "invoices": {
                invoice.crm_id: str(invoice.balance)
                for invoice in world.story.invoices
                if invoice.state == "live" and invoice.in_books_era
            },
        },
        "books_balances": _books_balances(world, books),
    }


def _mess(judge: Judge, mess: Mess, place: int) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": f"M-{place:05d}",
        "kind": mess.kind,
        "variant": mess.variant,
        "qbo": _refs(mess.documents),
        "crm": [record.crm_id for record in mess.crm],
        "amount": str(mess.amount),
    }
    steps, hold = mess.steps, mess.hold or _obstacle(judge, mess.steps)
    review = mess.review or next(filter(None, map(judge.caution, mess.steps)), "")
    if mess.copies:
        verdict = judge.decide(_invoice_of(mess), mess.copies)
        steps, hold, review = verdict.steps, verdict.hold, verdict.review
        shown["survivor"] = _ref(verdict.survivor)
        shown["extra"] = _refs(verdict.extras)
        shown["interchangeable"] = verdict.interchangeable
    shown["remedy"] = {
        "tier": "hold" if hold else "act",
        "why": hold or review,
        "hold_is_right_too": bool(hold or review),
        "steps": [_step(step) for step in steps],
    }
    return shown


def _invoice_of(mess: Mess) -> Any:
    return mess.crm[0]


def _obstacle(judge: Judge, steps: tuple[Step, ...]) -> str:
    """What in the books stands in the way of the steps, empty for nothing."""
    for step in steps:
        for document in step.documents:
            if isinstance(document, BookedPayment) and judge.frozen(document):
                where = "sits in a deposit (S05)" if document.deposit else "is dated in a closed period (S08)"
                return f"The payment {where}"
            if step.action == "complete_invoice" and judge.is_closed(document):
                return "The invoice is dated in a closed period (S01)"
    return ""


def _step(step: Step) -> dict[str, Any]:
    return {
        "action": step.action,
        "qbo": _refs(step.documents),
        "crm": [record.crm_id for record in step.crm],
        "amount": str(step.amount),
    }


def _ref(document: Document) -> dict[str, str]:
    if isinstance(document, DepositLine):
        return {"type": "Deposit", "id": document.deposit.id if document.deposit else ""}
    return {"type": _KINDS[type(document)], "id": document.id}


def _refs(documents: Iterable[Document]) -> list[dict[str, str]]:
    return [_ref(document) for document in documents]


def _look_alike(kind: str, documents: Iterable[Document], crm: Iterable[Told]) -> dict[str, Any]:
    return {"kind": kind, "qbo": _refs(documents), "crm": [record.crm_id for record in crm]}


def _lookalikes(world: World) -> list[dict[str, Any]]:
    shown = [_look_alike(trap.kind, trap.documents, trap.crm) for trap in world.truth.traps]
    mirror = world.mirror
    for kind, invoices, payments in world.untouched_pairs():
        if kind == "payment_for_either":
            continue
        documents: dict[BookedInvoice, None] = {}
        for invoice in invoices:
            booked = mirror.invoices.get(invoice)
            parts = mirror.parts.get(invoice, (booked,) if booked is not None else ())
            documents.update(dict.fromkeys(parts))
        shown.append(_look_alike(kind, documents, (*invoices, *payments)))
    shown.extend(
        _look_alike("before_the_books", (), (invoice, *world.payments_of.get(invoice, ())))
        for invoice in world.story.invoices
        if not invoice.in_books_era
    )
    shown.extend(
        _look_alike("retainer", (booked,), (payment,))
        for payment, booked in mirror.payments.items()
        if not payment.parts and payment not in world.unclear_payments
    )
    shown.extend(
        _look_alike("credit_with_invoice_number", (booked,), (credit,))
        for credit, booked in mirror.credits.items()
        if credit.invoice is not None and credit.number == credit.invoice.number and credit not in world.touched_credits
    )
    shown.extend(
        _look_alike("credit_on_account", (booked,), (credit,))
        for credit, booked in mirror.credits.items()
        if credit.invoice is None
    )
    return shown


def _entries(world: World, customer: Customer) -> list[BookedCustomer]:
    first = world.mirror.customers.get(customer)
    return [] if first is None else [first, *world.truth.second_customers.get(customer, ())]


def _survivors(world: World, judge: Judge) -> dict[str, str | None]:
    standing = {
        invoice.crm_id: booked.id if (booked := world.mirror.invoices.get(invoice)) is not None else None
        for invoice in world.story.invoices
    }
    for mess in world.truth.messes:
        if mess.copies:
            invoice = _invoice_of(mess)
            standing[invoice.crm_id] = judge.decide(invoice, mess.copies).survivor.id
    return standing


def _groups(world: World) -> list[dict[str, Any]]:
    mirror = world.mirror
    groups = [
        {"kind": "split", "crm": [invoice.crm_id], "qbo": [part.id for part in parts]}
        for invoice, parts in mirror.parts.items()
    ]
    groups.extend(
        {
            "kind": "consolidated",
            "crm": [invoice.crm_id for invoice in group.invoices],
            "qbo": [mirror.invoices[group.invoices[0]].id],
        }
        for group in world.story.lookalikes
        if group.kind == "consolidated_invoice"
    )
    return groups


def _true_customer_balances(world: World) -> dict[str, str]:
    owed = dict.fromkeys(world.story.customers, ZERO)
    for invoice in world.story.invoices:
        if invoice.state == "live" and invoice.in_books_era:
            owed[invoice.customer] += invoice.total - invoice.paid - invoice.credited
    for payment in world.story.payments:
        if not payment.parts and payment not in world.truth.off_receivables:
            owed[payment.customer] -= payment.amount
    for credit in world.story.credits:
        if credit.invoice is None:
            owed[credit.customer] -= credit.amount
    return {customer.crm_id: str(balance) for customer, balance in owed.items()}


def _books_balances(world: World, books: Answers) -> dict[str, str]:
    family: dict[BookedCustomer, Decimal] = {}
    for entry in world.books.customers:
        family[entry.top] = family.get(entry.top, ZERO) + books.balance(entry)
    return {
        customer.crm_id: str(sum((family[entry] for entry in _entries(world, customer)), ZERO))
        for customer in world.story.customers
    }
