"""One file per discrepancy: finds it, explains it, proposes the repair."""
