"""A local server that behaves like QuickBooks Online. It shares no code with the rest of qbclean."""
