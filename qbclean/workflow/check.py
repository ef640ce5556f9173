"""Check: what differs between the books and the CRM, as a plan that nobody has to keep."""

from __future__ import annotations

from datetime import date

from qbclean.model.plan import Plan
from qbclean.model.settings import CompanySettings
from qbclean.ports.books import SnapshotStore
from qbclean.workflow.propose import build_plan


def check(store: SnapshotStore, settings: CompanySettings, *, as_of: date, tool: str) -> Plan:
    """Every finding in the current snapshot, with what would be done about it. Nothing is recorded.

    Raises StoreError when nothing was pulled, IncompleteBooksError when the snapshot is not the whole picture (S29).
    """
    return build_plan(store.load(), store.load_crm(), settings, as_of=as_of, tool=tool)
