"""What nobody has documented about QuickBooks Online, as named switches; each default is the likelier outcome."""

from __future__ import annotations

from qbclean.sandbox.uncertainties.calls import CALLS
from qbclean.sandbox.uncertainties.documents import DOCUMENTS
from qbclean.sandbox.uncertainties.quirk import Quirk

QUIRKS: tuple[Quirk, ...] = (*DOCUMENTS, *CALLS)

__all__ = ["QUIRKS", "Quirk"]
