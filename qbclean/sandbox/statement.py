"""Parses the query language into a `Statement`; what it means for a table is `query`'s business."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError

from qbclean.sandbox import refusals

_LONGEST = 100_000
_GRAMMAR = r"""
start: "SELECT"i columns "FROM"i NAME where? (order | start_at | at_most)*

columns: count | column ("," column)*
count: "COUNT"i "(" STAR ")"
column: STAR | NAME
where: "WHERE"i condition ("AND"i condition)*
?condition: comparison | "(" condition ")"
comparison: NAME OPERATOR value -> compare
    | NAME "IN"i "(" value ("," value)* ")" -> among
    | NAME "LIKE"i value -> like
value: TEXT -> text | WORD -> word | NAME -> word

order: ("ORDERBY"i | "ORDER"i "BY"i) term ("," term)*
term: NAME (ASC | DESC)?
start_at: "STARTPOSITION"i NUMBER
at_most: "MAXRESULTS"i NUMBER

STAR: "*"
OPERATOR: "<=" | ">=" | "!=" | "=" | "<" | ">"
ASC.3: /asc\b/i
DESC.3: /desc\b/i
NAME: /(?!(select|from|where|and|orderby|order|by|startposition|maxresults|in|like|asc|desc|or|not)\b)[a-z_][\w.]*/i
NUMBER: /-?\d{1,18}/
WORD: /-?\d[\w.:+-]*/
TEXT: /'(\\.|[^'\\])*'/
%ignore /\s+/
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `operator` is `=`, `<`, `>`, `<=`, `>=`, `IN` or `LIKE`; `values` are as written, unescaped."""

    property: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A parsed query. `order` holds (property, descending); no `at_most` means the default of 100.

    `well_formed` is False where a clause is given twice.
    """

    entity: str
    counts: bool
    columns: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    start_at: int = 1
    at_most: int | None = None
    well_formed: bool = True


class _ToStatement(Transformer[Token, Any]):
    def text(self, parts: list[Token]) -> str:
        content = str(parts[0])[1:-1]
        return content.replace("\\'", "'").replace("\\\\", "\\")

    def word(self, parts: list[Token]) -> str:
        return str(parts[0])

    def compare(self, parts: list[Any]) -> Condition:
        return Condition(str(parts[0]), str(parts[1]), (parts[2],))

    def among(self, parts: list[Any]) -> Condition:
        return Condition(str(parts[0]), "IN", tuple(parts[1:]))

    def like(self, parts: list[Any]) -> Condition:
        return Condition(str(parts[0]), "LIKE", (parts[1],))

    def where(self, parts: list[Condition]) -> tuple[str, tuple[Condition, ...]]:
        return "where", tuple(parts)

    def term(self, parts: list[Token]) -> tuple[str, bool]:
        return str(parts[0]), len(parts) > 1 and parts[1].type == "DESC"

    def order(self, parts: list[tuple[str, bool]]) -> tuple[str, tuple[tuple[str, bool], ...]]:
        return "order", tuple(parts)

    def start_at(self, parts: list[Token]) -> tuple[str, int]:
        return "start_at", int(parts[0])

    def at_most(self, parts: list[Token]) -> tuple[str, int]:
        return "at_most", int(parts[0])

    def column(self, parts: list[Token]) -> str:
        return str(parts[0])

    def count(self, _parts: list[Token]) -> str:
        return "count(*)"

    def columns(self, parts: list[str]) -> tuple[str, ...]:
        return tuple(parts)

    def start(self, parts: list[Any]) -> Statement:
        columns, entity, *clauses = parts
        named: dict[str, Any] = {}
        for name, value in clauses:
            named.setdefault("twice" if name in named else name, value)
        return Statement(
            entity=str(entity),
            counts=columns == ("count(*)",),
            columns=columns,
            conditions=named.get("where", ()),
            order=named.get("order", ()),
            start_at=named.get("start_at", 1),
            at_most=named.get("at_most"),
            well_formed="twice" not in named,
        )


_parser = Lark(_GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=False)
_transformer = _ToStatement()


@lru_cache(maxsize=512)
def parse(text: str) -> Statement:
    """Return the statement. Raises 4000 with the place where reading stopped."""
    if len(text) > _LONGEST:
        raise refusals.query_syntax("The statement is too long")
    try:
        tree = _parser.parse(text.strip().rstrip(";"))
    except LarkError as failure:
        place = getattr(failure, "column", None)
        token = getattr(failure, "token", None) or getattr(failure, "char", None) or "end of statement"
        raise refusals.query_syntax(f'Encountered "{token}" at column {place or len(text)}') from failure
    statement: Statement = _transformer.transform(tree)
    if not statement.well_formed:
        raise refusals.query_syntax("a clause is given twice")
    return statement
