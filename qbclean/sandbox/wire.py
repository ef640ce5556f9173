"""JSON as QuickBooks writes it: amounts are decimals in both directions, never binary floating point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

ZERO = Decimal(0)
_CENT = Decimal("0.01")

AMOUNT_NAMES = frozenset(
    {
        "Amount",
        "TotalAmt",
        "Balance",
        "BalanceWithJobs",
        "HomeBalance",
        "HomeTotalAmt",
        "UnappliedAmt",
        "RemainingCredit",
        "UnitPrice",
        "Qty",
        "TotalTax",
        "TaxPercent",
        "NetAmountTaxable",
        "DiscountPercent",
        "Deposit",
        "RateValue",
        "CurrentBalance",
        "PurchaseCost",
        "QtyOnHand",
        "CurrentBalanceWithSubAccounts",
        "ExchangeRate",
        "TaxInclusiveAmt",
        "DiscountAmt",
        "DiscountRate",
    }
)

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")

Raw = msgspec.Raw
encode: Callable[[Any], bytes] = _encoder.encode


def decode(body: bytes) -> Any:
    """Return the JSON value; numbers with a point are Decimal, whole ones int. Raises `msgspec.DecodeError`."""
    return _decoder.decode(body)


def decode_object(body: bytes) -> dict[str, Any]:
    """Return one stored wire object, every amount a Decimal even where the text has no point."""
    stored: dict[str, Any] = _decoder.decode(body)
    _amounts_to_decimal(stored)
    return stored


def _amounts_to_decimal(branch: dict[str, Any]) -> None:
    for name, value in branch.items():
        kind = type(value)
        if kind is int:
            if name in AMOUNT_NAMES:
                branch[name] = Decimal(value)
        elif kind is dict:
            _amounts_to_decimal(value)
        elif kind is list:
            for element in value:
                if type(element) is dict:
                    _amounts_to_decimal(element)


def money(amount: Decimal) -> Decimal:
    """Return the amount rounded half-up to cents; zero is the plain `0` that the wire shows."""
    rounded = amount.quantize(_CENT, ROUND_HALF_UP)
    return rounded or ZERO


def amount_of(source: Mapping[str, Any], name: str) -> Decimal:
    """Return an amount of a wire object, zero where it is absent."""
    value = source.get(name)
    return ZERO if value is None else Decimal(value)


def stamp(moment: datetime) -> str:
    """Return a MetaData time: seconds and an offset, no milliseconds."""
    return moment.isoformat(timespec="seconds")


def envelope_time(moment: datetime) -> str:
    """Return the time of an answer's envelope, which has milliseconds."""
    return moment.isoformat(timespec="milliseconds")
