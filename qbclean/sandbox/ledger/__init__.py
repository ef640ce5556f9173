"""The double-entry ledger computed from a company's documents, on the accrual and on the cash basis."""

from qbclean.sandbox.ledger.ledger import Ledger

__all__ = ["Ledger"]
