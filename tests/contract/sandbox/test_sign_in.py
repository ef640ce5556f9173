"""OAuth, limits and faults over HTTP (contract sheet 2, 8; rules R22, R36, R47)."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.contract.sandbox.caller import Answer, Caller
from tests.contract.sandbox.conftest import Opener

CALLBACK = "http://127.0.0.1:9/callback"


def _authorize(caller: Caller, **more: str) -> requests.Response:
    asked = {
        "client_id": caller.ready["client_id"],
        "response_type": "code",
        "scope": "com.intuit.quickbooks.accounting",
        "redirect_uri": CALLBACK,
        "state": "s-1",
        **more,
    }
    return caller.session.get(f"{caller.url}/connect/oauth2", params=asked, allow_redirects=False, timeout=30)


def _redirected(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def test_discovery_names_every_endpoint_the_clients_read(caller: Caller) -> None:
    found = caller.session.get(caller.ready["discovery_url"], timeout=30).json()
    for name in ("jwks_uri", "authorization_endpoint", "token_endpoint", "revocation_endpoint"):
        assert found[name].startswith(caller.url)
    assert found["issuer"] == "https://oauth.platform.intuit.com/op/v1"  # the Node library checks it against this name
    assert found["userinfo_endpoint"].startswith(caller.url)


def test_the_consent_page_has_a_connect_button_and_consent_skips_it(caller: Caller) -> None:
    page = _authorize(caller)
    assert "Connect</button>" in page.text
    assert "Made-up Plumbing" in page.text
    got = _redirected(_authorize(caller, consent=caller.ready["realm_id"]))
    assert (got["state"], got["realmId"]) == ("s-1", caller.ready["realm_id"])
    form = {"grant_type": "authorization_code", "code": got["code"], "redirect_uri": CALLBACK}
    issued = caller.tokens(**form)
    assert issued.json["token_type"] == "bearer"
    assert issued.json["expires_in"] == 3600
    second = caller.tokens(**form)
    assert (second.status, second.json["error"]) == (400, "invalid_grant")


def test_refusals_of_the_consent_go_back_with_their_error(caller: Caller) -> None:
    assert _redirected(_authorize(caller, consent="no")) == {"error": "access_denied", "state": "s-1"}
    assert _redirected(_authorize(caller, scope="everything"))["error"] == "invalid_scope"
    assert _authorize(caller, client_id="stranger").status_code == 400


def test_a_refresh_keeps_the_token_for_a_day_and_then_replaces_it(caller: Caller) -> None:
    old = caller.ready["refresh_token"]
    assert caller.tokens().json["refresh_token"] == old
    caller.admin("POST", "clock", {"advance": 86_400})
    fresh = caller.tokens().json["refresh_token"]
    assert fresh != old
    late = caller.tokens(grant_type="refresh_token", refresh_token=old)
    assert (late.status, late.json["error"]) == (400, "invalid_grant")
    assert caller.tokens(grant_type="refresh_token", refresh_token=fresh).status == 200


def test_every_refresh_rotates_by_quirk(caller: Caller) -> None:
    caller.admin("POST", "quirks", {"rotate_refresh": "every"})
    assert caller.tokens().json["refresh_token"] != caller.ready["refresh_token"]


def test_the_hard_end_of_a_consent_is_told_on_request(caller: Caller) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": caller.ready["refresh_token"]}
    issued = caller.tokens(**form).json
    assert set(issued) == {"token_type", "access_token", "expires_in", "refresh_token", "x_refresh_token_expires_in"}
    assert issued["expires_in"] == 3600
    assert 8_726_000 < issued["x_refresh_token_expires_in"] <= 8_726_400
    code = parse_qs(urlsplit(_authorize(caller, consent=caller.ready["realm_id"]).headers["location"]).query)["code"][0]
    exchanged = caller.tokens(grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
    assert exchanged.json["x_refresh_token_expires_in"] == 8_726_400
    told = caller.tokens(**form, include_refresh_token_hard_expires_in="true").json
    assert told["x_refresh_token_hard_expires_in"] > 4 * 365 * 86_400
    caller.session.headers["x-include-refresh-token-hard-expires-in"] = "true"  # the Node library's way
    assert caller.tokens(**form).json["x_refresh_token_hard_expires_in"] > 4 * 365 * 86_400


def test_wrong_client_credentials_are_401(caller: Caller) -> None:
    answer = requests.post(
        f"{caller.url}/oauth2/v1/tokens/bearer",
        data={"grant_type": "refresh_token", "refresh_token": caller.ready["refresh_token"]},
        auth=(caller.ready["client_id"], "wrong"),
        timeout=30,
    )
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_an_expired_access_token_is_401_in_the_gateways_words(open_sandbox: Opener) -> None:
    _, caller = open_sandbox(access_token_life=60)
    assert caller.get("preferences").status == 200
    caller.admin("POST", "clock", {"advance": 61})
    answer = caller.get("preferences")
    assert answer.status == 401
    assert answer.json["fault"]["type"] == "AUTHENTICATION"
    assert answer.json["fault"]["error"][0]["code"] == "3200"
    assert answer.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'


def test_another_company_is_403(caller: Caller) -> None:
    answer = Answer(caller.session.get(f"{caller.url}/v3/company/123/preferences", timeout=30))
    assert (answer.status, answer.code) == (403, "3100")


def test_a_revoked_connection_can_neither_call_nor_refresh(caller: Caller) -> None:
    client = (caller.ready["client_id"], caller.ready["client_secret"])
    token = {"token": caller.ready["refresh_token"]}
    with requests.Session() as session:
        revoked = session.post(f"{caller.url}/v2/oauth2/tokens/revoke", json=token, auth=client, timeout=30)
    assert revoked.status_code == 200
    assert caller.get("preferences").status == 401
    assert caller.tokens().json["error"] == "invalid_grant"


def test_every_answer_carries_the_tracing_headers(caller: Caller) -> None:
    answer = caller.get("preferences")
    assert answer.headers["intuit_tid"].startswith("1-")
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert "no-store" in answer.headers["cache-control"]


def test_a_path_that_does_not_exist_is_400_with_code_500(caller: Caller) -> None:
    answer = caller.get("invoices")
    assert (answer.status, answer.code) == (400, "500")
    assert "Could not find resource for relative" in answer.text
    assert caller.session.get(f"{caller.url}/nowhere", timeout=30).status_code == 404


def test_the_501st_request_of_a_minute_is_throttled_and_a_minute_later_is_not(open_sandbox: Opener) -> None:
    caller = open_sandbox()[1]
    answers = [caller.get("term/1") for _ in range(501)]
    assert [answer.status for answer in answers] == [200] * 500 + [429]
    fault = answers[-1].json["Fault"]
    assert fault["type"] == "SERVICE"
    assert fault["Error"][0]["Message"] == "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    assert "retry-after" not in answers[-1].headers
    caller.admin("POST", "quirks", {"throttle_body": "lowercase", "retry_after": "present"})
    answer = caller.get("term/1")
    assert (answer.status, answer.json["fault"]["error"][0]["code"]) == (429, "3001")
    assert answer.headers["retry-after"] == "60"
    caller.admin("POST", "clock", {"advance": 61})
    assert caller.get("preferences").status == 200


def test_batches_have_a_limit_of_their_own(open_sandbox: Opener) -> None:
    caller = open_sandbox()[1]
    body = {"BatchItemRequest": [{"bId": "1", "Query": "select * from Term"}]}
    assert [caller.post("batch", body).status for _ in range(41)] == [200] * 40 + [429]
    assert caller.get("preferences").status == 200


def test_apps_share_a_companys_batches_and_requests_but_not_each_others(open_sandbox: Opener) -> None:
    caller = open_sandbox()[1]
    body = {"BatchItemRequest": [{"bId": "1", "Query": "select * from Term"}]}
    apps = [caller, *(_another_app(caller) for _ in range(3))]
    answers = [[app.post("batch", body).status for _ in range(41)] for app in apps]
    assert answers[:3] == [[200] * 40 + [429]] * 3
    assert answers[3] == [429] * 41
    caller.admin("POST", "clock", {"advance": 61})
    assert [app.post("batch", body).status for app in apps] == [200] * 4
    plain = [[app.get("term/1").status for _ in range(450)] for app in apps[:2]]
    assert plain == [[200] * 450, [200] * 350 + [429] * 100]
    for app in apps[1:]:
        app.close()


def test_an_app_cannot_refresh_anothers_token(open_sandbox: Opener) -> None:
    caller = open_sandbox()[1]
    other = _another_app(caller)
    form = {"grant_type": "refresh_token", "refresh_token": caller.ready["refresh_token"]}
    refused = other.tokens(**form)
    other.close()
    assert (refused.status, refused.json["error_description"]) == (400, "Incorrect Token type or clientID")
    assert caller.tokens(**form).status == 200


def _another_app(caller: Caller) -> Caller:
    return Caller({**caller.ready, **caller.admin("POST", "apps").json})


def test_forty_emails_may_be_sent_a_day(open_sandbox: Opener) -> None:
    caller = open_sandbox()[1]
    invoice = caller.invoice("1.00")
    answers = [caller.post(f"invoice/{invoice['Id']}/send", raw=b"", sendTo="a@b.example").status for _ in range(41)]
    assert answers == [200] * 40 + [429]


def test_ten_a_second_and_200_reports_a_minute_hold_by_quirk(open_sandbox: Opener) -> None:
    caller = open_sandbox(quirks={"report_limit": "on"})[1]
    caller.admin("POST", "clock", {"now": "2026-11-20T09:00:00-08:00"})
    reports = [caller.get("reports/AccountList").status for _ in range(201)]
    assert reports == [200] * 200 + [429]
    caller.admin("POST", "clock", {"advance": 120})
    caller.admin("POST", "quirks", {"ten_per_second": "on"})
    assert 429 in [caller.get("term/1").status for _ in range(60)]


FAULTS: dict[str, tuple[int, str]] = {
    "empty_200": (200, ""),
    "bad_json": (200, "{"),
    "429_json": (429, "ThrottleExceeded"),
    "429_lowercase": (429, '"fault"'),
    "429_xml": (429, "<IntuitResponse"),
    "500": (500, "10000"),
    "502": (502, "<html>"),
    "503_html": (503, "<html>"),
    "504": (504, "<html>"),
    "404_html": (404, "<html>"),
    "fault_200": (200, '"Fault"'),
    "401": (401, "3200"),
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_each_fault_answers_wrongly_before_or_after_the_effect(caller: Caller, fault: str, when: str) -> None:
    """R47: the effect is there exactly when the fault came after it."""
    caller.admin("POST", "faults", {"fault": fault, "entity": "customer", "method": "POST", "when": when})
    answer = caller.post("customer", {"DisplayName": "Struck"})
    status, text = FAULTS[fault]
    assert answer.status == status
    assert answer.text.startswith(text) if len(text) < 2 else text in answer.text
    found = caller.rows("select * from Customer where DisplayName = 'Struck'")
    effect_first = when == "after" or fault in {"empty_200", "bad_json"}
    assert len(found) == (1 if effect_first else 0)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", ["reset", "refuse", "half_body"])
def test_connections_break_and_the_same_request_id_tells_what_happened(caller: Caller, fault: str, when: str) -> None:
    """R20: a lost reply after the effect is answered from memory when asked again."""
    caller.admin("POST", "faults", {"fault": fault, "entity": "customer", "when": when})
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        caller.post("customer", {"DisplayName": "Lost"}, requestid="lost-1")
    happened = when == "after" or fault == "half_body"
    assert len(caller.rows("select * from Customer where DisplayName = 'Lost'")) == int(happened)
    again = caller.post("customer", {"DisplayName": "Lost"}, requestid="lost-1")["Customer"]
    assert caller.rows("select * from Customer where DisplayName = 'Lost'")[0]["Id"] == again["Id"]
    last = caller.admin("GET", "requests").json["requests"]
    assert [entry["status"] for entry in last if entry["fault"]] == [None]


def test_rules_strike_at_the_nth_matching_request(caller: Caller) -> None:
    caller.admin("POST", "faults", [{"fault": "500", "path": "preferences", "nth": 2, "times": 2}])
    caller.get("companyinfo/1")
    assert [caller.get("preferences").status for _ in range(4)] == [200, 500, 500, 200]
    (rule,) = caller.admin("GET", "faults").json["rules"]
    assert (rule["seen"], rule["fired"]) == (4, 2)


def test_a_seeded_probability_repeats_and_delete_ends_it(caller: Caller) -> None:
    def run() -> list[int]:
        caller.admin("DELETE", "faults")
        caller.admin("POST", "faults", {"fault": "500", "probability": 0.5, "seed": 7, "path": "preferences"})
        return [caller.get("preferences").status for _ in range(12)]

    first = run()
    assert first == run()
    assert set(first) == {200, 500}
    caller.admin("DELETE", "faults")
    assert caller.get("preferences").status == 200


def test_latency_delays_only_what_it_matches(caller: Caller) -> None:
    caller.admin("POST", "faults", {"fault": "slow", "latency": 0.4, "path": "preferences"})
    start = time.monotonic()
    assert caller.get("companyinfo/1").status == 200
    assert time.monotonic() - start < 0.35
    assert caller.get("preferences").status == 200
    assert time.monotonic() - start >= 0.4


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_request_that_takes_too_long_is_cut_off(open_sandbox: Opener, when: str, made: int) -> None:
    caller = open_sandbox(throttle=False, longest_request=0.2)[1]
    caller.admin("POST", "faults", {"fault": "slow", "latency": 30, "when": when, "entity": "invoice"})
    with pytest.raises(requests.ConnectionError):
        caller.invoice("1.00")
    assert len(caller.rows("select * from Invoice")) == made


@pytest.mark.parametrize(
    "rule",
    [
        {"fault": "meteor"},
        {"fault": "500", "nth": 0},
        {"foo": 1},
        {},
        {"nth": 2},
        "x",
        [1],
        {"latency": -1},
        {"fault": "500", "probability": 5},
    ],
)
def test_a_fault_rule_that_cannot_be_meant_is_refused(caller: Caller, rule: Any) -> None:
    answer = caller.admin("POST", "faults", rule)
    assert answer.status == 400
    assert answer.json["error"]


def test_the_request_log_shows_what_arrived(caller: Caller) -> None:
    caller.post("customer", {"DisplayName": "Logged"}, requestid="q")
    entry = caller.admin("GET", "requests").json["requests"][-1]
    assert (entry["method"], entry["status"]) == ("POST", 200)
    assert entry["path"].endswith("/customer")
    assert entry["query"] == "requestid=q"
    assert entry["body"] == '{"DisplayName": "Logged"}'
    everything = caller.admin("GET", "requests").text
    assert caller.ready["refresh_token"] not in everything
    caller.admin("DELETE", "requests")
    assert caller.admin("GET", "requests").json == {"requests": []}
