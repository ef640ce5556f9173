"""Document numbers: given, assigned, and never twice while the company warns about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities.spec import Options
from qbclean.sandbox.entities.voiding import is_voided

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]


def complete_number(edit: Edit, entity: str, new: Wire, old: Wire | None, options: Options) -> None:
    """Assign the next number where the company does not number by hand, else refuse one that is taken (6140)."""
    sales_forms = edit.company.preferences.get("SalesFormsPrefs") or {}
    by_hand = bool(sales_forms.get("CustomTxnNumbers"))
    number = new.get("DocNumber")
    if number == "AUTO_GENERATE" or (number is None and not by_hand):
        before = (old or {}).get("DocNumber")
        new["DocNumber"] = before if before and number is None else _next_number(edit, entity)
        return
    if number is None or not by_hand or number == (old or {}).get("DocNumber"):
        return
    if "allowduplicatedocnum" in options.include or edit.company.quirks["warn_duplicate_number"] == "off":
        return
    others = edit.company.tables[entity].holders("DocNumber", number.casefold()) or []
    for holder in others:
        if holder != (old or {}).get("Id") and not _is_free(edit, entity, holder):
            raise refusals.duplicate_number(entity, number, holder)


def _is_free(edit: Edit, entity: str, holder: str) -> bool:
    """Return whether a number may be given again because the document that has it is voided."""
    return edit.company.quirks["voided_number"] == "free" and is_voided(edit.read(entity, holder) or {})


def _next_number(edit: Edit, entity: str) -> str:
    sequence = f"DocNumber:{entity}"
    table = edit.company.tables[entity]
    if sequence not in edit.company.counters:
        numbers = (int(given) for given in table.column("DocNumber") if given and given.isdecimal())
        edit.company.counters[sequence] = max((number for number in numbers if number < 10**15), default=1000)
    while table.holders("DocNumber", number := edit.take_id(sequence)):
        continue
    return number
