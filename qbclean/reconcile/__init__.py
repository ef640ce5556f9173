"""Explains every dollar between the CRM and QuickBooks in named buckets."""
