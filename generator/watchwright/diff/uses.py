"""Who reads a series, by itself or through what is recorded of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from watchwright.diff.state import Part, State


@attrs.frozen
class User:
    """A part that reads series; *system* is its own."""

    system: str
    what: str
    part: str

    def __str__(self) -> str:
        return f"{self.what} {self.part} of {self.system}"


class Uses:
    """The users of every series of a state."""

    def __init__(self, state: State) -> None:
        self._readers: dict[str, list[tuple[User, str]]] = {}
        self._own = {system: frozenset(_names(part)) for system, part in state["systems"].items()}
        for system, part in state["systems"].items():
            for user, records, names in _reading(system, part):
                for name in names:
                    self._readers.setdefault(name, []).append((user, records))

    def of(self, system: str, names: Iterable[str]) -> list[User]:
        """
        Who reads these series of a *system*, whatever stands between: alerts first, then SLOs, panels, recorded series.

        Another system that has series of such a name itself reads those.
        """
        found: dict[User, None] = {}
        waiting = [(system, name) for name in names]
        seen = set[tuple[str, str]]()
        while waiting:
            owner, name = each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            for user, records in self._readers.get(name, ()):
                if user.system != owner and name in self._own[user.system]:
                    continue
                found[user] = None
                if records:
                    waiting.append((user.system, records))
        return sorted(found, key=lambda each: (_ORDER.index(each.what), each.system, each.part))


_ORDER = ("alert", "SLO", "panel", "series")


def _reading(system: str, part: Part) -> Iterator[tuple[User, str, list[str]]]:
    for name, alert in part["alerts"].items():
        yield User(system, "alert", name), "", alert["reads"]
    for name, slo in part["slos"].items():
        yield User(system, "SLO", name), "", slo["reads"]
    for panel in part["panels"].values():
        yield User(system, "panel", f"{panel['board']} / {panel['title']}"), "", panel["reads"]
    for rule in part["recorded"].values():
        yield User(system, "series", rule["record"]), rule["record"], rule["reads"]


def series_names(state: State) -> frozenset[str]:
    """Every series that any system exposes or records."""
    return frozenset(name for part in state["systems"].values() for name in _names(part))


def _names(part: Part) -> Iterator[str]:
    yield from (name for metric in part["metrics"].values() for name in metric["series"])
    yield from (rule["record"] for rule in part["recorded"].values())
