"""
Text that people read, with placeholders.

`{label}` stands for a label of the alert's series and `{value}` for its value, formatted by its unit.
Everything else is literal: a `{{` of the author's reaches the reader as `{{`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

import attrs

from watchwright.model.typed import typed

_PLACEHOLDER = re.compile(r"\{([a-zA-Z_][a-zA-Z0-9_]*)\}")


@attrs.frozen(order=False, field_transformer=typed)
class GoTemplate:
    """A Go template, given to Prometheus as it is."""

    text: str


def go_template(text: str) -> GoTemplate:
    """A text with Go template actions, such as `{{ $labels.job }}`; nothing in it is escaped or formatted."""
    return GoTemplate(text)


Text: TypeAlias = str | GoTemplate


@attrs.frozen(order=False, field_transformer=typed)
class Placeholder:
    """A `{name}` in a text."""

    name: str


def parts(text: str) -> Iterator[str | Placeholder]:
    """The literal pieces and the placeholders of a text, in order."""
    end = 0
    for found in _PLACEHOLDER.finditer(text):
        if found.start() and text[found.start() - 1] == "{":  # `{{x}}` is no placeholder
            continue
        if literal := text[end : found.start()]:
            yield literal
        yield Placeholder(found[1])
        end = found.end()
    if text[end:]:
        yield text[end:]
