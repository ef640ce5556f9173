"""What is paired by number and amount alone is what comparing every invoice with every other would pair."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from qbclean.crm.reading import read_crm
from qbclean.match.assignment import assign
from qbclean.match.invoices import InvoiceMatches
from qbclean.match.likeness import comparable, likeness, worth
from qbclean.match.pairing import match
from qbclean.match.plain_pairs import plain_pairs
from qbclean.match.sale_levels import compare_sales
from qbclean.match.sales import Sale
from qbclean.match.weights import CLEAR, MATCH, points
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.settings import CompanySettings
from qbclean.sandbox.generate import generate
from tests.company_folder import snapshot_of
from tests.property.messy_books import messy_companies

Company = tuple[ReceivablesSnapshot, CrmRecords]


def invoices_of(company: Company) -> InvoiceMatches:
    return match(*company, CompanySettings()).invoices


def parties(matches: InvoiceMatches) -> list[tuple[list[Sale], list[Sale]]]:
    """The invoices of either side, customer group by customer group."""
    ours, theirs = matches.sales_crm.values(), matches.sales_qbo.values()
    return [
        ([sale for sale in ours if sale.group == group], [sale for sale in theirs if sale.group == group])
        for group in sorted({sale.group for sale in ours})
    ]


def fully_compared(crm: Sale, qbo: Sale, matches: InvoiceMatches) -> int | None:
    """What `likeness` must come to: all levels looked at."""
    full = points(compare_sales(crm, qbo, matches.context))
    return full if comparable(crm, qbo) and full >= MATCH else None


def assert_plain_pairs_are_the_best(matches: InvoiceMatches) -> int:
    """How many plain pairs there are; each is in the best assignment over all comparisons, and clear."""
    found = 0
    for ours, theirs in parties(matches):
        scores = {
            crm.id: {qbo.id: value for qbo in theirs if (value := fully_compared(crm, qbo, matches)) is not None}
            for crm in ours
        }
        plain = {crm_id: qbo.id for crm_id, qbo in plain_pairs(ours, theirs, matches.context).items()}
        rivals = {qbo_id for row in scores.values() for qbo_id in row} - set(plain.values())
        alone = {crm_id: qbo_id for crm_id, qbo_id in plain.items() if rivals.isdisjoint(scores[crm_id])}
        assert alone.items() <= assign(scores).items()
        assert all(scores[crm_id][qbo_id] >= CLEAR for crm_id, qbo_id in plain.items())
        found += len(plain)
    return found


@settings(max_examples=60, deadline=None, derandomize=True)
@given(messy_companies())
def test_in_small_messy_books(company: Company) -> None:
    assert_plain_pairs_are_the_best(invoices_of(company))


@pytest.fixture(scope="module", params=["normal", "hard"])
def generated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> InvoiceMatches:
    folder: Path = tmp_path_factory.mktemp("company")
    generate(folder, seed=13, customers=120, today=date(2026, 11, 23), difficulty=request.param)
    return invoices_of((snapshot_of(folder), read_crm([folder / "crm"]).records))


def test_in_a_generated_company_most_pairs_are_plain(generated: InvoiceMatches) -> None:
    assert assert_plain_pairs_are_the_best(generated) > len(generated.pairs) * 0.3


def test_a_comparison_that_is_cut_short_comes_to_the_same(generated: InvoiceMatches) -> None:
    compared = [(crm, qbo) for ours, theirs in parties(generated) for crm in ours for qbo in theirs]

    assert len(compared) > 1_000
    assert [likeness(*pair, generated.context) for pair in compared] == [
        fully_compared(*pair, generated) for pair in compared
    ]


@pytest.mark.parametrize("least", [-30, 5, 60])
def test_a_comparison_tells_the_worth_of_all_pairs_from_any_least_on(generated: InvoiceMatches, least: int) -> None:
    context = generated.context
    for ours, theirs in parties(generated):
        for pair in [(crm, qbo) for crm in ours for qbo in theirs]:
            full = points(compare_sales(*pair, context))
            assert worth(*pair, context, least=least) == (full if full >= least else None)
