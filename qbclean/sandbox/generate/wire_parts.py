"""Pieces of the wire JSON that several entities share: references, sales lines, tax, how money was received."""

from decimal import Decimal

from qbclean.sandbox.generate.books import BookedCustomer, BookedPayment, BookedReceipt, DepositLine
from qbclean.sandbox.generate.catalogue import ITEMS, TAX_PERCENT, Line
from qbclean.sandbox.generate.chart import CLASSES, METHODS, TAX_CODE, TAX_RATE, Wire, account_ref, ref
from qbclean.sandbox.generate.money import ZERO, total_of

_ITEM_REFS = {key: {"value": item.id, "name": item.name} for key, item in ITEMS.items()}
_CLASS_REFS = {key: ref(pair) for key, pair in CLASSES.items()}
_TAXED, _UNTAXED = {"value": "TAX"}, {"value": "NON"}


def customer_ref(customer: BookedCustomer) -> Wire:
    """A reference to a customer or job."""
    return {"value": customer.id, "name": customer.name}


def sales_lines(lines: tuple[Line, ...], customer: BookedCustomer) -> list[Wire]:
    """Sales lines as answers show them, ended by the subtotal line without an Id (contract 6.1)."""
    belongs = _CLASS_REFS["commercial" if customer.top.company else "residential"]
    shown: list[Wire] = [
        {
            "Id": str(place),
            "LineNum": place,
            "Description": entry.description,
            "Amount": entry.amount,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "ItemRef": _ITEM_REFS[entry.item],
                "ClassRef": belongs,
                "UnitPrice": entry.unit_price,
                "Qty": entry.quantity,
                "TaxCodeRef": _TAXED if entry.taxable else _UNTAXED,
            },
        }
        for place, entry in enumerate(lines, 1)
    ]
    subtotal = total_of(entry.amount for entry in lines)
    shown.append({"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}})
    return shown


def zeroed(shown: Wire) -> Wire:
    """A line after a void: the amount is gone, item and description stay (contract 7.1)."""
    zero = shown | {"Amount": ZERO}
    if "SalesItemLineDetail" in shown:
        detail = shown["SalesItemLineDetail"]
        zero["SalesItemLineDetail"] = {key: detail[key] for key in ("ItemRef", "ClassRef", "TaxCodeRef")}
    return zero


def tax_detail(lines: tuple[Line, ...], tax: Decimal) -> Wire:
    """The tax of a document with the one state rate, or a bare zero (contract 7.11)."""
    if not tax:
        return {"TotalTax": ZERO}
    rate = {
        "TaxRateRef": {"value": TAX_RATE[0]},
        "PercentBased": True,
        "TaxPercent": TAX_PERCENT,
        "NetAmountTaxable": total_of(entry.amount for entry in lines if entry.taxable),
    }
    return {
        "TxnTaxCodeRef": {"value": TAX_CODE[0]},
        "TotalTax": tax,
        "TaxLine": [{"Amount": tax, "DetailType": "TaxLineDetail", "TaxLineDetail": rate}],
    }


def received_as(entry: BookedPayment | BookedReceipt) -> Wire:
    """Account, method, reference, and the deposit a payment or receipt went into (contract 6.4)."""
    shown: Wire = {"DepositToAccountRef": account_ref("checking" if entry.route == "direct" else "undeposited")}
    if entry.method:
        shown["PaymentMethodRef"] = ref(METHODS[entry.method])
    if entry.reference:
        shown["PaymentRefNum"] = entry.reference
    if entry.deposit is not None:
        shown["LinkedTxn"] = [{"TxnId": entry.deposit.id, "TxnType": "Deposit"}]
    return shown


def deposit_line(entry: BookedPayment | BookedReceipt | DepositLine, place: int) -> Wire:
    """A line of a deposit: a received payment, which needs TxnLineId, or money straight onto an account."""
    if not isinstance(entry, DepositLine):
        kind = "Payment" if isinstance(entry, BookedPayment) else "SalesReceipt"
        return {
            "Amount": entry.total,
            "LinkedTxn": [{"TxnId": entry.id, "TxnType": kind, "TxnLineId": "0"}],
        }
    detail: Wire = {"AccountRef": account_ref(entry.account)}
    if entry.customer is not None:
        detail["Entity"] = {"type": "CUSTOMER"} | customer_ref(entry.customer)
    if entry.method:
        detail["PaymentMethodRef"] = ref(METHODS[entry.method])
    if entry.reference:
        detail["CheckNum"] = entry.reference
    return {
        "Id": str(place),
        "LineNum": place,
        "Description": entry.memo,
        "Amount": entry.amount,
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": detail,
    }
