"""What only a sandbox has: `/sandbox/faults`, `/clock`, `/requests`, `/dump`, `/quirks`, `/apps`,
`/webhooks`, `/tokens`."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import msgspec

from qbclean.sandbox.api import Request
from qbclean.sandbox.courier import Subscription
from qbclean.sandbox.folder import dump_files
from qbclean.sandbox.mischief import FAULT_NAMES, BadFaultRuleError, read_rules
from qbclean.sandbox.quirks import UnknownQuirkError
from qbclean.sandbox.replies import Reply
from qbclean.sandbox.sandbox import Sandbox
from qbclean.sandbox.wire import decode, encode, stamp


def answer(sandbox: Sandbox, request: Request) -> Reply:
    """Return the answer to a call below `/sandbox`; errors are `{"error": …}` with 400 or 404."""
    try:
        return _answer(sandbox, request)
    except (BadFaultRuleError, UnknownQuirkError, msgspec.DecodeError, ValueError, ArithmeticError) as bad:
        return _json({"error": str(bad)}, 400)


def _answer(sandbox: Sandbox, request: Request) -> Reply:  # noqa: C901, PLR0911, PLR0912 - one line per endpoint
    match request.method, request.segments[1:]:
        case "GET", ("faults",):
            return _json({"faults": list(FAULT_NAMES), "rules": sandbox.mischief.status()})
        case "POST", ("faults",):
            sandbox.mischief.add(read_rules(request.body))
            return _json({"rules": sandbox.mischief.status()})
        case "DELETE", ("faults",):
            sandbox.mischief.clear()
            return _json({"rules": []})
        case "GET", ("clock",):
            return _clock(sandbox)
        case "POST", ("clock",):
            _move_clock(sandbox, _object(request.body))
            return _clock(sandbox)
        case "GET", ("requests",):
            since = int(request.query.get("since", "0"))
            return _json({"requests": [entry for entry in list(sandbox.requests) if entry["number"] > since]})
        case "DELETE", ("requests",):
            sandbox.requests.clear()
            return _json({"requests": []})
        case "GET", ("dump",):
            return _dump(sandbox, request.query.get("format", "zip"))
        case "GET", ("quirks",):
            return _json(sandbox.company.quirks.as_dict())
        case "POST", ("quirks",):
            for name, value in _object(request.body).items():
                sandbox.company.quirks.choose(name, str(value))
            return _json(sandbox.company.quirks.as_dict())
        case "POST", ("apps",):
            return _json(_another_app(sandbox))
        case "GET", ("webhooks",):
            return _json(sandbox.courier.status())
        case "POST", ("webhooks",):
            wanted = msgspec.json.decode(request.body, type=Subscription)
            return _json(msgspec.to_builtins(sandbox.subscribe(wanted)))
        case "DELETE", ("webhooks",) | ("webhooks", _):
            sandbox.unsubscribe(*request.segments[2:])
            return _json(sandbox.courier.status())
        case "POST", ("tokens", "expire"):
            sandbox.authority.expire_access_tokens()
            return _json({})
    return _json({"error": f"There is no {request.method} /{'/'.join(request.segments)} here."}, 404)


def _another_app(sandbox: Sandbox) -> dict[str, str]:
    """Register an app that the company has consented to; it has limits of its own."""
    client_id, secret = sandbox.authority.add_client()
    refresh = sandbox.authority.issue_refresh(sandbox.company.realm_id, client_id=client_id)
    return {"client_id": client_id, "client_secret": secret, "refresh_token": refresh}


def _move_clock(sandbox: Sandbox, wanted: dict[str, Any]) -> None:
    """Take `{"advance": seconds}`, `{"now": ISO time}` or `{"today": ISO date or null}`."""
    unknown = set(wanted) - {"advance", "now", "today"}
    if unknown or not wanted:
        raise ValueError("Give one of advance (seconds), now (ISO time), today (ISO date, or null to unpin).")
    if "advance" in wanted:
        sandbox.clock.advance(float(wanted["advance"]))
    if "now" in wanted:
        sandbox.clock.set_now(datetime.fromisoformat(str(wanted["now"])))
    if "today" in wanted:
        pinned = wanted["today"]
        sandbox.clock.pinned_today = None if pinned is None else date.fromisoformat(str(pinned))


def _clock(sandbox: Sandbox) -> Reply:
    return _json({"now": stamp(sandbox.clock.now()), "today": sandbox.clock.today().isoformat()})


def _dump(sandbox: Sandbox, form: str) -> Reply:
    if form == "json":
        files = {name: content.decode() for name, content in dump_files(sandbox.company)}
        return _json({"files": files})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in dump_files(sandbox.company):
            archive.writestr(name, content)
    return Reply(body=packed.getvalue(), content_type="application/zip")


def _object(body: bytes) -> dict[str, Any]:
    parsed = decode(body)
    if not isinstance(parsed, dict):
        raise ValueError("A JSON object is expected.")  # noqa: TRY004 - answered as a bad request
    return parsed


def _json(content: dict[str, Any], status: int = 200) -> Reply:
    return Reply(status=status, body=encode(content))
