"""
What texts name that the expression they stand beside does not have: labels, functions, units.

Of templates of alerts and of legends, whoever wrote them: definitions are judged by it, and files that nobody defined.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from watchwright.gotemplate import FUNCTIONS, Template, Used
from watchwright.lower import names
from watchwright.query.units import SECONDS, Unit, unit
from watchwright.query.version import Version
from watchwright.semantics.labels import Labels

# Templates of alerts ------------------------------------------------------------------------------------


#: A word of a template, what is wrong with it, and a hint.
Wrong = tuple[Used, str, str]


def unknown_functions(template: Template, oldest: Version) -> Iterator[Wrong]:
    """What a template calls that a Prometheus of that version does not know."""
    for each in template.unknown:
        close = difflib.get_close_matches(each.name, FUNCTIONS, 1)
        hint = f"did you mean `{close[0]}`?" if close else ""
        yield each, f"calls `{each.name}`, which is no function", hint
    for each in template.functions:
        since = FUNCTIONS.get(each.name)
        if since is not None and oldest < since:
            yield each, f"calls `{each.name}`, which Prometheus has from {'.'.join(map(str, since))} on", ""


def lost_labels(template: Template, labels: Labels) -> Iterator[Wrong]:
    """The labels that a template reads and an expression lacks, each once."""
    for each in _first(template.labels):
        if labels.lacks(each.name):
            message = f"names the label `{each.name}`, which the expression does not have"
            yield each, message, _hint(each.name, labels)


def _first(uses: Iterable[Used]) -> Iterable[Used]:
    first: dict[str, Used] = {}
    for used in uses:
        first.setdefault(used.name, used)
    return first.values()


_OF_ALERTS = frozenset({"alertname", names.SEVERITY, names.SYSTEM, names.OWNER})


def _hint(name: str, labels: Labels) -> str:
    if name in _OF_ALERTS:
        return "it is a label of the alert, and `$labels` holds those of the expression"
    return hint_of(name, labels.names)


def hint_of(name: str, known: Iterable[str]) -> str:
    """What could have been meant."""
    listed = sorted(known)
    close = difflib.get_close_matches(name, listed, 1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"it has {', '.join(listed)}" if listed else "it has no labels: aggregate `by` those that are wanted"


# https://prometheus.io/docs/prometheus/latest/configuration/template_reference/#numbers
_FORMATS = {"humanizePercentage": unit("ratio"), "humanizeDuration": unit("s"), "humanize1024": unit("bytes")}


def misread(template: Template, measured: Unit | None) -> Iterator[Wrong]:
    """The functions of a template that take the value for something else than it is."""
    for each in _first(template.formats):
        wanted = _FORMATS.get(each.name)
        if wanted is None or measured is None:
            continue
        # bytes a second are written like bytes
        per_second = measured * SECONDS if each.name == "humanize1024" else measured
        if wanted not in (measured, per_second):
            message = f"writes the value with `{each.name}`, which is for {wanted}, not for {measured}"
            yield each, message, "write `{value}`"


# Legends -------------------------------------------------------------------------------------------------

_NAMED = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


def named(text: str) -> Iterator[str]:
    """The labels that a legend of Grafana's names."""
    yield from dict.fromkeys(_NAMED.findall(text))


def lost(text: str, labels: Labels) -> Iterator[str]:
    """Those that series with these labels lack."""
    return (name for name in named(text) if labels.lacks(name))
