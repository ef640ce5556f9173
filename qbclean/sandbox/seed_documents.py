"""Writes a few documents of each kind into the made-up company, through the same door as any caller."""

from __future__ import annotations

from typing import Any

from qbclean.sandbox.company import Company
from qbclean.sandbox.entities import SPECS
from qbclean.sandbox.entities.spec import Options
from qbclean.sandbox.wire import decode
from qbclean.sandbox.writes import Write, perform

Wire = dict[str, Any]


def seed_documents(company: Company) -> None:
    """Add invoices open, part-paid and paid, credits, deposits, purchases, and one of everything else."""
    invoices = [
        _add(company, "Invoice", CustomerRef=_ref(1 + number % 3), DocNumber=str(1001 + number), Line=[_sold(amount)])
        for number, amount in enumerate((180, 420, 95, 1250, 60, 310))
    ]
    payments = [_pay(company, invoice, invoice["TotalAmt"]) for invoice in invoices[:3]]
    payments.append(_pay(company, invoices[3], 500))
    payments.append(_add(company, "Payment", CustomerRef=_ref(2), TotalAmt=75, PaymentRefNum="1188"))
    credit = _add(company, "CreditMemo", CustomerRef=_ref(2), DocNumber="1050", Line=[_sold(60)])
    links = [_link("Invoice", invoices[4], 60), _link("CreditMemo", credit, 60)]
    _add(company, "Payment", CustomerRef=_ref(2), TotalAmt=0, Line=links)
    deposited = [
        {"Amount": paid["TotalAmt"], "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
        for paid in payments[:2]
    ]
    _add(company, "Deposit", DepositToAccountRef=_ref(1), Line=deposited)
    _add(company, "Estimate", CustomerRef=_ref(3), DocNumber="E-1", Line=[_sold(2400)])
    _add(company, "SalesReceipt", CustomerRef=_ref(1), DocNumber="S-1", Line=[_sold(45)])
    _add(company, "RefundReceipt", CustomerRef=_ref(1), DepositToAccountRef=_ref(1), Line=[_sold(20)])
    _add(company, "JournalEntry", Line=[_posted("Debit", 1, 5000), _posted("Credit", 10, 5000)])
    bill = _add(company, "Bill", VendorRef=_ref(4), Line=[_spent(260), _spent(40)])
    check = {"BankAccountRef": _ref(1)}
    paid_bill = [_link("Bill", bill, 300)]
    _add(company, "BillPayment", VendorRef=_ref(4), PayType="Check", CheckPayment=check, Line=paid_bill)
    _add(company, "VendorCredit", VendorRef=_ref(4), Line=[_spent(15)])
    _add(company, "Purchase", PaymentType="CreditCard", AccountRef=_ref(42), Line=[_spent(32)])
    _add(company, "PurchaseOrder", VendorRef=_ref(4), APAccountRef=_ref(6), Line=[_spent(700)])
    _add(company, "Transfer", Amount=100, FromAccountRef=_ref(1), ToAccountRef=_ref(2))
    _add(company, "CreditCardPayment", Amount=32, BankAccountRef=_ref(1), CreditCardAccountRef=_ref(42))
    _add(company, "TimeActivity", NameOf="Employee", EmployeeRef=_ref(5), Hours=2, Description="Leak repair")


def _add(company: Company, entity: str, **body: Any) -> Wire:
    write = Write(operation="save", spec=SPECS[entity], body=body, options=Options(), who="Sample company")
    stored: Wire = decode(perform(company, write))[SPECS[entity].key]
    return stored


def _pay(company: Company, invoice: Wire, amount: Any) -> Wire:
    line = _link("Invoice", invoice, amount)
    return _add(company, "Payment", CustomerRef=_ref(invoice["CustomerRef"]["value"]), TotalAmt=amount, Line=[line])


def _ref(object_id: int | str) -> Wire:
    return {"value": str(object_id)}


def _sold(amount: int) -> Wire:
    detail = {"ItemRef": _ref(3), "Qty": 1, "UnitPrice": amount}
    return {"DetailType": "SalesItemLineDetail", "Amount": amount, "SalesItemLineDetail": detail}


def _spent(amount: int) -> Wire:
    detail = {"AccountRef": _ref(17)}
    kind = "AccountBasedExpenseLineDetail"
    return {"DetailType": kind, "Amount": amount, kind: detail}


def _posted(side: str, account: int, amount: int) -> Wire:
    detail = {"PostingType": side, "AccountRef": _ref(account)}
    return {"DetailType": "JournalEntryLineDetail", "Amount": amount, "JournalEntryLineDetail": detail}


def _link(entity: str, document: Wire, amount: Any) -> Wire:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": document["Id"], "TxnType": entity}]}
