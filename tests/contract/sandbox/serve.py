"""Runs `qbclean sandbox serve` as a process of its own."""

from __future__ import annotations

from qbclean.cli.sandbox import app

if __name__ == "__main__":
    app(prog_name="sandbox", args=None)
