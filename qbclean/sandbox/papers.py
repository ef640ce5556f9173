"""Papers of a transaction: its PDF, the e-mail that is recorded instead of sent, uploaded attachments."""

from __future__ import annotations

import base64
import binascii
import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import msgspec

from qbclean.sandbox import operations, refusals
from qbclean.sandbox.company import Company
from qbclean.sandbox.edit import Edit
from qbclean.sandbox.entities import SPECS
from qbclean.sandbox.entities.spec import EntitySpec, Options
from qbclean.sandbox.pdf import one_page
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.replies import Reply
from qbclean.sandbox.wire import Raw, amount_of, decode, encode, stamp
from qbclean.sandbox.xml import read_xml

_PAPERS = ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Estimate", "Payment", "PurchaseOrder")


def run_pdf(company: Company, spec: EntitySpec, object_id: str) -> Reply:
    """Return a one-page PDF of a sales document."""
    if spec.name not in _PAPERS:
        raise refusals.unsupported_operation("pdf", "Operation")
    document = Edit(company).find(spec.name, object_id)
    lines = [
        str(company.company_info.get("CompanyName", "")),
        f"{spec.name} {document.get('DocNumber') or document['Id']}",
        f"Date {document.get('TxnDate', '')}   Customer {(document.get('CustomerRef') or {}).get('name', '')}",
        "",
        *(
            f"{line.get('Description') or line.get('DetailType', 'Applied')}   {line.get('Amount', '')}"
            for line in (document.get("Line") or ())[:40]
        ),
        "",
        f"Total {amount_of(document, 'TotalAmt'):.2f}",
    ]
    return Reply(body=one_page(lines), content_type="application/pdf")


def run_send(company: Company, spec: EntitySpec, object_id: str, send_to: str | None) -> dict[str, Any]:
    """Record a document as e-mailed; nothing leaves this machine. Raises 2380 without an address."""
    if spec.name not in _PAPERS:
        raise refusals.unsupported_operation("send", "Operation")
    with company.lock:
        edit = Edit(company, what="e-mailed")
        document = edit.find(spec.name, object_id)
        address = send_to or (document.get("BillEmail") or {}).get("Address")
        if not address:
            raise ApiFault("2380", "Missing e-mail address", "The transaction has no e-mail address.", "BillEmail")
        document["BillEmail"] = {"Address": address}
        document["EmailStatus"] = "EmailSent"
        document["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": stamp(edit.now)}
        document["SyncToken"] = str(int(document["SyncToken"]) + 1)
        document["MetaData"] = {**document["MetaData"], "LastUpdatedTime": stamp(edit.now)}
        edit.put(spec.name, document)
        edit.commit()
    return {spec.name: document}


def run_upload(company: Company, content_type: str, body: bytes) -> dict[str, Any]:
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
            files[field[3]] = (part.get_filename() or "attachment", part.get_content_type(), _plain(part, payload))
    if not files and not metadata:
        raise refusals.missing("file_content_01")
    return {
        "AttachableResponse": [
            {"Attachable": _attach(company, metadata.get(key, {}), files.get(key))}
            for key in sorted({*metadata, *files})
        ]
    }


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


def _plain(part: Any, payload: bytes) -> bytes:
    """Return the file's bytes; python-quickbooks sends base64 and says so only in a header the parser has used."""
    if str(part.get("Content-Transfer-Encoding", "")).casefold() == "base64":
        return payload
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        return payload


def _attach(company: Company, metadata: dict[str, Any], file: tuple[str, str, bytes] | None) -> Raw:
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
            stored["TempDownloadUri"] = stored["FileAccessUri"]
        edit.commit()
        return Raw(encode(stored))
