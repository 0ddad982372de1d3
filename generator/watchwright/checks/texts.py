"""
What texts name that the expression they stand beside does not have: labels, functions, units.

Of templates of alerts and of legends, whoever wrote them: definitions are judged by it, and files that nobody defined.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from watchwright.gotemplate import FUNCTIONS, Template
from watchwright.lower import names
from watchwright.query.units import SECONDS, Unit, unit
from watchwright.query.version import Version
from watchwright.semantics.labels import Labels

# Templates of alerts ------------------------------------------------------------------------------------


def unknown_functions(template: Template, oldest: Version) -> Iterator[tuple[str, str]]:
    """What a template calls that a Prometheus of that version does not know: a message and a hint."""
    for each in template.unknown:
        close = difflib.get_close_matches(each.name, FUNCTIONS, 1)
        yield f"calls `{each.name}`, which is no function", f"did you mean `{close[0]}`?" if close else ""
    for each in template.functions:
        since = FUNCTIONS.get(each.name)
        if since is not None and oldest < since:
            yield f"calls `{each.name}`, which Prometheus has from {'.'.join(map(str, since))} on", ""


def lost_labels(template: Template, labels: Labels) -> Iterator[tuple[str, str]]:
    """The labels that a template reads and an expression lacks: a message and a hint."""
    for name in dict.fromkeys(each.name for each in template.labels):
        if labels.lacks(name):
            yield f"names the label `{name}`, which the expression does not have", _hint(name, labels)


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


def misread(template: Template, measured: Unit | None) -> Iterator[str]:
    """The functions of a template that take the value for something else than it is."""
    for name in dict.fromkeys(each.name for each in template.formats):
        wanted = _FORMATS.get(name)
        if wanted is None or measured is None:
            continue
        # bytes a second are written like bytes
        per_second = measured * SECONDS if name == "humanize1024" else measured
        if wanted not in (measured, per_second):
            yield f"writes the value with `{name}`, which is for {wanted}, not for {measured}"


# Legends -------------------------------------------------------------------------------------------------

_NAMED = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


def named(text: str) -> Iterator[str]:
    """The labels that a legend of Grafana's names."""
    yield from dict.fromkeys(_NAMED.findall(text))


def lost(text: str, labels: Labels) -> Iterator[str]:
    """Those that series with these labels lack."""
    return (name for name in named(text) if labels.lacks(name))
