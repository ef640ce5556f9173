"""What is paired by number and amount alone is what comparing every invoice with every other would pair."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from qbclean.crm.reading import read_crm
from qbclean.match.assignment import assign
from qbclean.match.invoices import InvoiceMatches
from qbclean.match.likeness import worth
from qbclean.match.pairing import match
from qbclean.match.plain_pairs import plain_pairs
from qbclean.match.reach import Candidate, within_reach
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


def fully_compared(crm: Sale, theirs: Iterable[Sale], matches: InvoiceMatches) -> dict[str, int]:
    """QuickBooks invoice → points from `MATCH` on, all levels of all pairs that have anything in common looked at."""
    pairs = {qbo.id: points(compare_sales(crm, qbo, matches.context)) for qbo in theirs if in_common(crm, qbo)}
    return {qbo_id: value for qbo_id, value in pairs.items() if value >= MATCH}


def in_common(crm: Sale, qbo: Sale) -> bool:
    same_number = crm.number is not None and qbo.number is not None and crm.number.base == qbo.number.base
    same_amount = crm.total == qbo.total or crm.subtotal == qbo.subtotal
    return same_number or same_amount or abs(crm.day - qbo.day) <= 10 or crm.qbo_id == qbo.id


def assert_plain_pairs_are_the_best(matches: InvoiceMatches) -> int:
    """How many plain pairs there are; each is in the best assignment over all comparisons, and clear."""
    found = 0
    for ours, theirs in parties(matches):
        scores = {crm.id: fully_compared(crm, theirs, matches) for crm in ours}
        plain = {crm_id: qbo.id for crm_id, qbo in plain_pairs(ours, theirs, matches.context).items()}
        alone = dict(plain)
        while parted := [crm_id for crm_id in alone if scores[crm_id].keys() - set(alone.values())]:
            alone = {crm_id: qbo_id for crm_id, qbo_id in alone.items() if crm_id not in parted}
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


def assert_nothing_is_missed(matches: InvoiceMatches) -> int:
    """How many pairs are within reach; among them are all that are worth comparing."""
    compared = 0
    for ours, theirs in parties(matches):
        candidates = [Candidate.of(qbo, matches.context) for qbo in theirs]
        for crm in ours:
            near = list(within_reach(crm, candidates))
            scores = {qbo.id: worth(crm, qbo, matches.context, least=MATCH) for qbo in near}
            wanted = fully_compared(crm, theirs, matches)
            assert {qbo_id: value for qbo_id, value in scores.items() if value is not None} == wanted
            compared += len(near)
    return compared


def test_no_pair_out_of_reach_is_worth_a_comparison(generated: InvoiceMatches) -> None:
    assert assert_nothing_is_missed(generated) > 500


@settings(max_examples=60, deadline=None, derandomize=True)
@given(messy_companies())
def test_no_pair_out_of_reach_is_worth_one_in_small_messy_books(company: Company) -> None:
    assert_nothing_is_missed(invoices_of(company))


@pytest.mark.parametrize("least", [-30, 5, 60])
def test_a_comparison_tells_the_worth_of_all_pairs_from_any_least_on(generated: InvoiceMatches, least: int) -> None:
    context = generated.context
    for ours, theirs in parties(generated):
        for pair in [(crm, qbo) for crm in ours for qbo in theirs]:
            full = points(compare_sales(*pair, context))
            assert worth(*pair, context, least=least) == (full if full >= least else None)
