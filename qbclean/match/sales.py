"""An invoice of either side reduced to what is compared.

What most comparisons need are whole numbers and short texts, made once per invoice. What its lines say is read only
where a comparison gets that far: most pairs are beyond doubt, or out of the question, before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import msgspec

from qbclean.match.normalize import NumberKey, number_key, plain
from qbclean.model.crm import CrmInvoice
from qbclean.model.documents import Invoice, SalesReceipt
from qbclean.model.money import ZERO, cents

_TELLING_WORDS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "deposit final first second third retainage release morning afternoon evening"
)
_TELLING = frozenset(_TELLING_WORDS.split())
"""Words that tell one visit, month or stage of a job from the next."""
_EMPTY_LINE_TYPES = ("SubTotalLineDetail", "DescriptionOnly")


SaleStatus = Literal["live", "paid", "draft", "void", "cancelled", "receipt"]
"""paid: the CRM says so. cancelled: in QuickBooks, credited in full and not paid. receipt: booked in QuickBooks as a
SalesReceipt, sale and payment in one."""


class SaleLines(msgspec.Struct, frozen=True, gc=False):
    """`amounts` in cents, sorted, None where the export has no lines; `marks` are the numbers and months in the words
    (lot 4, unit 12, June 2025)."""

    amounts: tuple[int, ...] | None
    words: str
    marks: tuple[str, ...]


class Sale(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One invoice. Amounts in cents; `day`, `due` as ordinals, 0 for unknown; `job` "" for none or unknown.

    `group` is the customer group; `customer` the QuickBooks customer (on the CRM side: the one it is linked to);
    `source` the record or document it was made from, `item_name` tells what its items are called.
    """

    id: str
    group: str
    number: NumberKey | None
    total: int
    subtotal: int
    day: int
    due: int
    customer: str
    job: str
    qbo_id: str
    status: SaleStatus
    source: CrmInvoice | Invoice | SalesReceipt
    item_name: Callable[[str], str]
    _lines: SaleLines | None = None

    @property
    def number_text(self) -> str:
        """The number as written."""
        return (self.source.number if isinstance(self.source, CrmInvoice) else self.source.doc_number) or ""

    @property
    def taxed_lines(self) -> int:
        """How many lines' tax may have been rounded, at least 1."""
        if not isinstance(self.source, CrmInvoice):
            return 1
        return sum(1 for line in self.source.lines or () if line.taxable) or 1

    @property
    def memo(self) -> str:
        """The private note, casefolded."""
        return "" if isinstance(self.source, CrmInvoice) else (self.source.private_note or "").casefold()

    @property
    def created(self) -> int:
        """When it was entered in QuickBooks, in seconds; 0 for the CRM's."""
        return 0 if isinstance(self.source, CrmInvoice) else int(self.source.meta_data.create_time.timestamp())

    @property
    def lines(self) -> SaleLines:
        """What its lines say, read when somebody first asks."""
        lines = self._lines
        if lines is None:
            source = self.source
            lines = _crm_lines(source) if isinstance(source, CrmInvoice) else _qbo_lines(source, self.item_name)
            msgspec.structs.force_setattr(self, "_lines", lines)
        return lines

    def forget_lines(self) -> None:
        """Let go of what the lines say, until somebody asks again: of most invoices nobody does."""
        if self._lines is not None:
            msgspec.structs.force_setattr(self, "_lines", None)

    @property
    def amounts(self) -> tuple[int, ...] | None:
        return self.lines.amounts

    @property
    def words(self) -> str:
        return self.lines.words

    @property
    def marks(self) -> tuple[str, ...]:
        return self.lines.marks


def crm_sale(invoice: CrmInvoice, *, group: str, customer: str, job: str) -> Sale:
    """A CRM invoice; `customer` and `job` are the QuickBooks ids they are linked to, or ""."""
    total = cents(invoice.total)
    return Sale(
        id=invoice.crm_id,
        group=group,
        number=number_key(invoice.number),
        total=total,
        subtotal=cents(invoice.subtotal) if invoice.subtotal is not None else total - cents(invoice.tax or ZERO),
        day=invoice.date.toordinal() if invoice.date else 0,
        due=invoice.due_date.toordinal() if invoice.due_date else 0,
        customer=customer,
        job=job,
        qbo_id=invoice.qbo_id or "",
        status=invoice.status if invoice.status in ("void", "draft", "paid") else "live",
        source=invoice,
        item_name=str,
    )


def qbo_sale(
    invoice: Invoice | SalesReceipt,
    *,
    group: str,
    is_job: bool,
    cancelled: bool,
    item_name: Callable[[str], str],
) -> Sale:
    """A QuickBooks invoice, or a sales receipt, named by `sale_key`."""
    total, tax, customer = cents(invoice.total_amt), invoice.total_tax, invoice.customer_id
    return Sale(
        id=sale_key(invoice),
        group=group,
        number=number_key(invoice.doc_number),
        total=total,
        subtotal=total - cents(tax) if tax else total,
        day=invoice.txn_date.toordinal(),
        due=invoice.due_date.toordinal() if isinstance(invoice, Invoice) and invoice.due_date else 0,
        customer=customer,
        job=customer if is_job else "",
        qbo_id=invoice.id,
        status=_booked_as(invoice, cancelled=cancelled),
        source=invoice,
        item_name=item_name,
    )


def _booked_as(invoice: Invoice | SalesReceipt, *, cancelled: bool) -> SaleStatus:
    if invoice.is_voided:
        return "void"
    if cancelled:
        return "cancelled"
    return "live" if isinstance(invoice, Invoice) else "receipt"


def sale_key(sale: Invoice | SalesReceipt) -> str:
    """How a sale is named among invoice ids: a sales receipt must not be taken for the invoice of its id."""
    return sale.id if sale.kind == "Invoice" else f"receipt {sale.id}"


def _crm_lines(invoice: CrmInvoice) -> SaleLines:
    lines = invoice.lines
    amounts = None if lines is None else tuple(sorted([cents(line.amount) for line in lines]))
    return SaleLines(amounts, *_read(" ".join([f"{line.item or ''} {line.description or ''}" for line in lines or ()])))


def _qbo_lines(invoice: Invoice | SalesReceipt, item_name: Callable[[str], str]) -> SaleLines:
    lines = [line for line in invoice.line if line.detail_type not in _EMPTY_LINE_TYPES]
    texts = [
        f"{item_name(line.sales_item_line_detail.item_ref.value)} {line.description or ''}"
        if line.sales_item_line_detail and line.sales_item_line_detail.item_ref
        else line.description or ""
        for line in lines
    ]
    return SaleLines(tuple(sorted([cents(line.amount) for line in lines])), *_read(" ".join(texts)))


@lru_cache(maxsize=1 << 12)
def _read(text: str) -> tuple[str, tuple[str, ...]]:
    """The words of the lines and the marks among them: one work is billed in the same words again and again."""
    words = plain(text)
    return words, marks_in(words)


def marks_in(words: str) -> tuple[str, ...]:
    """The numbers, months and stages among words already `plain`."""
    return tuple([word for word in words.split() if word in _TELLING or not word.isalpha()])
