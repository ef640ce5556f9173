"""The QuickBooks Online adapter."""
