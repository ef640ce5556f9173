"""Readers of CRM exports, one file per format."""

from qbclean.crm.generic import GenericReader
from qbclean.ports.crm import CrmReader

CRM_READERS: tuple[CrmReader, ...] = (GenericReader(),)
"""Every known format, in the order in which they are tried."""
