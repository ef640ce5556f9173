"""Reads CRM exports: one engine, one profile (TOML) per CRM."""

from qbclean.crm.library import packaged_profiles
from qbclean.crm.profile_reader import ProfileReader
from qbclean.ports.crm import CrmReader

CRM_READERS: tuple[CrmReader, ...] = tuple(ProfileReader(profile) for profile in packaged_profiles())
"""Every packaged format, in the order in which they are tried."""
