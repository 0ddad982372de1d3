"""`watchwright diff`: two sides, compared and told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import attrs
import click

from watchwright import report
from watchwright.cli.session import Session
from watchwright.diff.annotations import as_github, as_gitlab, as_json
from watchwright.diff.change import Change
from watchwright.diff.compare import compare
from watchwright.diff.cost import Cost, told
from watchwright.diff.environments import named, noted, together
from watchwright.diff.formats import Review, as_markdown, as_text
from watchwright.diff.measure import measured
from watchwright.diff.places import located
from watchwright.diff.side import Definitions, Side, Wanted, below_top, definitions, working

_FORMATS: Mapping[str, Callable[[Review], str]] = {
    "text": lambda review: as_text(review, coloured=report.coloured(sys.stdout)),
    "markdown": as_markdown,
    "json": as_json,
    "github": as_github,
    "gitlab": as_gitlab,
}


@attrs.frozen(kw_only=True)
class _Evaluated:
    """Definitions, and what they amount to in each of their environments that is wanted."""

    definitions: Definitions
    sides: Mapping[str, Side]

    @property
    def environments(self) -> tuple[str, ...]:
        return self.definitions.config.environments

    def side(self, environment: str) -> Side | None:
        """That of an environment; definitions without any are for each."""
        return self.sides.get(environment if self.environments else "")


@attrs.frozen(kw_only=True)
class _Found:
    """What is found in one environment: changes, what is said beside them, and which definitions are *unread*."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Reviewing:
    """
    One run: revisions or folders *before* and *after*, the working definitions where None, or two *environments*.

    All environments are reviewed, or the *environment* that was asked for.
    """

    session: Session
    before: str
    after: str | None
    environment: str | None
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
        with ExitStack() as stack, ThreadPoolExecutor(1) as other:  # which waits for processes of its own
            asked = other.submit(self._evaluated, self.before, stack)
            after = self.session.stage("evaluating the definitions", lambda: self._evaluated(self.after, stack))
            before = asked.result()
            names = self._names(before, after)
            found = {
                name: self._found(name, before, after, old, new)
                for name in names
                if (old := before.side(name)) and (new := after.side(name))
            }
        changes = together({name: each.changes for name, each in found.items()})
        notes = noted({name: each.notes for name, each in found.items()})
        if self._wanted == "cost" and not found:
            notes = ["What it costs is not compared: no environment is on both sides."]
        return Review(
            before=before.definitions.name,
            after=after.definitions.name,
            folder=below_top(self.session.config),
            environments=tuple(filter(None, names)),
            changes=named(changes, before.environments, after.environments, names),
            notes=notes,
            unread=noted({name: each.unread for name, each in found.items()}),
        )

    def _evaluated(self, name: str | None, stack: ExitStack) -> _Evaluated:
        config = self.session.config
        opened = working(config) if name is None else stack.enter_context(definitions(name, config))
        names = [each for each in opened.config.environments if self.environment in (None, each)]
        if not opened.config.environments:
            names = [""]
        return _Evaluated(definitions=opened, sides={each: opened.side(each, self._wanted) for each in names})

    def _names(self, before: _Evaluated, after: _Evaluated) -> list[str]:
        """The environments of either side, or the one that was asked for."""
        names = list(dict.fromkeys((*after.environments, *before.environments)))
        if self.environment is None:
            return names or [""]
        if self.environment not in names:
            known = ", ".join(names) or "none: pyproject.toml lists none"
            msg = f"`{self.environment}` is no environment of either side. Environments: {known}"
            raise click.UsageError(msg)
        return [self.environment]

    def _found(self, name: str, before: _Evaluated, after: _Evaluated, old: Side, new: Side) -> _Found:
        troubled = [each for each in (old, new) if each.trouble]
        if not troubled:
            return _Found(changes=_compared(old, new), notes=self._cost_notes(old, new))
        # of one side nothing else is known, and so it is compared with the like
        old, new = (
            side if side.trouble else of.definitions.side(name, "rendered")
            for of, side in ((before, old), (after, new))
        )
        costless = ("What it costs follows from definitions, and is not known where they do not load.",)
        return _Found(
            changes=_compared(old, new),
            notes=costless if self._wanted == "cost" else (),
            unread=tuple(
                dict.fromkeys(f"The definitions of {each.name} do not load ({each.trouble})." for each in troubled)
            ),
        )

    def _environments(self, *names: str) -> Review:
        config = self.session.config
        for name in names:
            if name not in config.environments:
                known = ", ".join(config.environments) or "it lists none"
                msg = f"`{name}` is no environment of this repository: {known}"
                raise click.UsageError(msg)
        before, after = (attrs.evolve(working(config).side(name, self._wanted), name=name) for name in names)
        return Review(
            before=before.name, after=after.name, folder=below_top(config),
            changes=_compared(before, after), notes=self._cost_notes(before, after),
        )  # fmt: skip

    @property
    def _wanted(self) -> Wanted:
        return "cost" if self.cost or self.prometheus is not None else "state"

    def _cost_notes(self, before: Side, after: Side) -> tuple[str, ...]:
        if self.prometheus is not None:
            was, now = self._measured(self.prometheus, before), self._measured(self.prometheus, after)
            return tuple(told(was, now, "as measured"))
        return tuple(told(before.state["costs"], after.state["costs"], "as declared")) if self.cost else ()

    def _measured(self, url: str, one: Side) -> Mapping[str, Cost]:
        return self.session.stage(f"asking {url}", lambda: measured(url, one.state["asked"]))


def _compared(before: Side, after: Side) -> tuple[Change, ...]:
    return located(compare(before.state, after.state), before.state, after.state)
