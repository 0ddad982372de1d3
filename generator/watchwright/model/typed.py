"""
Fields hold what they declare.

Python checks no types when it runs, and a definition is often written without a type checker: a value of
another type would end in a traceback far from its line, or in output that is silently wrong.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import attrs

from watchwright.model.error import DefinitionError

T = TypeVar("T")

# what has the words of a kind of metric, as people call it: their modules import this one
_SERIES = {"CounterWords": "a counter", "HistogramWords": "a histogram", "Words": "an expression"}

_LONGEST_SHOWN = 120  # characters of a value in a message

_WORDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    Decimal: "a number",
    bool: "True or False",
    type(None): "None",
}


def typed(_: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """For `field_transformer` of attrs: check each field against its annotation, after its converter."""
    return [field if field.validator is _check else field.evolve(validator=_check) for field in fields]


def several(values: Iterable[T]) -> tuple[T, ...]:
    """A tuple of *values*; a lone text, or what cannot be gone through, is refused."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        msg = f"a list is wanted, got {_short(values)}"
        raise DefinitionError(msg, "write [...] around it")
    return tuple(values)


def _check(instance: Any, field: attrs.Attribute[Any], value: Any) -> None:
    hint = _hints(type(instance))[field.name]  # type: ignore[arg-type] # a class is hashable
    if (type(value) is not hint or hint is str) and not matches(value, hint):
        msg = f"`{field.name}` of {type(instance).__name__} must be {said(hint)}, got {_shown(value, hint)}"
        raise DefinitionError(msg)


@cache
def _parts(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    return get_origin(hint), get_args(hint)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def matches(value: Any, hint: Any) -> bool:
    """Whether *value* is what the annotation *hint* says; True is no number, and half a surrogate pair no text."""
    origin, arguments = _parts(hint)
    if hint is Any or origin in (Union, types.UnionType):
        return hint is Any or any(matches(value, each) for each in arguments)
    if origin is Literal:
        return any(type(value) is type(each) and value == each for each in arguments)
    if origin is tuple:
        return isinstance(value, tuple) and _all_match(value, arguments)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            matches(key, arguments[0]) and matches(item, arguments[1]) for key, item in value.items()
        )
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, hint) and (hint is not str or _is_text(value))


def _all_match(values: tuple[Any, ...], hints: tuple[Any, ...]) -> bool:
    if hints[-1:] == (...,):
        return all(matches(value, hints[0]) for value in values)
    return len(values) == len(hints) and all(map(matches, values, hints))


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def said(hint: Any) -> str:
    """An annotation in words."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(map(said, arguments)))
    if origin is Literal:
        return f"one of {', '.join(map(str, arguments))}"
    if origin is tuple:
        return f"a list of {_several(arguments[0])}"
    if origin is not None and issubclass(origin, Mapping):
        return f"a mapping of {_several(arguments[0])} to {_several(arguments[1])}"
    if isinstance(hint, type) and hint.__name__ in _SERIES:
        return _SERIES[hint.__name__]
    return _WORDS.get(hint) or (_with_article(hint.__name__) if isinstance(hint, type) else str(hint))


def _with_article(name: str) -> str:
    return f"an {name}" if name[0] in "AEIOU" else f"a {name}"


def _several(hint: Any) -> str:
    """Many of them, in words."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(map(_several, arguments)))
    if origin is Literal:
        return f"some of {', '.join(map(str, arguments))}"
    if origin is tuple:
        return f"lists of {_several(arguments[0])}"
    if origin is not None and issubclass(origin, Mapping):
        return f"mappings of {_several(arguments[0])} to {_several(arguments[1])}"
    return f"{re.sub(r'^an? ', '', said(hint))}s"


def _shown(value: Any, hint: Any) -> str:
    """What is wrong of it: of a list, the first element that does not belong."""
    if get_origin(hint) is tuple and isinstance(value, tuple):
        arguments = get_args(hint)
        return _short(next((each for each in value if not matches(each, arguments[0])), value))
    return _short(value)


def _short(value: Any) -> str:
    shown = repr(dict(value) if isinstance(value, types.MappingProxyType) else value)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."
