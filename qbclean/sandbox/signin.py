"""The OAuth pages and endpoints: discovery, consent, tokens, revoke, user info."""

from __future__ import annotations

import base64
import binascii
import html
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from qbclean.sandbox.api import Request
from qbclean.sandbox.identity import SUBJECT
from qbclean.sandbox.oauth import HARD_LIFE, SCOPE, OAuthError
from qbclean.sandbox.replies import HTML, Reply
from qbclean.sandbox.sandbox import Sandbox
from qbclean.sandbox.wire import decode, encode

_HARD_EXPIRY_ASKED = "include_refresh_token_hard_expires_in"
_HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"
"""Intuit's libraries ask in the form (Java, .NET) or in this header (Node)."""

ISSUER = "https://oauth.platform.intuit.com/op/v1"
"""Who signs id_tokens, wherever they are fetched: Intuit's Node library accepts no other name."""

_SCOPES = {SCOPE, "com.intuit.quickbooks.payment", "openid", "profile", "email", "phone", "address"}


def answer(sandbox: Sandbox, request: Request) -> Reply:  # noqa: PLR0911 - one line per endpoint
    """Return the answer to a call outside the accounting API; 404 for what is not there."""
    match request.method, request.segments:
        case "GET", (".well-known", "openid_configuration" | "openid_sandbox_configuration"):
            return _json(_discovery(request.base_url))
        case "GET" | "POST", ("connect", "oauth2"):
            return _authorize(sandbox, request)
        case "POST", ("oauth2", "v1", "tokens", "bearer"):
            return _tokens(sandbox, request)
        case "POST", ("v2", "oauth2", "tokens", "revoke"):
            return _revoke(sandbox, request)
        case "GET", ("v1", "openid_connect", "userinfo"):
            return _user_info(sandbox, request)
        case "GET", ("op", "v1", "jwks"):
            return _json(sandbox.signer.public_keys())
    page = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"
    return Reply(status=404, body=page.encode(), content_type=HTML)


def _discovery(url: str) -> dict[str, Any]:
    return {
        "issuer": ISSUER,
        "authorization_endpoint": f"{url}/connect/oauth2",
        "token_endpoint": f"{url}/oauth2/v1/tokens/bearer",
        "userinfo_endpoint": f"{url}/v1/openid_connect/userinfo",
        "revocation_endpoint": f"{url}/v2/oauth2/tokens/revoke",
        "jwks_uri": f"{url}/op/v1/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": sorted(_SCOPES),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }


def _authorize(sandbox: Sandbox, request: Request) -> Reply:
    asked = {**request.query, **(_form(request.body) if request.method == "POST" else {})}
    redirect = asked.get("redirect_uri", "")
    if urlsplit(redirect).scheme not in {"http", "https"} or asked.get("client_id") not in sandbox.authority.clients:
        return _page(400, "<h1>Sorry, this app cannot connect</h1><p>client_id or redirect_uri is not known here.</p>")
    state = {"state": asked["state"]} if "state" in asked else {}
    scopes = set(asked.get("scope", "").split())
    if asked.get("response_type") != "code" or not scopes or not scopes <= _SCOPES:
        return _redirect(redirect, {"error": "invalid_scope", **state})
    consent = asked.get("consent")
    if consent is None:
        return _consent_page(sandbox, asked)
    if consent != sandbox.company.realm_id:
        return _redirect(redirect, {"error": "access_denied", **state})
    code = sandbox.authority.issue_code(consent, redirect, asked["scope"], client_id=asked["client_id"])
    return _redirect(redirect, {"code": code, **state, "realmId": consent})


def _consent_page(sandbox: Sandbox, asked: dict[str, str]) -> Reply:
    name = html.escape(str(sandbox.company.company_info.get("CompanyName", "Company")))
    hidden = "".join(
        f'<input type="hidden" name="{html.escape(key)}" value="{html.escape(value)}">' for key, value in asked.items()
    )
    realm = html.escape(sandbox.company.realm_id)
    return _page(
        200,
        f"<h1>Connect {name}</h1><p>An application asks to read and write the books of <b>{name}</b> "
        f"(company {realm}).</p>"
        f'<form method="post" action="/connect/oauth2">{hidden}'
        f'<button name="consent" value="{realm}">Connect</button> '
        '<button name="consent" value="">Cancel</button></form>',
    )


def _tokens(sandbox: Sandbox, request: Request) -> Reply:
    form = _form(request.body)
    try:
        client_id = sandbox.authority.check_client(*_client(request, form))
        every = sandbox.company.quirks["rotate_refresh"] == "every"
        issued = sandbox.authority.exchange(form, client_id=client_id, every_refresh=every)
        granted = sandbox.authority.tokens[issued["refresh_token"]]
    except OAuthError as refused:
        bare = sandbox.company.quirks["invalid_grant"] == "bare"
        return _json({"error": refused.body["error"]} if bare else refused.body, refused.status)
    now = sandbox.clock.seconds()
    if form.get("grant_type") == "authorization_code" and "openid" in granted.scope.split():
        issued["id_token"] = sandbox.signer.id_token(
            issuer=ISSUER,
            client_id=client_id,
            realm_id=granted.realm_id,
            now=now,
        )
    asked = form.get(_HARD_EXPIRY_ASKED) or request.headers.get(_HARD_EXPIRY_HEADER, "")
    if asked.casefold() == "true":
        issued["x_refresh_token_hard_expires_in"] = int(granted.consented + HARD_LIFE - now)
    return _json(issued)


def _revoke(sandbox: Sandbox, request: Request) -> Reply:
    try:
        sandbox.authority.check_client(*_client(request, {}))
    except OAuthError as refused:
        return _json(refused.body, refused.status)
    token = _form(request.body).get("token")
    if "json" in request.headers.get("content-type", ""):
        try:
            sent = decode(request.body)
        except (msgspec.DecodeError, ValueError, ArithmeticError):
            sent = {}
        token = sent.get("token") if isinstance(sent, dict) else None
    if not isinstance(token, str) or not sandbox.authority.revoke(token):
        return _json({"error": "invalid_request", "error_description": "Token is incorrect"}, 400)
    return _json({})


def _user_info(sandbox: Sandbox, request: Request) -> Reply:
    _, _, value = request.headers.get("authorization", "").partition(" ")
    if sandbox.authority.bearer(value) is None:
        return _json({"error": "invalid_token"}, 401)
    return _json({"sub": SUBJECT, "email": "bookkeeper@sandbox.example", "emailVerified": True, "givenName": "Dana"})


def _client(request: Request, form: dict[str, str]) -> tuple[str, str]:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "basic":
        try:
            client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError) as unreadable:
            raise OAuthError(401, "invalid_client") from unreadable
        return client_id, secret
    return form.get("client_id", ""), form.get("client_secret", "")


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _redirect(target: str, parameters: dict[str, str]) -> Reply:
    joint = "&" if urlsplit(target).query else "?"
    return Reply(status=302, headers={"location": f"{target}{joint}{urlencode(parameters)}"}, content_type=HTML)


def _json(content: dict[str, Any], status: int = 200) -> Reply:
    return Reply(status=status, body=encode(content))


def _page(status: int, inner: str) -> Reply:
    style = "body{font:16px system-ui;max-width:36rem;margin:4rem auto}button{font:inherit;padding:.5rem 1rem}"
    head = f'<meta charset="utf-8"><title>Connect</title><style>{style}</style>'
    text = f'<!doctype html><html lang="en">{head}{inner}</html>'
    return Reply(status=status, body=text.encode(), content_type=HTML)
