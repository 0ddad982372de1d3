"""Alerts, and the cases that prove them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from watchwright.model.accept import accepted
from watchwright.model.duration import optional
from watchwright.model.error import DefinitionError
from watchwright.model.expression import Instant, Words
from watchwright.model.label import strings
from watchwright.model.rule import frozen_texts, instant_
from watchwright.model.text import Text
from watchwright.model.typed import several, typed
from watchwright.source import Source, here

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_PAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*|https?://\S+")


def _for(value: str | None) -> str | None:
    return optional(value, "`for_` of an alert")


def _keep(value: str | None) -> str | None:
    return optional(value, "`keep_firing_for` of an alert")


def _expr(value: Words) -> Instant:
    return instant_(value, "an alert")


def cases_(values: Iterable[Case]) -> tuple[Case, ...]:
    """Several cases as a tuple."""
    return several(values)


def _steps(values: Iterable[str]) -> tuple[str, ...]:
    steps = strings("`check_first`", values)
    if not all(isinstance(step, str) and step.strip() for step in steps):
        msg = "a step in `check_first` is a text with something in it"
        raise DefinitionError(msg)
    return steps


def _page(value: str) -> str:
    if isinstance(value, str) and value.lower() == "readme":
        msg = "the page README lists all runbooks of the system"
        raise DefinitionError(msg)
    if isinstance(value, str) and value and not _PAGE.fullmatch(value):
        msg = f"a runbook is the name of a page, in letters, digits, dashes and underscores, or a URL, got {value!r}"
        raise DefinitionError(msg, "leave it out, and the page is named after the alert")
    return value


def _times(values: Mapping[str, Iterable[Mapping[str, str]]]) -> Mapping[str, tuple[Mapping[str, str], ...]]:
    if not isinstance(values, Mapping):
        msg = f"`fires` maps times to the labels of alerts, got {values!r}"
        raise DefinitionError(msg)
    return MappingProxyType({when: tuple(map(frozen_texts, several(each))) for when, each in values.items()})


def _series(values: Mapping[Any, str] | Iterable[tuple[Words, str]]) -> tuple[tuple[Instant, str], ...]:
    # Any: a mapping's keys are invariant, so no one type fits the series of counters, of gauges, and of both
    pairs = values.items() if isinstance(values, Mapping) else several(values)
    return tuple((instant_(series, "a case"), samples) for series, samples in pairs)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Case:
    """
    A promtool unit test of one alert: given samples, when it fires and for what.

    *given* maps series (`failures.where(topic="orders")`) to samples in promtool's notation, one each
    *every*: `"0x10 1x30"`, `"0+5x60"`, `"_x10 1"`. *fires* maps a time to the labels of each firing alert,
    without those that every alert of the system carries; an empty list says that it is silent then.
    """

    title: str = attrs.field(kw_only=False)
    given: tuple[tuple[Instant, str], ...] = attrs.field(converter=_series)
    fires: Mapping[str, tuple[Mapping[str, str], ...]] = attrs.field(converter=_times, hash=False)
    every: str = "1m"
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        optional(self.every, "`every` of a case")
        for when in self.fires:
            optional(when, "a time in `fires`")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Alert:
    """
    A condition worth telling someone.

    *expr* yields a series for each thing that is wrong. *for_* is how long it must hold, *keep_firing_for*
    how long it goes on after it ceased. *severity* is one of the platform's. Texts take `{label}` and
    `{value}`.

    Its runbook is a page rendered from it: what it means is *description*, and *check_first* are the steps to
    take, in Markdown. *runbook* is the page's name where it shall not be the alert's, or the URL of a page
    elsewhere, and then none is rendered.
    """

    name: str = attrs.field(kw_only=False)
    expr: Instant = attrs.field(converter=_expr)
    severity: str
    summary: Text
    description: Text = ""
    check_first: tuple[str, ...] = attrs.field(default=(), converter=_steps)
    runbook: str = attrs.field(default="", converter=_page)
    for_: str | None = attrs.field(default=None, converter=_for)
    keep_firing_for: str | None = attrs.field(default=None, converter=_keep)
    labels: Mapping[str, str] = attrs.field(factory=dict, converter=frozen_texts, hash=False)
    tests: tuple[Case, ...] = attrs.field(default=(), converter=cases_)
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    @property
    def elsewhere(self) -> bool:
        """Whether its runbook is a page that someone else writes."""
        return "://" in self.runbook

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            msg = f"an alert name must be letters, digits and underscores, got {self.name!r}"
            raise DefinitionError(msg)
