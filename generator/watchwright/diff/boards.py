"""Boards and their panels; a panel that only moved is no news, and many that did are one line."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from watchwright.diff.change import About, Change
from watchwright.diff.renames import Renames, paired
from watchwright.diff.state import Panel, Part


def boards(system: str, before: Part, after: Part, renames: Renames) -> Iterator[Change]:
    """The boards of a system that changed."""
    old, new = ({uid: _of(uid, part) for uid in part["boards"]} for part in (before, after))
    renamed = paired(old, new, _titles)
    for uid, title in before["boards"].items():
        if uid in renamed:
            said = f"is called {after['boards'][renamed[uid]]} now: links to it no longer work, unless it keeps its uid"
            yield _board(system, title, "renamed", said)
        elif uid not in new:
            yield _board(system, title, "lost", "is gone", mark="-", attention=True)
    uids = {**{other: uid for uid, other in renamed.items()}, **{uid: uid for uid in old if uid in new}}
    for uid, title in after["boards"].items():
        if uid in uids:
            was = before["boards"][uids[uid]]
            if was != title and uid in old:
                yield _board(system, was, "title", f"is called {title} now")
            yield from _panels(system, title, old[uids[uid]], new[uid], renames)
        else:
            count = len(new[uid])
            said = f"is new, with {count} panel{'s' if count != 1 else ''}"
            yield _board(system, title, "new", said, mark="+")


def _board(system: str, title: str, id_: str, said: str, **more: Any) -> Change:
    return About(kind="board", system=system, name=title, place="").says(id_, said, **more)


def _of(uid: str, part: Part) -> dict[str, Panel]:
    return {name: each for name, each in part["panels"].items() if name.rpartition("/")[0] == uid}


def _titles(panels: Mapping[str, Panel]) -> Hashable | None:
    """What makes two boards one and the same under two titles: what their panels are called."""
    return tuple(sorted(each["title"] for each in panels.values())) or None


def _panels(
    system: str, board: str, old: Mapping[str, Panel], new: Mapping[str, Panel], renames: Renames
) -> Iterator[Change]:
    # a row is no part of a panel: one that moved to another, or whose row has another title, only moved
    pairs = {name: name for name in old if name in new} | paired(old, new, _title_and_queries, _title, _asked)
    for name, panel in old.items():
        if name not in pairs:
            yield _about(system, panel).says("lost", "is gone", mark="-", before=_queries(panel))
        elif panel["title"] != (title := new[pairs[name]]["title"]):
            links = "" if name in new else ": links to it no longer work, unless it keeps its key"
            yield _about(system, new[pairs[name]], panel["title"]).says("renamed", f"is called {title} now{links}")
    names = {other: name for name, other in pairs.items()}
    for name, panel in new.items():
        if name in names:
            yield from _compared(_about(system, panel), old[names[name]], panel, renames)
        else:
            yield _about(system, panel).says("new", "is new", mark="+", after=_queries(panel))
    moved = sum(any(old[name][key] != new[other][key] for key in ("row", "grid")) for name, other in pairs.items())
    if moved:
        yield _board(system, f"{board}:", "moved", f"{moved} panels moved" if moved > 1 else "1 panel moved")


def _title_and_queries(panel: Panel) -> Hashable | None:
    return (panel["title"], panel["kind"], *_queries(panel))


def _title(panel: Panel) -> Hashable | None:
    return panel["title"] or None


def _asked(panel: Panel) -> Hashable | None:
    return _queries(panel) or None


def _queries(panel: Panel) -> tuple[str, ...]:
    return tuple(expr for expr, _ in panel["queries"])


def _legends(panel: Panel) -> tuple[str, ...]:
    return tuple(legend for _, legend in panel["queries"])


def _about(system: str, panel: Panel, title: str = "") -> About:
    name = f"{panel['board']} / {title or panel['title']}"
    return About(kind="panel", system=system, name=name, place=panel["place"])


def _compared(about: About, old: Panel, new: Panel, renames: Renames) -> Iterator[Change]:
    now = _queries(new)
    was = tuple(renames.settled(each, " ".join(now)) for each in _queries(old))
    if sorted(was) != sorted(now):
        yield about.says(
            "query",
            "asks something else",
            before=tuple(real for each, real in zip(was, _queries(old), strict=True) if each not in now),
            after=tuple(each for each in now if each not in was),
        )
    elif was != now:
        yield about.says("order", "asks the same in another order")
    elif _legends(old) != _legends(new):
        yield about.says("legend", "has other legends", before=_legends(old), after=_legends(new))
    if old["unit"] != new["unit"]:
        yield about.says("unit", f"shows {new['unit']}, was {old['unit']}")
    if old["thresholds"] != new["thresholds"]:
        yield about.says("threshold", f"changes colour at {_steps(new)}, was {_steps(old)}")
    if old["kind"] != new["kind"]:
        yield about.says("kind", f"is a {new['kind']}, was a {old['kind']}")


def _steps(panel: Panel) -> str:
    return ", ".join(f"{value} {color}" for value, color in panel["thresholds"] if value) or "nothing"
