"""The HTTP application: checks token and limits, hands the call to `api`, and spoils the answer when told to."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from qbclean.sandbox import admin, pages, signin
from qbclean.sandbox.accounts import prepare_balances
from qbclean.sandbox.api import Request, answer, reads_accounts
from qbclean.sandbox.attachments import answer_file
from qbclean.sandbox.mischief import CUTTING, describe, spoiled
from qbclean.sandbox.quirks import Quirks
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.replies import Reply, fault_reply, throttled, unauthenticated, unauthorized
from qbclean.sandbox.sandbox import Sandbox
from qbclean.sandbox.throttle import (
    ALL_BATCHES,
    ALL_BUT_BATCHES,
    BATCHES,
    EMAILS,
    EVERY_REQUEST,
    REPORTS,
    TEN_A_SECOND,
    Limit,
)
from qbclean.sandbox.wire import stamp
from qbclean.sandbox.xml import as_xml, wants_xml

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_LONGEST_BODY = 100 * 1024 * 1024
_LOGGED_BODY = 256 * 1024
_logger = logging.getLogger(__name__)


class Application:
    """The ASGI application of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="qbclean-reports")

    def close(self) -> None:
        """Give up what is still waiting to be computed."""
        self._aside.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Lifespan events are acknowledged, nothing else is known."""
        if scope["type"] == "lifespan":
            await _acknowledge_lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        body = await _read_body(receive)
        request = _request(scope, body)
        if request.headers.get("content-encoding") == "gzip":
            request = replace(request, body=_unpacked(body))
        if request.segments[:1] == ("sandbox",) and request.segments[1:2] != ("invoice",):
            await _send(send, await self._safely(lambda: admin.answer(self.sandbox, request)), request.method)
            return
        await self._answer_logged(scope, request, send)

    async def _answer_logged(self, scope: Scope, request: Request, send: Send) -> None:
        sandbox = self.sandbox
        path = scope["path"]
        raw_query = scope["query_string"].decode("latin-1")
        text = request.body[:_LOGGED_BODY].decode("utf-8", "replace")
        rule = sandbox.mischief.strike(request.method, path, f"{raw_query}\n{text}")
        sandbox.arrived += 1
        entry: dict[str, Any] = {
            "number": sandbox.arrived,
            "time": stamp(sandbox.clock.now()),
            "method": request.method,
            "path": path,
            "query": raw_query,
            "body": text if not path.startswith("/oauth2") else "",
            "status": None,
            "fault": describe(rule),
        }
        sandbox.requests.append(entry)
        if rule is not None and rule.latency:
            longest = sandbox.settings.longest_request
            await asyncio.sleep(min(rule.latency, longest))
            if rule.latency > longest:
                if rule.when == "after":
                    await self._answer(request)
                await _cut(scope)
                return
        if (
            rule is not None
            and rule.when == "before"
            and rule.fault not in {"slow", "half_body", "empty_200", "bad_json"}
        ):
            if rule.fault in CUTTING:
                await _cut(scope)
                return
            honest = None
        else:
            honest = await self._answer(request)
        reply = honest or Reply()
        if rule is not None:
            if rule.fault in CUTTING:
                if rule.fault == "half_body":
                    await _send_half(send, reply)
                await _cut(scope)
                return
            reply = spoiled(rule, honest, sandbox.clock.now())
        entry["status"] = reply.status
        await _send(send, reply.with_trace(sandbox.clock.now()), request.method)

    async def _safely(self, work: Callable[[], Reply], *, aside: bool = False) -> Reply:
        """Answer refusals as such. A fault of ours is logged and answered as QuickBooks answers its own.

        What takes seconds in a large company is done `aside`, in a thread of its own, while other requests go on.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._aside, work) if aside else work()
        except ApiFault as refused:
            timed = self.sandbox.company.quirks["fault_time"] == "present"
            return fault_reply(refused, self.sandbox.clock.now(), timed=timed)
        except Exception:  # the last line: no caller ever sees a traceback
            _logger.exception("The sandbox failed on a request; this is a fault of the sandbox")
            failure = ApiFault("10000", "An application error has occurred", "System Failure Error", status=500)
            failure.type = "SystemFault"
            return fault_reply(failure, self.sandbox.clock.now())

    async def _answer(self, request: Request) -> Reply:
        sandbox = self.sandbox
        match request.segments:
            case ("v3", "company", realm, *rest):
                return await self._accounting(realm, tuple(rest), request)
            case ("download", attachable, key, _) if request.method == "GET":
                return await self._safely(lambda: answer_file(sandbox.company, attachable, key))
            case () | ("",) | ("company", *_):
                aside = request.segments[1:2] == ("reports",)
                return await self._safely(lambda: pages.answer(sandbox, request), aside=aside)
        return await self._safely(lambda: signin.answer(sandbox, request))

    async def _accounting(self, realm: str, rest: tuple[str, ...], request: Request) -> Reply:
        company = self.sandbox.company
        now = self.sandbox.clock.now()
        refused = self._refused(realm, rest, request)
        if refused is not None:
            return refused
        below = replace(request, segments=rest)
        if reads_accounts(below):
            await asyncio.get_running_loop().run_in_executor(self._aside, prepare_balances, company)
        reply = await self._safely(lambda: answer(company, below), aside=rest[:1] == ("reports",))
        is_json = reply.content_type.startswith("application/json")
        return as_xml(reply, now) if is_json and wants_xml(request.headers, company.quirks["accept_any"]) else reply

    def _refused(self, realm: str, rest: tuple[str, ...], request: Request) -> Reply | None:
        """Return the 401, 403 or 429 that keeps a call out, or None."""
        sandbox = self.sandbox
        company = sandbox.company
        now = sandbox.clock.now()
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.casefold() != "bearer" or len(value) < 20:
            return unauthenticated("Malformed bearer token: too short or too long", now)
        token = sandbox.authority.bearer(value)
        if token is None:
            return unauthenticated(f"Token expired: {value[:4]}…", now)
        if token.realm_id != realm or realm != company.realm_id:
            told = "The application is not authorized for this company"
            return unauthorized(told, now, company.quirks["forbidden_type"])
        limits = _limits(rest, company.quirks)
        if sandbox.throttle is None or sandbox.throttle.admit(now.timestamp(), *limits, app=token.client_id):
            return None
        refused = throttled(company.quirks["throttle_body"], now)
        if company.quirks["retry_after"] == "present":
            refused = replace(refused, headers={**refused.headers, "retry-after": "60"})
        return refused


def _limits(rest: tuple[str, ...], quirks: Quirks) -> Iterator[Limit]:
    """Yield the limits a call below the company counts against."""
    yield EVERY_REQUEST
    if quirks["ten_per_second"] == "on":
        yield TEN_A_SECOND
    if rest == ("batch",):
        yield from (BATCHES, ALL_BATCHES)
        return
    yield ALL_BUT_BATCHES
    if rest[-1:] == ("send",):
        yield EMAILS
    elif rest[:1] == ("reports",) and quirks["report_limit"] == "on":
        yield REPORTS


def _request(scope: Scope, body: bytes) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    segments = tuple(unquote(part) for part in raw_path.decode("latin-1").strip("/").split("/"))
    return Request(
        method=scope["method"],
        segments=segments,
        query=_query(scope["query_string"]),
        headers=headers,
        body=body,
        base_url=f"{scope.get('scheme', 'http')}://{headers.get('host', '127.0.0.1')}",
    )


def _query(raw: bytes) -> Mapping[str, str]:
    pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=1000)
    return dict(reversed(pairs))


async def _read_body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= _LONGEST_BODY:
            chunks.append(chunk)
        if not message.get("more_body"):
            break
    return b"".join(chunks)


def _unpacked(body: bytes) -> bytes:
    """Return a gzip body's content, at most as much as a plain body may hold; what is no gzip stays as it is."""
    try:
        return zlib.decompressobj(wbits=31).decompress(body, _LONGEST_BODY)
    except zlib.error:
        return body


def _headers(reply: Reply, length: int) -> list[tuple[bytes, bytes]]:
    named = {"content-type": reply.content_type, "content-length": str(length), **reply.headers}
    return [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in named.items()]


async def _send(send: Send, reply: Reply, method: str) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": _headers(reply, len(reply.body))})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else reply.body})


async def _send_half(send: Send, reply: Reply) -> None:
    await send({"type": "http.response.start", "status": reply.status, "headers": _headers(reply, len(reply.body))})
    await send({"type": "http.response.body", "body": reply.body[: len(reply.body) // 2], "more_body": True})
    await asyncio.sleep(0.02)


async def _cut(scope: Scope) -> None:
    """Reset the connection: the caller sees neither an answer nor an orderly end."""
    transport: asyncio.Transport | None = scope.get("extensions", {}).get("qbclean.transport")
    if transport is not None:
        plug = transport.get_extra_info("socket")
        if plug is not None:
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
        transport.abort()
    await asyncio.sleep(0.02)


async def _acknowledge_lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
