"""One generated company for all tests that only read it."""

from datetime import date
from pathlib import Path

import pytest

from qbclean.sandbox.generate import GeneratedCompany, generate

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> GeneratedCompany:
    return generate(tmp_path_factory.mktemp("company"), seed=7, today=TODAY)


@pytest.fixture
def folder(company: GeneratedCompany) -> Path:
    return company.directory
