"""The generic CRM format: which files there are and which columns each has (design.md 6)."""

from __future__ import annotations

from dataclasses import dataclass

from qbclean.crm.csv_columns import CsvFile
from qbclean.crm.remarks import Remarks
from qbclean.errors import CrmFormatError


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A kind of file: `required` columns must be there, `optional` ones may be."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional


INVOICES = Role(
    name="invoices",
    required=("invoice_id", "number", "date", "status", "total"),
    optional=(
        "customer_id", "customer_name", "job_id", "job_name", "due_date", "subtotal", "tax", "balance", "qbo_id",
    ),
)  # fmt: skip
INVOICE_LINES = Role(
    name="invoice_lines",
    required=("invoice_id", "line", "amount"),
    optional=("item", "description", "quantity", "unit_price", "taxable"),
)
CUSTOMERS = Role(
    name="customers",
    required=("customer_id", "name"),
    optional=("company", "email", "phone", "address", "qbo_id"),
)
JOBS = Role(
    name="jobs",
    required=("job_id", "customer_id", "name"),
    optional=("status", "contract_amount", "start_date", "end_date", "qbo_id"),
)
PAYMENTS = Role(
    name="payments",
    required=("payment_id", "date", "amount"),
    optional=("invoice_id", "customer_id", "method", "reference", "qbo_id"),
)
CREDITS = Role(
    name="credits",
    required=("credit_id", "date", "amount"),
    optional=("number", "invoice_id", "customer_id", "reason", "qbo_id"),
)
ROLES = (CUSTOMERS, JOBS, INVOICES, INVOICE_LINES, PAYMENTS, CREDITS)
"""In the order in which an import lists them."""
_BY_COLUMNS = (PAYMENTS, CREDITS, INVOICES, INVOICE_LINES, JOBS, CUSTOMERS)
"""Most telling first: a payment also names an invoice, and a job a customer."""


def role_of(file: CsvFile) -> Role | None:
    """What the file is, by its columns, or by its name when that is one of the format's; None when it is neither."""
    by_name = next((role for role in ROLES if role.name == file.path.stem.casefold()), None)
    fitting = [role for role in _BY_COLUMNS if all(column in file.columns for column in role.required)]
    return by_name if by_name in fitting or not fitting else fitting[0]


def check_columns(file: CsvFile, role: Role, remarks: Remarks) -> None:
    """Raises CrmFormatError when a column is missing or stands twice; columns nobody reads are remarked on."""
    missing = [column for column in role.required if column not in file.columns]
    if role is INVOICES and not {"customer_id", "customer_name"} & file.columns.keys():
        missing.append("customer_id or customer_name")
    if missing:
        raise CrmFormatError(
            f"{file.path} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}.",
            why=f"As {role.name} it needs {', '.join(role.required)}; it has {', '.join(file.header)}.",
            do="Export it with these columns, or rename the ones that mean the same.",
        )
    twice = [column for column in role.columns if f"{column}#2" in file.columns]
    if twice:
        raise CrmFormatError(
            f"{file.path} has several columns for {', '.join(twice)}.",
            why="Which one counts would be a guess.",
            do="Remove or rename the other.",
        )
    unused = [file.header[index] for column, index in file.columns.items() if column not in role.columns]
    if unused:
        remarks.add(f"{file.name} has columns that are not used", ", ".join(unused))
    if file.encoding == "cp1252":
        remarks.add("Read as Windows-1252 because it is not UTF-8; look at accented names", file.name)
