"""Files hung on transactions: taken in by upload, kept with the company, fetched by a link that needs no token."""

from __future__ import annotations

import hashlib
import hmac
import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import quote

import msgspec

from qbclean.sandbox import operations, refusals
from qbclean.sandbox.company import Company
from qbclean.sandbox.edit import Edit
from qbclean.sandbox.entities import SPECS
from qbclean.sandbox.entities.spec import Options
from qbclean.sandbox.replies import HTML, Reply
from qbclean.sandbox.wire import Raw, decode, encode
from qbclean.sandbox.xml import read_xml


def run_upload(company: Company, content_type: str, body: bytes, base_url: str) -> dict[str, Any]:
    """Store uploaded files as attachables. Returns `{"AttachableResponse": […]}`."""
    if "multipart/" not in content_type.casefold():
        raise refusals.unreadable("Content-Type", "multipart/form-data")
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    metadata: dict[str, dict[str, Any]] = {}
    files: dict[str, tuple[str, str, bytes]] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        field = re.search(r'name="?(file_(metadata|content)_(\w+))"?', str(part.get("Content-Disposition", "")))
        if field is None:
            continue
        content = part.get_payload(decode=True)
        payload = content if isinstance(content, bytes) else b""
        if field[2] == "metadata":
            metadata[field[3]] = _metadata(part.get_content_type(), payload)
        else:
            files[field[3]] = (part.get_filename() or "attachment", part.get_content_type(), payload)
    if not files and not metadata:
        raise refusals.missing("file_content_01")
    return {
        "AttachableResponse": [
            {"Attachable": _attach(company, metadata.get(key, {}), files.get(key), base_url)}
            for key in sorted({*metadata, *files})
        ]
    }


def run_download(company: Company, attachable_id: str, base_url: str) -> Reply:
    """Answer the link to an attachable's file, as text. Raises 610 where there is no such file."""
    if not attachable_id.isascii() or not attachable_id.isdigit():
        raise refusals.invalid_id(attachable_id)
    stored = company.document("Attachable", attachable_id)
    if stored is None or attachable_id not in company.files:
        raise refusals.not_found("Attachable", attachable_id)
    link = _link(company, attachable_id, str(stored.get("FileName")), base_url)
    return Reply(body=link.encode(), content_type="text/plain;charset=utf-8")


def answer_file(company: Company, attachable_id: str, key: str) -> Reply:
    """Return the file a link leads to; 404 for a wrong or outdated link, as a file store answers."""
    content = company.files.get(attachable_id)
    stored = company.document("Attachable", attachable_id)
    if content is None or stored is None or not hmac.compare_digest(key.encode(), _key(company, attachable_id)):
        return Reply(status=404, body=b"<html><body><h1>404 Not Found</h1></body></html>", content_type=HTML)
    kind = re.sub(r"[^\w.+/;= -]", "", str(stored.get("ContentType") or "application/octet-stream"), flags=re.ASCII)
    headers = {"content-disposition": "attachment", "x-content-type-options": "nosniff"}
    return Reply(body=content, content_type=kind, headers=headers)


def _link(company: Company, attachable_id: str, name: str, base_url: str) -> str:
    return f"{base_url}/download/{attachable_id}/{_key(company, attachable_id).decode()}/{quote(name, safe='')}"


def _key(company: Company, attachable_id: str) -> bytes:
    return hmac.digest(company.realm_id.encode(), attachable_id.encode(), hashlib.sha256).hex()[:32].encode()


def _metadata(content_type: str, payload: bytes) -> dict[str, Any]:
    if "xml" in content_type:
        return read_xml(payload.decode("utf-8", "replace"))
    try:
        parsed = decode(payload)
    except (msgspec.DecodeError, ArithmeticError, ValueError) as unreadable:
        raise refusals.unreadable("file_metadata", "JSON") from unreadable
    if not isinstance(parsed, dict):
        raise refusals.unreadable("file_metadata", "a JSON object")
    return parsed


def _attach(company: Company, metadata: dict[str, Any], file: tuple[str, str, bytes] | None, base_url: str) -> Raw:
    with company.lock:
        edit = Edit(company)
        body = dict(metadata)
        if file is not None:
            body.setdefault("FileName", file[0])
            body.setdefault("ContentType", file[1])
            body["Size"] = len(file[2])
        stored = operations.save(edit, SPECS["Attachable"], body, Options())
        if file is not None:
            stored["FileAccessUri"] = f"/v3/company/{company.realm_id}/download/{stored['Id']}"
            stored["TempDownloadUri"] = _link(company, stored["Id"], str(stored["FileName"]), base_url)
            edit.put("Attachable", stored)
            edit.files[stored["Id"]] = file[2]
        edit.commit()
        return Raw(encode(stored))
