"""Both stories in, a plan out: match, detect, and assemble; once, and kept for who asks the same again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

import msgspec

from qbclean.detect import detect
from qbclean.detect.inquiry import Inquiry
from qbclean.match.owners import with_owners
from qbclean.match.pairing import match
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.locks import Locks
from qbclean.model.plan import Plan
from qbclean.model.settings import CompanySettings
from qbclean.plan.builder import PlanBasis, assemble
from qbclean.plan.completeness import require_complete
from qbclean.plan.encoded import EncodedPlan
from qbclean.ports.books import SnapshotStore


def build_plan(
    books: ReceivablesSnapshot,
    crm: CrmRecords,
    settings: CompanySettings,
    *,
    as_of: date,
    tool: str,
    only: Collection[str] = (),
) -> Plan:
    """Everything found and proposed for the snapshot, sealed. The same input gives the same bytes.

    Raises IncompleteBooksError when the snapshot is not the whole picture (S29).
    """
    return plan_for(inquire(books, crm, settings, as_of=as_of), tool=tool, only=only).decoded()


def kept_or_made(
    store: SnapshotStore, settings: CompanySettings, *, as_of: date, tool: str, make: Callable[[], EncodedPlan]
) -> EncodedPlan:
    """The plan that `check` or `plan` worked out before from the same books, records and settings; else a new one."""
    question = msgspec.json.encode((settings, as_of, tool), order="deterministic").decode()
    plan = store.kept_plan(question)
    if plan is None:
        plan = make()
        store.keep_plan(question, plan)
    return plan


def inquire(books: ReceivablesSnapshot, crm: CrmRecords, settings: CompanySettings, *, as_of: date) -> Inquiry:
    """Both stories paired, ready for the detectors. Raises IncompleteBooksError (S29)."""
    require_complete(books)
    crm = with_owners(crm)
    return Inquiry(
        books=books,
        crm=crm,
        matches=match(books, crm, settings),
        settings=settings,
        locks=Locks.of(books.preferences, settings),
        as_of=as_of,
    )


def plan_for(inquiry: Inquiry, *, tool: str, only: Collection[str] = ()) -> EncodedPlan:
    """The plan that answers an inquiry."""
    return assemble(basis_of(inquiry, tool=tool), inquiry.books, detect(inquiry), only=only)


def basis_of(inquiry: Inquiry, *, tool: str) -> PlanBasis:
    """What the plan that answers `inquiry` says of its making."""
    return PlanBasis.of(
        inquiry.books,
        crm=inquiry.crm.files,
        settings=inquiry.settings,
        locks=inquiry.locks,
        as_of=inquiry.as_of,
        tool=tool,
    )
