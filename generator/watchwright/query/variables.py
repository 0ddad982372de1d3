"""Variables of Grafana's in an expression."""

from __future__ import annotations

import re
from collections.abc import Iterator

from watchwright.query.tree import Matcher, Node, Placeholder, Variable, walk

NAME = re.compile(r"\$(?:\{(\w+)(?::[^}]*)?\}|(\w+))")


def named_in(text: str) -> Iterator[str]:
    """The variables that a text names, `$name` or `${name:format}`."""
    for found in NAME.finditer(text):
        yield found[1] or found[2]


def variables(root: Node) -> Iterator[str]:
    """The variables that an expression names in durations, numbers and matchers."""
    for node in walk(root):
        if isinstance(node, Placeholder):
            yield from named_in(node.name)
        for part in node.parts():
            if isinstance(part, Matcher):
                yield from named_in(part.value)
            elif isinstance(part, Variable):
                yield from named_in(part.name)
