"""The reconciliation of a company: its slices put together, and every dollar explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import chain

from qbclean.model.reconciliation import MeasureName, ReconciledDocument, Reconciliation
from qbclean.reconcile.aging import Ages, aging
from qbclean.reconcile.job_revenue import JobSums, job_revenue
from qbclean.reconcile.names import Named
from qbclean.reconcile.slices import ReconciledSlice
from qbclean.reconcile.tables import comparisons
from qbclean.reconcile.tallies import Tallies
from qbclean.reconcile.tie_out import Receivable, tie_out

_SORTS = ("invoice", "payment", "credit", "journal_entry")


def merge(slices: Iterable[ReconciledSlice]) -> Reconciliation:
    """The slices of a company, at least one, put together; the same however it was cut, and in whatever order.

    The slices' figures are used up. Raises ResidualError when the buckets do not add up to the difference of the
    totals, which no input can bring about.
    """
    tallies, compared = Tallies(), set[MeasureName]()
    ages: dict[str, Ages] = {}
    sums: dict[str, JobSums] = {}
    parties: dict[str, str] = {}
    jobs: dict[str, Named] = {}
    receivable: list[Receivable] = []
    documents: list[tuple[ReconciledDocument, ...]] = []
    for part in slices:
        tallies.add(part.tallies)
        compared |= set(part.compared)
        for party, owed in part.ages.items():
            ages.setdefault(party, Ages()).add(owed)
        for job, billed in part.job_sums.items():
            sums.setdefault(job, JobSums()).add(billed)
        receivable.append(part.receivable)
        parties |= part.parties
        for job, named in part.jobs.items():
            jobs[job] = max(named, jobs.get(job, named))
        documents.append(part.documents)
    return Reconciliation(
        company=part.company,
        snapshot_id=part.snapshot_id,
        as_of=part.as_of,
        comparisons=comparisons(
            tallies, compared=compared, party_name=parties.__getitem__, job_name=lambda key: jobs[key].name
        ),
        job_revenue=job_revenue(sums, lambda key: jobs[key].name),
        aging=aging(ages, parties.__getitem__),
        tie_out=tie_out(receivable),
        documents=_in_order(chain.from_iterable(documents)),
        parties={key: parties[key] for key in tallies.keys("customer")},
        jobs={key: jobs[key].name for key in tallies.keys("job")},
    )


def _in_order(documents: Iterable[ReconciledDocument]) -> tuple[ReconciledDocument, ...]:
    """CRM first, by kind, then date and id. Kind after kind, so that the keys of all need not be in memory."""
    lists: dict[tuple[str, int], list[ReconciledDocument]] = defaultdict(list)
    for document in documents:
        lists[document.side, _SORTS.index(document.sort)].append(document)
    for of_kind in lists.values():
        of_kind.sort(key=lambda item: (item.day or date.min, item.id.zfill(20), item.party, item.job))
    return tuple(chain.from_iterable(lists[kind] for kind in sorted(lists)))
