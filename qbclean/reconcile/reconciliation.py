"""The reconciliation of a company: its slices put together, and every dollar explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import chain

from qbclean.model.reconciliation import ReconciledDocument, Reconciliation
from qbclean.reconcile.aging import aging
from qbclean.reconcile.job_revenue import job_revenue
from qbclean.reconcile.slices import ReconciledSlice
from qbclean.reconcile.tables import comparisons
from qbclean.reconcile.tie_out import tie_out

_SORTS = ("invoice", "payment", "credit", "journal_entry")


def merge(slices: Iterable[ReconciledSlice]) -> Reconciliation:
    """The slices of a company, at least one, put together; see `Merged`."""
    merged = Merged()
    for part in slices:
        merged.add(part)
    return merged.reconciliation()


class Merged:
    """The slices of a company, put together one by one; the same however it was cut, and in whatever order."""

    def __init__(self) -> None:
        self._whole: ReconciledSlice | None = None
        self._documents: list[tuple[ReconciledDocument, ...]] = []

    def add(self, part: ReconciledSlice) -> None:
        """Put `part` to the others. Its figures are used up."""
        self._documents.append(part.documents)
        if self._whole is None:
            self._whole = part
        else:
            self._whole.take(part)

    def reconciliation(self) -> Reconciliation:
        """The report, once every slice is there.

        Raises ResidualError when the buckets do not add up to the difference of the totals, which no input can bring
        about, and ValueError when there was no slice at all.
        """
        whole = self._whole
        if whole is None:
            raise ValueError("no slice of the company was reconciled")
        tallies, party_name, listed = whole.tallies, whole.parties.__getitem__, whole.listed

        def job_name(key: str) -> str:
            return whole.jobs[key].name

        return Reconciliation(
            company=whole.company,
            snapshot_id=whole.snapshot_id,
            as_of=whole.as_of,
            comparisons=comparisons(
                tallies, compared=whole.compared, party_name=party_name, job_name=job_name, listed=listed
            ),
            job_revenue=job_revenue(whole.job_sums, job_name),
            aging=aging(whole.ages, party_name, listed=listed),
            tie_out=tie_out(whole.receivable),
            documents=_in_order(chain.from_iterable(self._documents)),
            parties={key: party_name(key) for key in tallies.keys("customer")} if listed != "none" else {},
            jobs={key: job_name(key) for key in tallies.keys("job")} if listed != "none" else {},
        )


def _in_order(documents: Iterable[ReconciledDocument]) -> tuple[ReconciledDocument, ...]:
    """CRM first, by kind, then date and id. Kind after kind, so that the keys of all need not be in memory."""
    lists: dict[tuple[str, int], list[ReconciledDocument]] = defaultdict(list)
    for document in documents:
        lists[document.side, _SORTS.index(document.sort)].append(document)
    for of_kind in lists.values():
        of_kind.sort(key=lambda item: (item.day or date.min, item.id.zfill(20), item.party, item.job))
    return tuple(chain.from_iterable(lists[kind] for kind in sorted(lists)))
