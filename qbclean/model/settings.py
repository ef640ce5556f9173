"""What a company's bookkeeper has to tell us because QuickBooks' API does not: filing dates, limits, tolerances."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from qbclean.model.approval import ApprovalPolicy


class CompanySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings per company; they are part of every plan, so that a plan says what it was made under.

    `income_tax_filed_through` and `sales_tax_filed_through` lock periods like the closing date does (S01);
    `start_date` cuts off what lies before qbclean's concern; `tax_rounding_per_line` is the only tolerance (S25).
    The `max_…` limits are safety caps checked before the first write; `approval` says who may approve what (R9).
    """

    basis: Literal["accrual", "cash"] = "accrual"
    income_tax_filed_through: date | None = None
    sales_tax_filed_through: date | None = None
    start_date: date | None = None
    tax_rounding_per_line: Decimal = Decimal("0.01")
    max_plan_age_hours: int = 72
    max_actions_per_run: int = 5_000
    max_dollars_per_run: Decimal | None = None
    max_share_of_invoices_voided: Decimal = Decimal("0.50")
    default_item: str | None = None
    """Name of the Item used for CRM lines that name no item QuickBooks knows; none: such invoices go to review."""
    approval: ApprovalPolicy = ApprovalPolicy()
