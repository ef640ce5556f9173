"""Where the `qbclean` command starts: answers --version before anything heavy is imported."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command line and end the process with the codes of the README."""
    try:
        command()
    except SystemExit as end:
        # All is closed and said. To take a large company out of memory piece by piece would only take time.
        if isinstance(end.code, int):
            with suppress(OSError):  # nobody reads any more: Python says so on the usual way out
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(end.code)
        raise


def command() -> None:
    """Run the command line. Raises SystemExit with the codes of the README."""
    if sys.argv[1:] == ["--version"]:
        from qbclean import __version__

        sys.stdout.write(f"qbclean {__version__}\n")
        return
    from qbclean.cli.app import run

    run()


if __name__ == "__main__":
    main()
