"""The frame of every page at `/`: the template it is made from, its words and amounts, what browsers may load."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader

from qbclean.sandbox.page_values import DOCUMENTS
from qbclean.sandbox.replies import HTML, Reply
from qbclean.sandbox.sandbox import Sandbox

_SECURITY = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'",
    "x-frame-options": "DENY",
}


def page(sandbox: Sandbox, template: str, title: str, *, status: int = 200, **shown: Any) -> Reply:
    """Return a page made from one of our templates."""
    frame = {
        "title": title,
        "company": sandbox.company.company_info.get("CompanyName", "Company"),
        "today": sandbox.company.today.isoformat(),
        "kinds": DOCUMENTS,
    }
    text = _environment().get_template(template).render({**frame, **shown})
    return Reply(status=status, body=text.encode(), content_type=HTML, headers=_SECURITY)


def missing(sandbox: Sandbox) -> Reply:
    """Return the page that says there is none."""
    return page(sandbox, "missing.html", "Not found", status=404)


def in_words(name: str) -> str:
    """Return a name of the API as people write it: `AgedReceivables` as `Aged receivables`."""
    first, *others = re.split(r"(?<=[a-z])(?=[A-Z])", name)
    return " ".join([first, *(word if word.isupper() else word.lower() for word in others)])


def _grouped(text: str) -> str:
    return f"{Decimal(text):,}" if text else text


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("qbclean.sandbox"), autoescape=True)
    environment.filters["grouped"] = _grouped
    environment.filters["money"] = lambda amount: f"{Decimal(amount or 0):,.2f}"
    environment.filters["in_words"] = in_words
    return environment
