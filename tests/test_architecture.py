"""Imports go one way, and each outside thing has one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench import ROOT

PACKAGE = ROOT / "generator" / "watchwright"

# The way the data goes. A room may import what stands before it, and itself.
WAY = (
    ("source",),
    ("finding",),
    ("query",),
    ("semantics",),
    ("gotemplate",),
    ("model",),
    (
        "capacity",
        "catalogues",
        "clusters",
        "discovery",
        "grafana",
        "health",
        "jaeger",
        "prometheus",
        "slo",
        "units",
    ),  # public words: nothing but other names for the model's
    ("config", "load"),
    ("lower",),
    ("checks", "backends"),
    ("foreign",),
    ("verify",),
    ("write",),
    ("diff",),
    ("pipeline", "report"),
    ("examples",),
    ("cli",),
)


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _room(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "watchwright" and len(parts) > 1 else None


def _step(room: str) -> int:
    return next(step for step, rooms in enumerate(WAY) if room in rooms)


def test_every_module_has_its_place_on_the_way() -> None:
    """A new room is put on the way when it is made."""
    rooms = {file.relative_to(PACKAGE).parts[0].removesuffix(".py") for file in _modules()} - {"__init__"}

    assert {room for rooms_ in WAY for room in rooms_} == rooms


@pytest.mark.parametrize("file", _modules(), ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_imports_go_down_the_way(file: Path) -> None:
    """No stage knows what comes after it."""
    own = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        return  # the public words, imported as they are asked for

    rooms = {room for module in _imports(file) if (room := _room(module)) and room != "__version__"}

    assert [] == sorted(room for room in rooms if room != own and _step(room) >= _step(own))


@pytest.mark.parametrize(("module", "door"), [("grafanalib", "backends/grafana"), ("subprocess", "verify/tools.py")])
def test_outside_things_have_one_door(module: str, door: str) -> None:
    """Grafanalib and processes are met in one place each."""
    users = {
        file.relative_to(PACKAGE).as_posix()
        for file in _modules()
        if any(name.split(".")[0] == module for name in _imports(file))
    }

    assert users
    assert all(user.startswith(door) for user in users), users


def test_no_file_grows_past_five_hundred_lines() -> None:
    """A longer one wants splitting along a seam that has a name."""
    assert [] == [file.name for file in _modules() if len(file.read_text("utf-8").splitlines()) > 500]


def test_the_command_line_starts_with_click_alone() -> None:
    """`--version` and completion import nothing that they do not need."""
    found = {name.split(".")[0] for name in _top_level_imports(PACKAGE / "cli" / "__init__.py")}

    assert {
        "__future__", "collections", "functools", "gc", "io", "pathlib", "sys", "typing", "click", "watchwright",
    } == found  # fmt: skip


def _top_level_imports(file: Path) -> Iterator[str]:
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
