"""`watchwright diff`: two sides, compared and told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import attrs
import click

from watchwright import report
from watchwright.cli.session import Session
from watchwright.diff.annotations import as_github, as_gitlab, as_json
from watchwright.diff.compare import compare
from watchwright.diff.formats import Review, as_markdown, as_text
from watchwright.diff.side import Side, here, side
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

    def show(self) -> None:
        """Print the review."""
        reviews = [self._environments(*self.environments)] if self.environments else [*map(self._review, self._names)]
        for review in reviews:
            click.echo(_FORMATS[self.form](review), nl=False)
        if self.exit_code and any(review.changes for review in reviews):
            self.session.differs()

    @property
    def _names(self) -> tuple[str, ...]:
        """The environment that was asked for, else the first."""
        given = self.session.environment
        return (given if given is not None else next(iter(self.session.config.environments), ""),)

    def _review(self, environment: str) -> Review:
        config = self.session.config
        before = self.session.stage(
            f"evaluating the definitions of {self.before}", lambda: side(self.before, config, environment)
        )
        if self.after is None:
            after = self.session.stage("evaluating the definitions", lambda: here(config, environment))
        else:
            name = self.after
            after = self.session.stage(f"evaluating the definitions of {name}", lambda: side(name, config, environment))
        return self._compared(before, after, environment)

    def _environments(self, one: str, other: str) -> Review:
        config = self.session.config
        for name in (one, other):
            if name not in config.environments:
                known = ", ".join(config.environments) or "it lists none"
                msg = f"`{name}` is no environment of this repository: {known}"
                raise click.UsageError(msg)
        before, after = (attrs.evolve(here(config, name), name=name) for name in (one, other))
        return Review(before=one, after=other, changes=compare(before.state, after.state))

    def _compared(self, before: Side, after: Side, environment: str) -> Review:
        notes: list[str] = []
        if before.trouble or after.trouble:
            # one of them is known by what was rendered alone: so is the other, then
            troubled = before if before.trouble else after
            notes.append(f"The definitions of {troubled.name} do not load ({troubled.trouble}).")
            notes.append("So what was rendered is compared, which says nothing of metrics.")
            before, after = self._read_back(before, environment), self._read_back(after, environment)
        changes = compare(before.state, after.state)
        return Review(before=before.name, after=after.name, changes=changes, notes=notes)

    def _read_back(self, one: Side, environment: str) -> Side:
        if one.files is not None or self.after is not None:
            return one
        folder = f"{environment}/" if environment else ""
        rendered = build(self.session.config, environment or None)
        files = {each.path.replace(f"/{folder}", "/", 1): each.text for each in rendered.artifacts}
        return attrs.evolve(one, state=written(files) or one.state)
