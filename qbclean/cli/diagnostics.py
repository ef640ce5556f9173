"""What the program tells about itself: log lines on stderr, error messages, and a file for what was not expected.

None of it holds secrets or customer data (R35): unexpected errors are written down as class names and code lines,
without their messages, because a message may quote a document.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from datetime import datetime
from pathlib import Path

from qbclean import __version__
from qbclean.errors import QbcleanError
from qbclean.report.plain import plain


def start_logging(verbosity: int) -> None:
    """qbclean's own log lines on stderr: warnings, with one `-v` what is done, with two how. Libraries stay quiet."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().handlers = [handler]
    logging.getLogger().setLevel(logging.ERROR)
    logging.getLogger("qbclean").setLevel((logging.WARNING, logging.INFO, logging.DEBUG)[min(verbosity, 2)])


def tell(error: QbcleanError, *, as_json: bool) -> int:
    """Put the three parts of an error on stderr (and, with `--json`, one document on stdout); returns the exit code."""
    lines = [f"Error: {error.what}", error.why, error.do]
    sys.stderr.write("".join(f"{plain(text)}\n" for text in lines if text))
    if as_json:
        from qbclean.report.json import document

        facts = {"what": error.what, "why": error.why, "do": error.do, "exit_code": error.exit_code}
        sys.stdout.write(document("error", error=facts))
    return error.exit_code


def unexpected(error: BaseException, home: Path, now: datetime) -> QbcleanError:
    """The message for a defect of ours, with the file (mode 0600, under `home`) that tells where it happened."""
    try:
        where = f"What the maintainers need is in {_write_crash(error, home, now)}; it holds no data of the company."
    except OSError as failure:
        where = f"It could not be written down under {home} ({failure.strerror})."
    return QbcleanError(
        f"qbclean stopped on something it did not expect ({type(error).__name__}).",
        why="This is a defect of qbclean. Every write that was sent is in the journal.",
        do=f"Run `qbclean recover` if a run was under way. {where}",
    )


def _write_crash(error: BaseException, home: Path, now: datetime) -> Path:
    folder = home / "logs"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"crash-{now:%Y%m%dT%H%M%S}-{os.getpid()}.log"
    text = [f"qbclean {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n", *_trace(error)]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.writelines(text)
    return path


def _trace(error: BaseException) -> list[str]:
    """Frames and class names from the first cause to the last effect."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    own = [*traceback.format_tb(error.__traceback__), f"{kind}\n\n"]
    return [*_trace(earlier), *own] if earlier else own
