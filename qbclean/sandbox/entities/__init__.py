"""Every entity the server knows, one file per family; `SPECS` finds one by name."""

from __future__ import annotations

from qbclean.sandbox.entities.company import ATTACHABLE, COMPANY_INFO, PREFERENCES
from qbclean.sandbox.entities.deposits import DEPOSIT, JOURNAL_ENTRY
from qbclean.sandbox.entities.lists import (
    ACCOUNT,
    CLASS,
    DEPARTMENT,
    ITEM,
    PAYMENT_METHOD,
    TAX_AGENCY,
    TAX_CODE,
    TAX_RATE,
    TERM,
)
from qbclean.sandbox.entities.names import CUSTOMER, EMPLOYEE, VENDOR
from qbclean.sandbox.entities.payments import PAYMENT
from qbclean.sandbox.entities.plain import PLAIN
from qbclean.sandbox.entities.purchases import PURCHASES
from qbclean.sandbox.entities.recurring import RECURRING_TRANSACTION
from qbclean.sandbox.entities.sales import CREDIT_MEMO, ESTIMATE, INVOICE, REFUND_RECEIPT, SALES_RECEIPT
from qbclean.sandbox.entities.spec import EntitySpec

ENTITIES: tuple[EntitySpec, ...] = (
    COMPANY_INFO,
    PREFERENCES,
    ACCOUNT,
    TERM,
    PAYMENT_METHOD,
    TAX_AGENCY,
    TAX_RATE,
    TAX_CODE,
    CLASS,
    DEPARTMENT,
    ITEM,
    CUSTOMER,
    VENDOR,
    EMPLOYEE,
    ESTIMATE,
    INVOICE,
    CREDIT_MEMO,
    SALES_RECEIPT,
    REFUND_RECEIPT,
    PAYMENT,
    DEPOSIT,
    JOURNAL_ENTRY,
    ATTACHABLE,
    *PURCHASES,
    *PLAIN,
    RECURRING_TRANSACTION,
)

SPECS = {spec.name: spec for spec in ENTITIES}
BY_PATH = {spec.path: spec for spec in ENTITIES}
BY_CASE = {name.casefold(): spec for spec in ENTITIES for name in (spec.name, spec.key)}
