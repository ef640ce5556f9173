"""What a slice of a company answers when it is asked; a small company is one slice."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from qbclean.detect import detect
from qbclean.detect.inquiry import Inquiry
from qbclean.match.overview import Overview
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.finding import Finding
from qbclean.model.reconciliation import Listed, Reconciliation
from qbclean.plan.slice import PlanSlice, plan_slice
from qbclean.reconcile.mismatches import balance_mismatches
from qbclean.reconcile.reconciliation import merge
from qbclean.reconcile.slices import ReconciledSlice, reconcile_slice
from qbclean.reconcile.verdicts import Verdicts
from qbclean.workflow.propose import inquire
from qbclean.workflow.question import Question


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for; goes through msgspec.msgpack. `unexplained`: party → why its balance differs."""

    plan: PlanSlice | None = None
    reconciled: ReconciledSlice | None = None
    unexplained: dict[str, Finding] = {}


def answer(
    question: Question,
    books: ReceivablesSnapshot,
    crm: CrmRecords,
    overview: Overview | None = None,
    owners: Mapping[str, str] | None = None,
) -> Answer:
    """The answer of a slice; of a whole company without `overview` and `owners`. Raises IncompleteBooksError (S29)."""
    inquiry = inquire(books, crm, question.settings, as_of=question.as_of, overview=overview, owners=owners)
    found = list(detect(inquiry))
    plan = plan_slice(books, inquiry.locks, found, only=question.only) if question.plan else None
    if question.listed is None:
        return Answer(plan=plan)
    findings = [item.finding for item in found]
    del found  # the proposals would take memory for nothing while the documents are reconciled
    reconciled = reconciled_slice(inquiry, listed=question.listed)
    return Answer(
        plan=plan,
        reconciled=reconciled,
        unexplained=balance_mismatches(reconciled.unaccounted, findings, books, inquiry.matches.customers),
    )


def reconciliation_for(inquiry: Inquiry) -> Reconciliation:
    """The whole report of an inquiry into a company that is one slice; see `reconciled_slice`."""
    return merge([reconciled_slice(inquiry)])


def reconciled_slice(inquiry: Inquiry, *, listed: Listed = "every") -> ReconciledSlice:
    """Every document of an inquiry in its bucket."""
    return reconcile_slice(
        inquiry.books,
        inquiry.crm,
        inquiry.matches,
        inquiry.settings,
        as_of=inquiry.as_of,
        verdicts=verdicts_of(inquiry),
        listed=listed,
    )


def verdicts_of(inquiry: Inquiry) -> Verdicts:
    """What the detectors take for copies: those of a CRM invoice, and those found in QuickBooks alone."""
    sets = inquiry.copies.values()
    return Verdicts(
        copies={extra.invoice.id: found.crm_id for found in sets for extra in found.extras},
        survivors={found.crm_id: found.survivor.id for found in sets if found.crm_id},
        paid_again=frozenset(inquiry.paid_again),
    )
