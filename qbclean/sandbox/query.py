"""Answers a parsed query from a company's tables: filters on columns, sorts, pages, joins the JSON of the rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from qbclean.sandbox import refusals
from qbclean.sandbox.accounts import with_current_balances
from qbclean.sandbox.clock import epoch
from qbclean.sandbox.company import Company
from qbclean.sandbox.entities import BY_CASE
from qbclean.sandbox.entities.spec import Kind
from qbclean.sandbox.statement import Condition, Statement, parse
from qbclean.sandbox.table import Comparable, Table, id_order
from qbclean.sandbox.wire import Raw, decode_object

DEFAULT_ROWS = 100
MOST_ROWS = 1000

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "!=": lambda stored, wanted: stored != wanted,
    "=": lambda stored, wanted: stored == wanted,
    "<": lambda stored, wanted: stored < wanted,
    ">": lambda stored, wanted: stored > wanted,
    "<=": lambda stored, wanted: stored <= wanted,
    ">=": lambda stored, wanted: stored >= wanted,
}


def run_query(company: Company, text: str, most: int = MOST_ROWS) -> dict[str, Any]:
    """Return the content of `QueryResponse`, with at most `most` rows. Raises 4000 and 4001."""
    statement = parse(text)
    spec = BY_CASE.get(statement.entity.casefold())
    if spec is None:
        raise refusals.query_meaning(f"invalid context declaration: {statement.entity}")
    table = company.tables[spec.name]
    if statement.start_at < 1:
        raise refusals.query_meaning(f"value {statement.start_at} is too small. Min allowed value is 1")
    if statement.at_most is not None and statement.at_most < 0:
        raise refusals.query_meaning(f"value {statement.at_most} is too small. Min allowed value is 0")
    _check_columns(table, statement)
    found = _matching(company, table, statement)
    if statement.counts:
        return {"totalCount": len(found)}
    first = statement.start_at - 1
    rows = min(DEFAULT_ROWS if statement.at_most is None else statement.at_most, most)
    page = found[first : first + rows]
    if spec.name == "TaxCode" and company.quirks["taxcode_rows"] == "extra":
        page = _with_pseudo_codes(found, first, rows)
    if not page:
        return {}
    if spec.name == "Account" and "*" in statement.columns:
        rows_found = with_current_balances(company, (table.bodies[object_id] for object_id in page))
    else:
        rows_found = [_row(table, object_id, statement.columns) for object_id in page]
    return {
        spec.key: rows_found,
        "startPosition": statement.start_at,
        "maxResults": len(page),
    }


def _with_pseudo_codes(found: list[str], first: int, rows: int) -> list[str]:
    """Return a page of tax codes with the US pseudo-codes before the first one, beyond MAXRESULTS."""
    real = [code for code in found if code.isdigit()]
    pseudo = [code for code in found if not code.isdigit()] if first == 0 and rows else []
    return pseudo + real[first : first + rows]


def _row(table: Table, object_id: str, columns: tuple[str, ...]) -> Any:
    body = table.bodies[object_id]
    if "*" in columns:
        return Raw(body)
    stored = decode_object(body)
    wanted = {column.split(".")[0].casefold() for column in columns} | {"id"}
    return {
        "domain": "QBO",
        "sparse": True,
        **{name: value for name, value in stored.items() if name.casefold() in wanted},
    }


def _check_columns(table: Table, statement: Statement) -> None:
    known = {name.casefold() for name in (*table.spec.shape, *table.kinds)}
    for column in statement.columns:
        first = column.split(".")[0].casefold()
        if column != "*" and not statement.counts and first not in known and table.spec.shape.get(column) is None:
            raise refusals.query_meaning(f"Property {column} not found for Entity {table.spec.name}")


def _matching(company: Company, table: Table, statement: Statement) -> list[str]:
    """Return the ids that meet every condition, in the order asked for; remembered while a caller pages."""
    rules = tuple(company.quirks[name] for name in ("query_order", "not_equal", "payment_method_query"))
    key = (statement.entity, statement.conditions, statement.order, company.today, rules)
    found = table.remembered.get(key)
    if found is None:
        found = _search(company, table, statement)
        table.remember(key, found)
    return found


def _search(company: Company, table: Table, statement: Statement) -> list[str]:
    conditions = list(statement.conditions)
    named = {condition.property.casefold() for condition in conditions}
    if table.spec.name_list and "active" not in named:
        conditions.append(Condition("Active", "=", ("true",)))
    order = tuple((_resolve(table, name, table.kinds), down) for name, down in statement.order)
    found: list[str] | None = None
    for condition in conditions:
        found = _filter(company, table, condition, found)
    descending = not order and company.quirks["query_order"] == "descending"
    if found is None:
        found = list(table.order)
    for name, down in reversed(order):
        if name == "Id":
            if down or len(order) > 1:  # else they stand so already
                found.sort(key=id_order, reverse=down)
        else:
            column = table.column(name)
            found.sort(key=lambda key: _sortable(column.get(key)), reverse=down)
    if descending:
        found.reverse()
    return found


def _sortable(value: Comparable) -> tuple[bool, Any]:
    return (value is not None, 0 if value is None else value)


def _filter(company: Company, table: Table, condition: Condition, among: list[str] | None) -> list[str]:
    taken = {"accounts": table.spec.name == "Account", "accept": True, "refuse": False}
    if condition.operator == "!=" and not taken[company.quirks["not_equal"]]:
        raise refusals.query_syntax('Encountered "!="')
    name = _resolve(table, condition.property, table.spec.queryable)
    if name == "PaymentMethodRef" and company.quirks["payment_method_query"] == "refuse":
        raise refusals.query_meaning(f"property '{name}' is not queryable")
    kind = table.kinds[name]
    candidates = table.order if among is None else among
    if condition.operator == "LIKE":
        pattern = _like(condition.values[0])
        column = table.column(name)
        return [key for key in candidates if pattern.fullmatch(str(column.get(key) or ""))]
    wanted = [_literal(company, name, kind, value) for value in condition.values]
    if name == "Id":
        return _filter_ids(table, condition, [str(value) for value in wanted], candidates)
    if condition.operator in {"=", "IN"}:
        if among is None and (indexed := _from_index(table, name, wanted)) is not None:
            return indexed
        column, values = table.column(name), set(wanted)
        return [key for key in candidates if column.get(key) in values]
    holds, limit, column = _OPERATORS[condition.operator], wanted[0], table.column(name)
    return [key for key in candidates if (stored := column.get(key)) is not None and holds(stored, limit)]


def _from_index(table: Table, name: str, wanted: list[Comparable]) -> list[str] | None:
    found: set[str] = set()
    for value in wanted:
        holders = table.holders(name, value)
        if holders is None:
            return None
        found.update(holders)
    return sorted(found, key=id_order)


def _filter_ids(table: Table, condition: Condition, wanted: list[str], candidates: list[str]) -> list[str]:
    if condition.operator in {"=", "IN"}:
        present = sorted({value for value in wanted if value in table}, key=id_order)
        return present if candidates is table.order else [key for key in candidates if key in set(present)]
    holds, limit = _OPERATORS[condition.operator], id_order(wanted[0])
    return [key for key in candidates if holds(id_order(key), limit)]


def _resolve(table: Table, written: str, allowed: Mapping[str, Kind]) -> str:
    """Return the property as the schema spells it. Raises 4001 for one that is unknown or not queryable."""
    folded = written.casefold().removesuffix(".value")
    for name in allowed:
        if name.casefold() in {folded, written.casefold()}:
            return name
    first = written.partition(".")[0].casefold()
    if any(first == name.casefold() for name in table.spec.shape) or any(
        folded == name.casefold() for name in table.kinds
    ):
        raise refusals.query_meaning(f"property '{written}' is not queryable")
    raise refusals.query_meaning(f"Property {written} not found for Entity {table.spec.name}")


def _literal(company: Company, name: str, kind: Kind, text: str) -> Comparable:
    if text.upper() == "CURRENT_DATE":
        today = company.today
        return epoch(today.isoformat()) if kind == "time" else today.isoformat()
    try:
        if kind in {"amount", "number"}:
            return _finite(text)
        if kind == "flag":
            return {"true": True, "false": False}[text.casefold()]
        if kind == "time":
            return epoch(text)
        if kind == "date":
            return date.fromisoformat(text[:10]).isoformat()
    except (InvalidOperation, KeyError, ValueError, OverflowError) as unreadable:
        raise refusals.query_meaning(f"invalid value '{text}' for property {name}") from unreadable
    return text.casefold() if kind == "text" else text


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _like(pattern: str) -> re.Pattern[str]:
    parts = (re.escape(part.casefold()) for part in pattern.split("%"))
    return re.compile(".*".join(parts), re.DOTALL)
