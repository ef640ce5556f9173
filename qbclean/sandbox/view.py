"""What ledger and reports may read of a company; how it is stored stays with the server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol


class BooksView(Protocol):
    """What can be read of a company: its stored wire objects, deleted ones absent.

    Amounts are `Decimal`, or `int` where the JSON has no decimal point.
    """

    def documents(self, entity: str) -> Iterable[Mapping[str, Any]]:
        """Yield every stored object of an entity (`Invoice`, …), inactive ones too, in ascending id order."""
        ...

    def document(self, entity: str, id: str) -> Mapping[str, Any] | None:  # noqa: A002 - QBO's own name for it
        """Return one object, or None where it is unknown or deleted."""
        ...

    @property
    def preferences(self) -> Mapping[str, Any]:
        """The bare Preferences object."""
        ...

    @property
    def company_info(self) -> Mapping[str, Any]:
        """The bare CompanyInfo object."""
        ...

    @property
    def today(self) -> date:
        """The company's date: the server's clock in company time, or what `--today` said."""
        ...

    def cleared(self, entity: str, id: str) -> str:  # noqa: A002 - QBO's own name for it
        """Return `Uncleared`, `Cleared`, `Reconciled` or `Deposited`."""
        ...
