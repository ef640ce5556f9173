from __future__ import annotations

import pytest

from qbclean.errors import SettingsError
from qbclean.model.books import Environment
from qbclean.qbo import hosts


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ("production", "https://quickbooks.api.intuit.com/v3"),
        ("production", "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"),
        ("sandbox", "https://sandbox-quickbooks.api.intuit.com:443/v3"),
        ("local", "http://127.0.0.1:8080/v3"),
        ("local", "http://127.9.9.9/"),
        ("local", "http://[::1]:8080/"),
        ("local", "http://localhost:8080/"),
    ],
)
def test_credentials_may_travel_to_their_own_hosts(environment: Environment, url: str) -> None:
    hosts.require_allowed(environment, url)


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ("production", "http://quickbooks.api.intuit.com/v3"),
        ("production", "http://127.0.0.1:8080/v3"),
        ("production", "https://127.0.0.1/v3"),
        ("production", "https://evilintuit.com/v3"),
        ("production", "https://quickbooks.api.intuit.com.evil.example/v3"),
        ("production", "https://quickbooks.api.intuit.com@evil.example/v3"),
        ("production", "https://quickbooks.api.intuit.com:8443/v3"),
        ("sandbox", "ftp://sandbox-quickbooks.api.intuit.com/"),
        ("sandbox", ""),
        ("local", "https://quickbooks.api.intuit.com/v3"),
        ("local", "http://10.0.0.7:8080/v3"),
        ("local", "http://localhost.evil.example/"),
        ("local", "http://0.0.0.0/"),
    ],
)
def test_credentials_of_one_environment_reach_no_other(environment: Environment, url: str) -> None:
    """S24, R42."""
    with pytest.raises(SettingsError, match="Nothing was sent"):
        hosts.require_allowed(environment, url)


def test_the_api_address_of_a_live_environment_is_not_taken_from_storage() -> None:
    """S24: production tokens beside the sandbox's address are a mix-up, not a choice."""
    assert hosts.api_url("production", "") == "https://quickbooks.api.intuit.com"
    assert hosts.api_url("local", "http://127.0.0.1:80/") == "http://127.0.0.1:80"
    with pytest.raises(SettingsError):
        hosts.api_url("production", "https://sandbox-quickbooks.api.intuit.com")
