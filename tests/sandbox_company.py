"""Books of a test as a company folder that the sandbox loads, and what a sandbox holds, told aside from new Ids."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import MetaData
from qbclean.sandbox.folder import dump_files
from qbclean.sandbox.server import RunningSandbox
from tests.settling import wire_json

LONG_AGO = MetaData(create_time=datetime(2026, 1, 5, tzinfo=UTC), last_updated_time=datetime(2026, 1, 5, tzinfo=UTC))
"""Without a time QuickBooks' change data capture would tell of every customer as new."""


def company_folder(folder: Path, books: ReceivablesSnapshot) -> Path:
    """Write `books` into `folder`, every customer's balance as their documents make it; returns `folder`."""
    (folder / "CompanyInfo.json").write_bytes(wire_json(books.company))
    (folder / "Preferences.json").write_bytes(wire_json(books.preferences))
    lists: dict[str, Any] = {
        "Customer": [
            msgspec.structs.replace(
                customer,
                meta_data=customer.meta_data or LONG_AGO,
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


Held = Mapping[tuple[str, str], dict[str, Any]]
"""(entity, id) → object."""
_CHANGED_BY_RUNS = ("Invoice", "Payment", "CreditMemo", "Customer")


def objects_of(running: RunningSandbox) -> Held:
    """Everything the sandbox holds that a run may change: its own word, whatever a journal says."""
    return {
        (entity, item["Id"]): item
        for name, content in dump_files(running.sandbox.company)
        if (entity := name.removesuffix(".jsonl")) in _CHANGED_BY_RUNS
        for item in (json.loads(line, parse_float=Decimal) for line in content.splitlines())
    }


def aside_from_ids(objects: Held, former_ids: Collection[tuple[str, str]]) -> Mapping[str, str]:
    """Object → what it says, without times; what was not there before by its mark.

    Raises AssertionError when a mark is there twice: something was done twice.
    """
    names = {
        id_: f"<{entity} {item['PrivateNote']}>"
        for (entity, id_), item in objects.items()
        if (entity, id_) not in former_ids
    }
    said: dict[str, str] = {}
    for (entity, id_), item in objects.items():
        name = f"{entity} {id_}" if (entity, id_) in former_ids else names[id_]
        assert name not in said, f"{name} is there twice"
        said[name] = str(_named(item, names))
    return said


OF_NO_MATTER = ("SyncToken", "MetaData", "sparse", "domain", "TxnTaxDetail", "LineEx")
"""What QuickBooks keeps by itself and no repair is about."""


def not_as_before(before: Held, after: Held) -> list[str]:
    """Every place at which an object of `before` says something else in `after`, or is gone.

    What QuickBooks filled in meanwhile and was not there at all before does not count.
    """
    found: list[str] = []
    for (entity, id_), item in before.items():
        now = after.get((entity, id_))
        found += [f"{entity} {id_} is gone"] if now is None else _moved(f"{entity} {id_}", item, now)
    return found


def _moved(place: str, then: Any, now: Any) -> list[str]:
    if isinstance(then, dict) and isinstance(now, dict):
        ignored = (*OF_NO_MATTER, "Id") if ".Line[" in place else OF_NO_MATTER  # a line put back is a new line
        fields = [field for field in then if field not in ignored]
        return [said for field in fields for said in _moved(f"{place}.{field}", then[field], now.get(field))]
    if isinstance(then, list):
        if len(then) != len(now or ()):
            return [f"{place} had {len(then)} entries, has {len(now or ())}"]
        return [
            said for number, item in enumerate(then) for said in _moved(f"{place}[{number}]", item, (now or ())[number])
        ]
    same = then == now or (not then and not now)
    return [] if same else [f"{place} was {then!r}, is {now!r}"]


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _named(item, names) for key, item in sorted(value.items()) if key != "MetaData"}
    if isinstance(value, list):
        named = [_named(item, names) for item in value]
        return sorted(named, key=str) if named and isinstance(named[0], dict) and "TxnId" in named[0] else named
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{Decimal(value):.2f}"
    return names.get(value, value) if isinstance(value, str) else value
