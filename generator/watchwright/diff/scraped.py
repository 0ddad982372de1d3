"""What a scrape job amounts to, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import attrs

from watchwright.model.discovery import Static
from watchwright.model.duration import milliseconds
from watchwright.model.scrape import Job, Limits, Relabel
from watchwright.query.printer import duration


class Scraped(TypedDict):
    """
    A scrape job: *interval* and *timeout* are empty where they are the platform's, *targets* those that it lists.

    *filters* are the steps that keep or drop what a scrape brought: action, labels and pattern. *limits* are what it
    may bring, *config* is all else that its configuration says.
    """

    place: str
    interval: str
    timeout: str
    targets: list[str]
    filters: list[list[str]]
    limits: dict[str, str]
    config: dict[str, Any]


def scraped(job: Job) -> Scraped:
    """The job of a definition."""
    filters = [each for each in job.metric_relabel if each.action in FILTERS]
    said = _said(attrs.evolve(job, metric_relabel=[each for each in job.metric_relabel if each not in filters]))
    return Scraped(
        place=str(job.source.place or ""),
        interval=_normal(job.interval),
        timeout=_normal(job.timeout),
        targets=[target for each in job.discovery if isinstance(each, Static) for target in each.targets],
        filters=[[each.action, ", ".join(each.sources), each.regex or ""] for each in filters],
        limits={name: str(value) for name, value in said.get("limits", {}).items()},
        config={name: each for name, each in said.items() if name not in _APART},
    )


def _normal(length: str | None) -> str:
    return duration(milliseconds(length, "a length")) if length else ""


#: Steps of relabelling that leave series out.
FILTERS = ("keep", "drop", "keepequal", "dropequal")
# what has a field of its own, and what its alert says
_APART = ("interval", "timeout", "limits", "gone_for", "gone_severity")
_PLAIN = (Job, Relabel, Limits)  # where nothing else could stand
_NOT_COMPARED = {"source", "accept", "name"}


def _said(value: Any) -> Any:
    """A part of the model as JSON, without what it does not say."""
    if hasattr(value, "__attrs_attrs__"):
        unsaid = _NOT_COMPARED | ({"targets"} if isinstance(value, Static) else set())
        fields = {each.name: _said(getattr(value, each.name)) for each in value.__attrs_attrs__}
        kept = {name: each for name, each in fields.items() if name not in unsaid and each not in (None, {}, [])}
        return kept if isinstance(value, _PLAIN) else {"kind": type(value).__name__, **kept}
    if isinstance(value, Mapping):
        return {str(name): _said(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_said(each) for each in value]
    return value if isinstance(value, bool | int | type(None)) else str(value)
