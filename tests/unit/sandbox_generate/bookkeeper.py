"""Carries out every remedy of a `truth.json` on the open balances of its books, as a careful person would by hand."""

import csv
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.unit.sandbox_generate.auditor import Folder

ZERO = Decimal(0)


class Bookkeeper:
    """Open balances by document, and the remedies applied to them one after the other."""

    def __init__(self, directory: Path) -> None:
        books = Folder(directory)
        self.truth: dict[str, Any] = json.loads((directory / "truth.json").read_text("utf-8"))
        self.crm = {row["invoice_id"]: row for row in _rows(directory, "invoices")}
        self.payment_rows: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in _rows(directory, "payments"):
            self.payment_rows[row["payment_id"]].append(row)
        self.open = {key: entry["Balance"] for key, entry in books.of("Invoice").items()}
        self.totals = {key: entry["TotalAmt"] for key, entry in books.of("Invoice").items()}
        self.unapplied = {key: entry["UnappliedAmt"] for key, entry in books.of("Payment").items()}
        self.credits = {key: entry["Balance"] for key, entry in books.of("CreditMemo").items()}
        self.created: dict[str, Decimal] = {}
        """Open balances of the invoices created, by CRM id."""

    def carry_out_everything(self) -> None:
        for mess in self.truth["mess"]:
            for step in mess["remedy"]["steps"]:
                getattr(self, step["action"])(step)

    def balance_of(self, crm_id: str) -> Decimal:
        """The open balance of what stands for a CRM invoice now."""
        if crm_id in self.created:
            return self.created[crm_id]
        standing = self.truth["true_invoices"][crm_id]
        return ZERO if standing is None else self.open[standing]

    def void_invoice(self, step: dict[str, Any]) -> None:
        (extra,) = _ids(step, "Invoice")
        assert self.open[extra] == self.totals[extra], f"money is left on invoice {extra} (S03)"
        self.open[extra] = ZERO

    def credit_duplicate(self, step: dict[str, Any]) -> None:
        (extra,) = _ids(step, "Invoice")
        self.open[extra] = ZERO

    def move_payment(self, step: dict[str, Any]) -> None:
        wrong, right = _ids(step, "Invoice")
        (payment,) = _ids(step, "Payment")
        moved = Decimal(step["amount"])
        on_wrong = min(moved, self.totals[wrong] - self.open[wrong])
        self.open[wrong] += on_wrong
        self.unapplied[payment] -= moved - on_wrong
        self.open[right] -= moved

    def apply_payment(self, step: dict[str, Any]) -> None:
        (payment,) = _ids(step, "Payment")
        left = min(Decimal(step["amount"]), self.unapplied[payment])
        self.unapplied[payment] -= left
        for invoice in _ids(step, "Invoice"):
            taken = min(left, self.open[invoice])
            self.open[invoice] -= taken
            left -= taken
        for crm_id in step["crm"]:
            if crm_id in self.created and left:
                taken = min(left, self.created[crm_id])
                self.created[crm_id] -= taken
                left -= taken
        assert left == 0, f"payment {payment} does not fit where the truth says"

    def apply_credit(self, step: dict[str, Any]) -> None:
        (memo,), (invoice,) = _ids(step, "CreditMemo"), _ids(step, "Invoice")
        self.credits[memo] -= Decimal(step["amount"])
        self.open[invoice] -= Decimal(step["amount"])

    def create_credit_memo(self, step: dict[str, Any]) -> None:
        (invoice,) = _ids(step, "Invoice")
        self.open[invoice] -= Decimal(step["amount"])

    def create_invoice(self, step: dict[str, Any]) -> None:
        (crm_id,) = step["crm"]
        self.created[crm_id] = Decimal(self.crm[crm_id]["total"])

    def complete_invoice(self, step: dict[str, Any]) -> None:
        (invoice,) = _ids(step, "Invoice")
        self.open[invoice] += Decimal(step["amount"])
        self.totals[invoice] += Decimal(step["amount"])

    def record_payment(self, step: dict[str, Any]) -> None:
        (payment,) = step["crm"]
        for row in self.payment_rows[payment]:
            crm_id, amount = row["invoice_id"], Decimal(row["amount"])
            if crm_id in self.created:
                self.created[crm_id] -= amount
            else:
                self.open[self.truth["true_invoices"][crm_id]] -= amount


def _ids(step: dict[str, Any], kind: str) -> list[str]:
    return [ref["id"] for ref in step["qbo"] if ref["type"] == kind]


def _rows(directory: Path, name: str) -> list[dict[str, str]]:
    with (directory / "crm" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
