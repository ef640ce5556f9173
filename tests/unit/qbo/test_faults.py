from __future__ import annotations

import json

import pytest

from qbclean import errors
from qbclean.qbo.client import Answer
from qbclean.qbo.faults import Remedy, error_of, fault_of, judge

XML_THROTTLE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse xmlns="http://schema.intuit.com/finance/v3">'
    b'<Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001; statusCode=429'
    b"</Message><Detail>The request limit was reached.</Detail></Error></Fault></IntuitResponse>"
)
EXPIRED = (
    b'{"warnings": null, "fault": {"error": [{"message": "message=AuthenticationFailed; errorCode=003200",'
    b'"detail": "Token expired: AB01secret", "code": "3200", "element": null}], "type": "AUTHENTICATION"},'
    b'"queryResponse": null, "time": 1795168800000}'
)


def a_fault(code: str, message: str = "Some Message", detail: str = "", element: str = "") -> bytes:
    error = {"Message": message, "Detail": detail, "code": code, "element": element}
    return json.dumps(
        {"Fault": {"Error": [error], "type": "ValidationFault"}, "time": "2026-11-20T09:14:05-08:00"}
    ).encode()


TABLE = [
    # status, body, error class, remedy
    (429, a_fault("3001"), errors.ThrottledError, Remedy.WAIT),
    (429, XML_THROTTLE, errors.ThrottledError, Remedy.WAIT),
    (429, b'{"fault": {"error": [{"code": "3001"}]}}', errors.ThrottledError, Remedy.WAIT),
    (429, b"<html>slow down</html>", errors.ThrottledError, Remedy.WAIT),
    (429, b"", errors.ThrottledError, Remedy.WAIT),
    (403, a_fault("003001"), errors.ThrottledError, Remedy.WAIT),
    (401, EXPIRED, errors.AuthorizationError, Remedy.REFRESH),
    (401, b"", errors.AuthorizationError, Remedy.REFRESH),
    (403, b'{"fault": {"error": [{"code": "3100"}]}}', errors.AuthorizationError, Remedy.NEVER),
    (403, b"<html>no</html>", errors.AuthorizationError, Remedy.NEVER),
    (400, a_fault("120"), errors.AuthorizationError, Remedy.NEVER),
    (400, a_fault("5010"), errors.StaleDocumentError, Remedy.NEVER),
    (400, a_fault("6140"), errors.DuplicateDocNumberError, Remedy.NEVER),
    (400, a_fault("610"), errors.DocumentNotFoundError, Remedy.NEVER),
    (400, a_fault("6200", detail="The account period has closed"), errors.BooksClosedError, Remedy.NEVER),
    (400, a_fault("6210", detail="The account period has closed"), errors.BooksClosedError, Remedy.NEVER),
    (400, a_fault("6210", detail="Duplicate number"), errors.RefusedError, Remedy.NEVER),
    (400, a_fault("6540"), errors.RefusedError, Remedy.NEVER),
    (400, a_fault("6240"), errors.RefusedError, Remedy.NEVER),
    (400, a_fault("500"), errors.RefusedError, Remedy.NEVER),
    (400, a_fault("4001"), errors.RefusedError, Remedy.NEVER),
    (400, a_fault("6000", detail="You must set a transaction amount"), errors.RefusedError, Remedy.NEVER),
    (
        400,
        a_fault("6000", detail="An unexpected error occurred. Please try again"),
        errors.UnavailableError,
        Remedy.ONCE,
    ),
    (400, a_fault("600"), errors.UnavailableError, Remedy.NEVER),
    (400, a_fault("140"), errors.UnavailableError, Remedy.BACKOFF),
    (400, b"", errors.RefusedError, Remedy.NEVER),
    (413, b"<html>too large</html>", errors.RefusedError, Remedy.NEVER),
    (200, a_fault("10000"), errors.UnavailableError, Remedy.ONCE),
    (200, a_fault("5010"), errors.StaleDocumentError, Remedy.NEVER),
    (200, b'{"fault": {"error": []}}', errors.RefusedError, Remedy.NEVER),
    (200, b"", errors.UnavailableError, Remedy.BACKOFF),
    (200, b"<html>maintenance</html>", errors.UnavailableError, Remedy.BACKOFF),
    (200, b'{"Invoice": {"Id": "3', errors.UnavailableError, Remedy.BACKOFF),
    (200, b"[]", errors.UnavailableError, Remedy.BACKOFF),
    (302, b"", errors.UnavailableError, Remedy.BACKOFF),
    (404, b"<html>not found</html>", errors.UnavailableError, Remedy.ONCE),
    (500, a_fault("10000"), errors.UnavailableError, Remedy.ONCE),
    (500, b"<html>oops</html>", errors.UnavailableError, Remedy.ONCE),
    (502, b"", errors.UnavailableError, Remedy.BACKOFF),
    (503, b"<html>busy</html>", errors.UnavailableError, Remedy.BACKOFF),
    (504, a_fault("", "Gateway Timeout"), errors.UnavailableError, Remedy.BACKOFF),
    (599, b"", errors.UnavailableError, Remedy.BACKOFF),
    (0, b"", errors.UnavailableError, Remedy.BACKOFF),
]


@pytest.mark.parametrize(("status", "body", "error", "remedy"), TABLE)
def test_the_fault_table_classifies_every_answer(
    status: int, body: bytes, error: type[Exception], remedy: Remedy
) -> None:
    """R22, R47: status, code and each of the three envelopes."""
    verdict = judge(Answer(status=status, body=body))
    assert verdict is not None
    assert (verdict.error, verdict.remedy) == (error, remedy)
    raised = error_of(verdict, Answer(status=status, body=body, intuit_tid="1-77"), "Sending create Invoice")
    assert type(raised) is error
    assert all((raised.what, raised.why, raised.do)), "R59: what happened, why, what next"
    if isinstance(raised, errors.GatewayError):
        assert (raised.status, raised.intuit_tid) == (status, "1-77")


def test_a_200_without_fault_is_a_success() -> None:
    assert judge(Answer(status=200, body=b'{"Invoice": {"Id": "301", "Fault": 1}, "time": "2026"}')) is None


def test_code_element_and_the_general_message_reach_the_user() -> None:
    answer = Answer(
        status=400, body=a_fault("2050", "String length is out of bounds", "Supplied DocNumber", "DocNumber")
    )
    verdict = judge(answer)
    assert verdict is not None
    raised = error_of(verdict, answer, "Sending update Invoice 301")
    assert "2050: String length is out of bounds (DocNumber)" in str(raised)
    assert raised.code == "2050"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("code", "message", "detail"),
    [
        ("5010", "Stale Object Error", "You and Dana Reyes were working on this at the same time."),
        ("6240", "Duplicate Name Exists Error", "Another customer is already using this name: Harbor Lane Bakery"),
        ("6140", "Duplicate Document Number Error", "DocNumber=INV-2041 is assigned to TxnId=301"),
        (
            "6000",
            "Business error",
            'Business Validation Error: "Harbor Lane Bakery" owes 1,450.00 (ap@harborlane.example)',
        ),
        ("2030", "Invalid ID. Supplied value:Dana Reyes", ""),
        ("3200", "message=AuthenticationFailed", "Token expired: AB01secret"),
    ],
)
def test_no_customer_data_and_no_token_reach_an_error_text(code: str, message: str, detail: str) -> None:
    """P4, R35."""
    answer = Answer(status=400, body=a_fault(code, message, detail))
    verdict = judge(answer)
    assert verdict is not None
    text = str(error_of(verdict, answer, "Reading Invoice 7"))
    for secret in ("Dana", "Harbor", "INV-2041", "1,450", "@", "AB01secret"):
        assert secret not in text


def test_the_catch_all_code_says_what_was_wrong() -> None:
    detail = "Business Validation Error: You must specify a transaction amount."
    fault = fault_of(Answer(status=400, body=a_fault("6000", "A business validation error has occurred", detail)))
    assert fault is not None
    assert fault.message == "You must specify a transaction amount"


def test_only_the_first_of_several_errors_decides_but_none_is_needed() -> None:
    assert fault_of(Answer(status=400, body=b'{"Fault": {"Error": []}}')).code == ""  # type: ignore[union-attr]
    two = b'{"Fault": {"Error": [{"code": "5010"}, {"code": "6000"}]}}'
    assert fault_of(Answer(status=400, body=two)).code == "5010"  # type: ignore[union-attr]
