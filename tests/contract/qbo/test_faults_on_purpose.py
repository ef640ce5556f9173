"""R47: each way in which an answer goes wrong, at each endpoint, before and after the effect."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec
import pytest

from qbclean.errors import AuthorizationError, GatewayError, ThrottledError, UnavailableError
from qbclean.model.refs import DocumentRef
from qbclean.qbo.retry import RunBudget
from qbclean.sandbox.mischief import FAULT_NAMES
from tests.contract.qbo.conftest import Line
from tests.contract.qbo.writes import an_invoice, create, planned, void

FAULTS = [name for name in FAULT_NAMES if name not in ("slow", "fault")]
LASTING = {
    "401": AuthorizationError,
    "429_json": ThrottledError,
    "429_lowercase": ThrottledError,
    "429_xml": ThrottledError,
}
SENDS = {"401": 2, "500": 2, "404_html": 2, "fault_200": 2}
"""How often a request is sent against a fault that lasts; 4 times where nothing else is said."""
READS: dict[str, Callable[[Line], object]] = {
    "/companyinfo/": lambda line: line.gateway.company(),
    "/preferences": lambda line: line.gateway.preferences(),
    "/invoice/": lambda line: line.gateway.read([DocumentRef("Invoice", "1")]),
    "/query": lambda line: line.source.count("Invoice"),
    "/cdc": lambda line: line.source.changes(["Invoice"], datetime.now(UTC)),
    "/CustomerBalance": lambda line: line.gateway.ar_by_customer(date(2026, 12, 31)),
    "/ProfitAndLoss": lambda line: line.gateway.income_by_account_and_month(
        "cash", date(2026, 1, 1), date(2026, 12, 31)
    ),
    "/BalanceSheet": lambda line: line.gateway.balance_sheet("cash", date(2026, 12, 31)),
    "/TransactionList": lambda line: line.source.reconciled(),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_strikes_once_is_survived_at_every_endpoint(line: Line, fault: str) -> None:
    create(line, "Invoice", an_invoice("1"))
    for path, read in READS.items():
        line.fault(fault=fault, path=path)
        read(line)
    assert sum(rule["fired"] for rule in line.running.sandbox.mischief.status()) == len(READS)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_lasts_is_named_rightly_and_not_hammered_at(line: Line, fault: str) -> None:
    """R22, at every endpoint."""
    create(line, "Invoice", an_invoice("1"))
    for path, read in READS.items():
        line.running.sandbox.mischief.clear()
        line.gateway.preferences()  # a good answer between, or the breaker would step in
        line.fault(fault=fault, path=path, times=1000)
        before = line.connection.calls
        with pytest.raises(LASTING.get(fault, UnavailableError)):
            read(line)
        told_time = path == "/cdc"
        assert line.connection.calls - before - told_time == SENDS.get(fault, 4), path


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_write_struck_once_happens_exactly_once(line: Line, fault: str, when: str) -> None:
    """R20: create and void, with the effect before or after the fault."""
    line.fault(fault=fault, method="POST", entity="invoice", when=when)
    receipt = create(line, "Invoice", an_invoice("1"))
    line.running.sandbox.mischief.clear()
    line.fault(fault=fault, method="POST", entity="invoice", when=when)
    assert line.gateway.send(void(line, receipt)).sync_token == "1"
    assert line.source.count("Invoice") == 1
    posts = [each for each in line.requests() if each["method"] == "POST" and "/company/" in each["path"]]
    assert len(posts) == 4
    assert len({str(each["query"]) for each in posts}) == 2, "one request id per write"


@pytest.mark.parametrize("replay", ["forget", "600"])
@pytest.mark.parametrize("fault", ["reset", "empty_200", "503_html", "half_body", "fault_200"])
def test_where_request_ids_do_not_help_a_void_ends_in_doubt_not_in_a_false_refusal(
    connect: Callable[..., Line], fault: str, replay: str
) -> None:
    """R20, R21: the effect was there, its answer was lost, and the repetition is refused."""
    line = connect(quirks={"replay": replay})
    receipt = create(line, "Invoice", an_invoice("1"))
    line.fault(fault=fault, method="POST", entity="invoice", when="after")
    with pytest.raises(UnavailableError):
        line.gateway.send(void(line, receipt))


def test_a_storm_is_survived_without_a_double(connect: Callable[..., Line]) -> None:
    """R22: a third of the writes is struck; retries within 20 %, no write over 5 times, none twice in the books."""
    budget = RunBudget()
    line = connect(budget)
    budget.clock = line.time
    for place, fault in enumerate(("503_html", "reset", "empty_200")):
        line.fault(fault=fault, method="POST", entity="invoice", when="after", probability=0.12, seed=place)
    done, failed = 0, 0
    for number in range(300):
        try:
            done += line.gateway.send(planned(line, "create", "Invoice", an_invoice(f"S{number}"))).attempts <= 5
        except GatewayError:
            failed += 1
    assert budget.retries <= max(budget.floor, 0.2 * budget.operations)
    assert done + failed == 300
    assert done > 220, "a fifth of retries cannot mend a third of faults; the rest is settled by reading back"
    line.running.sandbox.mischief.clear()
    pages = line.source.pages("Invoice")
    numbers = [msgspec.json.decode(each.raw)["DocNumber"] for page in pages for each in page]
    assert len(numbers) == len(set(numbers)) >= done


def test_no_fault_text_holds_what_was_sent(line: Line) -> None:
    """P4, R35: canaries in every text field, every fault in turn."""
    canary = f"canary{random.Random(5).getrandbits(40)}"
    body = an_invoice("1") | {"PrivateNote": canary, "CustomerMemo": {"value": canary}}
    for fault in FAULTS:
        line.fault(fault=fault, method="POST", entity="invoice", times=10)
        with pytest.raises((GatewayError, AuthorizationError)) as caught:
            line.gateway.send(planned(line, "create", "Invoice", body))
        assert canary not in str(caught.value)
        assert caught.value.__cause__ is None
        line.running.sandbox.mischief.clear()
        line.time.now += 3600
    wrong = body | {"Line": [{"DetailType": canary, "Amount": 1}]}
    with pytest.raises(GatewayError) as caught:
        line.gateway.send(planned(line, "create", "Invoice", wrong))
    assert canary not in str(caught.value)
