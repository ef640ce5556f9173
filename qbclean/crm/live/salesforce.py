"""Salesforce's invoices, payments, credit memos and accounts, by simple-salesforce (crm-formats.md 2.16)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from qbclean.crm.live.answers import Answers, Fetch, NotThereError
from qbclean.errors import AuthorizationError, CrmFormatError, SettingsError

if TYPE_CHECKING:
    import requests
    from simple_salesforce.api import Salesforce

TOKEN, INSTANCE = "SALESFORCE_ACCESS_TOKEN", "SALESFORCE_INSTANCE"
_QUERIES = {
    "invoices": "SELECT Id, DocumentNumber, InvoiceDate, DueDate, Status, TotalAmount, TotalTaxAmount,"
    " TotalAmountWithTax, Balance, BillingAccountId, BillingAccount.Name FROM Invoice ORDER BY Id",
    "payments": "SELECT Id, PaymentNumber, AccountId, Account.Name, EffectiveDate, Amount, Status, GatewayRefNumber"
    " FROM Payment ORDER BY Id",
    "credits": "SELECT Id, DocumentNumber, CreditDate, Status, TotalAmountWithTax, ReferenceEntityId, BillingAccountId,"
    " BillingAccount.Name FROM CreditMemo ORDER BY Id",
    "accounts": "SELECT Id, Name, Phone, BillingStreet, BillingCity, BillingState, BillingPostalCode FROM Account"
    " ORDER BY Id",
}


def fetch_salesforce(environ: Mapping[str, str], *, session: requests.Session | None = None) -> Fetch:
    """Reads with the token in $SALESFORCE_ACCESS_TOKEN from the host in $SALESFORCE_INSTANCE; only reads.

    `session`: another transport, for tests. Raises SettingsError without them or the library, AuthorizationError when
    the token is refused, CrmFormatError when Salesforce answers with an error.
    """
    missing = [name for name in (TOKEN, INSTANCE) if not environ.get(name)]
    if missing:
        raise SettingsError(
            f"{' and '.join(f'${name}' for name in missing)} not set.",
            do="Put an access token and the host of your org (yourcompany.my.salesforce.com) there.",
        )
    try:
        from simple_salesforce.api import Salesforce  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SettingsError(
            "Salesforce's library is missing.", do="Install it: pip install 'qbclean[salesforce]'."
        ) from error
    # Amounts stay the text they are in the answer: money never passes through binary floating point (S25).
    client = Salesforce(session_id=environ[TOKEN], instance=environ[INSTANCE], session=session, parse_float=str)
    return Fetch(
        Answers(name=name, pages=_pages(client, name, query), optional=name != "invoices")
        for name, query in _QUERIES.items()
    )


def _pages(client: Salesforce, name: str, query: str) -> Iterator[object]:
    from simple_salesforce.exceptions import (  # noqa: PLC0415
        SalesforceError,
        SalesforceExpiredSession,
        SalesforceMalformedRequest,
    )

    try:
        page = client.query(query)
        yield page
        while not page["done"]:
            page = client.query_more(page["nextRecordsUrl"], identifier_is_url=True)
            yield page
    except SalesforceExpiredSession as error:
        raise AuthorizationError("Salesforce refused the token.", do=f"Put a valid token into ${TOKEN}.") from error
    except SalesforceMalformedRequest as error:
        # 400 INVALID_TYPE: the org has no such object.
        raise NotThereError(name) from error
    except SalesforceError as error:
        raise CrmFormatError(
            f"Salesforce answered {error.status} for {name}.", why="Nothing was imported.", do="Try again later."
        ) from error
