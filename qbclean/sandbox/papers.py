"""Papers of a transaction: its PDF, and the e-mail that is recorded instead of sent."""

from __future__ import annotations

from typing import Any

from qbclean.sandbox import refusals
from qbclean.sandbox.company import Company
from qbclean.sandbox.edit import Edit
from qbclean.sandbox.entities.spec import EntitySpec
from qbclean.sandbox.pdf import one_page
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.replies import Reply
from qbclean.sandbox.wire import amount_of, stamp

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
