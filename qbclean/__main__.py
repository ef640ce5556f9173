"""Where the `qbclean` command starts: answers --version before anything heavy is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. Exits with the codes of the README."""
    if sys.argv[1:] == ["--version"]:
        from qbclean import __version__

        sys.stdout.write(f"qbclean {__version__}\n")
        return
    from qbclean.cli.app import run

    run()


if __name__ == "__main__":
    main()
