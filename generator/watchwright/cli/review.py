"""`watchwright diff`: two sides, compared and told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import attrs
import click

from watchwright import report
from watchwright.cli.session import Session
from watchwright.diff.annotations import as_github, as_gitlab, as_json
from watchwright.diff.compare import compare
from watchwright.diff.cost import Cost, told
from watchwright.diff.formats import Review, as_markdown, as_text
from watchwright.diff.measure import measured
from watchwright.diff.side import WORKING, Side, here, side
from watchwright.diff.written import written
from watchwright.pipeline import build

_FORMATS: Mapping[str, Callable[[Review], str]] = {
    "text": lambda review: as_text(review, coloured=report.coloured(sys.stdout)),
    "markdown": as_markdown,
    "json": as_json,
    "github": as_github,
    "gitlab": as_gitlab,
}


@attrs.frozen(kw_only=True)
class Reviewing:
    """One run: revisions or folders *before* and *after*, the working definitions where None, or two environments."""

    session: Session
    before: str
    after: str | None
    environments: tuple[str, str] | None
    form: str
    exit_code: bool
    cost: bool
    prometheus: str | None

    def show(self) -> None:
        """Print the review."""
        review = self._environments(*self.environments) if self.environments else self._sides()
        click.echo(_FORMATS[self.form](review), nl=False)
        if self.exit_code and review.changes:
            self.session.differs()

    def _sides(self) -> Review:
        """Of the environment that was asked for, else of the first."""
        config, given = self.session.config, self.session.environment
        environment = given if given is not None else next(iter(config.environments), "")
        with ThreadPoolExecutor(1) as other:  # which waits for a process of its own
            asked = other.submit(self._side, self.before, environment)
            after = self.session.stage("evaluating the definitions", lambda: self._side(self.after, environment))
            before = asked.result()
        notes = [] if before.trouble or after.trouble else self._cost_notes(before, after)
        if troubled := [each for each in (before, after) if each.trouble]:
            notes = [f"The definitions of {each.name} do not load ({each.trouble})." for each in troubled]
            notes.append("So what was rendered is compared, which says nothing of metrics.")
            # of one side nothing else is known, and so it is compared with the like
            before, after = (self._read_back(each, environment) for each in (before, after))
        return _review(before, after, notes)

    def _environments(self, *names: str) -> Review:
        known = self.session.config.environments
        for name in names:
            if name not in known:
                msg = f"`{name}` is no environment of this repository: {', '.join(known) or 'it lists none'}"
                raise click.UsageError(msg)
        before, after = (attrs.evolve(self._side(None, name), name=name) for name in names)
        return _review(before, after, self._cost_notes(before, after))

    def _side(self, name: str | None, environment: str) -> Side:
        config, cost = self.session.config, self.cost or self.prometheus is not None
        return here(config, environment, cost=cost) if name is None else side(name, config, environment, cost=cost)

    def _read_back(self, one: Side, environment: str) -> Side:
        if one.files is not None or one.name != WORKING:
            return one
        folder = f"{environment}/" if environment else ""
        rendered = build(self.session.config, environment or None)
        files = {each.path.replace(f"/{folder}", "/", 1): each.text for each in rendered.artifacts}
        return attrs.evolve(one, state=written(files) or one.state)

    def _cost_notes(self, before: Side, after: Side) -> list[str]:
        if self.prometheus is not None:
            was, now = self._measured(self.prometheus, before), self._measured(self.prometheus, after)
            return list(told(was, now, "as measured"))
        return list(told(before.state["costs"], after.state["costs"], "as declared")) if self.cost else []

    def _measured(self, url: str, one: Side) -> Mapping[str, Cost]:
        return self.session.stage(f"asking {url}", lambda: measured(url, one.state["asked"]))


def _review(before: Side, after: Side, notes: Sequence[str]) -> Review:
    changes = compare(before.state, after.state)
    return Review(before=before.name, after=after.name, changes=changes, notes=notes)
