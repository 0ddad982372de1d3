"""The word that was meant, where a definition uses one that is not there."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable
from difflib import get_close_matches

import watchwright
from watchwright.model import metric

_KEYWORD = re.compile(r"(\w+)(?:\.__init__)?\(\) got an unexpected keyword argument '(\w+)'")
_NAME = re.compile(r"cannot import name '(\w+)' from 'watchwright'")
_CLOSE = 0.7
_METRICS = (metric.Counter, metric.Gauge, metric.Histogram, metric.Summary)


def meant(error: BaseException) -> str:
    """A hint at the nearest word, or nothing."""
    match error:
        case AttributeError(name=str(name), obj=metric.Metric()) if bearers := _bearers(name):
            return f"`{name}` is for a {bearers}"
        case AttributeError(name=str(name), obj=thing):
            return _nearest(name, dir(thing))
        case ImportError() if found := _NAME.match(str(error)):
            return _nearest(found[1], watchwright.__all__)
        case TypeError() if found := _KEYWORD.match(str(error)):
            return _nearest(found[2], _parameters(found[1]))
    return ""


def _bearers(method: str) -> str:
    return " or a ".join(each.__name__ for each in _METRICS if not method.startswith("_") and hasattr(each, method))


def _parameters(word: str) -> Iterable[str]:
    """What the constructor or function *word* takes; an error names it without its module."""
    models = (module for name, module in sorted(sys.modules.items()) if name.startswith("watchwright.model."))
    found = next((vars(module)[word] for module in models if callable(vars(module).get(word))), None)
    return inspect.signature(found).parameters if found else ()


def _nearest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, [word for word in known if not word.startswith("_")], 1, _CLOSE)
    return f"did you mean `{close[0]}`?" if close else ""
