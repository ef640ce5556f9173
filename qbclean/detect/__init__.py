"""One file per discrepancy: finds it, explains it, proposes the repair."""

from __future__ import annotations

from collections.abc import Iterator

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


def detect(inquiry: Inquiry) -> Iterator[Detected]:
    """Every finding with its proposals: what removes wrong invoices first, then what adds, then what settles."""
    yield from duplicate_invoices.find(inquiry)
    partial = list(partial_syncs.find(inquiry))
    yield from partial
    missing = list(missing_invoices.find(inquiry))
    yield from missing
    created = {
        ref.id: proposal for found in missing for proposal in found.proposals for ref in proposal.judgement.crm[:1]
    }
    completed = {
        role.ref.id: proposal for found in partial for proposal in found.proposals for role in proposal.roles[:1]
    }
    yield from unsettled.find(inquiry, created, completed)
    yield from income_deposits.find(inquiry)
    yield from observations.find(inquiry)
    yield from stale_invoices.find(inquiry)
