"""The XML side of the wire: answers for callers who name no JSON, and request bodies of older client libraries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from qbclean.sandbox import refusals
from qbclean.sandbox.replies import XML, Reply
from qbclean.sandbox.wire import decode, envelope_time

_NAMESPACE = "http://schema.intuit.com/finance/v3"
_ATTRIBUTES = (
    "domain",
    "sparse",
    "status",
    "startPosition",
    "maxResults",
    "totalCount",
    "type",
    "code",
    "element",
    "bId",
)
_LISTS = (
    "Line", "LinkedTxn", "CustomField", "TaxLine", "AttachableRef", "TaxRateDetail", "NameValue", "Error",
    "BatchItemRequest",
)  # fmt: skip


_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that JSON can carry and XML cannot, not even escaped."""

_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)

_TEXT_WITH_KIND = ("CustomerMemo", "Entity")
"""Elements besides the `…Ref`s that hold an id or a text, and in JSON an object around it."""


def wants_xml(headers: Mapping[str, str], anything: str) -> bool:
    """Return whether a caller gets XML: one that sends no Accept header, or asks for nothing but XML.

    `anything` is the quirk `accept_any`: what a caller gets who takes whatever there is.
    """
    accept = headers.get("accept", "")
    if "*/*" in accept and "json" not in accept:
        return anything == "xml"
    return not accept or ("xml" in accept and "json" not in accept)


def as_xml(reply: Reply, now: datetime) -> Reply:
    """Return the same answer as XML."""
    content = decode(reply.body) if reply.body else {}
    inner = "".join(part for name, value in content.items() if name != "time" for part in _element(name, value))
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse xmlns="{_NAMESPACE}" time={quoteattr(envelope_time(now))}>{inner}</IntuitResponse>'
    )
    return replace(reply, body=_NO_XML.sub("\ufffd", text).encode(), content_type=f"{XML};charset=UTF-8")


def read_xml(body: str) -> dict[str, Any]:
    """Return a request body of XML as the JSON object it stands for. Raises 2010."""
    if "<!" in body:
        raise refusals.unreadable("the body", "XML without declarations")
    try:
        root = ET.fromstring(body)  # noqa: S314 - declarations, the dangerous part, are refused above
    except ET.ParseError as unreadable:
        raise refusals.unreadable("the body", "XML") from unreadable
    read = _read(root)
    return read if isinstance(read, dict) else {}


def _read(element: ET.Element) -> Any:
    name = _local(element.tag)
    attributes = {_local(key): value for key, value in element.attrib.items() if not key.startswith("{http://www.w3")}
    if len(element) == 0:
        text = (element.text or "").strip()
        if (name.endswith("Ref") or name in _TEXT_WITH_KIND) and name != "AttachableRef":
            return {"value": text, **attributes}
        return text
    content: dict[str, Any] = dict(attributes)
    for child in element:
        child_name, value = _local(child.tag), _read(child)
        if child_name in _LISTS:
            content.setdefault(child_name, []).append(value)
        else:
            content[child_name] = value
    return content


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _element(name: str, value: Any) -> Iterator[str]:
    if not _NAME.fullmatch(name):  # a corner of the schema that is stored as it came
        return
    if isinstance(value, list):
        for part in value:
            yield from _element(name, part)
    elif isinstance(value, dict):
        named: tuple[str, ...] = _ATTRIBUTES
        text = ""
        if "value" in value and set(value) <= {"value", "name", "type", "id"}:
            named, text = ("name", "type"), escape(_text(value["value"]))
        attributes = "".join(f" {key}={quoteattr(_text(value[key]))}" for key in named if _plain(value, key))
        inner = "".join(
            part
            for key, content in value.items()
            if not (key in named and _plain(value, key)) and not text
            for part in _element(key, content)
        )
        yield f"<{name}{attributes}>{text}{inner}</{name}>"
    elif value is not None:
        yield f"<{name}>{escape(_text(value))}</{name}>"


def _plain(value: dict[str, Any], key: str) -> bool:
    return value.get(key) is not None and not isinstance(value[key], dict | list)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
