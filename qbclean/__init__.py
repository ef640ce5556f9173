"""qbclean: explains and repairs the receivables of a QuickBooks Online company against its CRM."""

__version__ = "0.1.0"
