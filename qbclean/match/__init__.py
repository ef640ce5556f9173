"""Pairs what the CRM says with what QuickBooks says."""
