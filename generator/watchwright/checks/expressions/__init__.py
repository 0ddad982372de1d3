"""Whatever can be wrong with an expression: one file a subject, one function an id."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points

from watchwright.checks.expressions.problem import Context, Problem, Use, found
from watchwright.query.tree import Node
from watchwright.semantics.world import World

__all__ = ["Problem", "Use", "problems"]

_SUBJECTS = (
    "absence",
    "comparisons",
    "divisions",
    "histograms",
    "kinds",
    "labels",
    "matching",
    "time",
    "units",
    "values",
)


@lru_cache(maxsize=1)
def load() -> None:
    """Import every check of expressions, and those of installed packages (entry points `watchwright.checks`)."""
    for subject in _SUBJECTS:
        import_module(f"watchwright.checks.expressions.{subject}")
    for plugin in entry_points(group="watchwright.checks"):
        plugin.load()


def problems(root: Node, world: World, use: Use) -> Iterator[Problem]:
    """The problems of an expression, those within before those around them."""
    load()
    return found(Context(world.typed(root), world, use))
