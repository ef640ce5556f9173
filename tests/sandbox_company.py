"""Books of a test as a company folder that the sandbox loads."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from qbclean.model.books import ReceivablesSnapshot
from tests.settling import wire_json


def company_folder(folder: Path, books: ReceivablesSnapshot) -> Path:
    """Write `books` into `folder`, every customer's balance as their documents make it; returns `folder`."""
    (folder / "CompanyInfo.json").write_bytes(wire_json(books.company))
    (folder / "Preferences.json").write_bytes(wire_json(books.preferences))
    lists: dict[str, Any] = {
        "Customer": [
            msgspec.structs.replace(
                customer,
                balance=books.ar_by_customer.get(customer.id, Decimal(0)),
                balance_with_jobs=books.ar_by_customer.get(customer.id, Decimal(0)),
            )
            for customer in books.customers.values()
        ],
        "Item": books.items.values(),
        "Account": books.accounts.values(),
        "Term": books.terms.values(),
        "PaymentMethod": books.payment_methods.values(),
        "TaxCode": books.tax_codes.values(),
        "TaxRate": books.tax_rates.values(),
        "TaxAgency": books.tax_agencies.values(),
    }
    for document in books.documents():
        lists.setdefault(document.kind, []).append(document)
    for entity, objects in lists.items():
        (folder / f"{entity}.jsonl").write_bytes(b"".join(wire_json(each) + b"\n" for each in objects))
    return folder
