"""Health: scores from limits, the worst of each component and of the whole, as series that say what made it so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import attrs

from watchwright.model.alert import Alert, Case
from watchwright.model.dashboard import Query, Row, StateTimeline, Threshold, TimeSeries
from watchwright.model.duration import milliseconds
from watchwright.model.error import DefinitionError
from watchwright.model.expression import Instant, Words
from watchwright.model.label import LabelLike, Value, label_names
from watchwright.model.quantity import Quantity, Real, exact
from watchwright.model.rule import RecordingRule, frozen_texts, instant_, record
from watchwright.model.typed import several, typed
from watchwright.model.words import any_of
from watchwright.query.printer import duration

#: What the recorded states mean, as boards write them.
STATES = {0: "green", 1: "yellow", 2: "red"}
_RED = 2
_COLORS = (Threshold(1, "yellow"), Threshold(_RED, "red"))
_NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_MINUTE = 60_000


def _value(value: Words) -> Instant:
    return instant_(value, "an input of health")


def _named(name: str, what: str) -> None:
    if not _NAME.fullmatch(name):
        msg = f"{what} of health is named in lower-case letters, digits, dashes and underscores, got {name!r}"
        raise DefinitionError(msg, "it becomes a label value")


def _unlike(parts: Iterable[Input | Component], what: str) -> None:
    names = [each.name for each in parts]
    if not names or len(set(names)) < len(names):
        msg = f"{what} has parts of different names, one at least, got {names}"
        raise DefinitionError(msg)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Input:
    """
    A value that tells how healthy a component is: its score is 1 up to *yellow*, and 0 from *red* on.

    In between it falls in a straight line. Where *yellow* is the greater of the two, less is worse. Of several series
    the worst counts. What has no value says nothing.
    """

    name: str = attrs.field(kw_only=False)
    value: Instant = attrs.field(kw_only=False, converter=_value)
    yellow: Real | Quantity
    red: Real | Quantity

    def __attrs_post_init__(self) -> None:
        _named(self.name, "an input")
        if isinstance(self.yellow, Quantity) is not isinstance(self.red, Quantity):
            msg = f"`yellow` and `red` of `{self.name}` are both quantities, or both numbers"
            raise DefinitionError(msg)
        if not self._width:
            msg = f"`yellow` and `red` of `{self.name}` are the same, {self.red}: what is it in between?"
            raise DefinitionError(msg)

    @property
    def _width(self) -> Quantity | Real:
        if isinstance(self.yellow, Quantity) and isinstance(self.red, Quantity):
            width = self.yellow - self.red
            return width if width.value else 0
        assert not isinstance(self.yellow, Quantity)  # noqa: S101 - both are, or neither
        assert not isinstance(self.red, Quantity)  # noqa: S101 - as above
        return exact(self.yellow) - exact(self.red)

    def score(self, by: tuple[str, ...]) -> Instant:
        """From 0 to 1, of the worst series."""
        width = self._width
        number = width.value if isinstance(width, Quantity) else exact(width)
        worst = self.value.max(by=by) if number < 0 else self.value.min(by=by)
        return ((worst - self.red) / width).clamp(0, 1)


def _inputs(values: Iterable[Input]) -> tuple[Input, ...]:
    return several(values)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Component:
    """A part of a system: as healthy as the worst of its *inputs*."""

    name: str = attrs.field(kw_only=False)
    inputs: tuple[Input, ...] = attrs.field(kw_only=False, converter=_inputs)

    def __attrs_post_init__(self) -> None:
        _named(self.name, "a component")
        _unlike(self.inputs, f"the component `{self.name}`")


def _components(values: Iterable[Component]) -> tuple[Component, ...]:
    return several(values)


def _by(values: Iterable[LabelLike]) -> tuple[str, ...]:
    return label_names(values, "`by` of health")


@attrs.frozen(order=False, eq=False, field_transformer=typed, kw_only=True)
class Health:
    """
    How healthy a system is, by *components*, and for each value of the labels *by*.

    It is recorded, and boards and alerts read it there: *input_score* and *score* from 0 to 1 for each input and
    component, *status* as 0, 1 and 2 for a component that is green, yellow and red, and of the worst component
    *overall_score* and *overall_status*. Green is a score of 1, red one of 0.
    """

    components: tuple[Component, ...] = attrs.field(kw_only=False, converter=_components)
    by: tuple[str, ...] = attrs.field(default=(), converter=_by)
    input_score: RecordingRule = attrs.field(init=False)
    score: RecordingRule = attrs.field(init=False)
    status: RecordingRule = attrs.field(init=False)
    overall_score: RecordingRule = attrs.field(init=False)
    overall_status: RecordingRule = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        _unlike(self.components, "health")

    @input_score.default
    def _of_inputs(self) -> RecordingRule:
        scores = (
            each.score(self.by).labelled(component=component.name, input=each.name)
            for component in self.components
            for each in component.inputs
        )
        return record("health:input:score", any_of(*scores))

    @score.default
    def _of_components(self) -> RecordingRule:
        return record("health:component:score", self.input_score.min(by=[*self.by, "component"]))

    @status.default
    def _by_score(self) -> RecordingRule:
        return record("health:component:status", _status(self.score))

    @overall_score.default
    def _of_all(self) -> RecordingRule:
        return record("health:system:score", self.score.min(by=self.by))

    @overall_status.default
    def _by_overall_score(self) -> RecordingRule:
        return record("health:system:status", _status(self.overall_score))

    # What it is for -----------------------------------------------------------------------------------------

    def alert(
        self,
        name: str = "HealthRed",
        *,
        severity: str,
        for_: str = "1m",
        check_first: Iterable[str] = (),
        example: Mapping[str, str] | None = None,
    ) -> Alert:
        """
        An alert on each component that is red, with its tests.

        *example* are the labels of one health for the tests, where there is a health for each of several.
        """
        where = dict(frozen_texts(example or {}))
        if set(where) != set(self.by):
            msg = f"`example` of `{name}` has the labels that health is by, {list(self.by)}, got {list(where)}"
            raise DefinitionError(msg)
        whose = "".join(f" of {{{label}}}" for label in self.by)
        return Alert(
            name,
            expr=self.status.eq(_RED),
            for_=for_,
            severity=severity,
            summary=f"{{component}}{whose} is red",
            description=f"An input of {{component}} is beyond its limit, and has been so for {for_}. The panel *What "
            "makes it yellow or red* names it.",
            check_first=list(check_first),
            tests=list(self._cases(for_, where)),
        )

    def _cases(self, for_: str, where: Mapping[str, str]) -> Iterator[Case]:
        component = self.components[0]
        first = self.input_score.where(component=component.name, input=component.inputs[0].name, **where)
        fires = [{**where, "component": component.name}]
        length = milliseconds(for_, "`for_` of an alert")
        lasts = -(-length // _MINUTE) + 5
        begins = 6 * _MINUTE
        just_before, just_after = (duration(begins + length + more) for more in (-30_000, 30_000))
        yield Case(
            f"red for {for_} fires, and resolves",
            given={first: f"1x5 0x{lasts} 0.5x10"},
            fires={"5m": [], just_before: [], just_after: fires, duration(begins + (lasts + 6) * _MINUTE): []},
        )
        yield Case("yellow is silent", given={first: f"0.01x{lasts + 10}"}, fires={f"{lasts + 9}m": []})
        yield Case(
            "what is no longer known is not red",
            given={first: f"1x5 0 stale _x{lasts}"},
            fires={f"{lasts + 5}m": []},
        )
        if len(component.inputs) > 1:
            second = self.input_score.where(component=component.name, input=component.inputs[1].name, **where)
            yield Case(
                "one red input is enough, whatever the others say",
                given={first: f"1x{lasts + 10}", second: f"0x{lasts + 10}"},
                fires={f"{lasts + 5}m": fires},
            )

    def row(
        self,
        title: str = "Health",
        *,
        alerts: Iterable[Alert] = (),
        where: Mapping[str, Value] | None = None,
    ) -> Row:
        """
        A row of a board: components and the whole over time, what made them yellow or red, and the scores.

        *where* chooses among several healths, such as `{"instance": chosen}`.
        """
        chosen = dict(where or {})
        whose = "".join(f" of {{{label}}}" for label in self.by)
        return Row(
            title,
            [
                StateTimeline(
                    "Health",
                    [
                        Query(self.overall_status.where(**chosen), legend=f"all{whose}"),
                        Query(self.status.where(**chosen), legend=f"{{component}}{whose}"),
                    ],
                    states=STATES,
                    thresholds=_COLORS,
                    alerts=alerts,
                    width=24,
                    description="A component is as healthy as its worst input, and the whole as its worst component.",
                ),
                StateTimeline(
                    "What makes it yellow or red",
                    Query(_status(self.input_score.where(**chosen)), legend=f"{{component}}: {{input}}{whose}"),
                    states=STATES,
                    thresholds=_COLORS,
                    description="Green up to the limit of yellow, red from that of red on.",
                ),
                TimeSeries(
                    "Health scores",
                    [
                        Query(self.overall_score.where(**chosen), legend=f"all{whose}"),
                        Query(self.score.where(**chosen), legend=f"{{component}}{whose}"),
                    ],
                    unit="ratio",
                    min=0,
                    max=1,
                    description="1 is green, 0 is red, and yellow what is between them.",
                ),
            ],
        )


def _status(score: Words) -> Instant:
    return (score < 1).bool() + score.eq(0).bool()
