"""What is asked of a company."""

from __future__ import annotations

from datetime import date

import msgspec

from qbclean.model.reconciliation import Listed
from qbclean.model.settings import CompanySettings


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """`plan`: whether to plan, and `only` which kinds. `listed`: the documents to list in the reconciliation, None when
    it is not asked for."""

    settings: CompanySettings
    as_of: date
    plan: bool = True
    only: tuple[str, ...] = ()
    listed: Listed | None = None
