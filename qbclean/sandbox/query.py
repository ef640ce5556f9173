"""Answers a parsed query from a company's tables: filters on columns, sorts, pages, joins the JSON of the rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from operator import ge, gt, le, lt, ne
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

_RULES = ("query_order", "not_equal", "payment_method_query", "id_compare", "id_order")
"""The quirks that a search depends on."""
_SEARCH_COSTS = 50
"""Rows of a column that are looked through in the time in which one id is found."""

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"!=": ne, "<": lt, ">": gt, "<=": le, ">=": ge}


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
    if (statement.at_most or 0) > MOST_ROWS and company.quirks["max_results"] == "refuse":
        raise refusals.query_meaning(f"value {statement.at_most} is too large. Max allowed value is {MOST_ROWS}")
    found = _matching(company, table, statement)
    if statement.counts:
        return {"totalCount": len(found)}
    first = statement.start_at - 1
    rows = min(DEFAULT_ROWS if statement.at_most is None else statement.at_most, most)
    page = [table.order[place] for place in found[first : first + rows]]
    if spec.name == "TaxCode" and company.quirks["taxcode_rows"] == "extra":
        page = _with_pseudo_codes([table.order[place] for place in found], first, rows)
    if not page:
        return {}
    if spec.name == "Account" and "*" in statement.columns:
        rows_found = with_current_balances(company, (table.bodies[object_id] for object_id in page))
    else:
        rows_found = [_row(table, object_id, statement.columns) for object_id in page]
    counted = {"totalCount": len(found)} if company.quirks["total_count"] == "present" else {}
    return {spec.key: rows_found, "startPosition": statement.start_at, "maxResults": len(page), **counted}


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


def _matching(company: Company, table: Table, statement: Statement) -> Sequence[int]:
    """Return the positions that meet every condition, in the order asked for; remembered while a caller pages."""
    rules = tuple(company.quirks[name] for name in _RULES)
    key = (statement.entity, statement.conditions, statement.order, company.today, rules)
    found = table.remembered.get(key)
    if found is None:
        found = _search(company, table, statement)
        table.remember(key, found)
    return found


def _search(company: Company, table: Table, statement: Statement) -> Sequence[int]:
    conditions = list(statement.conditions)
    named = {condition.property.casefold() for condition in conditions}
    if table.spec.name_list and "active" not in named:
        conditions.append(Condition("Active", "=", ("true",)))
    order = tuple((_resolve(table, name, table.kinds), down) for name, down in statement.order)
    found: Sequence[int] = range(len(table.order))
    for condition in conditions:
        found = _filter(company, table, condition, found)
    for name, down in reversed(order):
        if name == "Id" and company.quirks["id_order"] == "text":
            found = sorted(found, key=table.order.__getitem__, reverse=down)
        else:
            found = _sorted(table, found, name, down=down)
    if not order and company.quirks["query_order"] == "descending":
        found = found[::-1]
    return found


def _sorted(table: Table, found: Sequence[int], name: str, *, down: bool) -> Sequence[int]:
    """Return positions by a property; what has none comes before everything else, equals stay as they are."""
    if name == "Id":
        return sorted(found, reverse=down)
    column = table.column(name)
    without = [place for place in found if column[place] is None]
    having = [place for place in found if column[place] is not None] if without else list(found)
    having.sort(key=column.__getitem__, reverse=down)
    return having + without if down else without + having


def _filter(company: Company, table: Table, condition: Condition, among: Sequence[int]) -> Sequence[int]:
    """Return those of the positions whose objects meet a condition, in ascending order as they came."""
    taken = {"accounts": table.spec.name == "Account", "accept": True, "refuse": False}
    if condition.operator == "!=" and not taken[company.quirks["not_equal"]]:
        raise refusals.query_syntax('Encountered "!="')
    name = _resolve(table, condition.property, table.spec.queryable)
    if name == "PaymentMethodRef" and company.quirks["payment_method_query"] == "refuse":
        raise refusals.query_meaning(f"property '{name}' is not queryable")
    kind = table.kinds[name]
    if kind == "texts":
        return _filter_lists(table, condition, name, among)
    if condition.operator == "LIKE":
        pattern, column = _like(condition.values[0]), table.column(name)
        return [place for place in among if pattern.fullmatch(str(column[place] or ""))]
    wanted = [_literal(company, name, kind, value) for value in condition.values]
    if name == "Id":
        if condition.operator not in {"=", "IN"} and company.quirks["id_compare"] == "refuse":
            raise refusals.query_meaning(f"operator {condition.operator} is not supported for property Id")
        return _filter_ids(table, condition, [str(value) for value in wanted], among)
    if condition.operator in {"=", "IN"}:
        return _having(table, name, set(wanted), among)
    holds, limit, column = _OPERATORS[condition.operator], wanted[0], table.column(name)
    return [place for place in among if (value := column[place]) is not None and holds(value, limit)]


def _filter_lists(table: Table, condition: Condition, name: str, among: Sequence[int]) -> Sequence[int]:
    """Return the positions of those with an entry in a list that meets the condition."""
    column = table.column(name)
    if condition.operator == "LIKE":
        pattern = _like(condition.values[0])
        return [place for place in among if any(map(pattern.fullmatch, column[place]))]
    if condition.operator not in {"=", "IN"}:
        raise refusals.query_meaning(f"operator {condition.operator} does not fit property {name}")
    wanted = {value.casefold() for value in condition.values}
    return [place for place in among if not wanted.isdisjoint(column[place])]


def _having(table: Table, name: str, wanted: set[Comparable], among: Sequence[int]) -> Sequence[int]:
    """Return the positions with one of the values: by the index where few have it, else down the column."""
    indexed = [table.holders(name, value) for value in wanted]
    few = [key for holders in indexed for key in holders or ()]
    if None not in indexed and len(few) * _SEARCH_COSTS < len(among):
        held = sorted(map(table.position, few))
        return held if isinstance(among, range) else sorted(set(held).intersection(among))
    column = table.column(name)
    if len(wanted) == 1:
        (only,) = wanted
        return [place for place in among if column[place] == only]
    return [place for place in among if column[place] in wanted]


def _filter_ids(table: Table, condition: Condition, wanted: list[str], among: Sequence[int]) -> Sequence[int]:
    if condition.operator in {"=", "IN"}:
        present = sorted({table.position(value) for value in wanted if value in table})
        return present if isinstance(among, range) else sorted(set(present).intersection(among))
    holds, limit, order = _OPERATORS[condition.operator], id_order(wanted[0]), table.order
    return [place for place in among if holds(id_order(order[place]), limit)]


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
