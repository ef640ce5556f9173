"""Credits the CRM gave and QuickBooks never got: a credit memo mirroring the invoice, then its use (S02, S09)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from msgspec.structs import replace

from qbclean.actions.apply_credit import apply_credit
from qbclean.actions.automatic import (
    SWITCH_OFF,
    credits_apply_themselves,
    looked_after,
    used_elsewhere_first,
)
from qbclean.actions.create_credit_memo import create_credit_memo
from qbclean.actions.proposal import Judgement, Proposal, created_id
from qbclean.actions.safety import left_alone, redated
from qbclean.detect.allocation import Application, leftover
from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.no_place import no_place
from qbclean.detect.unapplied_credits import joining_day
from qbclean.model.crm import CrmCredit
from qbclean.model.documents import Invoice, Line
from qbclean.model.evidence import Evidence, EvidenceFile
from qbclean.model.finding import Finding
from qbclean.model.identity import action_id, finding_id
from qbclean.model.money import total
from qbclean.model.refs import CrmRef, DocumentRef

_STAYS_OPEN = (
    "not all of it is for an open invoice, and QuickBooks would by itself use the rest for another one; credit it by "
    f"hand, or {SWITCH_OFF}"
)
_JOINED_EARLY = (
    "The invoice is younger than the credit, and QuickBooks may join them by itself under the credit's day: look at "
    "cash-basis income of the months between."
)
_WINDOW = timedelta(days=60)


def concerns_us(inquiry: Inquiry, credit: CrmCredit) -> bool:
    """From after the start of the books, and for an invoice that is neither draft nor void."""
    started = inquiry.books.company.company_start_date
    invoice = inquiry.crm.invoices_by_id.get(credit.invoice_id or "")
    if invoice is not None and (not invoice.is_final or (started and invoice.date and invoice.date < started)):
        return False
    return (started is None or credit.date >= started) and credit.date <= inquiry.as_of


def detected(inquiry: Inquiry, credit: CrmCredit, application: Application) -> Detected:
    """The finding for one CRM credit without a credit memo."""
    invoice = _credited(inquiry, credit, application)
    booked = _booked_otherwise(inquiry, credit, invoice)
    evidence = EvidenceFile.of(
        (
            Evidence(feature="one_to_one", points=20, words="every credit memo of this customer is another CRM credit"),
            *((Evidence(feature="booked_otherwise", points=-30, words=booked),) if booked else ()),
        )
    )
    proposals = _proposals(inquiry, credit, invoice, application, evidence, booked) if invoice else ()
    reason = proposals[0].judgement.hold_reason if proposals else _no_invoice(inquiry, credit, application)
    return Detected(
        finding=Finding(
            id=finding_id("missing_credit", (credit.ref,)),
            kind="missing_credit",
            summary=f"CRM credit {credit.number or credit.crm_id} of {credit.amount} ({credit.date}) is missing",
            documents=(invoice.ref,) if invoice else (),
            crm=(credit.ref, *((CrmRef("invoice", credit.invoice_id),) if credit.invoice_id else ())),
            customer_id=application.source.customer_id,
            customer=inquiry.books.customer_name(application.source.customer_id),
            amount=credit.amount,
            evidence=evidence,
            root_cause="credit_not_recorded",
            prevention="Check that the CRM's sync carries credits; many do not.",
            actions=tuple(proposal.id for proposal in proposals),
            no_action=reason,
        ),
        proposals=proposals,
    )


def _credited(inquiry: Inquiry, credit: CrmCredit, application: Application) -> Invoice | None:
    """The QuickBooks invoice whose lines the credit takes back: of a split one the only part that it settles."""
    booked = inquiry.invoices_of(credit.invoice_id or "")
    if len(booked) > 1:
        settled = {target.ref.id for target, _ in application.takes}
        booked = tuple(invoice for invoice in booked if invoice.id in settled)
    return booked[0] if len(booked) == 1 else None


def _no_invoice(inquiry: Inquiry, credit: CrmCredit, application: Application) -> str:
    if not credit.invoice_id:
        return "the CRM gave it on account, so there are no lines to mirror; enter the credit memo by hand"
    if application.takes and len(inquiry.invoices_of(credit.invoice_id)) > 1:
        return "QuickBooks has the sale in several invoices, and it takes more than one; enter credit memos by hand"
    if reason := no_place(inquiry, (credit.invoice_id,), application):
        return reason
    return "the invoice it was given for is not in QuickBooks; settle that first, then plan again"


def _proposals(
    inquiry: Inquiry,
    credit: CrmCredit,
    invoice: Invoice,
    application: Application,
    evidence: EvidenceFile,
    booked: str,
) -> tuple[Proposal, ...]:
    doubt, mirrored = "", _lines_of_the_sale(inquiry, credit, invoice)
    if leftover(application) > 0:
        doubt = f"Only {credit.amount - leftover(application)} is open on the invoice: was the rest refunded?"
    elif perhaps := next((target.doubt for target, _ in application.takes if target.doubt), application.source.doubt):
        doubt = perhaps
    elif credit.invoice_id and inquiry.is_only_perhaps(credit.invoice_id):
        doubt = "The invoice is only perhaps the one the CRM means: compare the two."
    elif mirrored is None:
        doubt = (
            "The invoice holds other sales too, and the credit takes back a part of every line: check which it is for."
        )
    elif not _tax_part_is_certain(credit, invoice):
        doubt = "Only part of the invoice is taxed and the credit is split in proportion: check the tax part (S10)."
    on = inquiry.locks.first_open_day(taxed=invoice.total_tax != 0, not_before=credit.date)
    joined_on = joining_day(inquiry, on, *(target.day for target, _ in application.takes))
    automatic = credits_apply_themselves(inquiry.books)
    judgement = (
        Judgement(
            tier="review" if doubt else "recommended",
            evidence=evidence,
            crm=(credit.ref,),
            # The invoice has to be open before QuickBooks looks for one.
            depends_on=application.depends_on if automatic else (),
            settles=doubt,
        )
        .held(booked)
        .held(left_alone(inquiry.books, invoice))
        .held(_STAYS_OPEN if automatic and leftover(application) > 0 else "")
        .doubted(redated(credit.date, on))
        .doubted(used_elsewhere_first(inquiry.books, invoice))
        .doubted(_JOINED_EARLY if automatic and joined_on != on else "")
    )
    create = create_credit_memo(
        credit,
        mirrored or invoice,
        action_id=action_id("create_credit_memo", (str(credit.ref),)),
        on=on,
        doc_number=_number(inquiry, credit),
        judgement=judgement,
    )
    if not application.takes or create.judgement.hold_reason:
        return (create,)
    memo = DocumentRef("CreditMemo", created_id(create.id))
    apply = apply_credit(
        memo,
        credit.number or credit.crm_id,
        action_id=action_id("apply_credit", (str(credit.ref), str(invoice.ref))),
        customer_id=invoice.customer_id,
        applies=[(target.ref, amount) for target, amount in application.takes],
        names=[target.name for target, _ in application.takes],
        on=joined_on,
        judgement=Judgement(
            tier=judgement.tier,
            evidence=evidence,
            crm=judgement.crm,
            depends_on=(create.id, *application.depends_on),
            settles=judgement.settles,
        ),
    )
    return (looked_after(inquiry.books, create), looked_after(inquiry.books, apply))


def _lines_of_the_sale(inquiry: Inquiry, credit: CrmCredit, invoice: Invoice) -> Invoice | None:
    """`invoice` with the lines of the credited sale alone (S02); None where it is not told which of them they are.

    Where all lines are booked alike, any of them may stand for it.
    """
    bundle = inquiry.bundled.by_crm.get(credit.invoice_id or "")
    kinds = {_booked_as(line) for line in invoice.item_lines if line.amount}
    if bundle is None or bundle.shape == "split" or len(kinds) == 1:
        return invoice
    record = inquiry.crm.invoices_by_id[credit.invoice_id or ""]
    told = Counter(line.amount for line in record.lines or ())
    own = tuple(line for line in invoice.item_lines if line.amount in told)
    if invoice.total_tax or Counter(line.amount for line in own) != told or total(told.elements()) != record.total:
        return None
    return replace(invoice, line=own, total_amt=record.total)


def _booked_as(line: Line) -> tuple[str, ...]:
    """Item, class and tax code of a line."""
    detail = line.sales_item_line_detail
    refs = (detail.item_ref, detail.class_ref, detail.tax_code_ref) if detail else ()
    return tuple(ref.value if ref else "" for ref in refs)


def _tax_part_is_certain(credit: CrmCredit, invoice: Invoice) -> bool:
    """True when any split of the credit over the lines has the same tax: no tax, one code on all, or all taken back."""
    codes = {
        detail.tax_code_ref.value if detail.tax_code_ref else ""
        for line in invoice.item_lines
        if (detail := line.sales_item_line_detail) and line.amount
    }
    return invoice.total_tax == 0 or len(codes) == 1 or credit.amount == invoice.total_amt


def _number(inquiry: Inquiry, credit: CrmCredit) -> str | None:
    """The CRM's number, where QuickBooks takes numbers and no credit memo has it (6140, contract 7.8)."""
    if (
        not credit.number
        or len(credit.number) > 21
        or not inquiry.books.preferences.sales_forms_prefs.custom_txn_numbers
    ):
        return None
    return None if credit.number in inquiry.overview.credit_numbers else credit.number


def _booked_otherwise(inquiry: Inquiry, credit: CrmCredit, invoice: Invoice | None) -> str:
    """How the credit may already be in the books without a credit memo: a lower invoice, a refund, a journal entry."""
    record = inquiry.crm.invoices_by_id.get(credit.invoice_id or "")
    alone = credit.invoice_id not in inquiry.bundled.crm_ids
    if alone and record and invoice and invoice.total_amt == record.total - credit.amount:
        return f"the QuickBooks invoice is already {credit.amount} lower than the CRM's"
    group = inquiry.matches.customers.group_of_qbo.get(invoice.customer_id, "") if invoice else ""
    for refund in inquiry.books.refund_receipts.values():
        same_party = inquiry.matches.customers.group_of_qbo.get(refund.customer_id, "") == group
        if same_party and refund.total_amt == credit.amount and abs(refund.txn_date - credit.date) <= _WINDOW:
            return f"refund receipt {refund.doc_number or refund.id} of the same amount is there; it may be this credit"
    for money in inquiry.other_money.get(invoice.customer_id, ()) if invoice else ():
        near = money.amount == credit.amount and abs(money.date - credit.date) <= _WINDOW
        another = invoice and invoice.id not in money.settles and inquiry.is_set_off(money)
        if near and money.ref.kind == "JournalEntry" and not another:
            return f"{money.words} of the same amount is there; it may be this credit"
    return ""
