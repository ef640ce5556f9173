"""One file per kind of repair: its preconditions, the writes it compiles to, how it is undone."""

from __future__ import annotations

from qbclean.model.action import ActionKind

ACTION_KINDS: tuple[ActionKind, ...] = (
    "void_invoice",
    "credit_duplicate",
    "apply_payment",
    "move_payment",
    "apply_credit",
    "create_credit_memo",
    "create_invoice",
)
"""The kinds a plan may propose today, in the order a plan lists them."""
