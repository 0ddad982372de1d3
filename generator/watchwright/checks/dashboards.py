"""Dashboards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from watchwright.finding import Finding, check
from watchwright.lower.display import shown_as
from watchwright.lower.plan import Board, Fleet, Origin, PlannedPanel
from watchwright.lower.signals import panel_key, shown_by
from watchwright.model.dashboard import Panel, QueryPanel, Table, TextPanel
from watchwright.model.duration import milliseconds
from watchwright.query.printer import text
from watchwright.query.units import COUNTED, NAMED, Unit
from watchwright.query.variables import named_in, variables

_LEAST_REFRESH = "30s"


@check("dashboard/empty")
def empty(fleet: Fleet) -> Iterator[Finding]:
    """
    A dashboard has no row, or a row has no panel.

    Grafana shows an empty page, and a reader cannot tell it from a board that fails to load. Add panels, or
    leave the row or the dashboard out.
    """
    for board in _boards(fleet):
        if not board.rows:
            yield board.origin.finding(f"dashboard `{board.dashboard.title}` has no rows")
        for row in board.rows:
            if not row.panels:
                yield row.origin.finding(f"row `{row.row.title}` has no panels")


@check("dashboard/duplicate-uid")
def duplicate_uid(fleet: Fleet) -> Iterator[Finding]:
    """
    Two dashboards have the same uid.

    Grafana keeps one of the two, and its file provisioning then refuses to write any dashboard of the
    folder (grafana/grafana#39467). A uid is made of the system and the title: give one of the boards
    another title, or a `uid` of its own.
    """
    seen: dict[str, Board] = {}
    for board in _boards(fleet):
        other = seen.setdefault(board.uid, board)
        if other is not board:
            message = f"dashboard `{board.dashboard.title}` has the uid `{board.uid}` of `{other.origin.subject}`"
            yield board.origin.finding(message, _elsewhere(other.origin))


@check("dashboard/duplicate-title")
def duplicate_title(fleet: Fleet) -> Iterator[Finding]:
    """
    Two dashboards of one system have the same title, or titles that make the same file name.

    They lie in one folder: one file would overwrite the other, and Grafana refuses to provision two boards of
    one title into a folder. Titles that differ only in case or punctuation make the same file name.
    """
    for plan in fleet.plans:
        seen: dict[str, Board] = {}
        for board in plan.boards:
            other = seen.setdefault(board.slug, board)
            if other is not board:
                message = f"dashboard `{board.dashboard.title}` makes the same file as `{other.dashboard.title}`"
                yield board.origin.finding(message, _elsewhere(other.origin))


@check("dashboard/duplicate-panel")
def duplicate_panel(fleet: Fleet) -> Iterator[Finding]:
    """
    Two panels of one dashboard have the same key.

    A panel's id is made of its key, which is the titles of its row and its own. Where two are the same, links
    from alerts lead to the first of them, and moving one past the other swaps their ids. Give one another
    title, or a `key`.
    """
    for board in _boards(fleet):
        seen: dict[str, PlannedPanel] = {}
        for row in board.rows:
            for panel in row.panels:
                key = panel_key(panel.panel, row.row)
                other = seen.setdefault(key, panel)
                if other is not panel:
                    message = f"panel `{panel.panel.title}` has the key `{key}` of another panel"
                    yield panel.origin.finding(message, _elsewhere(other.origin))


@check("dashboard/variable")
def variable(fleet: Fleet) -> Iterator[Finding]:
    """
    A query uses a variable that its dashboard does not declare, or the dashboard declares one in vain.

    Grafana leaves an unknown `$name` as it is: the query then matches nothing, and the panel is empty. List
    the variable in `variables=` of the dashboard. One that nothing uses only looks as if it chose something:
    use it with `where(label=variable)`, or leave it out. A name that is declared twice is a choice of which
    only one counts.
    """
    for board in _boards(fleet):
        declared = [planned.variable.name for planned in board.variables]
        for name in dict.fromkeys(name for name in declared if declared.count(name) > 1):
            yield board.origin.finding(f"variable `{name}` is declared twice")
        yield from _undeclared(board, {*declared, "datasource"})
        used = set(_used(board))
        for name in dict.fromkeys(declared):
            if name not in used:
                yield board.origin.finding(f"nothing uses the variable `{name}`")


@check("dashboard/refresh", severity="warning")
def refresh(fleet: Fleet) -> Iterator[Finding]:
    """
    A dashboard loads again more often than Prometheus scrapes, or than every 30 seconds.

    Between two scrapes nothing can change, but each open browser asks all the queries again. Raise `refresh`.
    """
    least = max(_LEAST_REFRESH, fleet.platform.scrape_interval, key=_length)
    for board in _boards(fleet):
        given = board.dashboard.refresh
        if 0 < _length(given) < _length(least):
            message = f"dashboard `{board.dashboard.title}` loads again every `{given}`"
            yield board.origin.finding(message, f"there is nothing new before `{least}` have gone by")


@check("panel/unit")
def panel_unit(fleet: Fleet) -> Iterator[Finding]:
    """
    A panel shows numbers in a unit that they do not have.

    `unit` says how numbers are written and converts none: a ratio of 0.05 in a panel with `unit="percent"`
    reads 0.05 %, and milliseconds on an axis of seconds are wrong by a thousand. Leave `unit` out, and it is that
    of the query. Queries of different units cannot share an axis: give each a panel of its own.
    """
    for board in _boards(fleet):
        for panel in board.panels:
            if isinstance(panel.panel, QueryPanel):
                yield from _misread(panel, panel.panel)


def _misread(planned: PlannedPanel, panel: QueryPanel) -> Iterator[Finding]:
    if panel.unit is None and isinstance(panel, Table):
        return  # each column has the unit of its query
    measured = [query.measured for query in planned.queries if query.measured is not None]
    shown = shown_as(panel.unit) if panel.unit is not None else next(iter(measured), None)
    for unit in measured:
        if shown is not None and not _fits(shown, unit):
            yield planned.origin.finding(f"panel `{panel.title}` shows `{unit}` as `{panel.unit or shown}`")
            return


_LISTED = "list the alert in `alerts=` of the system, or the job in `jobs=`"


@check("panel/alert")
def foreign_alert(fleet: Fleet) -> Iterator[Finding]:
    """
    A panel says that it shows an alert which its system does not have.

    List the alert in `alerts=` of the system, or the job in `jobs=`; or take it out of the panel.
    """
    for plan in fleet.plans:
        known = {rule.alert for rule in plan.alerts}
        for board in plan.boards:
            for panel in board.panels:
                for name in shown_by(panel.panel):
                    if name not in known:
                        yield panel.origin.finding(
                            f"`{panel.panel.title}` shows `{name}`, which is no alert here", _LISTED
                        )


@check("panel/threshold", severity="warning")
def threshold(fleet: Fleet) -> Iterator[Finding]:
    """
    A panel shows an alert, but not where the alert begins.

    The numbers that an alert compares its signal with become thresholds of the panel that plots the same
    expression. Plot what the alert looks at, best as a recorded series that both read, or give the panel the
    same number as a `Threshold`.
    """
    for board in _boards(fleet):
        for panel in board.panels:
            shown = {value for value, _ in panel.thresholds}
            for alert in panel.alerts:
                limits = [limit for limit in alert.limits if limit.visible]
                if limits and shown.isdisjoint(limit.value for limit in limits):
                    message = f"panel `{panel.panel.title}` does not show where `{alert.alert}` begins"
                    signals = ", ".join(f"`{text(limit.signal)}`" for limit in limits)
                    yield panel.origin.finding(message, f"it looks at {signals}")


_DIMENSIONS = frozenset(name for unit in NAMED.values() for name, _ in unit.dimensions) - {COUNTED}


def _fits(shown: Unit, measured: Unit) -> bool:
    """Whether both are of one size and measure the same, as far as it has a name: counted things may have any."""
    return shown.factor == measured.factor and _known(shown) == _known(measured)


def _known(unit: Unit) -> list[tuple[str, int]]:
    return [dimension for dimension in unit.dimensions if dimension[0] in _DIMENSIONS]


# Variables --------------------------------------------------------------------------------------------

# Grafana's own begin with two underscores, and `$1` is part of a label_replace


def _undeclared(board: Board, known: set[str]) -> Iterator[Finding]:
    for origin, names in _asked(board):
        for name in dict.fromkeys(names):
            if name not in known:
                hint = f"list it in `variables` of the dashboard `{board.dashboard.title}`"
                yield origin.finding(f"no variable `{name}` is declared", hint)


def _asked(board: Board) -> Iterator[tuple[Origin, list[str]]]:
    for panel in board.panels:
        yield panel.origin, _own(name for query in panel.queries for name in variables(query.expr))
    for annotation in board.annotations:
        yield board.origin, _own(variables(annotation.expr))
    for planned in board.variables:
        yield board.origin, _own(named_in(planned.query))
    for row in board.rows:
        yield row.origin, [row.row.repeat.name] if row.row.repeat else []


def _own(named: Iterable[str]) -> list[str]:
    """Those that a board declares; names that begin with two underscores are Grafana's."""
    return [name for name in named if not name.startswith("__")]


def _used(board: Board) -> Iterator[str]:
    for _, names in _asked(board):
        yield from names
    for words in _texts(board):
        yield from _own(named_in(words))


def _texts(board: Board) -> Iterator[str]:
    """Whatever else Grafana puts variables into."""
    for row in board.rows:
        yield row.row.title
        for panel in row.panels:
            yield from _panel_texts(panel.panel)
            for query in panel.queries:
                yield query.legend
                yield text(query.expr)
    for annotation in board.annotations:
        yield from (annotation.title, annotation.text)


def _panel_texts(panel: Panel) -> Iterator[str]:
    yield from (panel.title, panel.description)
    if isinstance(panel, TextPanel):
        yield panel.markdown


# Findings ---------------------------------------------------------------------------------------------


def _boards(fleet: Fleet) -> Iterator[Board]:
    for plan in fleet.plans:
        yield from plan.boards


def _length(duration: str) -> int:
    return milliseconds(duration, "a duration", zero=True)


def _elsewhere(origin: Origin) -> str:
    place = origin.source.place
    return f"the other one is at {place}" if place else ""
