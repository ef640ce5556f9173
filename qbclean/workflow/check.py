"""Check: what differs between the books and the CRM, every dollar of it, and a plan that nobody has to keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from msgspec.structs import replace

from qbclean.detect.inquiry import Inquiry
from qbclean.model.finding import Finding
from qbclean.model.plan import Plan
from qbclean.model.reconciliation import Listed, Reconciliation
from qbclean.model.settings import CompanySettings
from qbclean.ports.books import SnapshotStore
from qbclean.reconcile.mismatches import balance_mismatches
from qbclean.reconcile.reconciliation import merge
from qbclean.reconcile.slices import ReconciledSlice, reconcile_slice
from qbclean.reconcile.verdicts import Verdicts
from qbclean.workflow.propose import inquire, kept_or_made, plan_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`plan`: every finding and the summary, without the actions. `reconciliation`: both totals and all between."""

    plan: Plan
    reconciliation: Reconciliation


def check(
    store: SnapshotStore, settings: CompanySettings, *, as_of: date, tool: str, listed: Listed = "every"
) -> Checked:
    """Findings and reconciliation of the current snapshot, with the documents that are to be `listed`. Nothing is
    recorded.

    Raises StoreError when nothing was pulled, IncompleteBooksError when the snapshot is not the whole picture (S29).
    """
    inquiry = inquire(store.load(), store.load_crm(), settings, as_of=as_of)
    kept = kept_or_made(store, settings, as_of=as_of, tool=tool, make=lambda: plan_for(inquiry, tool=tool))
    plan = kept.decoded(actions=False)
    del kept  # its actions would take memory for nothing while the documents are reconciled
    part = reconciled_slice(inquiry, plan.findings, listed=listed)
    unexplained = balance_mismatches(part.unaccounted, plan.findings, inquiry.books, inquiry.matches.customers)
    return Checked(plan=replace(plan, findings=(*plan.findings, *unexplained.values())), reconciliation=merge([part]))


def reconciliation_for(inquiry: Inquiry, findings: Iterable[Finding]) -> Reconciliation:
    """The whole report of an inquiry into a company that is one slice; see `reconciled_slice`."""
    return merge([reconciled_slice(inquiry, findings)])


def reconciled_slice(inquiry: Inquiry, findings: Iterable[Finding], *, listed: Listed = "every") -> ReconciledSlice:
    """Every document of an inquiry in its bucket; `findings` are the detectors' answers to it."""
    return reconcile_slice(
        inquiry.books,
        inquiry.crm,
        inquiry.matches,
        inquiry.settings,
        as_of=inquiry.as_of,
        verdicts=verdicts_of(inquiry, findings),
        listed=listed,
    )


def verdicts_of(inquiry: Inquiry, findings: Iterable[Finding]) -> Verdicts:
    """What the detectors take for copies: those of a CRM invoice, and those found in QuickBooks alone."""
    copies = {extra.invoice.id: crm_id for crm_id, found in inquiry.copies.items() for extra in found.extras}
    alone = {
        finding.documents[0].id: ""
        for finding in findings
        if finding.kind == "duplicate_invoice" and finding.documents[0].id not in inquiry.matches.invoices.pair_of
    }
    return Verdicts(
        copies=alone | copies,
        survivors={crm_id: found.survivor.id for crm_id, found in inquiry.copies.items()},
        paid_again=frozenset(inquiry.paid_again),
    )
