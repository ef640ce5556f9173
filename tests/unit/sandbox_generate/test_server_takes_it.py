"""The sandbox server's own loader takes what the generator writes."""

from pathlib import Path

from qbclean.sandbox.company import Company
from qbclean.sandbox.folder import load_folder


def test_the_loader_finds_no_contradiction(folder: Path) -> None:
    company = Company("9130000000000001")
    load_folder(company, folder)
    assert len(company.tables["Invoice"]) > 700
    assert "Reconciled" in company.cleared_states.values()
