"""Reads the files of one profile together: tables into drafts, drafts into linked records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from qbclean.crm.checks import check_records
from qbclean.crm.detection import Candidate
from qbclean.crm.drafts import Draft, Drafts
from qbclean.crm.grids import Export
from qbclean.crm.invoice_groups import grouped_invoices
from qbclean.crm.invoice_rows import invoice, loose_lines
from qbclean.crm.json_dump import stated_number
from qbclean.crm.linking import linked
from qbclean.crm.party_rows import customer, job
from qbclean.crm.payment_rows import payments_of
from qbclean.crm.payments import group_payments, payment_part
from qbclean.crm.profile import Profile
from qbclean.crm.records import StagedRecords
from qbclean.crm.refusals import ambiguous, lacking, nothing_in, stranger
from qbclean.crm.remarks import Remarks
from qbclean.crm.repeats import without_repeats
from qbclean.crm.staging import Pile, Staging
from qbclean.crm.tables import Table
from qbclean.crm.values import zone_named
from qbclean.errors import CrmFormatError
from qbclean.model.crm import CrmCustomer, CrmFile, RejectedRow
from qbclean.ports.ambient import Progress

ORDER = ("customers", "jobs", "invoices", "invoice_lines", "payments", "credits")
"""In which the files of an import are read and listed."""


@dataclass(kw_only=True)
class ProfileImport:
    """The files of one profile. `records()` reads them; `rejected` and `remarks` fill while it does."""

    profile: Profile
    sources: Sequence[tuple[Export, Candidate]]
    timezone: str | None = None
    progress: Progress | None = None
    stage: Staging
    currency: str = "USD"
    rejected: list[RejectedRow] = field(default_factory=list)
    remarks: Remarks = field(default_factory=Remarks)

    def __post_init__(self) -> None:
        zone = self.timezone or self.profile.profile.timezone
        if self.timezone is not None:
            zone_named(zone)
        self.tables = [self._table(export, candidate, zone) for export, candidate in self.sources]
        self.tables.sort(key=lambda table: ORDER.index(table.section.role))

    def records(self) -> StagedRecords:
        """Linked, cross-checked, without files. Raises CrmFormatError when a file as a whole cannot be read."""
        drafts = Drafts(self.stage)
        for table in self.tables:
            self.read_table(table, drafts)
            for number in table.skipped:
                self.remarks.add("Rows that are no records, skipped", f"row {number} of {table.name}")
        self._check_stated()
        if not any(table.section.role == "invoices" for table in self.tables):
            raise self._no_invoices()
        if not drafts.invoices and not self.rejected:
            raise nothing_in([table.export for table in self.tables if table.section.role == "invoices"])
        drafts.invoices = without_repeats(drafts.invoices, "invoice", self.rejected, self.remarks)
        drafts.jobs = without_repeats(drafts.jobs, "job", self.rejected, self.remarks)
        drafts.payments = without_repeats(drafts.payments, "payment", self.rejected, self.remarks)
        drafts.credits = without_repeats(drafts.credits, "credit", self.rejected, self.remarks)
        drafts.refunds = without_repeats(drafts.refunds, "refund", self.rejected, self.remarks)
        drafts.customers = self._customers(drafts)
        records = linked(drafts, self.rejected, self.remarks)
        check_records(records, self.stage, self.remarks)
        return records

    def files(self) -> tuple[CrmFile, ...]:
        """Each file once, with the rows read from it and those rejected."""
        described: dict[str, CrmFile] = {}
        for table in self.tables:
            known = described.get(table.export.sha256 + table.export.name)
            described[table.export.sha256 + table.export.name] = CrmFile(
                profile=self.profile.name,
                file=table.export.name,
                sha256=table.export.sha256,
                records=table.used + (known.records if known else 0),
                rejected=sum(1 for row in self.rejected if row.file == table.name) + (known.rejected if known else 0),
            )
        return tuple(described.values())

    def _table(self, export: Export, candidate: Candidate, zone: str) -> Table:
        mapping, name = candidate.mapping, candidate.grid.name
        if mapping.missing:
            raise lacking(candidate)
        if mapping.ambiguous:
            raise ambiguous(candidate)
        if mapping.unused and export.document is None:
            known = {word.casefold() for word in mapping.section.known}
            strange = [column for column in mapping.unused if column.casefold() not in known]
            if strange:
                self.remarks.add(f"{name} has columns that are not used", ", ".join(strange))
        if export.document is not None and self.timezone is None and mapping.section.role not in ("customers", "jobs"):
            self.remarks.add(f"Times in UTC count as days in {zone}; --timezone names another place", name)
        if export.encoding == "cp1252":
            self.remarks.add("Read as Windows-1252 because it is not UTF-8; look at accented names", name)
        return Table(
            export=export, grid=candidate.grid, profile=self.profile, mapping=mapping, zone=zone,
            rejected=self.rejected, progress=self.progress, currency=self.currency,
        )  # fmt: skip

    def read_table(self, table: Table, drafts: Drafts) -> None:
        """Add what one file says to `drafts`. Raises CrmFormatError when it does not add up."""
        before = len(self.rejected)
        if table.dialect.turned:
            self.remarks.add("Dates are read day first, because only that fits all of them", table.name)
        match table.section.role:
            case "customers":
                drafts.extend(table.read(customer))
            case "jobs":
                drafts.extend(table.read(job))
            case "invoices" if table.section.grain == "line":
                drafts.extend(grouped_invoices(table, self.stage, self.remarks))
            case "invoices":
                drafts.extend(table.read(lambda row: invoice(row, self.remarks)))
            case "invoice_lines":
                drafts.extend_lines(loose_lines(table))
            case _ if table.section.grain == "part":
                payments = group_payments(table.read(payment_part), self.stage, self.rejected)
                column = table.mapping.column("crm_id")
                drafts.extend(
                    Draft(record=payment, own_id=True, id_column=column, by_number=False) for payment in payments
                )
            case _:
                drafts.extend(payments_of(table, self.stage, self.remarks))
        self.rejected[before:] = sorted(self.rejected[before:], key=lambda row: row.row)
        table.check_totals()

    def _customers(self, drafts: Drafts) -> Pile[Draft[CrmCustomer]]:
        """Those with ids of their own, each once, then those known by name only."""
        own, named = drafts.customers.empty(), drafts.customers.empty()
        for draft in drafts.customers:
            (own if draft.own_id else named).add(draft, draft.record.crm_id)
        found = without_repeats(own, "customer", self.rejected, self.remarks)
        for draft in named:
            found.add(draft, draft.record.crm_id)
        return found

    def _check_stated(self) -> None:
        """An API says how many records there are; pages that were not saved would be missing in silence."""
        for section in self.profile.file:
            tables = [table for table in self.tables if table.section is section and table.export.document is not None]
            for path in section.stated if tables else ():
                said = max((stated_number(table.export.document, path) or 0 for table in tables), default=0)
                there = sum(table.last for table in tables)
                if said > there:
                    names = ", ".join(table.name for table in tables)
                    raise CrmFormatError(
                        f"{names}: the CRM says there are {said:,} records ({path}), {there:,} are here.",
                        why="Pages of the answer are missing.",
                        do="Save all pages and import them together.",
                    )

    def _no_invoices(self) -> CrmFormatError:
        if self.profile.profile.fallback:
            return stranger(self.tables[0].export)
        names = ", ".join(table.name for table in self.tables) or "nothing"
        wanted = [section for section in self.profile.file if section.role == "invoices"]
        columns = ", ".join(sorted({name for section in wanted[:1] for name in _first_names(section.columns.values())}))
        return CrmFormatError(
            f"There are no invoices among the files ({names}).",
            why="The list of invoices is the one file an import cannot do without.",
            do=f"Add {wanted[0].title or 'the invoices'} (columns such as {columns})."
            if wanted
            else "Add the invoices.",
        )


def _first_names(columns: Iterable[object]) -> Iterable[str]:
    return (column[0] for column in columns if isinstance(column, tuple))
