"""From findings to a frozen, digest-bound plan, and from decisions to clearance."""
