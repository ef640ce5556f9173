"""Generates messy contractor companies for the sandbox: the books, the CRM's exports, and the truth about both."""

from qbclean.sandbox.generate.company import GeneratedCompany, generate

__all__ = ["GeneratedCompany", "generate"]
