"""The page at `/`: the company as a bookkeeper would look at it, read-only."""

from __future__ import annotations

import html

from qbclean.sandbox.api import Request
from qbclean.sandbox.replies import HTML, Reply
from qbclean.sandbox.sandbox import Sandbox


def answer(sandbox: Sandbox, _request: Request) -> Reply:
    """Return the page."""
    name = html.escape(str(sandbox.company.company_info.get("CompanyName", "Company")))
    text = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title><h1>{name}</h1></html>'
    return Reply(body=text.encode(), content_type=HTML)
