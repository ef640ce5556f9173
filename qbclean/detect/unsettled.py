"""Payments and credits that settle nothing: unapplied payments, unapplied credits, credits missing from QuickBooks.

The three share one allocation, because they compete for the same open invoices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec.structs import replace

from qbclean.actions.proposal import Proposal, created_id
from qbclean.detect import misapplied_payments, missing_credits, missing_payments, unapplied_credits, unapplied_payments
from qbclean.detect.allocation import Application, Source, Target, allocate
from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.missing_invoices import creating_action
from qbclean.detect.no_place import joined
from qbclean.detect.shares import named, share_doubt
from qbclean.model.crm import CrmApplication, CrmCredit
from qbclean.model.documents import Payment
from qbclean.model.money import ZERO, total
from qbclean.model.refs import DocumentRef

_RIVALS = "Another credit of the CRM would fit the credit memo in QuickBooks as well: compare what the two are for."


def find(inquiry: Inquiry, created: Mapping[str, Proposal], completed: Mapping[str, Proposal]) -> Iterator[Detected]:
    """One finding per unapplied or misapplied payment, open credit, missing credit and missing payment.

    `completed`: QuickBooks invoice id → the proposal that completes it.
    `created`: CRM invoice id → the proposal that would create it, so that its payment can wait for it.
    """
    sources: dict[str, list[Source]] = defaultdict(list)
    for source in (*_credits(inquiry), *_missing(inquiry), *_payments(inquiry), *_unrecorded(inquiry)):
        sources[_group(inquiry, source)].append(source)
    targets = _targets(inquiry, sources, created, completed)
    for group in sorted(sources):
        for application in _in_dependence(inquiry, allocate(sources[group], targets.get(group, []))):
            for target, _ in application.takes:
                target.doubt = _doubt(inquiry, target)
            yield from _detected(inquiry, application, created)


def _doubt(inquiry: Inquiry, target: Target) -> str:
    """Why `target`, all its money put on it, is only perhaps what the CRM means; "" where nothing says so."""
    bundle = inquiry.bundled.by_crm.get(target.crm_id)
    if not target.crm_id or bundle is None:
        perhaps = bool(target.crm_id) and inquiry.is_only_perhaps(target.crm_id)
        return "The invoice is only perhaps the one the CRM means: compare the two." if perhaps else ""
    if not bundle.told:
        numbers = joined(inquiry.crm.invoices_by_id[crm_id].number or crm_id for crm_id in bundle.crm_ids)
        return f"Nothing but the sum says that QuickBooks has {numbers} as invoice {target.name}: compare the lines."
    if bundle.shape == "split":
        return ""
    owed = [inquiry.crm.invoices_by_id[crm_id].balance for crm_id in bundle.crm_ids]
    if target.open < total(balance for balance in owed if balance is not None):
        return f"The CRM has more open on the sales that invoice {target.name} holds than would be left on it."
    return ""


def _in_dependence(inquiry: Inquiry, applications: Sequence[Application]) -> Iterator[Application]:
    """The applications with the actions each depends on; of a ring that waits for itself the last link is left out."""
    moves = {application.source.key: _moving(inquiry, application) for application in applications}
    before: dict[str, set[str]] = {}
    for application in applications:
        key = application.source.key
        waits = [other for other in application.waits_for if moves[other] and key not in before.get(other, ())]
        if waits:
            before[key] = {*waits, *(further for other in waits for further in before.get(other, ()))}
            for known in before.values():
                if key in known:
                    known.update(before[key])
        creators = [target.creator for target, _ in application.takes if target.creator]
        yield replace(application, depends_on=(*creators, *(moves[other] for other in waits)))


def _moving(inquiry: Inquiry, application: Application) -> str:
    """The action that moves a misapplied payment; "" for other sources, and for one that nothing can take."""
    kind, _, key = application.source.key.partition(" ")
    if kind != "payment" or not application.source.gives_up or not application.takes:
        return ""
    return misapplied_payments.moving_action(inquiry.books.payments[key], application)


def _group(inquiry: Inquiry, source: Source) -> str:
    """The group in which a source looks for its invoices: that of its customer, unless it is booked on a stranger."""
    kind, _, key = source.key.partition(" ")
    record = inquiry.matches.payments.strays.get(key) if kind == "payment" else None
    owner = missing_payments.customer_of(inquiry, inquiry.crm.payments_by_id[record]) if record else source.customer_id
    return inquiry.matches.customers.group_of_qbo.get(owner, "")


def _detected(inquiry: Inquiry, application: Application, created: Mapping[str, Proposal]) -> Iterator[Detected]:
    kind, _, key = application.source.key.partition(" ")
    if kind == "payment" and application.source.gives_up:
        yield misapplied_payments.detected(inquiry, inquiry.books.payments[key], application, created)
    elif kind == "payment":
        yield unapplied_payments.detected(inquiry, inquiry.books.payments[key], application, created)
    elif kind == "credit":
        yield unapplied_credits.detected(inquiry, inquiry.books.credit_memos[key], application, created)
    elif kind == "unrecorded":
        yield missing_payments.detected(inquiry, inquiry.crm.payments_by_id[key], application)
    else:
        yield missing_credits.detected(inquiry, inquiry.crm.credits_by_id[key], application)


def _targets(
    inquiry: Inquiry,
    sources: Mapping[str, Sequence[Source]],
    created: Mapping[str, Proposal],
    completed: Mapping[str, Proposal],
) -> Mapping[str, Sequence[Target]]:
    """Group → invoices that its `sources` can settle, those about to be made included, oldest first."""
    targets: dict[str, list[Target]] = defaultdict(list)
    group_of = inquiry.matches.customers.group_of_qbo
    for target in (*_booked(inquiry, sources, completed), *_about_to_be_made(inquiry, created)):
        group = group_of.get(target.customer_id, "")
        if group in sources:
            targets[group].append(target)
    for settled in targets.values():
        settled.sort(key=lambda target: (target.day, target.ref))
    return targets


def _booked(
    inquiry: Inquiry, sources: Mapping[str, Sequence[Source]], completed: Mapping[str, Proposal]
) -> Iterator[Target]:
    """Invoices with something open once duplicates are gone, or that a source names or settles today."""
    survives_for = {copies.survivor.id: crm_id for crm_id, copies in inquiry.copies.items() if copies.crm_id}
    wanted = {crm_id for found in sources.values() for source in found for crm_id in source.named}
    settled = {ref.id for found in sources.values() for source in found for ref, _ in source.gives_up}
    for invoice in inquiry.books.invoices.values():
        crm_id = survives_for.get(invoice.id) or inquiry.sale_on(invoice.id)
        completing = completed.get(invoice.id) if invoice.id not in inquiry.bundled.by_qbo else None
        concerned = invoice.balance > 0 or completing or crm_id in wanted or invoice.id in settled
        if not concerned or invoice.is_voided or invoice.id in inquiry.duplicates:
            continue
        short = inquiry.crm.invoices_by_id[crm_id].total - invoice.total_amt if completing else ZERO
        yield Target(
            ref=invoice.ref,
            crm_id=crm_id,
            customer_id=invoice.customer_id,
            name=inquiry.name_of(invoice),
            day=invoice.txn_date,
            open=max(ZERO, invoice.balance + short),
            locked=inquiry.locks.locks(invoice),
            creator=completing.id if completing and short > 0 else "",
        )


def _about_to_be_made(inquiry: Inquiry, created: Mapping[str, Proposal]) -> Iterator[Target]:
    for crm_id, proposal in created.items():
        record = inquiry.crm.invoices_by_id[crm_id]
        yield Target(
            ref=DocumentRef("Invoice", created_id(creating_action(record))),
            crm_id=crm_id,
            customer_id=proposal.customer_id,
            name=record.number or crm_id,
            day=record.date or inquiry.as_of,
            open=record.total,
            locked=False,
            creator=proposal.id,
        )


def _payments(inquiry: Inquiry) -> Iterator[Source]:
    hanging: list[tuple[Payment, tuple[tuple[DocumentRef, Decimal], ...], Decimal]] = []
    for payment in inquiry.books.payments.values():
        wrong = misapplied_payments.misapplied(inquiry, payment)
        amount = payment.unapplied_amt + total(part for _, part in wrong) if wrong else payment.unapplied_amt
        if amount > 0 and payment.id not in inquiry.paid_again and not inquiry.settled_by_twin(payment):
            hanging.append((payment, wrong, amount))
    for payment, wrong, amount in sorted(hanging, key=lambda item: (item[0].txn_date, item[0].id.zfill(20))):
        record = inquiry.record_of(payment)
        yield Source(
            key=f"payment {payment.id}",
            customer_id=payment.customer_id,
            day=payment.txn_date,
            amount=amount,
            reference=payment.payment_ref_num or "",
            named=named(inquiry, record.applied, payment.applications) if record else {},
            gives_up=wrong,
            doubt=share_doubt(inquiry, record.applied) if record else "",
            on_account=record is not None and not record.applied,
        )


def _unrecorded(inquiry: Inquiry) -> Iterator[Source]:
    booked_on_strangers = frozenset(inquiry.matches.payments.strays.values())
    for crm_id in inquiry.matches.payments.spare_crm:
        if crm_id in booked_on_strangers:
            continue
        record = inquiry.crm.payments_by_id[crm_id]
        customer = missing_payments.customer_of(inquiry, record)
        if customer and missing_payments.concerns_us(inquiry, record):
            yield Source(
                key=f"unrecorded {crm_id}",
                customer_id=customer,
                day=record.date,
                amount=record.amount,
                named=named(inquiry, record.applied),
                doubt=share_doubt(inquiry, record.applied),
                on_account=not record.applied,
            )


def _credits(inquiry: Inquiry) -> Iterator[Source]:
    for memo in sorted(inquiry.books.credit_memos.values(), key=lambda item: (item.txn_date, item.id.zfill(20))):
        if memo.balance <= 0:
            continue
        record = inquiry.crm.credits_by_id.get(inquiry.matches.credits.pair_of.get(memo.id, ""))
        lines = _line(record) if record else ()
        yield Source(
            key=f"credit {memo.id}",
            customer_id=memo.customer_id,
            day=memo.txn_date,
            amount=memo.balance,
            named=named(inquiry, lines),
            doubt=share_doubt(inquiry, lines) or (_RIVALS if memo.id in inquiry.matches.credits.contested else ""),
            on_account=record is not None and not record.invoice_id,
        )


def _missing(inquiry: Inquiry) -> Iterator[Source]:
    for crm_id in inquiry.matches.credits.spare_crm:
        credit = inquiry.crm.credits_by_id[crm_id]
        if missing_credits.concerns_us(inquiry, credit):
            yield Source(
                key=f"missing {crm_id}",
                customer_id=_customer(inquiry, credit),
                day=credit.date,
                amount=credit.amount,
                named=named(inquiry, _line(credit)),
                doubt=share_doubt(inquiry, _line(credit))
                or (_RIVALS if crm_id in inquiry.matches.credits.rivals else ""),
                on_account=not credit.invoice_id,
            )


def _line(credit: CrmCredit) -> tuple[CrmApplication, ...]:
    """The invoice a credit is for. How much of it is left for that its credit memo tells."""
    return (CrmApplication(invoice_id=credit.invoice_id),) if credit.invoice_id else ()


def _customer(inquiry: Inquiry, credit: CrmCredit) -> str:
    booked = inquiry.invoices_of(credit.invoice_id or "")
    known = inquiry.matches.customers.known_as(credit.customer_id or "")
    return booked[0].customer_id if booked else known[0] if known else ""
