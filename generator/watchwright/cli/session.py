"""One run of a command: build, verify, report, and end with the right exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import attrs
import click

from watchwright import report
from watchwright.backends.artifact import Artifact
from watchwright.backends.exposition import exposition
from watchwright.backends.yamltext import HEADER
from watchwright.checks.acceptance import unused
from watchwright.cli.output import progress, show
from watchwright.config import Config, read
from watchwright.finding import Failed, Finding, reports
from watchwright.lower.plan import Origin
from watchwright.model.metric import Metric
from watchwright.pipeline import Built, Rendered, build, slo_rules
from watchwright.write import apply, plan_writes
from watchwright.write import stale as stale_file

if TYPE_CHECKING:
    from watchwright.verify.promtool import Exposition
    from watchwright.verify.tools import Found, Tool

R = TypeVar("R")
_TRACEBACK = "WATCHWRIGHT_TRACEBACK"
# what click itself answers; whoever reads our output may stop before its end
_CLICKS = (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError)


@reports("internal/error")
def internal(error: Exception) -> Finding:
    """
    Watchwright itself failed, or a check or backend of an installed package did.

    It is a bug, whatever the definition said; nothing was written after it. Please report it, with the traceback
    that appears when WATCHWRIGHT_TRACEBACK=1 is set.
    """
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    message = f"{type(error).__name__} in {where}: {error}"
    return Finding(message, hint=f"a bug: report it with the traceback that {_TRACEBACK}=1 shows")


@attrs.define(kw_only=True)
class Session:
    """
    What the commands share. Used as a context: it ends the process with 1 if there is anything to mend.

    Findings go to standard error, data to standard output; as JSON, findings are the data.
    """

    config: Config
    environment: str | None = None
    as_json: bool = False
    quiet: bool = False
    strict: bool = False
    no_verify: bool = False
    _findings: list[Finding] = attrs.field(factory=list)
    _difference: bool = False

    @classmethod
    def of(cls, directory: Path, **options: object) -> Session:
        """The session of a repository; a malformed pyproject.toml or a wrong environment ends it at once."""
        shown = bool(options.get("as_json"))
        try:
            config = read(directory)
        except Failed as failed:
            show(failed.findings, as_json=shown)
            raise click.exceptions.Exit(1) from None
        session = cls(config=config, **options)  # type: ignore[arg-type] # the options of click commands, by name
        if session.environment is not None and session.environment not in config.environments:
            known = ", ".join(config.environments) or "none: pyproject.toml lists none"
            msg = f"`{session.environment}` is no environment of this repository. Environments: {known}"
            raise click.UsageError(msg)
        return session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if isinstance(error, Failed):
            self._findings += error.findings
        elif isinstance(error, Exception) and not isinstance(error, _CLICKS) and not os.environ.get(_TRACEBACK):
            self._findings.append(internal(error))
        elif kind is not None:
            return False
        show(self._open, as_json=self.as_json)
        if self._failing or self._difference:
            raise click.exceptions.Exit(1)
        return True

    def write(self) -> None:
        """Verify, then write."""
        built = self.judge()
        if self._failing:
            self._say("nothing was written")
            return
        changes = plan_writes(self.config.output, built.artifacts, keep=self._others)
        apply(changes)
        counts = f"{len(changes.created)} created, {len(changes.changed)} changed, {len(changes.deleted)} deleted"
        self._say(f"{len(built.artifacts)} files: {counts}, {len(changes.unchanged)} unchanged")
        for each in built.environments:
            name = each.fleet.environment.name
            self._say(f"{f'{name}: ' if name else ''}{report.contents(each.fleet)}")
        if accepted := sum(each.accepted for each in self._findings):
            self._say(f"{accepted} findings accepted, each with its reason" if accepted > 1 else "1 finding accepted")

    def judge(self) -> Built:
        """Everything but writing: the definitions, then the tools."""
        built = self._build()
        verified = bool(built.environments) and not self.no_verify and not self._failing
        if verified:
            self._verify(built)
        if self.environment is None:  # another environment may need what this one does not
            unjudged = () if verified else ("promtool/", "tool/")
            for rendered in built.environments:
                self._add(unused(rendered.fleet, self._findings, unjudged))
        return built

    def stale(self) -> None:
        """The textual difference to what is on disk."""
        built = self._build()
        if self._failing:
            return
        changes = plan_writes(self.config.output, built.artifacts, keep=self._others)
        self._difference = bool(changes)
        if self.as_json:
            self._add(stale_file(each.path) for each in (*changes.created, *changes.changed, *changes.deleted))
            return
        for line in changes.unified(colour=report.coloured(sys.stdout)):
            click.echo(line, nl=False)

    def test(self) -> None:
        """The unit tests, and nothing else."""
        built = self._build()
        if not self._failing:
            self._unit_tests(built)

    def slos(self, system: str | None, backfill: int | None = None) -> None:
        """The rules of SLOs of one environment, as one document: the given environment, or the default."""
        artifacts, findings, known = self.stage(
            "evaluating the definitions", lambda: slo_rules(self.config, self.environment, system, backfill)
        )
        self._add(findings)
        if system is not None and not self._failing:
            _known(system, known)
        if not self._failing:
            for part in one_document(artifacts):
                click.echo(part, nl=False)

    def metrics(self, system: str | None, *, exposed: bool) -> None:
        """The catalogue of one environment: the given one, or the default."""
        built = self._build()
        plans = [plan for rendered in built.environments[:1] for plan in rendered.fleet.plans]
        if system is not None:
            _known(system, [plan.system.name for plan in plans])
        found = [metric for plan in plans if system in (None, plan.system.name) for metric in plan.metrics]
        click.echo(exposition(found) if exposed else _table(found), nl=False)

    def stage(self, doing: str, run: Callable[[], R]) -> R:
        """Whatever takes longer says what it is doing."""
        with progress("" if self.quiet or self.as_json else doing):
            return run()

    def differs(self) -> None:
        """End with 1, though there is nothing to mend."""
        self._difference = True

    def _build(self) -> Built:
        built = self.stage("evaluating the definitions", lambda: build(self.config, self.environment))
        self._add(built.findings)
        return built

    def _verify(self, built: Built) -> None:
        from watchwright.verify.promtool import verify  # noqa: PLC0415 - not paid for without verification

        told = {each.subject for each in self._findings if each.id.startswith("metric/")}
        asking = f"asking {', '.join(map(str, self._promtools.tools)) or 'promtool'}"
        for each in built.environments:
            verdict = self.stage(
                asking,
                lambda each=each: verify(  # type: ignore[misc] # mypy cannot type its default
                    each.artifacts,
                    self._promtools,
                    prometheus=each.fleet.platform.prometheus,
                    exposition=_exposition(each),
                ),
            )
            if each.fleet.platform.cluster is not None:
                from watchwright.verify.kubernetes import verify as verify_manifests  # noqa: PLC0415 - as above

                self._add(verify_manifests(each.artifacts))
            # what our own checks have said of a metric, promtool need not say again
            self._add(one for one in verdict.findings if one.id != "promtool/metrics" or one.subject not in told)
        if not self._failing:
            self._unit_tests(built)

    def _unit_tests(self, built: Built) -> None:
        from watchwright.verify.promtool import unit_tests  # noqa: PLC0415 - as above

        judges: dict[Tool, None] = {}
        for each in built.environments:
            verdict = self.stage(
                "running the unit tests of all alerts",
                lambda each=each: unit_tests(  # type: ignore[misc] # as above
                    each.artifacts, self._promtools, prometheus=each.fleet.platform.prometheus
                ),
            )
            self._add(verdict.findings)
            judges.update(dict.fromkeys(verdict.judges))
        tests = sum(len(plan.tests) for each in built.environments for plan in each.fleet.plans)
        if not self._failing:
            self._say(f"judged by {', '.join(map(str, judges))}: all valid, {tests} unit tests passed")

    @cached_property
    def _promtools(self) -> Found:
        from watchwright.verify.tools import find  # noqa: PLC0415 - as above

        return find("promtool", self.config.tools)

    @property
    def _others(self) -> tuple[str, ...]:
        """The environments that are not rendered this time."""
        return tuple(name for name in self.config.environments if self.environment not in (None, name))

    @property
    def _open(self) -> list[Finding]:
        return sorted((each for each in self._findings if not each.accepted), key=lambda each: each.order)

    @property
    def _failing(self) -> bool:
        return any(self.strict or each.severity == "error" for each in self._open)

    def _add(self, findings: Iterable[Finding]) -> None:
        known = set(self._findings)
        self._findings += [each for each in dict.fromkeys(findings) if each not in known]

    def _say(self, text: str) -> None:
        if not self.quiet and not self.as_json:
            click.echo(text, err=True)


def _known(system: str, names: Sequence[str]) -> None:
    if system not in names:
        msg = f"`{system}` is no system. Systems: {', '.join(names) or 'none'}"
        raise click.UsageError(msg)


def one_document(rule_files: Iterable[Artifact]) -> Iterator[str]:
    """Files of rule groups as one file: of several YAML documents in a file Prometheus reads the first alone."""
    parts = [artifact.text.partition("groups:\n") for artifact in rule_files]
    yield "".join(parts[0][:2]) if parts else f"{HEADER}\ngroups: []\n"
    yield from (rules for _, _, rules in parts)


def _exposition(rendered: Rendered) -> Exposition:
    """Every declared metric once, with its origins: systems may declare one name alike."""
    from watchwright.verify.promtool import Exposition  # noqa: PLC0415 - as above

    metrics: dict[str, Metric] = {}
    origins: dict[str, tuple[Origin, ...]] = {}
    for plan in rendered.fleet.plans:
        for metric in plan.metrics:
            metrics.setdefault(metric.name, metric)
            origin = Origin.of(plan.system, f"metric {metric.name}", metric)
            origins[metric.name] = (*origins.get(metric.name, ()), origin)
    return Exposition(exposition(metrics.values()), origins)


def _table(metrics: Iterable[Metric]) -> str:
    rows = [(metric.name, type(metric).__name__.lower(), _labels(metric), metric.help) for metric in metrics]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    return "".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip() + "\n"
        for row in rows
    )


def _labels(metric: Metric) -> str:
    return ",".join(label.name for label in metric.labels) or "-"
