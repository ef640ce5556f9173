"""The reconciliation of a slice of a company: figures that add up over slices, so that workers can share the work.

A slice is some customers with all their documents of both sides. Nothing is concluded before all slices are together.
"""

from __future__ import annotations

from datetime import date

import msgspec

from qbclean.match.pairing import MatchSet
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.money import ZERO, total
from qbclean.model.plan import PlanCompany
from qbclean.model.reconciliation import Listed, MeasureName, ReconciledDocument
from qbclean.model.settings import CompanySettings
from qbclean.reconcile.aging import Ages, truly_open
from qbclean.reconcile.counting import Counting
from qbclean.reconcile.documents import balances_of, reconciled
from qbclean.reconcile.job_revenue import JobSums, job_sums
from qbclean.reconcile.mismatches import is_unaccounted
from qbclean.reconcile.names import Named
from qbclean.reconcile.sides import Sides
from qbclean.reconcile.source_totals import count_sources
from qbclean.reconcile.tallies import Tallies, add_up
from qbclean.reconcile.tie_out import Receivable, control
from qbclean.reconcile.verdicts import Verdicts


class ReconciledSlice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a slice adds to the reconciliation; goes through msgspec.msgpack as it is.

    `parties` and `jobs` name every key in `tallies`. `documents` are those asked for, `unaccounted` those whose open
    balance no finding of its own explains, both in no particular order.
    """

    company: PlanCompany
    snapshot_id: str
    as_of: date
    compared: tuple[MeasureName, ...]
    tallies: Tallies
    ages: dict[str, Ages]
    job_sums: dict[str, JobSums]
    receivable: Receivable
    parties: dict[str, str]
    jobs: dict[str, Named]
    listed: Listed
    documents: tuple[ReconciledDocument, ...]
    unaccounted: tuple[ReconciledDocument, ...]

    def take(self, other: ReconciledSlice) -> None:
        """Add the figures and names of `other`, which is not to be used any more, but not its documents."""
        self.tallies.add(other.tallies)
        self.receivable.add(other.receivable)
        add_up(self.ages, other.ages)
        add_up(self.job_sums, other.job_sums)
        self.parties.update(other.parties)
        for key, named in other.jobs.items():
            self.jobs[key] = max(named, self.jobs.get(key, named))


def reconcile_slice(
    books: ReceivablesSnapshot,
    crm: CrmRecords,
    matches: MatchSet,
    settings: CompanySettings,
    *,
    as_of: date,
    verdicts: Verdicts,
    listed: Listed = "every",
) -> ReconciledSlice:
    """Every document of the slice in its buckets, added up. Pure, linear, and independent of the order of its input.

    `books` must be complete (S29: plan/completeness.py). `verdicts` say what the detectors take for copies.
    """
    sides = Sides(books=books, crm=crm, matches=matches, settings=settings, as_of=as_of, verdicts=verdicts)
    balances = balances_of(sides)
    counting = Counting(by_job=listed != "none")
    count_sources(counting, sides)
    ages: dict[str, Ages] = {}
    documents: list[ReconciledDocument] = []
    unaccounted: list[ReconciledDocument] = []
    open_in_quickbooks = ZERO
    alone = crm.tells("invoice") and not crm.tells("payment")
    for document in reconciled(balances):
        counting.put(document)
        if document.open:
            truly = truly_open(document, sides.settled_by_journal, crm_tells_balances=alone)
            ages.setdefault(document.party, Ages()).put(document, as_of, truly=truly)
            if document.side == "quickbooks":
                open_in_quickbooks += document.open
        if document.open_bucket is not None and is_unaccounted(document):
            unaccounted.append(document)
        if listed == "every" or (listed == "differing" and document.differs):
            documents.append(document)
    tallies = counting.tallies()
    billed = job_sums(sides, balances.buckets) if crm.tells("invoice") else {}
    return ReconciledSlice(
        company=PlanCompany(realm_id=books.realm_id, name=books.company.company_name, environment=books.environment),
        snapshot_id=books.id,
        as_of=as_of,
        compared=_compared(crm),
        tallies=tallies,
        receivable=Receivable(
            ledger=control(books),
            aging=total(amount for found in ages.values() for amount in found.books),
            customers=total(books.ar_by_customer.values()),
            documents=open_in_quickbooks,
        ),
        ages=ages,
        job_sums=billed,
        parties={key: sides.names.of_party(key) for key in {*tallies.every_key("customer"), *ages}},
        jobs={key: sides.names.of_job(key) for key in {*tallies.every_key("job"), *billed}},
        listed=listed,
        documents=tuple(documents),
        unaccounted=tuple(unaccounted),
    )


def _compared(crm: CrmRecords) -> tuple[MeasureName, ...]:
    measures: tuple[tuple[MeasureName, bool], ...] = (
        ("invoices", crm.tells("invoice")),
        ("payments", crm.tells("payment")),
        ("credits", crm.tells("credit")),
        ("balances", crm.tells("invoice")),
    )
    return tuple(measure for measure, told in measures if told)
