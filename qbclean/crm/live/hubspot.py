"""HubSpot's commerce invoices, payments and their customers, by hubspot-api-client (crm-formats.md 2.15)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from urllib3.util.retry import Retry

from qbclean.crm.live.answers import Answers, Fetch, NotThereError
from qbclean.errors import AuthorizationError, CrmFormatError, SettingsError

TOKEN = "HUBSPOT_ACCESS_TOKEN"  # noqa: S105 - the name of a variable
_KINDS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "invoices", "invoices",
        ("hs_number", "hs_title", "hs_invoice_status", "hs_invoice_date", "hs_due_date", "hs_currency", "hs_tax",
         "hs_amount_billed", "hs_amount_paid", "hs_balance_due", "hs_createdate", "quickbooks_id", "qbo_invoice_id"),
        ("contacts", "companies", "deals"),
    ),
    (
        "payments", "commerce_payments",
        ("hs_initial_amount", "hs_latest_status", "hs_initiated_date", "hs_payment_method_type", "hs_reference_number"),
        ("invoices", "contacts", "companies"),
    ),
    ("companies", "companies", ("name", "domain", "phone", "address", "city", "state", "zip"), ()),
    ("contacts", "contacts", ("firstname", "lastname", "company", "email", "phone"), ()),
)  # fmt: skip
"""Name of the file, object type of the CRM API v3, properties, associations."""
_PAGE = 100
_MANY = Retry(total=5, backoff_factor=1, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=("GET",))


def fetch_hubspot(environ: Mapping[str, str], *, host: str | None = None) -> Fetch:
    """Reads with the private app's token in $HUBSPOT_ACCESS_TOKEN; only reads. `host`: another server, for tests.

    Raises SettingsError without token or library, AuthorizationError when the token is refused, CrmFormatError when
    HubSpot answers with an error.
    """
    token = environ.get(TOKEN, "")
    if not token:
        raise SettingsError(f"${TOKEN} is not set.", do="Create a private app in HubSpot and put its token there.")
    try:
        from hubspot import HubSpot  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SettingsError(
            "HubSpot's library is missing.", do="Install it: pip install 'qbclean[hubspot]'."
        ) from error
    client = HubSpot(access_token=token, retry=_MANY, **({"host": host} if host else {}))
    api = client.crm.objects.basic_api
    return Fetch(
        Answers(name=name, pages=_pages(api, kind, properties, associations), optional=name != "invoices")
        for name, kind, properties, associations in _KINDS
    )


def _pages(api: Any, kind: str, properties: tuple[str, ...], associations: tuple[str, ...]) -> Iterator[object]:
    """The answers as they come: the library's own objects would lose what it does not know."""
    from hubspot.crm.objects.exceptions import ApiException  # type: ignore[import-untyped]  # noqa: PLC0415

    after: str | None = None
    while True:
        try:
            answer = api.get_page(
                kind, limit=_PAGE, properties=list(properties), archived=False, _preload_content=False,
                _request_timeout=60,
                **({"associations": list(associations)} if associations else {}), **({"after": after} if after else {}),
            )  # fmt: skip
        except ApiException as error:
            raise _refused(kind, error.status) from error
        page = json.loads(answer.data)
        yield page
        after = page.get("paging", {}).get("next", {}).get("after")
        if not after:
            return


def _refused(kind: str, status: int) -> Exception:
    if status in (403, 404):
        return NotThereError(kind)
    if status == 401:
        return AuthorizationError("HubSpot refused the token.", do=f"Put a valid token into ${TOKEN}.")
    return CrmFormatError(f"HubSpot answered {status} for {kind}.", why="Nothing was imported.", do="Try again later.")
