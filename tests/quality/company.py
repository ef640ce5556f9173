"""A generated company with everything needed to judge a plan of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from qbclean.crm.reading import read_crm
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.plan import Plan
from qbclean.sandbox.generate import generate
from tests.company_folder import snapshot_of
from tests.crm_builders import plan_of
from tests.quality.truth import Truth

TODAY = date(2026, 11, 23)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`plan` is what qbclean makes of `books` and `crm`, `truth` what it should have made of them."""

    name: str
    books: ReceivablesSnapshot
    crm: CrmRecords
    truth: Truth
    plan: Plan


def judged(folder: Path, *, seed: int, difficulty: Literal["normal", "hard"], customers: int = 400) -> Judged:
    """Generates the company into `folder`, reads it as a user's would be read, and plans."""
    generate(folder, seed=seed, customers=customers, today=TODAY, difficulty=difficulty)
    books, crm = snapshot_of(folder), read_crm([folder / "crm"]).records
    return Judged(
        name=f"{difficulty} {seed}",
        books=books,
        crm=crm,
        truth=Truth.of(folder),
        plan=plan_of(books, crm, as_of=TODAY),
    )
