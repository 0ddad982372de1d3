"""What promtool's judgement comes to: findings, each under its id, at the definition it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs

from watchwright.finding import Finding, reports
from watchwright.lower.plan import Origin
from watchwright.verify.tools import Tool


@attrs.frozen
class Verdict:
    """What was found, and which tools judged: none that were broken, missing, or too old."""

    findings: tuple[Finding, ...]
    judges: tuple[Tool, ...]

    def __str__(self) -> str:
        """For `judged by ...`."""
        return names(self.judges)


Report = Callable[[str, str, Origin | None], Finding]


@attrs.frozen
class Judged:
    """A complaint of one tool, with its place."""

    tool: Tool = attrs.field(eq=False)
    report: Report
    message: str
    place: str = ""
    origin: Origin | None = None


def merged(judged: Iterable[Judged]) -> Iterator[Finding]:
    """One finding for what several versions say alike, or one says twice."""
    alike: dict[Judged, dict[Tool, None]] = {}
    for each in judged:
        alike.setdefault(each, {})[each.tool] = None
    for each, tools in alike.items():
        yield each.report(f"{names(tools)}: {each.message}", each.place, each.origin)


def names(tools: Iterable[Tool]) -> str:
    """`promtool 2.42.0, 3.14.0`."""
    versions = [tool.version or "of unknown version" for tool in tools]
    return f"promtool {', '.join(versions)}" if versions else ""


def in_trouble(tool: Tool, trouble: Finding) -> Judged:
    """A finding about the tool itself."""
    return Judged(tool, lambda *_: trouble, trouble.message)


def _finding(message: str, place: str, origin: Origin | None) -> Finding:
    hint = f"rendered at {place}" if place else ""
    if origin is None:
        return Finding(message, hint=hint)
    return Finding(message, origin.source, origin.subject, hint, origin.accept)


@reports("promtool/missing")
def missing(tools: Sequence[Tool], prometheus: str) -> Finding:
    """
    No promtool of the declared version or newer was found, so nothing was proven.

    Watchwright looks for executables named `promtool` below `.tools/` and on PATH. Debian's package
    `prometheus` brings one, as does every release of Prometheus.
    """
    hint = "install the Debian package prometheus, or any release of Prometheus"
    if tools:
        return Finding(f"{names(tools)} is older than Prometheus {prometheus}, which the platform declares", hint=hint)
    return Finding("there is no promtool below `.tools/` or on PATH: nothing was verified", hint=hint)


@reports("promtool/config")
def config_refused(message: str, place: str, origin: Origin | None) -> Finding:
    """
    Promtool refuses a rendered prometheus.yml.

    Prometheus would not start, or not reload. Files that only the server has, such as certificates and
    credentials, are not looked for.
    """
    return _finding(message, place, origin)


@reports("promtool/unjudged", "warning")
def unjudged(message: str, place: str, origin: Origin | None) -> Finding:
    """
    No promtool here knows a service discovery that a job uses, so this part was verified by none.

    Service discoveries are compiled in, and builds leave some out: Debian's has no Kubernetes. All else of the
    configuration was verified. The promtool of an official release has it.
    """
    return _finding(message, place, origin)


@reports("promtool/rules")
def rules_refused(message: str, place: str, origin: Origin | None) -> Finding:
    """
    Promtool refuses a rendered rule file: an expression, a template, a label, or a rule that is there twice.

    Prometheus would not load any rule of the file.
    """
    return _finding(message, place, origin)


@reports("promtool/metrics")
def metric_named_badly(message: str, place: str, origin: Origin | None) -> Finding:
    """
    A declared metric goes against the naming rules of Prometheus, as `promtool check metrics` knows them.

    Base units (seconds, bytes), `_total` on counters and on nothing else, no type in the name, help text:
    https://prometheus.io/docs/practices/naming/. A metric that is exposed like that and cannot be changed is
    accepted with a reason.
    """
    return _finding(message, place, origin)


@reports("promtool/test")
def test_failed(message: str, place: str, origin: Origin | None) -> Finding:
    """
    A unit test of an alert or a rule fails.

    The message says the time, the expression, what was expected and what came. The rule does not do what its
    definition promises, or an example given with the alert is wrong.
    """
    return _finding(message, place, origin)


@reports("promtool/unread")
def unread(message: str, place: str, origin: Origin | None) -> Finding:
    """
    Promtool refuses something, in words that watchwright does not understand.

    Its output is quoted as it is.
    """
    return _finding(message, place, origin)
