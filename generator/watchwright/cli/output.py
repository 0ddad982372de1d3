"""What every command says, and where: findings, and what takes long."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from watchwright import report
from watchwright.finding import Finding

_PATIENCE = 1.0  # seconds until a stage says what it does


@contextmanager
def progress(doing: str) -> Iterator[None]:
    """Say what is being done, if it takes longer than a second."""
    timer = threading.Timer(_PATIENCE, lambda: click.echo(f"{doing} ...", err=True))
    timer.daemon = True
    if doing:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def show(findings: Iterable[Finding], *, as_json: bool) -> None:
    """Print findings and how many there are: to standard error, or as JSON to standard output."""
    found = list(findings)
    if as_json:
        click.echo(report.as_json(found))
        return
    for finding in found:
        click.echo(report.as_text(finding), err=True)
    if found:
        click.echo(report.summary(found), err=True)
