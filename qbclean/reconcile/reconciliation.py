"""The reconciliation of a company: both stories in, every dollar between them explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import chain

from qbclean.match.pairing import MatchSet
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.plan import PlanCompany
from qbclean.model.reconciliation import MeasureName, ReconciledDocument, Reconciliation
from qbclean.model.settings import CompanySettings
from qbclean.reconcile.aging import aging
from qbclean.reconcile.documents import balances_of, reconciled
from qbclean.reconcile.job_revenue import job_revenue
from qbclean.reconcile.sides import Sides
from qbclean.reconcile.source_totals import source_amounts
from qbclean.reconcile.tables import comparisons
from qbclean.reconcile.tie_out import tie_out
from qbclean.reconcile.verdicts import Verdicts

_SORTS = ("invoice", "payment", "credit", "journal_entry")


def reconcile(
    books: ReceivablesSnapshot,
    crm: CrmRecords,
    matches: MatchSet,
    settings: CompanySettings,
    *,
    as_of: date,
    verdicts: Verdicts,
) -> Reconciliation:
    """Pure, linear, and independent of the order of its input.

    `books` must be complete (S29: plan/completeness.py). `verdicts` say what the detectors take for copies. Raises
    ResidualError when the buckets do not add up to the difference of the totals, which no input can bring about.
    """
    sides = Sides(books=books, crm=crm, matches=matches, settings=settings, as_of=as_of, verdicts=verdicts)
    balances = balances_of(sides)
    documents = _in_order(reconciled(balances))
    aged = aging(
        documents,
        as_of,
        settled_elsewhere=frozenset(
            booking.ref.id
            for booking in (*sides.money_booked_elsewhere.values(), *sides.credits_booked_elsewhere.values())
            if booking.ref.kind == "JournalEntry"
        ),
        party_name=sides.places.party_name,
        crm_tells_balances=crm.tells("invoice") and not crm.tells("payment"),
    )
    return Reconciliation(
        company=PlanCompany(realm_id=books.realm_id, name=books.company.company_name, environment=books.environment),
        snapshot_id=books.id,
        as_of=as_of,
        comparisons=comparisons(
            documents,
            source_amounts(sides),
            compared=lambda measure: _compared(crm, measure),
            party_name=sides.places.party_name,
            job_name=sides.places.job_name,
        ),
        job_revenue=job_revenue(sides, balances.buckets) if crm.tells("invoice") else (),
        aging=aged,
        tie_out=tie_out(books, aged, documents),
        documents=documents,
        parties={key: sides.places.party_name(key) for key in sorted({document.party for document in documents})},
        jobs={key: sides.places.job_name(key) for key in sorted({document.job for document in documents})},
    )


def _compared(crm: CrmRecords, measure: MeasureName) -> bool:
    match measure:
        case "payments":
            return crm.tells("payment")
        case "credits":
            return crm.tells("credit")
        case _:
            return crm.tells("invoice")


def _in_order(documents: Iterable[ReconciledDocument]) -> tuple[ReconciledDocument, ...]:
    """CRM first, by kind, then date and id. Kind after kind, so that the keys of all need not be in memory."""
    lists: dict[tuple[str, int], list[ReconciledDocument]] = defaultdict(list)
    for document in documents:
        lists[document.side, _SORTS.index(document.sort)].append(document)
    for of_kind in lists.values():
        of_kind.sort(key=lambda item: (item.day or date.min, item.id.zfill(20), item.party, item.job))
    return tuple(chain.from_iterable(lists[kind] for kind in sorted(lists)))
