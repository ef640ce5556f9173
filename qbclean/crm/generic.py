"""Reads the generic format: the CSV files qbclean asks for when a CRM has no profile of its own (design.md 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import msgspec

from qbclean.crm import generic_rows as rows
from qbclean.crm.checks import check_records, with_duplicate_numbers
from qbclean.crm.csv_columns import CsvFile, Row, read_csv
from qbclean.crm.generic_format import (
    CREDITS,
    CUSTOMERS,
    INVOICE_LINES,
    INVOICES,
    JOBS,
    PAYMENTS,
    ROLES,
    Role,
    check_columns,
    role_of,
)
from qbclean.crm.payments import group_payments
from qbclean.crm.remarks import Remarks
from qbclean.crm.wrong_file import what_it_is
from qbclean.errors import CrmFormatError
from qbclean.model.crm import CrmCustomer, CrmFile, CrmInvoice, CrmLine, CrmRecords, RejectedRow
from qbclean.ports.crm import CrmReading

_T = TypeVar("_T")


class GenericReader:
    """The CrmReader of the generic format. Several files of one kind are read one after the other."""

    @property
    def name(self) -> str:
        return "generic"

    def recognises(self, path: Path) -> bool:
        """True when the columns are those of one of the format's files, or the name is."""
        return role_of(read_csv(path)) is not None

    def read(self, paths: Sequence[Path]) -> CrmReading:
        """Raises CrmFormatError when there are no invoices among `paths`, or one is not a file of this format."""
        return _Import(paths).reading()


class _Import:
    """One import: the opened files by role, and what was noticed on the way."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._remarks = Remarks()
        self._rejected: list[RejectedRow] = []
        self._read: dict[Path, int] = {}
        self._files: dict[Role, list[CsvFile]] = defaultdict(list)
        for file in map(read_csv, paths):
            role = role_of(file)
            if role is None:
                raise not_generic(file)
            check_columns(file, role, self._remarks)
            self._files[role].append(file)
        if not self._files[INVOICES]:
            names = ", ".join(path.name for path in paths) or "nothing"
            raise CrmFormatError(
                f"There are no invoices among the files ({names}).",
                why="invoices.csv is the one file an import cannot do without.",
                do=f"Add invoices.csv with the columns {', '.join(INVOICES.columns)}.",
            )

    def reading(self) -> CrmReading:
        """Records in the order of the files; cross-checks become remarks."""
        customer_ids, job_ids = rows.Once("customer_id"), rows.Once("job_id")
        invoice_ids, credit_ids = rows.Once("invoice_id"), rows.Once("credit_id")
        customers = self._each(CUSTOMERS, lambda row: rows.customer(row, customer_ids))
        jobs = self._each(JOBS, lambda row: rows.job(row, job_ids))
        invoices = self._each(INVOICES, lambda row: rows.invoice(row, invoice_ids, self._remarks))
        lines = self._lines({invoice.crm_id for invoice in invoices})
        payments = self._each(PAYMENTS, rows.payment)
        credits_ = self._each(CREDITS, lambda row: rows.credit(row, credit_ids))
        records = CrmRecords(
            customers=tuple(customers),
            jobs=tuple(jobs),
            invoices=with_duplicate_numbers(_with_lines(_named(invoices, customers), lines), self._remarks),
            payments=group_payments(payments, self._rejected),
            credits=tuple(credits_),
            files=self._described(),
        )
        check_records(records, self._remarks)
        return CrmReading(records=records, rejected=tuple(self._rejected), remarks=self._remarks.lines())

    def _each(self, role: Role, make: Callable[[Row], _T]) -> list[_T]:
        """What `make` makes of every row of every file of `role`."""
        made: list[_T] = []
        for file in self._files[role]:
            before = len(made)
            made.extend(file.read(make, self._rejected))
            self._read[file.path] = len(made) - before
        return made

    def _lines(self, invoices: set[str]) -> Mapping[str, list[tuple[Decimal, CrmLine]]] | None:
        """Invoice id → its lines with their places; None when there is no file of lines."""
        if not self._files[INVOICE_LINES]:
            return None
        found: dict[str, list[tuple[Decimal, CrmLine]]] = defaultdict(list)
        for invoice_id, place, line in self._each(INVOICE_LINES, rows.line):
            if invoice_id not in invoices:
                self._remarks.add("Lines of invoices that are not in the invoices file, left out", invoice_id)
            found[invoice_id].append((place, line))
        return found

    def _described(self) -> tuple[CrmFile, ...]:
        return tuple(
            CrmFile(profile="generic", file=file.name, sha256=file.sha256, records=self._read[file.path])
            for role in ROLES
            for file in self._files[role]
        )


def not_generic(file: CsvFile) -> CrmFormatError:
    """The refusal of a file that is none of the format's, saying what it seems to be."""
    known = what_it_is(file.content)
    return CrmFormatError(
        f"{file.path} is not a file qbclean can import{f': it looks like {known}' if known else ''}.",
        why=f"Its columns are {', '.join(file.header)}.",
        do="Export the CRM's invoices, one row each, in the generic format (see `qbclean crm profiles`).",
    )


def _named(invoices: Sequence[CrmInvoice], customers: Sequence[CrmCustomer]) -> tuple[CrmInvoice, ...]:
    """With the customer's name where the invoice gives only the id; its own spelling stays."""
    names = {customer.crm_id: customer.name for customer in customers}
    return tuple(
        msgspec.structs.replace(invoice, customer_name=names[invoice.customer_id])
        if not invoice.customer_name and invoice.customer_id in names
        else invoice
        for invoice in invoices
    )


def _with_lines(
    invoices: Sequence[CrmInvoice], lines: Mapping[str, list[tuple[Decimal, CrmLine]]] | None
) -> tuple[CrmInvoice, ...]:
    """Lines in the order of their places; an invoice that has none in the file has no lines, which is not unknown."""
    if lines is None:
        return tuple(invoices)
    return tuple(
        msgspec.structs.replace(
            invoice, lines=tuple(line for _, line in sorted(lines.get(invoice.crm_id, ()), key=lambda pair: pair[0]))
        )
        for invoice in invoices
    )
