"""The accounting API below `/v3/company/{realm}`: which request means what. Knows nothing of sockets and tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from qbclean.sandbox import refusals
from qbclean.sandbox.accounts import with_current_balances
from qbclean.sandbox.attachments import run_download, run_upload
from qbclean.sandbox.batch import run_batch
from qbclean.sandbox.changes import changed_since
from qbclean.sandbox.company import Company
from qbclean.sandbox.entities import BY_PATH
from qbclean.sandbox.entities.plain import with_known_identity
from qbclean.sandbox.entities.purchases import as_transfer
from qbclean.sandbox.entities.recurring import with_outer_identity
from qbclean.sandbox.entities.spec import EntitySpec, Options
from qbclean.sandbox.papers import run_pdf, run_send
from qbclean.sandbox.query import run_query
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.replies import Reply, enveloped
from qbclean.sandbox.reporting import answer_report
from qbclean.sandbox.taxes import make_tax_code
from qbclean.sandbox.wire import Raw, decode, decode_object, encode
from qbclean.sandbox.writes import LONGEST_REQUEST_ID, Write, operation_of, perform
from qbclean.sandbox.xml import read_xml

_SINGLETONS = {"companyinfo": "CompanyInfo", "preferences": "Preferences"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call: method, the path's segments below the realm, the decoded query, headers in lower case, the body."""

    method: str
    segments: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base_url: str = ""


def answer(company: Company, request: Request) -> Reply:  # noqa: C901, PLR0911, PLR0912 - one line per endpoint
    """Return the answer to a call. Raises ApiFault for every refusal."""
    match request.method, request.segments:
        case "GET", ("query",):
            return _query(company, request.query.get("query"))
        case "POST", ("query",):
            return _query(company, _text(request.body))
        case "GET", ("cdc",):
            query = request.query
            return _json(company, changed_since(company, query.get("entities"), query.get("changedSince")))
        case "POST", ("batch",):
            request_id = _request_id(request, company.quirks["long_request_id"])
            return _json(company, run_batch(company, _body(request), request_id, _who(request)))
        case "POST", ("upload",):
            kind = request.headers.get("content-type", "")
            return _json(company, run_upload(company, kind, request.body, request.base_url))
        case "GET", ("download", object_id):
            return run_download(company, object_id, request.base_url)
        case "POST", ("taxservice", "taxcode"):
            return Reply(body=encode(make_tax_code(company, _object(request.body))))
        case "GET", ("reports", name):
            return answer_report(company, name, request.query)
        case "GET", (path, object_id, "pdf") if path in BY_PATH:
            return run_pdf(company, BY_PATH[path], object_id)
        case "POST", (path, object_id, "send") if path in BY_PATH:
            return _json(company, run_send(company, BY_PATH[path], object_id, request.query.get("sendTo")))
        case "GET", ("exchangerate",):
            return _exchange_rate(company, request.query)
        case "GET", (path,) if path in _SINGLETONS:
            return _singleton(company, _SINGLETONS[path])
        case "GET", ("companyinfo", _):
            return _singleton(company, "CompanyInfo")
        case "GET", (path, object_id) if path in BY_PATH:
            return _read(company, BY_PATH[path], object_id, request)
        case "POST", (path,) if path in BY_PATH:
            return _write(company, BY_PATH[path], request)
    raise refusals.unsupported_operation(
        f"Could not find resource for relative : /v3/company/{company.realm_id}/{'/'.join(request.segments)}"
    )


_FROM_ACCOUNT = re.compile(r"\bfrom\s+account\b", re.IGNORECASE)


def reads_accounts(request: Request) -> bool:
    """Return whether a call answers accounts, whose balances take a ledger."""
    if request.segments[:1] == ("query",):
        return bool(_FROM_ACCOUNT.search(request.query.get("query", "") or request.body.decode("utf-8", "replace")))
    return request.method == "GET" and request.segments[:1] == ("account",)


def _query(company: Company, statement: str | None) -> Reply:
    if not statement or not statement.strip():
        raise refusals.query_syntax("The query is empty")
    return _json(company, {"QueryResponse": run_query(company, statement)})


def _singleton(company: Company, entity: str) -> Reply:
    table = company.tables[entity]
    if not table.order:
        raise refusals.not_found(entity, "1")
    return _json(company, {entity: Raw(table.bodies[table.order[0]])})


def _exchange_rate(company: Company, query: Mapping[str, str]) -> Reply:
    """Answer the rate of a currency: that of the day asked for, else the newest known."""
    asked = {name.casefold(): value for name, value in query.items()}
    currency, day = asked.get("sourcecurrencycode", ""), asked.get("asofdate", "9999-12-31")
    if not currency:
        raise refusals.missing("sourcecurrencycode")
    rates = [rate for rate in company.documents("ExchangeRate") if rate.get("SourceCurrencyCode") == currency.upper()]
    if not rates:
        raise refusals.not_found("ExchangeRate", currency)
    until = [rate for rate in rates if str(rate.get("AsOfDate", "")) <= day] or rates[:1]
    return _json(company, {"ExchangeRate": max(until, key=lambda rate: str(rate.get("AsOfDate", "")))})


def _read(company: Company, spec: EntitySpec, object_id: str, request: Request) -> Reply:
    body = company.tables[spec.name].bodies.get(object_id)
    if body is None and spec.name == "Transfer" and object_id in company.tables["CreditCardPayment"]:
        return _json(company, {"Transfer": as_transfer(company.tables["CreditCardPayment"].bodies[object_id])})
    if body is None:
        if not object_id.isascii() or not object_id.isdigit():
            raise refusals.invalid_id(object_id)
        raise refusals.not_found(spec.name, object_id)
    if spec.name == "Invoice" and "invoicelink" in Options.parse(request.query.get("include")).include:
        linked = decode_object(body)
        linked["InvoiceLink"] = f"{request.base_url}/sandbox/invoice/{object_id}"
        return _json(company, {spec.key: linked})
    if spec.name == "Account":
        return _json(company, {spec.name: with_current_balances(company, [body])[0]})
    return _json(company, {spec.key: Raw(body)})


def _write(company: Company, spec: EntitySpec, request: Request) -> Reply:
    request_id = _request_id(request, company.quirks["long_request_id"])
    options = Options.parse(request.query.get("include"))
    asked = request.query.get("operation")
    operation = operation_of(spec, asked, options, void_rule=company.quirks["void_unsupported"])
    body = _body(request)
    if spec.name == "RecurringTransaction":
        body = with_outer_identity(body)
    if spec.name == "ExchangeRate":
        body = with_known_identity(company, body)
    elif operation == "save" and (asked or "").casefold() == "update" and not body.get("Id"):
        raise refusals.missing("Id")
    write = Write(operation=operation, spec=spec, body=body, options=options, key=request_id, who=_who(request))
    done = perform(company, write)
    return Reply(body=enveloped(done, company.clock.now()))


def _who(request: Request) -> str:
    return request.headers.get("user-agent", "")[:80] or "unnamed app"


def _body(request: Request) -> dict[str, Any]:
    if "xml" in request.headers.get("content-type", ""):
        return read_xml(_text(request.body))
    return _object(request.body)


def _request_id(request: Request, long_id_code: str) -> str | None:
    request_id = request.query.get("requestid")
    if request_id is not None and len(request_id) > LONGEST_REQUEST_ID:
        if long_id_code == "6000":
            raise refusals.business("You cannot enter more than 50 characters in the request_id field.")
        raise ApiFault(
            "2130",
            "Invalid Request Id Format",
            f"The request id may have at most {LONGEST_REQUEST_ID} characters. Supplied: {len(request_id)}",
            "requestid",
        )
    return request_id or None


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as garbled:
        raise _not_utf8(garbled) from garbled


def _object(body: bytes) -> dict[str, Any]:
    _text(body)
    try:
        parsed = decode(body)
    except (msgspec.DecodeError, ArithmeticError, RecursionError, ValueError) as unreadable:
        raise refusals.unreadable("the body", "a JSON object") from unreadable
    if not isinstance(parsed, dict):
        raise refusals.unreadable("the body", "a JSON object")
    return parsed


def _not_utf8(garbled: UnicodeDecodeError) -> ApiFault:
    return ApiFault(
        "500",
        "Unsupported Operation",
        f"Invalid byte {garbled.start + 1} of malformed UTF-8 byte sequence.",
    )


def _json(company: Company, content: Mapping[str, Any]) -> Reply:
    return Reply(body=enveloped(encode(content), company.clock.now()))
