"""Pages about findings: the docstrings of the functions that make them, and the examples that the tests run."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterable, Iterator
from importlib import import_module

import click

from watchwright import checks
from watchwright.examples import Example, examples
from watchwright.finding import Page, pages
from watchwright.model.label import Label
from watchwright.model.metric import Histogram, Metric, Summary
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
    "backends.kubernetes",
    "verify.kubernetes",
    "write",
    "diff.side",
    "diff.measure",
    "foreign.check",
)
_SHOWN = 2  # examples of an id: more would hide its page
_PLACES = {"alert": "", "record": ", in a recording rule", "panel": ", in a panel"}
_WIDTH = 110


def page(id_: str) -> str:
    """The page of one id. Raises click's usage error, with a guess, for an id that is none."""
    known = _all()
    if id_ not in known:
        close = difflib.get_close_matches(id_, known, 1)
        guess = f" Did you mean `{close[0]}`?" if close else ""
        msg = f"`{id_}` is no id of a finding.{guess}"
        raise click.UsageError(msg)
    found = known[id_]
    shown = examples(id_)[:_SHOWN]
    parts = [part for example in shown for part in _example(example, found)]
    return "\n\n".join([f"{found.id} ({found.severity})", found.text, *parts, *_where(shown)])


def table() -> str:
    """Every id with the first line of its page."""
    known = _all()
    width = max(map(len, known))
    return "\n".join(f"{id_:{width}}  {_first_line(known[id_])}" for id_ in sorted(known))


def _first_line(found: Page) -> str:
    paragraph = found.text.split("\n\n")[0]
    return " ".join(paragraph.split())


def _example(example: Example, found: Page) -> Iterator[str]:
    """The paragraphs of an example."""
    place = _PLACES[example.role]
    if given := _given(example):
        yield f"Given:\n{_indented(given)}"
    said = f"{found.severity}: {example.says} [{example.id}]" + (f"\nhint: {example.hint}" if example.hint else "")
    yield f"Wrong{place}:\n{_indented(example.bad)}\n{_indented(said)}"
    yield f"Right{place}:\n{_indented(example.good)}"


def _given(example: Example) -> str:
    platform = f"platform = Platform({example.platform})" if example.platform else ""
    environments = f"# in pyproject.toml: the environments {example.environments}" if example.environments else ""
    return "\n".join(filter(None, (environments, example.given, platform)))


def _indented(text: str) -> str:
    return textwrap.indent(text, "    ")


def _where(shown: Iterable[Example]) -> Iterator[str]:
    """What the sample metrics are that the examples read."""
    about = {name: metric for example in shown for name, metric in example.about.items()}
    if about:
        words = "; ".join(f"`{name}` is {_described(metric)}" for name, metric in about.items())
        yield textwrap.fill(f"Where {words}.", _WIDTH, break_on_hyphens=False)


def _described(metric: Metric) -> str:
    kind = {"Info": "info metric"}.get(type(metric).__name__, type(metric).__name__.lower())
    article = "an" if kind[0] in "aeiou" else "a"
    by = f" by {' and '.join(map(_label, metric.labels))}" if metric.labels else ""
    return f"{article} {kind}{by}{_measured(metric)}"


def _label(label: Label) -> str:
    reserved = f"{', '.join(label.reserved)} reserved" if label.reserved else ""
    values = "; ".join(filter(None, (", ".join(label.values), reserved)))
    return f"{label.name} ({values})" if values else label.name


def _measured(metric: Metric) -> str:
    match metric:
        case Histogram(buckets=buckets):
            return f" with the buckets {', '.join(map(str, buckets))}"
        case Summary(quantiles=quantiles):
            return f" with the quantiles {', '.join(map(str, quantiles))}"
    return ""


def _all() -> dict[str, Page]:
    checks.load()
    for stage in (*_STAGES, *(f"backends.{name}" for name in BACKENDS)):
        import_module(f"watchwright.{stage}")
    return dict(pages())
