"""Servers that tests start on loopback."""

from __future__ import annotations

import random
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

_READY_WITHIN = 60  # seconds


@contextmanager
def started(command: Sequence[str], folder: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process in *folder* that writes to *log*, ended with the context."""
    with log.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(command, cwd=folder, stdout=written, stderr=written)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def free_port() -> int:
    """One that nothing has: not one that the system picks, for a connection may take it for its own end first."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as held, suppress(OSError):
            held.bind(("127.0.0.1", port))
            return port


def ready(
    process: subprocess.Popen[bytes], host: str, port: int, log: Path, *, answers_within: float = 60
) -> HTTPConnection:
    """A connection to a Prometheus, once it says that it is ready; *answers_within* so many seconds from then on."""
    until = time.monotonic() + _READY_WITHIN
    while time.monotonic() < until and process.poll() is None:
        connection = HTTPConnection(host, port, timeout=answers_within)
        with suppress(OSError, HTTPException):
            connection.request("GET", "/-/ready")
            response = connection.getresponse()
            response.read()
            if response.status == 200:
                return connection
        connection.close()
        time.sleep(0.1)
    msg = f"prometheus does not get ready:\n{log.read_text('utf-8')[-4000:]}"
    raise AssertionError(msg)
