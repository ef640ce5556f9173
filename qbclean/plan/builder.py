"""From findings and proposals to a plan: worked out slice by slice, put together in one order, sealed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Self

import msgspec

from qbclean.actions.found import Found
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmFile
from qbclean.model.locks import Locks
from qbclean.model.plan import Plan, PlanCompany, PlanSnapshot
from qbclean.model.settings import CompanySettings
from qbclean.model.write import MINOR_VERSION
from qbclean.plan.digest import digest_of_texts
from qbclean.plan.encoded import EncodedPlan
from qbclean.plan.slice import PlanSlice, plan_slice
from qbclean.plan.summary import added_up


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBasis:
    """What of the company a plan is made from, and under which settings; the same for all slices."""

    company: PlanCompany
    snapshot_id: str
    taken_at: datetime
    crm: tuple[CrmFile, ...]
    settings: CompanySettings
    locks: Locks
    as_of: date
    tool: str

    @classmethod
    def of(
        cls,
        books: ReceivablesSnapshot,
        *,
        crm: tuple[CrmFile, ...],
        settings: CompanySettings,
        locks: Locks,
        as_of: date,
        tool: str,
    ) -> Self:
        """`books` may be those of any slice."""
        return cls(
            company=PlanCompany(
                realm_id=books.realm_id, name=books.company.company_name, environment=books.environment
            ),
            snapshot_id=books.id,
            taken_at=books.taken_at,
            crm=crm,
            settings=settings,
            locks=locks,
            as_of=as_of,
            tool=tool,
        )


def assemble(
    basis: PlanBasis, books: ReceivablesSnapshot, found: Iterable[Found], *, only: Collection[str] = ()
) -> EncodedPlan:
    """The sealed plan of a company in one slice. `only`: action kinds to keep (with what they depend on), all when
    empty.

    Same basis, books and findings give the same bytes.
    """
    return compose(basis, (plan_slice(books, basis.locks, found, only=only),))


def compose(basis: PlanBasis, slices: Iterable[PlanSlice]) -> EncodedPlan:
    """The sealed plan of a company from all its slices, in any order: the same bytes however it was cut."""
    parts = tuple(slices)
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(part.counts)
    summary = added_up([part.summary for part in parts])
    # No two slices have a passage in one place; should they ever, the order of the slices must not show.
    in_order = attrgetter("place", "text")
    findings = sorted((passage for part in parts for passage in part.findings), key=in_order)
    actions = sorted((passage for part in parts for passage in part.actions), key=in_order)
    head = Plan(
        tool=basis.tool,
        company=basis.company,
        snapshot=PlanSnapshot(
            id=basis.snapshot_id,
            taken_at=basis.taken_at,
            counts=dict(counts),
            ar=summary.ar.before,
            minor_version=MINOR_VERSION,
        ),
        crm=basis.crm,
        settings=basis.settings,
        locks=basis.locks,
        as_of=basis.as_of,
        summary=summary,
        findings=(),
        actions=(),
    )
    texts = tuple(passage.text for passage in findings), tuple(passage.text for passage in actions)
    digest = digest_of_texts(head, *texts)
    return EncodedPlan(head=msgspec.structs.replace(head, digest=digest), findings=texts[0], actions=texts[1])
