"""The main job, command by command, and what must hold about it."""

from __future__ import annotations

import json
import stat
from decimal import Decimal
from typing import Any
from urllib.request import Request, urlopen

from qbclean.sandbox.server import RunningSandbox
from tests.workflow.conftest import Cli


def _writes(server: RunningSandbox) -> list[dict[str, Any]]:
    """The writes the sandbox received, as it logged them."""
    with urlopen(f"{server.url}/sandbox/requests", timeout=30) as answer:
        received: list[dict[str, Any]] = json.load(answer)["requests"]
    return [entry for entry in received if entry["method"] == "POST" and entry["path"].startswith("/v3/company/")]


def _books(server: RunningSandbox) -> dict[str, dict[str, dict[str, Any]]]:
    """Entity → id → object, as QuickBooks' own JSON, from the sandbox's dump."""
    with urlopen(f"{server.url}/sandbox/dump?format=json", timeout=60) as answer:
        files: dict[str, str] = json.load(answer)["files"]
    entities: dict[str, dict[str, dict[str, Any]]] = {}
    for name, text in files.items():
        if name.endswith(".jsonl"):
            objects = [json.loads(line, parse_float=Decimal) for line in text.splitlines()]
            entities[name.removesuffix(".jsonl")] = {item["Id"]: item for item in objects if "Id" in item}
    return entities


def _open_items(server: RunningSandbox) -> dict[str, Any]:
    """What is owed and what is linked: customers, invoices, credits by balance and links, payments by their lines.

    Zero documents (voided ones, and payments that only link) count as absent.
    """
    books = _books(server)
    items: dict[str, Any] = {f"Customer {id_}": item["Balance"] for id_, item in books["Customer"].items()}
    for kind in ("Invoice", "CreditMemo"):
        for id_, item in books[kind].items():
            links = sorted(f"{link['TxnType']} {link['TxnId']}" for link in item.get("LinkedTxn", []))
            if item["TotalAmt"]:
                items[f"{kind} {id_}"] = (item["TotalAmt"], item["Balance"], links)
    for id_, item in books["Payment"].items():
        lines = sorted(f"{line['LinkedTxn'][0]['TxnId']} {line['Amount']}" for line in item.get("Line", []))
        if lines or item["TotalAmt"]:
            items[f"Payment {id_}"] = (item["TotalAmt"], item.get("UnappliedAmt"), lines)
    return items


def _post(server: RunningSandbox, entity: str, body: dict[str, Any]) -> None:
    """Somebody else edits the books, with a login of their own."""
    token = urlopen(
        Request(
            json.load(urlopen(server.ready["discovery_url"], timeout=30))["token_endpoint"],
            data=f"grant_type=refresh_token&refresh_token={server.ready['refresh_token']}".encode(),
            headers={"Authorization": _basic(server), "Content-Type": "application/x-www-form-urlencoded"},
        ),
        timeout=30,
    )
    access = json.load(token)["access_token"]
    url = f"{server.url}/v3/company/{server.ready['realm_id']}/{entity}?minorversion=75"
    headers = {"Authorization": f"Bearer {access}", "Content-Type": "application/json"}
    urlopen(Request(url, data=json.dumps(body, default=str).encode(), headers=headers), timeout=30).close()


def _basic(server: RunningSandbox) -> str:
    import base64

    pair = f"{server.ready['client_id']}:{server.ready['client_secret']}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def test_the_whole_loop_proves_itself(planned: Cli, server: RunningSandbox) -> None:
    """R13, R14, R4: predicted is actual to the cent, every write has its journal row, a finished plan is refused."""
    run = planned.ok("apply", "plan.json", "--yes", "--json").document["run"]
    assert {outcome["state"] for outcome in run["outcomes"]} == {"done"}
    assert run["proof"]["documents"] == []
    assert run["proof"]["rows"]
    for row in run["proof"]["rows"]:
        assert Decimal(row["predicted"]) == Decimal(row["actual"]), row
    journaled = planned.ok("log", "last", "--json").document["run"]["writes"]
    sent = [entry["query"].partition("requestid=")[2] for entry in _writes(server)]
    assert sorted(write["intent"]["request_id"] for write in journaled) == sorted(sent)
    assert planned.ok("log", "verify", "--json").document["holds"]
    assert planned.run("apply", "plan.json", "--yes").code == 4
    assert len(_writes(server)) == len(sent)


def test_a_dry_run_prints_byte_for_byte_what_apply_sends_and_writes_nothing(
    planned: Cli, server: RunningSandbox
) -> None:
    """R10. What an earlier action of the run creates stands as a placeholder in the plan, and only that differs."""
    shown = planned.ok("apply", "plan.json", "--dry-run").out.splitlines()
    assert _writes(server) == []
    planned.ok("apply", "plan.json", "--yes")
    first = next(number for number, line in enumerate(shown) if line.startswith("  POST "))
    paths = [line.removeprefix("  POST ") for line in shown[first:] if line.startswith("  POST ")]
    bodies = [line.strip() for line in shown[first:] if line.startswith("  {")]
    arrived = {f"{entry['path']}?{entry['query']}": entry for entry in _writes(server)}
    assert sorted(arrived) == sorted(paths)
    sent = [arrived[path] for path in paths]
    plain = 0
    for entry, body in zip(sent, bodies, strict=True):
        if "${" not in body:
            plain += 1
            assert entry["body"] == body
    assert plain > 10


def test_after_rolling_everything_back_the_books_are_as_before(planned: Cli, server: RunningSandbox) -> None:
    """R26: every balance and link of every invoice, payment and credit, and every customer's balance."""
    before = _open_items(server)
    planned.ok("apply", "plan.json", "--yes")
    assert _open_items(server) != before
    planned.ok("rollback", "last", "--yes")
    after = _open_items(server)
    assert {name: (value, after.get(name)) for name, value in before.items() if after.get(name) != value} == {}
    assert after.keys() == before.keys()


def test_an_action_whose_invoice_was_edited_meanwhile_is_skipped_and_the_others_run(
    planned: Cli, server: RunningSandbox
) -> None:
    """S17, R2."""
    plan = json.loads((planned.folder / "plan.json").read_text("utf-8"))
    action = next(
        item for item in plan["actions"] if item["kind"] == "void_invoice" and item["decision"]["state"] == "approved"
    )
    target = action["requests"][0]["target"]["id"]
    invoice = _books(server)["Invoice"][target]
    due = {"Id": target, "SyncToken": invoice["SyncToken"], "sparse": True, "TxnDate": invoice["TxnDate"]}
    _post(server, "invoice", due | {"DueDate": "2031-01-01"})
    ran = planned.ok("apply", "plan.json", "--yes", "--json", code=5)
    states = {outcome["action_id"]: outcome for outcome in ran.document["run"]["outcomes"]}
    assert states[action["id"]]["state"] == "stale"
    assert "changed since the plan was made" in states[action["id"]]["reason"]
    dependent = {item["id"] for item in plan["actions"] if action["id"] in item["depends_on"]}
    assert {outcome["state"] for id_, outcome in states.items() if id_ not in {action["id"], *dependent}} == {"done"}
    assert _books(server)["Invoice"][target]["TotalAmt"] == invoice["TotalAmt"]


def test_files_of_the_workspace_are_nobody_elses_business(planned: Cli) -> None:
    """R34."""
    planned.ok("show", "plan.json", "--html", "plan.html", code=0)
    planned.ok("apply", "plan.json", "--yes")
    planned.ok("log", "--csv", "log.csv", "--html", "log.html")
    files = [planned.folder / name for name in ("plan.json", "plan.html", "log.csv", "log.html")]
    loose = [
        path for path in (planned.home, *planned.home.rglob("*"), *files) if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert loose == []


def test_no_secret_and_no_customer_reaches_the_log_lines(planned: Cli, server: RunningSandbox) -> None:
    """R35: at the highest verbosity, stderr names neither tokens nor customers."""
    told = [
        planned.ok("pull", "--full", "-vv").err,
        planned.ok("apply", "plan.json", "--dry-run", "-vv").err,
        planned.ok("apply", "plan.json", "--yes", "-vv").err,
        planned.ok("rollback", "last", "--yes", "-vv").err,
    ]
    ready = server.ready
    secrets = [ready["client_secret"], ready["refresh_token"], *server.sandbox.authority.tokens]
    names = [customer["DisplayName"] for customer in _books(server)["Customer"].values()]
    for text in told:
        assert not [secret for secret in secrets if secret in text]
        assert not [name for name in names if name in text]
    for path in planned.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [secret for secret in secrets if secret.encode() in content], path
