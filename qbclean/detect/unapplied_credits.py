"""Credit memos that lower nothing: there, but not applied to the invoice they were given for (S09)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from qbclean.actions.apply_credit import apply_credit
from qbclean.actions.proposal import Judgement, Proposal
from qbclean.actions.safety import left_alone
from qbclean.detect.allocation import Application
from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.unapplied_payments import GROUNDS, crossing, judged, no_action
from qbclean.match.weights import as_evidence
from qbclean.model.documents import CreditMemo
from qbclean.model.evidence import Evidence, EvidenceFile
from qbclean.model.finding import Finding
from qbclean.model.identity import action_id, finding_id
from qbclean.model.refs import CrmRef


def detected(inquiry: Inquiry, memo: CreditMemo, application: Application, created: Mapping[str, Proposal]) -> Detected:
    """The finding for one credit memo with remaining credit."""
    record = inquiry.matches.credits.pair_of.get(memo.id)
    crm = (CrmRef("credit", record),) if record else ()
    crm_ids = filter(None, (inquiry.crm.credits_by_id[record].invoice_id,)) if record else ()
    value, words = GROUNDS[application.ground]
    features = [Evidence(feature="target", points=value, words=words)]
    if record:
        features += as_evidence(inquiry.matches.credits.levels[record], {})
    evidence = EvidenceFile.of(tuple(features))
    name = memo.doc_number or f"id {memo.id}"
    proposals: tuple[Proposal, ...] = ()
    if application.takes:
        tier, settles = judged(application, created)
        takes = application.takes
        proposals = (
            apply_credit(
                memo.ref,
                name,
                action_id=action_id("apply_credit", (str(memo.ref), *(str(target.ref) for target, _ in takes))),
                customer_id=memo.customer_id,
                applies=[(target.ref, amount) for target, amount in takes],
                names=[target.name for target, _ in takes],
                on=joining_day(inquiry, memo.txn_date, *(target.day for target, _ in takes)),
                judgement=Judgement(
                    tier=tier,
                    evidence=evidence,
                    crm=crm,
                    depends_on=application.depends_on,
                    settles=settles,
                )
                .held(left_alone(inquiry.books, memo))
                .held(crossing(inquiry, application)),
            ),
        )
    return Detected(
        finding=Finding(
            id=finding_id("unapplied_credit", (memo.ref,)),
            kind="unapplied_credit",
            summary=f"{memo.balance} of credit memo {name} ({memo.txn_date}, {memo.total_amt}) is not applied",
            documents=(memo.ref,),
            crm=crm,
            customer_id=memo.customer_id,
            customer=inquiry.books.customer_name(memo.customer_id),
            amount=memo.balance,
            evidence=evidence,
            root_cause="credit_not_applied",
            prevention="Apply credit memos to their invoice when they are written.",
            actions=tuple(proposal.id for proposal in proposals),
            no_action=proposals[0].judgement.hold_reason if proposals else no_action(inquiry, crm_ids, application),
        ),
        proposals=proposals,
    )


def joining_day(inquiry: Inquiry, *days: date) -> date:
    """The date of a zero payment: when all it joins were there, and never in a closed period (S01, S08)."""
    return inquiry.locks.first_open_day(taxed=True, not_before=max(days))
