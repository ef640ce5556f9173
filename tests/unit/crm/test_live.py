"""HubSpot and Salesforce over their API: a local server answers in the shapes they document."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from qbclean.crm.live import LIVE_SOURCES
from qbclean.crm.live.answers import Fetch, save_answers
from qbclean.crm.live.hubspot import fetch_hubspot
from qbclean.crm.live.salesforce import fetch_salesforce
from qbclean.crm.reading import read_crm
from qbclean.errors import AuthorizationError, CrmFormatError, SettingsError

GOLDEN = Path(__file__).parents[2] / "golden" / "crm"
TOKEN = "made-up-token"


class Crm(ThreadingHTTPServer):
    """Objects by kind, served in pages; `asked` keeps every request. `broken` answers that status to everything."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str]] = []
        self.broken = 0
        self.hubspot = {
            kind: json.loads((GOLDEN / "hubspot_api" / f"{name}.json").read_text())["results"]
            for kind, name in (
                ("invoices", "invoices"), ("commerce_payments", "payments"), ("companies", "companies"),
                ("contacts", "contacts"),
            )
        }  # fmt: skip
        self.salesforce = {"Invoice": json.loads((GOLDEN / "salesforce" / "invoices.json").read_text())["records"]}
        self.salesforce["Account"] = [{"attributes": {"type": "Account"}, "Id": "001A1", "Name": "Harbor Lane Bakery",
                                       "Phone": "555-010-2200", "BillingStreet": None}]  # fmt: skip

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Crm

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        self.server.asked.append((url.path, self.headers.get("Authorization", "")))
        if self.server.broken:
            self._answer(self.server.broken, [{"errorCode": "X", "message": "no"}])
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._answer(401, [{"errorCode": "INVALID_SESSION_ID", "message": "expired"}])
        elif url.path.startswith("/crm/v3/objects/"):
            self._hubspot(url.path.rsplit("/", 1)[1], query)
        else:
            self._salesforce(url.path, query)

    def _hubspot(self, kind: str, query: dict[str, str]) -> None:
        """One object a page, to prove that pages are followed."""
        found = self.server.hubspot.get(kind)
        if found is None:
            self._answer(403, {"status": "error", "category": "MISSING_SCOPES"})
            return
        start = int(query.get("after", 0))
        page: dict[str, object] = {"results": found[start : start + 1]}
        if start + 1 < len(found):
            page["paging"] = {"next": {"after": str(start + 1), "link": "?after"}}
        self._answer(200, page)

    def _salesforce(self, path: str, query: dict[str, str]) -> None:
        place = query["q"].split(" FROM ")[1].split()[0] if "q" in query else path.rsplit("/", 1)[1]
        name, _, start = place.partition("-")
        found = self.server.salesforce.get(name)
        if found is None:
            self._answer(400, [{"errorCode": "INVALID_TYPE", "message": f"sObject type '{name}' is not supported."}])
            return
        at = int(start or 0)
        done = at + 1 >= len(found)
        page = {"totalSize": len(found), "done": done, "records": found[at : at + 1]}
        if not done:
            page["nextRecordsUrl"] = f"/services/data/v59.0/query/{name}-{at + 1}"
        self._answer(200, page)

    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def crm() -> Iterator[Crm]:
    with Crm() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class _ToLocal(HTTPAdapter):
    """Sends what goes to https://org.example to the local server."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:  # type: ignore[override]
        assert request.url is not None
        request.url = self._url + request.url.removeprefix("https://org.example")
        return super().send(request, **options)  # type: ignore[arg-type]


class Quiet:
    def start(self, label: str, total: int | None = None) -> None: ...
    def advance(self, steps: int = 1, amount: Decimal | None = None) -> None: ...
    def finish(self) -> None: ...


def hubspot(crm: Crm, token: str = TOKEN) -> Fetch:
    return fetch_hubspot({"HUBSPOT_ACCESS_TOKEN": token}, host=crm.url)


def salesforce(crm: Crm, token: str = TOKEN) -> Fetch:
    session = requests.Session()
    session.mount("https://org.example", _ToLocal(crm.url))
    return fetch_salesforce({"SALESFORCE_ACCESS_TOKEN": token, "SALESFORCE_INSTANCE": "org.example"}, session=session)


def test_hubspot_is_read_page_by_page_and_like_its_saved_answers(crm: Crm, tmp_path: Path) -> None:
    saved = save_answers(hubspot(crm), tmp_path / "answers", Quiet())
    assert [path.name for path in saved.files] == ["invoices.json", "payments.json", "companies.json", "contacts.json"]
    live, golden = read_crm([tmp_path / "answers"]), read_crm(sorted((GOLDEN / "hubspot_api").glob("[!e]*.json")))
    assert live.rejected == ()
    for kind in ("customers", "invoices", "payments", "credits"):
        assert getattr(live.records, kind) == getattr(golden.records, kind)
    assert len([path for path, _ in crm.asked if path.endswith("/invoices")]) == len(crm.hubspot["invoices"])


def test_salesforce_is_read_page_by_page_with_exact_amounts(crm: Crm, tmp_path: Path) -> None:
    saved = save_answers(salesforce(crm), tmp_path / "answers", Quiet())
    assert [path.name for path in saved.files] == ["invoices.json", "accounts.json"]
    assert saved.absent == ["payments", "credits"]
    records = read_crm([tmp_path / "answers"]).records
    assert [(it.number, it.total, it.tax, it.status) for it in records.invoices] == [
        ("INV-001", Decimal("108.25"), Decimal("8.25"), "partial"),
        ("INV-002", Decimal("50.00"), Decimal("0.00"), "draft"),
    ]
    assert [it.phone for it in records.customers] == ["555-010-2200"]


@pytest.mark.parametrize("source", [hubspot, salesforce])
def test_a_refused_token_is_an_authorization_error(crm: Crm, tmp_path: Path, source: type) -> None:
    with pytest.raises(AuthorizationError, match="refused the token"):
        save_answers(source(crm, "stale"), tmp_path / "answers", Quiet())


def test_a_broken_answer_leaves_no_file(crm: Crm, tmp_path: Path) -> None:
    crm.broken = 418
    with pytest.raises(CrmFormatError, match="answered 418 for invoices"):
        save_answers(salesforce(crm), tmp_path / "answers", Quiet())
    with pytest.raises(CrmFormatError, match="answered 418 for invoices"):
        save_answers(hubspot(crm), tmp_path / "others", Quiet())
    assert not [*tmp_path.glob("*/*")]


def test_only_reads_are_sent(crm: Crm, tmp_path: Path) -> None:
    """The server knows GET only: anything else would have failed with 501."""
    save_answers(hubspot(crm), tmp_path / "a", Quiet())
    save_answers(salesforce(crm), tmp_path / "b", Quiet())
    assert {authorization for _, authorization in crm.asked} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("source", LIVE_SOURCES)
def test_without_a_token_the_variable_is_named(source: str) -> None:
    with pytest.raises(SettingsError, match=r"\$[A-Z]+_ACCESS_TOKEN"):
        LIVE_SOURCES[source]({})


def test_answers_are_never_saved_beside_older_ones(crm: Crm, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("{}")
    with pytest.raises(SettingsError, match="is not empty"):
        save_answers(hubspot(crm), tmp_path, Quiet())
