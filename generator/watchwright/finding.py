"""
Findings as data, and the one registry of their ids.

Each id belongs to exactly one function, whose docstring is its page in `watchwright explain`:
a `@check`, which looks at lowered systems and yields findings, or a `@reports`, which turns an
event of another stage (a module that does not import, a promtool complaint) into a finding.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, ParamSpec

import attrs

from watchwright.source import NOWHERE, Source

Severity = Literal["error", "warning"]
P = ParamSpec("P")


@attrs.frozen(slots=True)
class Finding:
    """
    Something wrong with a definition, or with what was made of it.

    `subject` is the path of the object, such as `checkout / alert ProviderFailing`; `accept` holds the
    acceptances in force there, by id, each with its reason. `excerpt` is the line of PromQL, and below it carets
    under the part that is meant.
    """

    message: str
    source: Source = NOWHERE
    subject: str = ""
    hint: str = ""
    accept: Mapping[str, str] = attrs.field(factory=dict, eq=False, repr=False)
    id: str = ""
    severity: Severity = "error"
    excerpt: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the definition accepts this finding, with a reason."""
        return self.id in self.accept

    @property
    def order(self) -> tuple[Any, ...]:
        """By place, then by id: the order people read findings in."""
        return (self.source.places[:1], self.subject, self.id, self.message)


class Failed(Exception):  # noqa: N818 - a stage failed; what is wrong are its findings
    """Ends a stage that cannot go on, with the findings that say why."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = findings


@attrs.frozen
class Page:
    """What `watchwright explain` prints about an id."""

    id: str
    severity: Severity
    text: str


@attrs.frozen
class Check:
    """A function that looks at a fleet and yields findings under one id."""

    id: str
    run: Callable[[Any], Iterable[Finding]]


_pages: dict[str, Page] = {}
_checks: dict[str, Check] = {}


def reports(id_: str, severity: Severity = "error") -> Callable[[Callable[P, Finding]], Callable[P, Finding]]:
    """Register a function that makes the findings of one id out of another stage's event."""

    def register(make: Callable[P, Finding]) -> Callable[P, Finding]:
        add_page(id_, severity, make)

        @functools.wraps(make)
        def finding(*args: P.args, **kwargs: P.kwargs) -> Finding:
            return attrs.evolve(make(*args, **kwargs), id=id_, severity=severity)

        return finding

    return register


def check(
    id_: str, severity: Severity = "error"
) -> Callable[[Callable[[Any], Iterable[Finding]]], Callable[[Any], Iterable[Finding]]]:
    """Register a check: a function from the fleet to its findings under one id."""

    def register(run: Callable[[Any], Iterable[Finding]]) -> Callable[[Any], Iterable[Finding]]:
        add_page(id_, severity, run)

        @functools.wraps(run)
        def findings(fleet: Any) -> Iterable[Finding]:
            return [attrs.evolve(found, id=id_, severity=severity) for found in run(fleet)]

        _checks[id_] = Check(id_, findings)
        return findings

    return register


def pages() -> Mapping[str, Page]:
    """Every id known to the modules imported so far."""
    return _pages


def checks() -> tuple[Check, ...]:
    """Every check, in the order of their ids."""
    return tuple(_checks[id_] for id_ in sorted(_checks))


def add_page(id_: str, severity: Severity, function: Callable[..., Any]) -> None:
    """Register the docstring of the one function that answers for an id."""
    if id_ in _pages:
        msg = f"two functions answer for `{id_}`"
        raise ValueError(msg)
    _pages[id_] = Page(id_, severity, inspect.cleandoc(function.__doc__ or ""))
