"""A plain HTTP caller for the sandbox's tests: it knows tokens and JSON in decimals, nothing else."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import requests

Wire = dict[str, Any]


class Answer:
    """Status, headers and the parsed body of one answer."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.content = response.content

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body, amounts as Decimal."""
        return json.loads(self.text, parse_float=Decimal)

    @property
    def code(self) -> str | None:
        """The first fault's code, None where there is no fault."""
        fault = self.json.get("Fault") or self.json.get("fault")
        return None if fault is None else (fault.get("Error") or fault["error"])[0]["code"]

    def __getitem__(self, entity: str) -> Wire:
        assert self.code is None, self.text
        found: Wire = self.json[entity]
        return found


class Caller:
    """Calls one sandbox."""

    def __init__(self, ready: dict[str, str]) -> None:
        self.ready = ready
        self.url = ready["url"]
        self.session = requests.Session()
        self.session.headers.update({"Accept": "application/json"})
        self.sign_in()

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def tokens(self, **form: str) -> Answer:
        """Ask the token endpoint."""
        asked = form or {"grant_type": "refresh_token", "refresh_token": self.ready["refresh_token"]}
        client = (self.ready["client_id"], self.ready["client_secret"])
        return Answer(self.session.post(f"{self.url}/oauth2/v1/tokens/bearer", data=asked, auth=client, timeout=30))

    def sign_in(self) -> None:
        """Get an access token for the calls that follow."""
        issued = self.tokens().json
        self.session.headers["Authorization"] = f"Bearer {issued['access_token']}"

    def get(self, path: str, **params: str) -> Answer:
        """GET below the company."""
        return Answer(self.session.get(self._url(path), params=params, timeout=30))

    def post(self, path: str, body: Any = None, *, raw: bytes | None = None, **params: str) -> Answer:
        """POST JSON (or raw bytes) below the company."""
        data = json.dumps(body, default=str).encode() if raw is None else raw
        headers = {"Content-Type": "application/json"}
        return Answer(self.session.post(self._url(path), data=data, params=params, headers=headers, timeout=30))

    def query(self, statement: str) -> Answer:
        """Run a query by GET."""
        return self.get("query", query=statement)

    def rows(self, statement: str) -> list[Wire]:
        """Return a query's rows."""
        answer = self.query(statement)["QueryResponse"]
        return next((value for value in answer.values() if isinstance(value, list)), [])

    def admin(self, method: str, path: str, body: Any = None) -> Answer:
        """Call below `/sandbox`."""
        return Answer(self.session.request(method, f"{self.url}/sandbox/{path}", json=body, timeout=30))

    def invoice(self, amount: str = "100.00", *, customer: str = "1", **more: Any) -> Wire:
        """Create an invoice of one line."""
        return self.post("invoice", {"CustomerRef": {"value": customer}, "Line": [a_line(amount)], **more})["Invoice"]

    def credit_memo(self, amount: str = "100.00", *, customer: str = "1", **more: Any) -> Wire:
        """Create a credit memo of one line."""
        body = {"CustomerRef": {"value": customer}, "Line": [a_line(amount)], **more}
        return self.post("creditmemo", body)["CreditMemo"]

    def payment(self, total: str, *links: tuple[str, str, str], customer: str = "1", **more: Any) -> Wire:
        """Create a payment; `links` are (entity, id, amount)."""
        return self.try_payment(total, *links, customer=customer, **more)["Payment"]

    def try_payment(self, total: str, *links: tuple[str, str, str], customer: str = "1", **more: Any) -> Answer:
        """Try to create a payment."""
        lines = [a_link(*link) for link in links]
        return self.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": total, "Line": lines, **more})

    def read(self, entity: str, object_id: str) -> Wire:
        """Read one object."""
        return self.get(f"{entity.lower()}/{object_id}")[entity]

    def void_invoice(self, invoice: Wire, **params: str) -> Answer:
        """Void an invoice."""
        body = {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}
        return self.post("invoice", body, operation="void", **params)

    def _url(self, path: str) -> str:
        return f"{self.url}/v3/company/{self.ready['realm_id']}/{path}"


def a_line(amount: str, **detail: Any) -> Wire:
    """Return a line of the standard item."""
    return {
        "DetailType": "SalesItemLineDetail",
        "Amount": amount,
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}, **detail},
    }


def a_link(entity: str, object_id: str, amount: str) -> Wire:
    """Return a payment line."""
    return {"Amount": amount, "LinkedTxn": [{"TxnId": object_id, "TxnType": entity}]}
