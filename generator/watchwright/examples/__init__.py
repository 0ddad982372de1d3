"""
What each finding looks like: a wrong example with what is said of it, and its neighbour that is right.

They are data, one YAML file a subject (the part of an id before the slash), the plainest first: `watchwright explain`
shows the first two of an id. The tests run each of them as a definition, and one that is no longer true fails.

    - id: metric/unknown
      bad: queue_lenght > 100
      says: '`queue_lenght` is no declared metric and no recorded series'
      hint: did you mean `queue_length`?
      good: queue_length > 100

Where YAML would read code otherwise (it has a colon or begins with a brace), it stands in a block: `bad: |`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Literal

import attrs
import yaml

from watchwright.examples import sample
from watchwright.model.metric import Metric

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NAME = re.compile(r"[a-zA-Z_]\w*")

#: What a snippet is: one part of a definition or several, with commas between them; one part; a whole module; raw
#: PromQL; the path of a file that lies in the repository; or a file that nobody defined, of rules, a dashboard or
#: metrics.
Kind = Literal[
    "metric", "rule", "alert", "slo", "job", "dashboard", "panel", "sampling", "system",
    "jaeger", "platform",
    "module",
    "promql",
    "file",
    "rules", "dashboards", "metrics",
]  # fmt: skip


def _text(given: str) -> str:
    return str.strip(given)  # refuses numbers and dates, which YAML makes of texts without quotes


@attrs.frozen(kw_only=True)
class Example:
    """
    A snippet that is *bad*, what the finding *says* of it, and one that is *good*.

    *kind* is what the snippets are, *given* what stands above them in the module, or the file of `--metrics` beside
    files; *platform* are the arguments of its `Platform(...)`, *environments* those of the repository, with commas
    between. Raw PromQL stands in an alert, in a recording rule or in a panel: that is its *role*.
    """

    id: str = attrs.field(converter=_text)
    kind: Kind = "promql"
    bad: str = attrs.field(converter=_text)
    says: str = attrs.field(converter=_text)
    hint: str = attrs.field(default="", converter=_text)
    good: str = attrs.field(converter=_text)
    role: Literal["alert", "record", "panel"] = "alert"
    platform: str = attrs.field(default="", converter=_text)
    given: str = attrs.field(default="", converter=_text)
    environments: str = attrs.field(default="", converter=_text)

    @property
    def about(self) -> Mapping[str, Metric]:
        """The sample metrics that it reads, by name."""
        if self.kind in ("rules", "dashboards", "metrics"):
            return {}
        words = set(_NAME.findall(f"{self.given} {self.bad} {self.good}"))
        return {name: metric for name, metric in _samples().items() if words & _names(metric)}


def examples(id_: str | None = None) -> tuple[Example, ...]:
    """The examples of an id, or all of them, in the order of their files."""
    subjects = _subjects() if id_ is None else (id_.partition("/")[0],)
    return tuple(example for subject in subjects for example in _of(subject) if id_ in (None, example.id))


def _subjects() -> tuple[str, ...]:
    names = (file.name for file in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


@functools.cache
def _of(subject: str) -> tuple[Example, ...]:
    file = files(__name__) / f"{subject}.yaml"
    if not file.is_file():
        return ()
    rows = yaml.load(file.read_text("utf-8"), _Loader) or ()  # noqa: S506 - a safe one
    return tuple(Example(**row) for row in rows)


def _samples() -> dict[str, Metric]:
    return {name: value for name, value in vars(sample).items() if isinstance(value, Metric)}


def _names(metric: Metric) -> set[str]:
    return {metric.name, *(exposed.name for exposed in metric.exposed())}
