"""Boards and their panels; a panel that only moved is no news, and many that did are one line."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.diff.change import About, Change
from watchwright.diff.state import Panel, Part


def boards(system: str, before: Part, after: Part) -> Iterator[Change]:
    """The boards of a system that changed."""
    for uid, title in before["boards"].items():
        if uid not in after["boards"]:
            yield Change(
                id="board/lost", system=system, subject=f"board {title}", said="is gone", mark="-", attention=True
            )
    for uid, title in after["boards"].items():
        if uid not in before["boards"]:
            count = len(_of(uid, after))
            said = f"is new, with {count} panel{'s' if count != 1 else ''}"
            yield Change(id="board/new", system=system, subject=f"board {title}", said=said, mark="+")
        else:
            yield from _panels(system, title, _of(uid, before), _of(uid, after))


def _of(uid: str, part: Part) -> dict[str, Panel]:
    return {name: each for name, each in part["panels"].items() if name.rpartition("/")[0] == uid}


def _panels(system: str, board: str, old: dict[str, Panel], new: dict[str, Panel]) -> Iterator[Change]:
    renamed = dict(_renamed(old, new))
    for name, panel in old.items():
        if name in renamed:
            said = f"is called {new[renamed[name]]['title']} now: links to it no longer work, unless it keeps its key"
            yield _about(system, new[renamed[name]], panel["title"]).says("renamed", said)
        elif name not in new:
            yield _about(system, panel).says("lost", "is gone", mark="-", before=_queries(panel))
    for name, panel in new.items():
        if name in old:
            yield from _compared(system, old[name], panel)
        elif name not in renamed.values():
            yield _about(system, panel).says("new", "is new", mark="+", after=_queries(panel))
    moved = sum(old[name]["grid"] != panel["grid"] for name, panel in new.items() if name in old)
    if moved:
        said = f"{moved} panels moved" if moved > 1 else "1 panel moved"
        yield Change(id="board/moved", system=system, subject=f"board {board}:", said=said)


def _renamed(old: dict[str, Panel], new: dict[str, Panel]) -> Iterator[tuple[str, str]]:
    added = {name: each for name, each in new.items() if name not in old}
    for name, panel in old.items():
        alike = (other for other, each in added.items() if each["queries"] and each["queries"] == panel["queries"])
        other = next(alike, None)
        if name not in new and other is not None:
            del added[other]
            yield name, other


def _queries(panel: Panel) -> tuple[str, ...]:
    return tuple(expr for expr, _ in panel["queries"])


def _about(system: str, panel: Panel, title: str = "") -> About:
    name = f"{panel['board']} / {title or panel['title']}"
    return About(kind="panel", system=system, name=name, place=panel["place"])


def _compared(system: str, old: Panel, new: Panel) -> Iterator[Change]:
    if _queries(old) != _queries(new):
        before, after = _queries(old), _queries(new)
        yield _about(system, new).says(
            "query",
            "asks something else",
            before=tuple(each for each in before if each not in after),
            after=tuple(each for each in after if each not in before),
        )
    elif old["queries"] != new["queries"]:
        yield _about(system, new).says(
            "legend",
            "has other legends",
            before=tuple(legend for _, legend in old["queries"]),
            after=tuple(legend for _, legend in new["queries"]),
        )
    if old["unit"] != new["unit"]:
        yield _about(system, new).says("unit", f"shows {new['unit']}, was {old['unit']}")
    if old["thresholds"] != new["thresholds"]:
        yield _about(system, new).says("threshold", f"changes colour at {_steps(new)}, was {_steps(old)}")
    if old["kind"] != new["kind"]:
        yield _about(system, new).says("kind", f"is a {new['kind']}, was a {old['kind']}")


def _steps(panel: Panel) -> str:
    return ", ".join(f"{value} {color}" for value, color in panel["thresholds"] if value) or "nothing"
