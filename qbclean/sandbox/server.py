"""Starts a sandbox over HTTP: in a thread for tests and the demo, or in the foreground for the command line."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from qbclean.sandbox.app import Application, Receive, Scope, Send
from qbclean.sandbox.sandbox import Sandbox, Settings

_START_SECONDS = 30.0


class _OpenProtocol(H11Protocol):
    """Lets the application reach the connection, so that a fault can reset it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        inner: Any = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})["qbclean.transport"] = transport
            await inner(scope, receive, send)

        self.app = with_transport


class RunningSandbox:
    """A sandbox that listens. `ready` is the content of the ready file; `sandbox` the state behind it."""

    def __init__(self, settings: Settings, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.sandbox = Sandbox(settings)
        self._socket = _listen(host, port)
        address = self._socket.getsockname()
        self.url = f"http://{host}:{address[1]}"
        self._application = Application(self.sandbox)
        config = uvicorn.Config(
            self._application,
            http=_OpenProtocol,
            ws="none",
            lifespan="off",
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    @property
    def ready(self) -> dict[str, str]:
        """Address, realm and credentials, as in the ready file."""
        return self.sandbox.ready(self.url)

    def start(self) -> RunningSandbox:
        """Serve in a thread; returns once requests are answered. Raises RuntimeError when it does not start."""
        self._thread = threading.Thread(target=self._run, name="qbclean-sandbox", daemon=True)
        self._thread.start()
        with socket.create_connection(self._socket.getsockname()[:2], timeout=_START_SECONDS):
            return self

    def serve(self, ready_file: Path | None) -> None:
        """Serve in the foreground until interrupted; the ready file appears once the port listens."""
        if ready_file is not None:
            write_ready_file(ready_file, self.ready)
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._application.close()
            self.sandbox.close()

    def stop(self) -> None:
        """Stop serving and close the state file."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None
        self._socket.close()
        self._application.close()
        self.sandbox.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


@contextmanager
def start(settings: Settings | None = None, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[RunningSandbox]:
    """Run a sandbox in a thread for the length of a `with` block."""
    running = RunningSandbox(settings or Settings(), host=host, port=port).start()
    try:
        yield running
    finally:
        running.stop()


def write_ready_file(path: Path, ready: dict[str, str]) -> None:
    """Write the ready file so that a reader finds it whole or not at all; it holds secrets, so mode 0600."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(ready, file, indent=2)
        file.write("\n")
    fresh.replace(path)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # named as TCP, or asyncio leaves Nagle's delay on and every small answer takes 40 ms
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    listening.set_inheritable(True)
    return listening
