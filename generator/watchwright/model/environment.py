"""Environments: one definition, several places where it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import attrs

from watchwright.model.error import DefinitionError
from watchwright.model.typed import typed

T = TypeVar("T")


@attrs.frozen(order=False, field_transformer=typed)
class Environment:
    """
    Where the rendered files will run.

    *names* are all environments listed in pyproject.toml, the first being the default.
    """

    name: str = ""
    names: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The folder of its own that each of several has below every output folder; empty where it is alone."""
        return self.name if len(self.names) > 1 else ""

    def pick(self, default: T, /, **others: T) -> T:
        """
        *default*, or the value given for this environment by name.

        A name that pyproject.toml does not list is refused; where it lists none, any name is taken and
        the default is the answer.
        """
        if self.names:
            for name in others:
                if name not in self.names:
                    msg = f"pick() names the environment `{name}`, which pyproject.toml does not list"
                    raise DefinitionError(msg, f"environments are {', '.join(self.names)}")
        return others.get(self.name, default)


D = TypeVar("D", bound=Callable[..., object])

MARK = "__watchwright_definition__"


def definition(function: D) -> D:
    """Mark a function that takes the `Environment` and returns a `System`, several, or the `Platform`."""
    setattr(function, MARK, True)
    return function
