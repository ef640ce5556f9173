"""The other shape in which addresses were seen to come back: lines only, and a place that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

_ADDRESSES = ("BillAddr", "ShipAddr", "ShipFromAddr")
_LINES = ("Line1", "Line2", "Line3", "Line4", "Line5")
_NOWHERE = {"Lat": "INVALID", "Long": "INVALID"}


def reshape_addresses(edit: Edit, new: dict[str, Any]) -> None:
    """Flatten the addresses of an object where the company does so (quirk `addresses`)."""
    if edit.company.quirks["addresses"] != "flattened":
        return
    for name in _ADDRESSES:
        address = new.get(name)
        if address and "Lat" not in address:
            area = " ".join(str(address[part]) for part in ("CountrySubDivisionCode", "PostalCode") if part in address)
            town = ", ".join(filter(None, (address.get("City"), area)))
            told = [*(address.get(line) for line in _LINES), town, address.get("Country")]
            new[name] = {**dict(zip(_LINES, filter(None, told), strict=False)), **_NOWHERE}
