"""One file per kind of repair: its preconditions, the writes it compiles to, how it is undone."""

from __future__ import annotations

from qbclean.model.action import ActionKind

ACTION_KINDS: tuple[ActionKind, ...] = (
    "void_invoice",
    "credit_duplicate",
    "complete_invoice",
    "create_invoice",
    "create_credit_memo",
    "move_payment",
    "apply_credit",
    "apply_payment",
    "record_payment",
    "write_off_invoice",
)
"""The kinds a plan may propose, in the order a plan lists and carries them out (dependencies first)."""
