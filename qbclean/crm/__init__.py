"""Readers of CRM exports, one file per format."""
