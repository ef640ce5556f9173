"""`check` and `plan` ask the same question: it is worked out once."""

from __future__ import annotations

from datetime import date

import pytest

from qbclean.errors import SettingsError
from qbclean.model.settings import CompanySettings
from qbclean.workflow import in_slices
from qbclean.workflow.check import check
from qbclean.workflow.make_plan import make_plan
from tests.builders import a_snapshot, an_invoice
from tests.crm_builders import AS_OF, a_crm_invoice, the_crm
from tests.fakes import FakeClock, FakeJournal, FakeSnapshotStore

TOOL = "qbclean test"


def a_store() -> FakeSnapshotStore:
    store = FakeSnapshotStore(a_snapshot(an_invoice(), an_invoice("302", number="1043")))
    store.save_crm(the_crm(a_crm_invoice()))
    return store


def planned(store: FakeSnapshotStore, *, as_of: date = AS_OF, only: tuple[str, ...] = ()) -> str:
    return make_plan(
        store, FakeJournal(), FakeClock(), CompanySettings(), as_of=as_of, tool=TOOL, only=only
    ).head.digest


def test_a_plan_after_a_check_is_the_one_the_check_saw(monkeypatch: pytest.MonkeyPatch) -> None:
    alone, store = planned(a_store()), a_store()
    seen = check(store, CompanySettings(), as_of=AS_OF, tool=TOOL).plan

    monkeypatch.setattr(in_slices, "work_out", None)

    assert planned(store) == seen.digest == alone


def test_another_day_or_other_kinds_are_another_question() -> None:
    store = a_store()
    whole = planned(store)
    assert planned(store, as_of=date(2027, 1, 1)) != whole
    assert planned(store, only=("apply_payment",)) != whole
    assert planned(store) == whole


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(SettingsError, match=r"called void\..*void_invoice, "):
        planned(a_store(), only=("void", "apply_payment"))
