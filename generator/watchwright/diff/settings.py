"""
What the platform says of servers, Grafana, Jaeger and a cluster, as settings by name.

Nothing is known of any of them here but the names of its fields: whatever is added to the platform is compared.
Secrets are files and references in all of these, and never values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from watchwright.model.platform import Platform

# told in words of their own, or nothing that is rendered
_LEFT_OUT = {
    "Platform": {"prometheus", "scrape_interval", "evaluation_interval", "retention", "external_labels"},
    "Jaeger": {"default"},
}
_NEVER = {"accept", "source"}


def settings(platform: Platform) -> dict[str, str]:
    """
    Every setting, empty where it is not made.

    One of a part that only one side has is there on that side alone: that the part is new or gone is a setting itself.
    """
    return dict(_fields("", platform))


def _fields(name: str, part: Any) -> Iterator[tuple[str, str]]:
    for field, value in _values(part):
        yield from _setting(f"{name} {field.replace('_', ' ')}".strip(), value)


def _values(part: Any) -> Iterator[tuple[str, Any]]:
    without = _NEVER | _LEFT_OUT.get(type(part).__name__, set())
    for field in attrs.fields(type(part)):
        if field.name not in without:
            yield field.name, getattr(part, field.name)


def _setting(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if attrs.has(type(value)):
        yield name, type(value).__name__
        yield from _fields(name, value)
    elif isinstance(value, tuple) and all(map(_called, value)):
        yield name, ", ".join(map(_called, value))
        for each in value:
            yield from _fields(f"{name} {_called(each)}", each)
    else:
        yield name, _text(value)


def _called(part: Any) -> str:
    """What one of several is known by; nothing where it has no name."""
    return str(getattr(part, "name", "") or getattr(part, "url", ""))


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{name}={_text(each)}" for name, each in sorted(value.items()))
        case tuple() | frozenset():
            return ", ".join(map(_text, value))
        case _ if attrs.has(type(value)):
            said = ((name, _text(each)) for name, each in _values(value))
            return f"{type(value).__name__}({', '.join(f'{name}={text}' for name, text in said if text)})"
        case _:
            return str(value)
