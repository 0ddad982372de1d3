"""
The table of everything that the five systems are wanted to watch: python tests/wanted_table.py writes docs/systems.md.

Each line says where it is defined, and what shows it alive: a trouble of the simulator, a healthy run, a rendered file or
a test; or what it waits for.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs
import yaml

ROOT = Path(__file__).resolve().parents[1]
# the definitions are modules of a package there
sys.path.insert(0, str(ROOT))
PAGE = ROOT / "docs/systems.md"
#: What has not been built yet.
LATER = ("anomaly detection", "notification routes", "probes", "logs", "tail sampling", "live demo")
HEALTHY = "healthy run"
TITLES = {
    "quantacirc": "QuantaCirc",
    "agi-production": "AGI production",
    "proactive-monitor": "Proactive monitor",
    "x0tta6bl4": "x0tta6bl4",
    "cmr": "CMR",
}
_HEAD = """\
# The five systems, line by line

What is wanted of each system, where it is defined, and what shows it alive: a trouble of its simulator that fires the
alert on it, a healthy run in which it has data, a rendered file, or a test. What waits for a part of Watchwright that is still
to come says so. A test holds every line: names that are there, panels that are rendered, troubles that fire what is named.
"""


@attrs.frozen(kw_only=True)
class Wanted:
    """One thing; *where* it is defined and what shows it *alive*, or what it waits for."""

    wanted: str
    where: Sequence[str] = ()
    alive: str = ""
    later: str = ""


def wanted(system: str) -> list[Wanted]:
    """All of a system, in the order in which it was asked for."""
    entries = yaml.safe_load((ROOT / f"tests/wanted/{system}.yaml").read_text("utf-8"))
    return [Wanted(**each) for each in entries]


def systems() -> list[str]:
    """Those that have a list."""
    return [each for each in TITLES if (ROOT / f"tests/wanted/{each}.yaml").exists()]


def missing(place: str, system: str) -> str:
    """Why a place is not there, or nothing: `module:object`, `board Title`, or `board Title: Panel`."""
    if place.startswith("board "):
        title, _, panel = place.removeprefix("board ").partition(": ")
        found = [each for each in _boards(system) if each["title"] == title]
        if not found:
            return f"no board {title}"
        return "" if not panel or panel in set(_panels(found[0]["panels"])) else f"no panel {panel} on {title}"
    try:
        defined(place)
    except (ImportError, AttributeError) as error:
        return str(error)
    return ""


def defined(place: str) -> Any:
    """What stands at `module:object`."""
    module, _, name = place.partition(":")
    there: Any = import_module(module)
    for part in filter(None, name.split(".")):
        there = getattr(there, part)
    return there


def _boards(system: str) -> Iterator[Mapping[str, Any]]:
    for file in sorted((ROOT / "dashboards" / system).glob("*.json")):
        yield json.loads(file.read_text("utf-8"))


def _panels(panels: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for panel in panels:
        yield panel["title"]
        yield from _panels(panel.get("panels", ()))


def page() -> str:
    """The page, as it is committed."""
    return "\n".join([_HEAD, *(_table(system) for system in systems())])


def _table(system: str) -> str:
    lines = [f"## {TITLES[system]}", "", "| wanted | defined in | seen alive |", "|---|---|---|"]
    for each in wanted(system):
        places = "<br>".join(place if place.startswith("board ") else f"`{place}`" for place in each.where)
        alive = f"waits for {each.later}" if each.later else each.alive
        lines.append(f"| {each.wanted} | {places} | {alive} |".replace("|  |", "| |"))
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")
