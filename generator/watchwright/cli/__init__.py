"""
The command line. It imports nothing but click until a command runs: `--version`, completion and
usage errors answer at once.
"""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from watchwright import __version__
from watchwright.cli.several import Several

C = TypeVar("C", bound=Callable[..., Any])


def _options(*options: Callable[[C], C]) -> Callable[[C], C]:
    def add(command: C) -> C:
        for option in reversed(options):
            command = option(command)
        return command

    return add


_of_environment = partial(click.option, "-e", "--environment", metavar="NAME")
_environment = _of_environment(help="One environment; all of them by default.")
_sole_environment = _of_environment(help="The environment; the first by default.")
_json = click.option("--json", "as_json", is_flag=True, help="Findings as a JSON array on standard output.")
_quiet = click.option("-q", "--quiet", is_flag=True, help="Print findings only.")
_strict = click.option("--strict", is_flag=True, help="Warnings fail, too.")
_no_verify = click.option("--no-verify", is_flag=True, help="Do not ask promtool.")
_reporting = _options(_environment, _json, _quiet, _strict)
_files = click.Path(exists=True, path_type=Path)
_foreign = _options(
    click.option("--rules", type=_files, multiple=True, metavar="FILE...", help="Rule files that nobody defined here."),
    click.option("--dashboards", type=_files, multiple=True, metavar="FILE...", help="Dashboards, likewise."),
    click.option("--metrics", type=_files, multiple=True, metavar="FILE...", help="What is known of their metrics."),
    click.option("--prometheus", metavar="VERSION", help="The Prometheus that these are for, 2.42 by default."),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="watchwright %(version)s")
@click.option(
    "-C", "--directory", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".", metavar="DIR",
    help="The repository; by default the one around the working directory.",
)  # fmt: skip
@click.pass_context
def main(context: click.Context, directory: Path) -> None:
    """Compile definitions of systems into dashboards, rules, alerts with tests, scrape jobs and sampling."""
    context.obj = directory
    # what a run makes it needs to its end: looking for garbage in it takes a third of the time
    gc.disable()
    context.call_on_close(gc.enable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # Φ on a terminal of another charset


@main.command()
@_reporting
@_no_verify
@click.pass_obj
def render(directory: Path, /, **options: Any) -> None:
    """Check everything, let the real tools verify it, and write it."""
    from watchwright.cli.session import Session  # noqa: PLC0415 - only now is there work to do

    with Session.of(directory, **options) as session:
        session.write()


@main.command(cls=Several)
@_reporting
@_no_verify
@_foreign
@click.pass_obj
def check(directory: Path, /, prometheus: str | None, **options: Any) -> None:
    """
    Do all that `render` does, but write nothing.

    With --rules or --dashboards, check such files or folders of them instead, which need no definitions.
    """
    files = {kind: options.pop(kind) for kind in ("rules", "dashboards", "metrics")}
    if files["rules"] or files["dashboards"]:
        from watchwright.cli.foreign import Files  # noqa: PLC0415 - as below

        Files(**files, prometheus=prometheus or "2.42", **options).check()
        return
    if files["metrics"] or prometheus:
        msg = "`--metrics` and `--prometheus` go with `--rules` or `--dashboards`"
        raise click.UsageError(msg)
    from watchwright.cli.session import Session  # noqa: PLC0415 - only now is there work to do

    with Session.of(directory, **options) as session:
        session.judge()


@main.command()
@_reporting
@click.pass_obj
def stale(directory: Path, /, **options: Any) -> None:
    """Show which files `render` would change, line by line, and exit 1 if that is anything."""
    from watchwright.cli.session import Session  # noqa: PLC0415 - only now is there work to do

    with Session.of(directory, **options, no_verify=True) as session:
        session.stale()


@main.command()
@click.argument("before", required=False)
@click.argument("after", required=False)
@click.option("--environments", nargs=2, metavar="A B", help="Two environments of the working definitions instead.")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json", "github", "gitlab"]), default="text",
    help="For a terminal, a comment, programs, or notes at the lines of a pull request.",
)  # fmt: skip
@click.option("--cost", is_flag=True, help="What it costs in rules, series and samples, before and after.")
@click.option("--prometheus", metavar="URL", help="Measure that on a server.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything changed.")
@_environment
@_quiet
@click.pass_obj
def diff(directory: Path, /, before: str | None, after: str | None, **options: Any) -> None:
    """
    Say what a change of the definitions means: for alerts, budgets, panels, metrics, scraping and sampling.

    BEFORE and AFTER are revisions of Git, or folders; by default the last commit, and the working definitions. A name
    that is both is the revision: write ./NAME for the folder.
    """
    from watchwright.cli.review import Reviewing  # noqa: PLC0415 - only now is there work to do
    from watchwright.cli.session import Session  # noqa: PLC0415 - as above

    quiet = options.pop("quiet")
    if options["environments"] and (before or options["environment"]):
        msg = "`--environments` compares two of the working definitions: it goes with no revision, and not with `-e`"
        raise click.UsageError(msg)
    with Session.of(directory, quiet=quiet) as session:
        Reviewing(session=session, before=before or "HEAD", after=after, **options).show()


@main.command()
@_reporting
@click.pass_obj
def test(directory: Path, /, **options: Any) -> None:
    """Run the unit tests of all alerts with every promtool there is."""
    from watchwright.cli.session import Session  # noqa: PLC0415 - only now is there work to do

    with Session.of(directory, **options) as session:
        session.test()


@main.command()
@click.argument("system", required=False)
@click.option("--exposition", is_flag=True, help="As a target would answer on /metrics.")
@_sole_environment
@click.pass_obj
def metrics(directory: Path, system: str | None, *, exposition: bool, environment: str | None) -> None:
    """List the declared metrics of all systems, or of one."""
    from watchwright.cli.session import Session  # noqa: PLC0415 - only now is there work to do

    with Session.of(directory, environment=environment) as session:
        session.metrics(system, exposed=exposition)


@main.command()
@click.argument("system", required=False)
@click.option(
    "--backfill", type=click.IntRange(1, 6), metavar="PASS", help="What a pass over the past records, 1 to 6."
)
@_sole_environment
@_json
@_quiet
@click.pass_obj
def slos(directory: Path, /, **options: Any) -> None:
    """
    Print the rules of all SLOs, or of one system's, as one rule file, and write nothing.

    `check` says whether the definitions are right.
    """
    from watchwright.cli.session import Session  # noqa: PLC0415 - only now is there work to do

    system, backfill = options.pop("system"), options.pop("backfill")
    with Session.of(directory, **options) as session:
        session.slos(system, backfill)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option("--name", help="The repository's name; by default that of the folder.")
def init(folder: Path, name: str | None) -> None:
    """Make a GitOps repository: definitions, a Makefile, CI with reviews, and what Argo CD and Flux take."""
    from watchwright.cli.starting import start  # noqa: PLC0415 - only now is there work to do

    start(folder, name)


@main.command()
@click.argument("finding", metavar="[ID]", required=False)
def explain(finding: str | None) -> None:
    """Explain a finding by its id, or list all ids."""
    from watchwright.cli.explain import page, table  # noqa: PLC0415 - only now is there work to do

    click.echo(page(finding) if finding else table())
