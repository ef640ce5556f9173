"""One file per discrepancy: finds it, explains it, proposes the repair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qbclean.actions.found import Found
from qbclean.detect import (
    duplicate_invoices,
    income_deposits,
    missing_invoices,
    observations,
    partial_syncs,
    stale_invoices,
    unsettled,
)
from qbclean.detect.inquiry import Detected, Inquiry


def detect(inquiry: Inquiry) -> Iterator[Found]:
    """Every finding with its proposals: what removes wrong invoices first, then what adds, then what settles."""
    for stage, detector in enumerate(_detectors(inquiry)):
        for item in detector:
            yield Found(
                stage=stage, party=inquiry.party_of(item.finding), finding=item.finding, proposals=item.proposals
            )


def _detectors(inquiry: Inquiry) -> Iterator[Iterable[Detected]]:
    yield duplicate_invoices.find(inquiry)
    partial = list(partial_syncs.find(inquiry))
    yield partial
    missing = list(missing_invoices.find(inquiry))
    yield missing
    created = {
        ref.id: proposal for found in missing for proposal in found.proposals for ref in proposal.judgement.crm[:1]
    }
    completed = {
        role.ref.id: proposal for found in partial for proposal in found.proposals for role in proposal.roles[:1]
    }
    yield unsettled.find(inquiry, created, completed)
    yield income_deposits.find(inquiry)
    yield observations.find(inquiry)
    yield stale_invoices.find(inquiry)
