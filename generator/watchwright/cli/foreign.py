"""`watchwright check --rules ... --dashboards ...`: files that nobody defined here, in any folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import attrs
import click

from watchwright.cli.output import progress, show
from watchwright.foreign.check import Checked, check
from watchwright.query.version import Version, parse_version

_OLDEST = (2, 42)
_TRACEBACK = "WATCHWRIGHT_TRACEBACK"


@attrs.frozen(kw_only=True)
class Files:
    """The files to check, and how; the options of the command, by their names."""

    rules: Sequence[Path]
    dashboards: Sequence[Path]
    metrics: Sequence[Path]
    prometheus: str
    as_json: bool
    quiet: bool
    strict: bool
    environment: str | None
    no_verify: bool

    def check(self) -> None:
        """Check them, print what was found, and end with 1 if there is anything to mend."""
        version = self._version()
        with progress("" if self.quiet or self.as_json else "checking files"):
            checked = self._checked(version)
        if not checked.files and not checked.findings:
            folders = ", ".join(map(str, (*self.rules, *self.dashboards)))
            msg = f"no file that ends in .yaml, .yml or .json lies below {folders}"
            raise click.UsageError(msg)
        show(checked.findings, as_json=self.as_json)
        if not (self.quiet or self.as_json):
            click.echo(_counts(checked), err=True)
        if any(self.strict or each.severity == "error" for each in checked.findings):
            raise click.exceptions.Exit(1)

    def _version(self) -> Version:
        if self.environment is not None or self.no_verify:
            msg = "`--environment` and `--no-verify` are for definitions, and these are files"
            raise click.UsageError(msg)
        try:
            version = parse_version(self.prometheus)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        if version < _OLDEST:
            msg = f"what is known of Prometheus begins with 2.42, got `{self.prometheus}`"
            raise click.UsageError(msg)
        return version

    def _checked(self, version: Version) -> Checked:
        try:
            return check(self.rules, self.dashboards, self.metrics, version)
        except Exception as error:  # a bug is a finding, as everywhere
            if os.environ.get(_TRACEBACK):
                raise
            from watchwright.cli.session import internal  # noqa: PLC0415 - imports all that renders

            return Checked(findings=(internal(error),), files=0, rules=0, dashboards=0, expressions=0)


def _counts(checked: Checked) -> str:
    counts = ((checked.files, "file"), (checked.rules, "rule"), (checked.dashboards, "dashboard"))
    return ", ".join(_count(number, word) for number, word in counts) + f": {_count(checked.expressions, 'expression')}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
