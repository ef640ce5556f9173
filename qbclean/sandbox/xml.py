"""Turns a JSON answer into the XML that QuickBooks sends to a caller who names no format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from qbclean.sandbox.replies import XML, Reply
from qbclean.sandbox.wire import decode, envelope_time

_NAMESPACE = "http://schema.intuit.com/finance/v3"


def as_xml(reply: Reply, now: datetime) -> Reply:
    """Return the same answer as XML."""
    content = decode(reply.body) if reply.body else {}
    inner = "".join(part for name, value in content.items() if name != "time" for part in _element(name, value))
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse xmlns="{_NAMESPACE}" time={quoteattr(envelope_time(now))}>{inner}</IntuitResponse>'
    )
    return replace(reply, body=text.encode(), content_type=f"{XML};charset=UTF-8")


def _element(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for part in value:
            yield from _element(name, part)
    elif isinstance(value, dict):
        attributes = "".join(
            f" {key}={quoteattr(_text(part))}" for key, part in value.items() if not isinstance(part, dict | list)
        )
        if name.endswith("Ref") and "value" in value:
            yield f"<{name}>{escape(_text(value['value']))}</{name}>"
        elif name in {"Fault", "Error", "QueryResponse", "CDCResponse"}:
            inner = "".join(
                text for key, part in value.items() if isinstance(part, dict | list) for text in _element(key, part)
            )
            texts = "".join(
                f"<{key}>{escape(_text(value[key]))}</{key}>" for key in ("Message", "Detail") if key in value
            )
            yield f"<{name}{attributes if name != 'Error' else _code(value)}>{texts}{inner}</{name}>"
        else:
            inner = "".join(text for key, part in value.items() for text in _element(key, part))
            yield f"<{name}>{inner}</{name}>"
    elif value is not None:
        yield f"<{name}>{escape(_text(value))}</{name}>"


def _code(error: dict[str, Any]) -> str:
    return f" code={quoteattr(_text(error.get('code', '')))}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
