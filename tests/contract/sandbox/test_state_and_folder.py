"""Company folders and state files: loaded as given, refused when they contradict themselves, safe against kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from qbclean.sandbox.folder import CompanyFolderError, dump_folder
from qbclean.sandbox.generate import generate
from qbclean.sandbox.sandbox import Sandbox, Settings
from qbclean.sandbox.uncertainties import QUIRKS
from tests.contract.sandbox.caller import Caller, a_line
from tests.contract.sandbox.conftest import Opener


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("generated")
    generate(directory, seed=5, customers=40, years=1, today=date(2026, 11, 1))
    return directory


@pytest.fixture
def folder(caller: Caller, open_sandbox: Opener, tmp_path: Path) -> Path:
    """A small company with links of every kind, dumped by the sandbox itself."""
    running, other = open_sandbox(throttle=False)
    invoice = other.invoice("100.00", DocNumber="1")
    credit = other.credit_memo("30.00")
    other.payment("0", ("Invoice", invoice["Id"], "30.00"), ("CreditMemo", credit["Id"], "30.00"))
    payment = other.payment("80.00", ("Invoice", invoice["Id"], "70.00"))
    link = {"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}
    body = {"DepositToAccountRef": {"value": "1"}, "Line": [{"Amount": "80.00", "LinkedTxn": [link]}]}
    assert other.post("deposit", body).code is None
    dump_folder(running.sandbox.company, tmp_path / "company")
    return tmp_path / "company"


def _change(folder: Path, entity: str, place: int, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / f"{entity}.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    change(lines[place])
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_generated_company_loads_and_is_dumped_back_byte_for_byte(generated: Path, tmp_path: Path) -> None:
    sandbox = Sandbox(Settings(company=generated))
    dump_folder(sandbox.company, tmp_path)
    for name in ("Invoice.jsonl", "Payment.jsonl", "Customer.jsonl", "Deposit.jsonl"):
        assert (tmp_path / name).read_bytes() == (generated / name).read_bytes()
    assert sandbox.company.realm_id.isdigit()
    assert Sandbox(Settings(company=generated)).company.realm_id == sandbox.company.realm_id


@pytest.mark.parametrize(
    ("entity", "place", "change", "named"),
    [
        ("Invoice", 0, lambda invoice: invoice.update(Balance=1), "Invoice 1 (id 1) has Balance 1"),
        ("Invoice", 0, lambda invoice: invoice["LinkedTxn"].pop(), "disagree about their link"),
        ("CreditMemo", 0, lambda memo: memo.update(RemainingCredit=5), "CreditMemo 2 has RemainingCredit"),
        ("CreditMemo", 0, lambda memo: memo.update(LinkedTxn=[]), "CreditMemo 2 and payment 3 disagree"),
        ("Payment", 1, lambda payment: payment.update(UnappliedAmt=0), "Payment 4 has UnappliedAmt 0"),
        ("Payment", 1, lambda payment: payment.update(LinkedTxn=[]), "Payment 4 and its deposit disagree"),
        ("Payment", 1, lambda payment: payment["Line"][0]["LinkedTxn"][0].update(TxnId="99"), "and payment 4 disagree"),
        (
            "Customer",
            0,
            lambda customer: customer.update(Balance=7),
            "Customer Harbor Lane Bakery (id 1) has Balance 7",
        ),
        ("Invoice", 0, lambda invoice: invoice.update(CustomerRef={"value": "88"}), "names customer 88"),
        ("Customer", 0, lambda customer: customer.update(ParentRef={"value": "1"}), "(id 1) is a job of its own"),
        ("Invoice", 0, lambda invoice: invoice.pop("Id"), "has no Id"),
    ],
)
def test_a_folder_that_contradicts_itself_is_refused_by_name(
    folder: Path, entity: str, place: int, change: Callable[[dict[str, Any]], object], named: str
) -> None:
    Sandbox(Settings(company=folder))
    _change(folder, entity, place, change)
    with pytest.raises(CompanyFolderError) as refused:
        Sandbox(Settings(company=folder))
    assert named in str(refused.value)


def test_a_folder_whose_customers_are_jobs_of_one_another_is_refused_by_name(folder: Path) -> None:
    _change(folder, "Customer", 0, lambda customer: customer.update(ParentRef={"value": "77"}))
    with (folder / "Customer.jsonl").open("a") as file:
        file.write('{"Id": "77", "DisplayName": "Ring Road Cafe", "ParentRef": {"value": "1"}}\n')
    with pytest.raises(CompanyFolderError) as refused:
        Sandbox(Settings(company=folder))
    assert "Harbor Lane Bakery (id 1) and Customer Ring Road Cafe (id 77) are jobs of one another" in str(refused.value)


def test_a_line_that_is_no_json_is_named_with_file_and_line(folder: Path) -> None:
    (folder / "Term.jsonl").write_text('{"Id": "1"}\n{nonsense\n')
    with pytest.raises(CompanyFolderError, match=r"Term\.jsonl, line 2: this is not JSON"):
        Sandbox(Settings(company=folder))


def test_cleared_states_come_from_the_folder(folder: Path) -> None:
    (folder / "Cleared.jsonl").write_text('{"TxnType": "Deposit", "TxnId": "5", "Status": "Reconciled"}\n')
    company = Sandbox(Settings(company=folder)).company
    assert company.cleared("Deposit", "5") == "Reconciled"
    assert company.cleared("Payment", "4") == "Deposited"
    assert company.cleared("Payment", "3") == "Uncleared"


def test_unknown_fields_of_a_folder_survive_a_write(folder: Path, open_sandbox: Opener) -> None:
    _change(folder, "Invoice", 0, lambda invoice: invoice.update(HomeGrown={"a": 1}))
    _, caller = open_sandbox(company=folder)
    body = {"Id": "1", "SyncToken": "0", "sparse": True, "PrivateNote": "x"}
    assert caller.post("invoice", body)["Invoice"]["HomeGrown"] == {"a": 1}


def test_a_note_changes_nothing_else_of_a_document_that_would_be_refused_today(
    folder: Path, open_sandbox: Opener
) -> None:
    """A sparse update leaves lines and tax alone, though amounts, items and tax would not pass as new ones."""

    def spoil(invoice: dict[str, Any]) -> None:
        line = invoice["Line"][0]
        line["SalesItemLineDetail"] |= {"Qty": 7, "UnitPrice": 13, "TaxCodeRef": {"value": "5"}}
        line["Amount"] = invoice["Line"][1]["Amount"] = 92.5
        invoice["TxnTaxDetail"] = {"TotalTax": 7.5}

    _change(folder, "Invoice", 0, spoil)
    _, caller = open_sandbox(company=folder)
    before = caller.read("Invoice", "1")
    body = {"Id": "1", "SyncToken": "0", "sparse": True, "PrivateNote": "x"}
    after = caller.post("invoice", body)["Invoice"]
    for name in ("Line", "TxnTaxDetail", "TotalAmt", "Balance", "LinkedTxn", "DueDate"):
        assert after[name] == before[name]


def test_the_dump_over_http_is_a_company_folder(caller: Caller, tmp_path: Path) -> None:
    caller.invoice("12.50")
    files = caller.admin("GET", "dump?format=json").json["files"]
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    company = Sandbox(Settings(company=tmp_path)).company
    assert company.document("Invoice", "1") is not None
    assert caller.admin("GET", "dump").content.startswith(b"PK")


class _Process:
    """A sandbox in a process of its own, so that it can be killed."""

    def __init__(self, *options: str, ready: Path) -> None:
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.contract.sandbox.serve", "serve", *options, "--ready-file", str(ready)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"The sandbox did not start: {self.process.communicate()[1].decode()}")
            time.sleep(0.02)
        self.ready = json.loads(ready.read_text())
        self.mode = ready.stat().st_mode & 0o777

    def kill(self) -> None:
        if self.process.returncode is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.communicate()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., _Process]]:
    started: list[_Process] = []

    def start(*options: str) -> _Process:
        started.append(_Process(*options, ready=tmp_path / "ready.json"))
        return started[-1]

    yield start
    for process in started:
        process.kill()


def test_every_acknowledged_write_survives_kill_9(serve: Callable[..., _Process], tmp_path: Path, folder: Path) -> None:
    state = str(tmp_path / "company.db")
    first = serve("--state", state, "--company", str(folder), "--no-throttle")
    assert first.mode == 0o600
    caller = Caller(first.ready)
    body = {"CustomerRef": {"value": "2"}, "Line": [a_line("5.00")]}
    made = [caller.post("invoice", body, requestid=f"r{number}")["Invoice"]["Id"] for number in range(20)]
    caller.post("invoice", {"Id": made[0], "SyncToken": "0"}, operation="delete")
    first.kill()
    caller.close()
    second = serve("--state", state, "--company", str(tmp_path / "elsewhere"), "--no-throttle")
    assert second.ready["realm_id"] == first.ready["realm_id"]
    assert second.ready["refresh_token"] == first.ready["refresh_token"]
    again = Caller(second.ready)
    replayed = [again.post("invoice", body, requestid=f"r{number}")["Invoice"]["Id"] for number in range(20)]
    assert replayed == made
    found = again.rows("select * from Invoice where CustomerRef = '2' orderby Id")
    assert [row["Id"] for row in found] == made[1:]
    assert again.get(f"invoice/{made[0]}").code == "610"
    changed = again.get("cdc", entities="Invoice", changedSince="2026-01-01").json
    assert made[0] in [row["Id"] for row in changed["CDCResponse"][0]["QueryResponse"][0]["Invoice"]]
    assert again.read("Customer", "2")["Balance"] == 95
    again.close()
    second.kill()


def test_a_kill_in_the_middle_of_writes_loses_nothing_that_was_answered(
    serve: Callable[..., _Process], tmp_path: Path
) -> None:
    state = str(tmp_path / "company.db")
    first = serve("--state", state, "--no-throttle")
    answered: list[str] = []
    body = {"CustomerRef": {"value": "2"}, "Line": [a_line("5.00")]}

    def write_until_it_dies(writer: int) -> None:
        caller = Caller(first.ready)
        for number in range(10_000):
            request = f"w{writer}-{number}"
            try:
                caller.post("invoice", {**body, "PrivateNote": request}, requestid=request)
            except requests.RequestException:
                return
            answered.append(request)

    writers = [Thread(target=write_until_it_dies, args=(writer,)) for writer in range(4)]
    for writer in writers:
        writer.start()
    while len(answered) < 60:
        time.sleep(0.01)
    first.kill()
    for writer in writers:
        writer.join(30)
    again = Caller(serve("--state", state, "--no-throttle").ready)
    kept = [row["PrivateNote"] for row in again.rows("select * from Invoice maxresults 1000") if "PrivateNote" in row]
    assert set(answered) <= set(kept)
    assert len(kept) == len(set(kept)) <= len(answered) + len(writers)
    totals = again.get("reports/CustomerBalance").json["Rows"]["Row"]
    by_customer = {row["ColData"][0]["id"]: row["ColData"][1]["value"] for row in totals if "ColData" in row}
    assert str(again.read("Customer", "2")["Balance"]) == by_customer["2"]
    trial = again.get("reports/TrialBalance").json["Rows"]["Row"][-1]["Summary"]["ColData"]
    assert trial[1]["value"] == trial[2]["value"]
    again.close()


def test_a_new_company_is_the_same_whatever_the_quirks() -> None:
    counts = {name: len(table) for name, table in Sandbox(Settings()).company.tables.items()}
    for quirk in QUIRKS:
        for value in quirk.values:
            sandbox = Sandbox(Settings(quirks={quirk.name: value}))
            assert sandbox.company.quirks[quirk.name] == value
            made = {name: len(table) for name, table in sandbox.company.tables.items()}
            assert made == counts, (quirk.name, value)
