"""A proof sorted for reading: the sums everybody looks at first, and the single customers and accounts behind them."""

from __future__ import annotations

from qbclean.model.outcome import Proof, ProofRow

_SUMS = ("all customers", "through ")
"""How the scope of an A/R row begins that is not a single customer."""


def sums(proof: Proof) -> list[ProofRow]:
    """A/R in all and its account, money, income by year and basis, and the locked period."""
    return [row for row in proof.rows if not (_is_customer(row) or _is_account(row))]


def customers(proof: Proof) -> list[ProofRow]:
    """A/R of every customer that moved or should have."""
    return [row for row in proof.rows if _is_customer(row)]


def accounts(proof: Proof) -> list[ProofRow]:
    """Income of every account and month that moved or should have; what moved in a locked balance sheet."""
    return [row for row in proof.rows if _is_account(row)]


def _is_account(row: ProofRow) -> bool:
    return row.what.endswith("by account")


def _is_customer(row: ProofRow) -> bool:
    return row.what.startswith("A/R") and not row.scope.startswith(_SUMS)
