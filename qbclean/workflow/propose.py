"""Both stories in, a plan out: match, detect, and assemble."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from qbclean.detect import detect
from qbclean.detect.inquiry import Inquiry
from qbclean.match.overview import Overview
from qbclean.match.owners import with_owners
from qbclean.match.pairing import match
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmFile, CrmRecords
from qbclean.model.locks import Locks
from qbclean.model.plan import Plan
from qbclean.model.settings import CompanySettings
from qbclean.plan.builder import PlanBasis, assemble
from qbclean.plan.completeness import require_complete
from qbclean.plan.encoded import EncodedPlan


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


def inquire(
    books: ReceivablesSnapshot,
    crm: CrmRecords,
    settings: CompanySettings,
    *,
    as_of: date,
    overview: Overview | None = None,
    owners: Mapping[str, str] | None = None,
) -> Inquiry:
    """Both stories paired, ready for the detectors. Raises IncompleteBooksError (S29).

    `overview`, `owners` (`match/owners.py`): of the company that the books and records are a slice of.
    """
    require_complete(books)
    crm = with_owners(crm, owners)
    return Inquiry(
        books=books,
        crm=crm,
        matches=match(books, crm, settings, overview),
        settings=settings,
        locks=Locks.of(books.preferences, settings),
        as_of=as_of,
    )


def plan_for(inquiry: Inquiry, *, tool: str, only: Collection[str] = ()) -> EncodedPlan:
    """The plan that answers an inquiry."""
    basis = basis_for(inquiry.books, inquiry.crm.files, inquiry.settings, as_of=inquiry.as_of, tool=tool)
    return assemble(basis, inquiry.books, detect(inquiry), only=only)


def basis_for(
    books: ReceivablesSnapshot, files: tuple[CrmFile, ...], settings: CompanySettings, *, as_of: date, tool: str
) -> PlanBasis:
    """What a plan for the books says of its making; `books` may be those of any slice."""
    locks = Locks.of(books.preferences, settings)
    return PlanBasis.of(books, crm=files, settings=settings, locks=locks, as_of=as_of, tool=tool)
