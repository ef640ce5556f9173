"""The loopback address a browser is sent back to after consent (RFC 8252), listening for exactly one answer."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Self

from qbclean.errors import AuthorizationError

PATH = "/callback"
_PAGE = (
    b"<!doctype html><meta charset=utf-8><title>qbclean</title>"
    b"<p>QuickBooks has answered. You can close this window and go back to the terminal."
)


class LoopbackRedirect:
    """`with LoopbackRedirect() as redirect:` listens on 127.0.0.1; `uri` goes into the request for consent.

    Intuit allows no loopback address for production keys (design.md 4): there the redirected URL is pasted.
    """

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._answer = ""
        self._arrived = threading.Event()

    def __enter__(self) -> Self:
        self._server = HTTPServer(("127.0.0.1", self._port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, name="consent", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{PATH}"

    def wait(self, seconds: float) -> str:
        """The whole URL the browser was sent to. Raises AuthorizationError when none came in time."""
        if not self._arrived.wait(seconds):
            raise AuthorizationError(
                "The company was not connected.",
                why=f"No answer came from the browser within {seconds:.0f} s.",
                do="Run `qbclean connect` again, with --manual if the browser is on another machine.",
            )
        return self._answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        redirect = self

        class Answer(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                wanted = self.path.partition("?")[0] == PATH
                if wanted and not redirect._arrived.is_set():
                    redirect._answer = redirect.uri.removesuffix(PATH) + self.path
                self.send_response(200 if wanted else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Length", str(len(_PAGE) if wanted else 0))
                self.end_headers()
                if wanted:
                    self.wfile.write(_PAGE)
                    redirect._arrived.set()

            def log_message(self, *_: object) -> None:
                """The standard line would write the code to the terminal."""

        return Answer
