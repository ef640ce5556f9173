"""The query grammar (contract sheet 3.1)."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.statement import Condition, Statement, parse


def test_every_clause_is_read() -> None:
    statement = parse(
        "select * from Invoice where Balance > '0' and MetaData.LastUpdatedTime <= '2026-11-01T00:00:00-08:00'"
        " orderby TxnDate desc, Id startposition 11 maxresults 50"
    )
    assert statement == Statement(
        entity="Invoice",
        counts=False,
        columns=("*",),
        conditions=(
            Condition("Balance", ">", ("0",)),
            Condition("MetaData.LastUpdatedTime", "<=", ("2026-11-01T00:00:00-08:00",)),
        ),
        order=(("TxnDate", True), ("Id", False)),
        start_at=11,
        at_most=50,
    )


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("SELECT * FROM Invoice ORDER BY Id", "select * from Invoice orderby Id"),
        ("select * from Term maxresults 2 startposition 1", "select * from Term startposition 1 maxresults 2"),
        ("select * from Term;", "select * from Term"),
        ("  select\n*\tfrom Term ", "select * from Term"),
        ("select * from Customer where Active = true", "select * from Customer where Active = 'true'"),
        ("select * from Invoice where Balance > 0.5", "select * from Invoice where Balance > '0.5'"),
        ("select * from Invoice where (Id = '1') and (Id = '2')", "select * from Invoice where Id = '1' and Id = '2'"),
    ],
)
def test_spellings_that_mean_the_same(text: str, same_as: str) -> None:
    assert parse(text) == parse(same_as)


def test_names_that_begin_like_keywords_are_names() -> None:
    statement = parse("select * from Invoice where Description = 'x' orderby AscendingName")
    assert statement.conditions[0].property == "Description"
    assert statement.order == (("AscendingName", False),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "select",
        "select * from",
        "select * from Invoice where",
        "select * from Invoice where Id",
        "select * from Invoice where Id = ",
        "select * from Invoice where Id = 'x",
        "select * from Invoice where Id = '1' or Id = '2'",
        "select * from Invoice where not Id = '1'",
        "select * from Invoice where Id in ()",
        "select * from Invoice maxresults x",
        "select * from Invoice maxresults 1 maxresults 2",
        "select count(*), Id from",
        "delete from Invoice",
        "select * from Invoice group by Id",
        "select * from Invoice, Payment",
    ],
)
def test_what_does_not_parse_is_4000(text: str) -> None:
    with pytest.raises(ApiFault) as refused:
        parse(text)
    assert refused.value.code == "4000"
    assert refused.value.detail.startswith("QueryParserError")


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_comes_back_out_of_its_quotes(content: str) -> None:
    escaped = content.replace("\\", "\\\\").replace("'", "\\'")
    statement = parse(f"select * from Customer where DisplayName = '{escaped}'")
    assert statement.conditions[0].values == (content,)


@given(st.text(max_size=80))
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    with contextlib.suppress(ApiFault):
        parse(text)
