"""Pages about findings: the docstrings of the functions that make them."""

from __future__ import annotations

import difflib
from importlib import import_module

import click

from watchwright import checks
from watchwright.finding import Page, pages
from watchwright.pipeline import BACKENDS

_STAGES = (
    "cli.session",
    "config",
    "load",
    "lower.fleet",
    "checks.acceptance",
    "verify.promtool",
    "verify.verdict",
    "backends.output_path",
    "write",
)


def page(id_: str) -> str:
    """The page of one id. Raises click's usage error, with a guess, for an id that is none."""
    known = _all()
    if id_ not in known:
        close = difflib.get_close_matches(id_, known, 1)
        guess = f" Did you mean `{close[0]}`?" if close else ""
        msg = f"`{id_}` is no id of a finding.{guess}"
        raise click.UsageError(msg)
    found = known[id_]
    return f"{found.id} ({found.severity})\n\n{found.text}"


def table() -> str:
    """Every id with the first line of its page."""
    known = _all()
    width = max(map(len, known))
    return "\n".join(f"{id_:{width}}  {_first_line(known[id_])}" for id_ in sorted(known))


def _first_line(found: Page) -> str:
    paragraph = found.text.split("\n\n")[0]
    return " ".join(paragraph.split())


def _all() -> dict[str, Page]:
    checks.load()
    for stage in (*_STAGES, *(f"backends.{name}" for name in BACKENDS)):
        import_module(f"watchwright.{stage}")
    return dict(pages())
