"""Servers that tests start on loopback."""

from __future__ import annotations

import random
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path


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
