"""Audits a company folder from its files alone, sharing no code with the generator."""

import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

ZERO = Decimal(0)
CENT = Decimal("0.01")
Wire = dict[str, Any]


class Folder:
    """The objects of a company folder by entity and Id, numbers as Decimal."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.entities: dict[str, dict[str, Wire]] = {}
        for path in sorted(directory.glob("*.jsonl")):
            if path.stem == "Cleared":
                continue
            objects = [
                json.loads(line, parse_float=Decimal, parse_int=Decimal)
                for line in path.read_text("utf-8").splitlines()
            ]
            by_id = {entry["Id"]: entry for entry in objects}
            assert len(by_id) == len(objects), f"{path.name} repeats an Id"
            self.entities[path.stem] = by_id

    def of(self, entity: str) -> dict[str, Wire]:
        return self.entities.get(entity, {})


def problems(folder: Folder) -> list[str]:
    """Everything that contradicts something else; empty for sound books."""
    checks = (
        _links,
        _sales_totals,
        _invoice_balances,
        _credit_balances,
        _payments,
        _deposits,
        _journals,
        _customers,
        _references,
        _transaction_ids,
    )
    return [problem for check in checks for problem in check(folder)]


def _applied(folder: Folder) -> dict[tuple[str, str], Decimal]:
    applied: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for payment in folder.of("Payment").values():
        for line in payment["Line"]:
            (link,) = line["LinkedTxn"]
            applied[link["TxnType"], link["TxnId"]] += line["Amount"]
    return applied


_LINKING = ("Invoice", "Payment", "CreditMemo", "Estimate", "SalesReceipt", "Deposit", "JournalEntry")


def _all_links(entry: Wire) -> Iterator[tuple[str, str]]:
    for link in entry.get("LinkedTxn", ()):
        yield link["TxnType"], link["TxnId"]
    for line in entry.get("Line", ()):
        for link in line.get("LinkedTxn", ()):
            yield link["TxnType"], link["TxnId"]


def _links(folder: Folder) -> Iterator[str]:
    links = {
        (kind, identity): set(_all_links(entry)) for kind in _LINKING for identity, entry in folder.of(kind).items()
    }
    for here, others in links.items():
        for other in others:
            if other not in links:
                yield f"{here} links to {other}, which does not exist"
            elif here not in links[other]:
                yield f"{here} links to {other}, which does not link back"


def _sales_totals(folder: Folder) -> Iterator[str]:
    for kind in ("Invoice", "CreditMemo", "SalesReceipt", "Estimate"):
        for identity, entry in folder.of(kind).items():
            *lines, last = entry["Line"]
            amount = sum((line["Amount"] for line in lines), ZERO)
            if last["DetailType"] != "SubTotalLineDetail" or "Id" in last or last["Amount"] != amount:
                yield f"{kind} {identity}: the last line is not the subtotal of the others"
            tax = entry["TxnTaxDetail"]["TotalTax"]
            if entry["TotalAmt"] != amount + tax:
                yield f"{kind} {identity}: TotalAmt is not lines plus tax"
            if sum((line["Amount"] for line in entry["TxnTaxDetail"].get("TaxLine", ())), ZERO) != tax:
                yield f"{kind} {identity}: TotalTax is not the sum of its lines"
            if entry["TotalAmt"] < 0 or len(entry.get("DocNumber", "")) > 21:
                yield f"{kind} {identity}: negative, or a number too long"
            for line in lines:
                detail = line["SalesItemLineDetail"]
                if "Qty" in detail:
                    product = (detail["Qty"] * detail["UnitPrice"]).quantize(CENT, ROUND_HALF_UP)
                    if product != line["Amount"]:
                        yield f"{kind} {identity}: {detail['Qty']} x {detail['UnitPrice']} is not {line['Amount']}"


def _invoice_balances(folder: Folder) -> Iterator[str]:
    applied = _applied(folder)
    for identity, entry in folder.of("Invoice").items():
        if entry["Balance"] != entry["TotalAmt"] - applied["Invoice", identity] or entry["Balance"] < 0:
            yield f"Invoice {identity}: Balance {entry['Balance']} of {entry['TotalAmt']}"


def _credit_balances(folder: Folder) -> Iterator[str]:
    applied = _applied(folder)
    for identity, entry in folder.of("CreditMemo").items():
        left = entry["TotalAmt"] - applied["CreditMemo", identity]
        if not entry["Balance"] == entry["RemainingCredit"] == left or left < 0:
            yield f"CreditMemo {identity}: Balance {entry['Balance']}, {left} left"


def _payments(folder: Folder) -> Iterator[str]:
    for identity, entry in folder.of("Payment").items():
        left = entry["TotalAmt"]
        for line in entry["Line"]:
            (link,) = line["LinkedTxn"]
            left += line["Amount"] if link["TxnType"] == "CreditMemo" else -line["Amount"]
            target = folder.of(link["TxnType"])[link["TxnId"]]
            if _top(folder, target["CustomerRef"]["value"]) != _top(folder, entry["CustomerRef"]["value"]):
                yield f"Payment {identity}: pays a document of another customer"
            if line["Amount"] <= 0:
                yield f"Payment {identity}: a line of {line['Amount']}"
        if left != entry["UnappliedAmt"] or left < 0:
            yield f"Payment {identity}: UnappliedAmt {entry['UnappliedAmt']}, {left} by its lines"
        if len(entry.get("PaymentRefNum", "")) > 21:
            yield f"Payment {identity}: reference too long"


def _deposits(folder: Folder) -> Iterator[str]:
    for identity, entry in folder.of("Deposit").items():
        if entry["TotalAmt"] != sum((line["Amount"] for line in entry["Line"]), ZERO):
            yield f"Deposit {identity}: TotalAmt is not the sum of its lines"
        for line in entry["Line"]:
            for link in line.get("LinkedTxn", ()):
                source = folder.of(link["TxnType"])[link["TxnId"]]
                if source["TotalAmt"] != line["Amount"] or source["TxnDate"] > entry["TxnDate"]:
                    yield f"Deposit {identity}: its line for {link['TxnType']} {link['TxnId']} is off"


def _journals(folder: Folder) -> Iterator[str]:
    for identity, entry in folder.of("JournalEntry").items():
        if sum(_signed(line) for line in entry["Line"]) != 0:
            yield f"JournalEntry {identity}: debits are not credits"


def _signed(line: Wire) -> Decimal:
    amount: Decimal = line["Amount"]
    return amount if line["JournalEntryLineDetail"]["PostingType"] == "Debit" else -amount


def _top(folder: Folder, identity: str) -> str:
    parent = folder.of("Customer")[identity].get("ParentRef")
    return identity if parent is None else _top(folder, parent["value"])


def _customers(folder: Folder) -> Iterator[str]:
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for kind, field, sign in (
        ("Invoice", "Balance", 1),
        ("Payment", "UnappliedAmt", -1),
        ("CreditMemo", "Balance", -1),
    ):
        for entry in folder.of(kind).values():
            owed[entry["CustomerRef"]["value"]] += sign * entry[field]
    receivable = {key for key, entry in folder.of("Account").items() if entry["AccountType"] == "Accounts Receivable"}
    for entry in folder.of("JournalEntry").values():
        for line in entry["Line"]:
            detail = line["JournalEntryLineDetail"]
            if detail["AccountRef"]["value"] in receivable:
                owed[detail["Entity"]["EntityRef"]["value"]] += _signed(line)
    with_jobs: dict[str, Decimal] = defaultdict(Decimal)
    names: set[str] = set()
    for identity, customer in folder.of("Customer").items():
        above: str | None = identity
        while above is not None:
            with_jobs[above] += owed[identity]
            above = folder.of("Customer")[above].get("ParentRef", {}).get("value")
        if customer["DisplayName"].casefold() in names or ":" in customer["DisplayName"]:
            yield f"Customer {identity}: DisplayName {customer['DisplayName']!r} taken or forbidden"
        names.add(customer["DisplayName"].casefold())
        if customer["Job"] != ("ParentRef" in customer):
            yield f"Customer {identity}: Job without parent or parent without Job"
    for identity, customer in folder.of("Customer").items():
        if customer["Balance"] != owed[identity] or customer["BalanceWithJobs"] != with_jobs[identity]:
            yield f"Customer {identity}: Balance {customer['Balance']}, its documents say {owed[identity]}"


_REFS = {
    "CustomerRef": "Customer", "ItemRef": "Item", "AccountRef": "Account", "DepositToAccountRef": "Account",
    "PaymentMethodRef": "PaymentMethod", "SalesTermRef": "Term", "ClassRef": "Class", "ParentRef": "Customer",
    "IncomeAccountRef": "Account", "TaxRateRef": "TaxRate", "TxnTaxCodeRef": "TaxCode", "AgencyRef": "TaxAgency",
    "EntityRef": "Customer", "Entity": "Customer",
}  # fmt: skip


def _references(folder: Folder) -> Iterator[str]:
    for kind, entries in folder.entities.items():
        for identity, entry in entries.items():
            for name, value in _named_values(entry):
                if name in _REFS and "value" in value and value["value"] not in folder.of(_REFS[name]):
                    yield f"{kind} {identity}: {name} {value['value']} does not exist"


def _named_values(entry: Any) -> Iterator[tuple[str, Wire]]:
    if isinstance(entry, dict):
        for name, value in entry.items():
            if isinstance(value, dict):
                yield name, value
            yield from _named_values(value)
    elif isinstance(entry, list):
        for value in entry:
            yield from _named_values(value)


def _transaction_ids(folder: Folder) -> Iterator[str]:
    """Transactions share one sequence of ids, in order of entry."""
    entered = sorted(
        (int(identity), entry["MetaData"]["CreateTime"][:19])
        for kind in _LINKING
        for identity, entry in folder.of(kind).items()
    )
    if len({identity for identity, _ in entered}) != len(entered):
        yield "two transactions share an Id"
    for (identity, before), (_, after) in pairwise(entered):
        if after < before:
            yield f"transaction {identity} was entered after the next one"
