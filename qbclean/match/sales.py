"""An invoice of either side reduced to what is compared.

All facts are whole numbers or short texts, computed once per invoice, because a company has many more comparisons than
invoices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One invoice. Amounts in cents; `day`, `due` as ordinals, 0 for unknown; `job` "" for none or unknown.

    `group` is the customer group; `customer` the QuickBooks customer (on the CRM side: the one it is linked to);
    `number_text` the number as written; `marks` the numbers and months in the lines' words (lot 4, unit 12, June 2025).
    """

    id: str
    group: str
    number: NumberKey | None
    number_text: str
    total: int
    subtotal: int
    taxed_lines: int
    day: int
    due: int
    customer: str
    job: str
    amounts: tuple[int, ...] | None
    words: str
    marks: tuple[str, ...]
    qbo_id: str
    memo: str
    status: SaleStatus
    created: int = 0


def crm_sale(invoice: CrmInvoice, *, group: str, customer: str, job: str) -> Sale:
    """A CRM invoice; `customer` and `job` are the QuickBooks ids they are linked to, or ""."""
    lines = invoice.lines
    total = cents(invoice.total)
    return Sale(
        id=invoice.crm_id,
        group=group,
        number=number_key(invoice.number),
        number_text=invoice.number or "",
        total=total,
        subtotal=cents(invoice.subtotal) if invoice.subtotal is not None else total - cents(invoice.tax or ZERO),
        taxed_lines=sum(1 for line in lines or () if line.taxable) or 1,
        day=invoice.date.toordinal() if invoice.date else 0,
        due=invoice.due_date.toordinal() if invoice.due_date else 0,
        customer=customer,
        job=job,
        amounts=tuple(sorted(cents(line.amount) for line in lines)) if lines is not None else None,
        words=(words := plain(" ".join(f"{line.item or ''} {line.description or ''}" for line in lines or ()))),
        marks=marks_in(words),
        qbo_id=invoice.qbo_id or "",
        memo="",
        status="void"
        if invoice.status == "void"
        else invoice.status
        if invoice.status in ("draft", "paid")
        else "live",
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
    lines = [line for line in invoice.item_lines if line.detail_type not in _EMPTY_LINE_TYPES]
    total, tax = cents(invoice.total_amt), cents(invoice.total_tax)
    texts = (
        f"{item_name(line.sales_item_line_detail.item_ref.value)} {line.description or ''}"
        if line.sales_item_line_detail and line.sales_item_line_detail.item_ref
        else line.description or ""
        for line in lines
    )
    return Sale(
        id=sale_key(invoice),
        group=group,
        number=number_key(invoice.doc_number),
        number_text=invoice.doc_number or "",
        total=total,
        subtotal=total - tax,
        taxed_lines=1,
        day=invoice.txn_date.toordinal(),
        due=invoice.due_date.toordinal() if isinstance(invoice, Invoice) and invoice.due_date else 0,
        customer=invoice.customer_id,
        job=invoice.customer_id if is_job else "",
        amounts=tuple(sorted(cents(line.amount) for line in lines)),
        words=(words := plain(" ".join(texts))),
        marks=marks_in(words),
        qbo_id=invoice.id,
        memo=(invoice.private_note or "").casefold(),
        status=_booked_as(invoice, cancelled=cancelled),
        created=int(invoice.meta_data.create_time.timestamp()),
    )


def _booked_as(invoice: Invoice | SalesReceipt, *, cancelled: bool) -> SaleStatus:
    if invoice.is_voided:
        return "void"
    if cancelled:
        return "cancelled"
    return "live" if isinstance(invoice, Invoice) else "receipt"


def sale_key(sale: Invoice | SalesReceipt) -> str:
    """How a sale is named among invoice ids: a sales receipt must not be taken for the invoice of its id."""
    return sale.id if isinstance(sale, Invoice) else f"receipt {sale.id}"


def marks_in(words: str) -> tuple[str, ...]:
    """The numbers, months and stages among words already `plain`."""
    return tuple(word for word in words.split() if word in _TELLING or not word.isalpha())
