"""
Jaeger 2: its configuration, the sampling it serves to SDKs, and its UI.

The three files refer to each other by relative paths: Jaeger is started from their folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from watchwright.backends.artifact import Artifact, Output, Stretch
from watchwright.backends.yamltext import document
from watchwright.lower.jaeger import (
    backend,
    batch_options,
    exporter_options,
    file_options,
    limiter_options,
    lookback,
)
from watchwright.lower.plan import Fleet, Origin
from watchwright.lower.sampling import Sampled, default, services
from watchwright.model.jaeger import Jaeger, TraceLink
from watchwright.model.sampling import RateLimiting, Strategy

_LISTENS = "It listens on localhost alone unless JAEGER_LISTEN_HOST says otherwise, as Jaeger's images do (0.0.0.0)."


def render(fleet: Fleet) -> Iterator[Output]:
    """The files of the platform's Jaeger."""
    yield _sampling(default(fleet), services(fleet))
    jaeger, origin = fleet.platform.jaeger, default(fleet).origin
    configuration = document("jaeger/jaeger.yaml", _configuration(jaeger), _LISTENS)
    yield _whole(configuration.path, configuration.text, origin)
    yield _whole("jaeger/ui.json", _text(_lines(_ui(jaeger))), origin)


def _whole(path: str, text: str, origin: Origin) -> Artifact:
    return Artifact(path, text, (Stretch(1, text.count("\n"), origin),))


def _sampling(others: Sampled, sampled: Sequence[Sampled]) -> Artifact:
    # the grammar is jaeger's internal/sampling/samplingstrategy/file/strategy.go; it ignores what it does not know
    document = {
        "default_strategy": _strategies(others),
        "service_strategies": [{"service": each.service, **_strategies(each)} for each in sampled],
    }
    return Artifact("jaeger/sampling.json", _text(_lines(document)), tuple(_stretches(others, sampled, document)))


def _strategies(sampled: Sampled) -> dict[str, Any]:
    operations = [{"operation": name, **_strategy(each)} for name, each in sampled.operations.items()]
    return _strategy(sampled.strategy) | ({"operation_strategies": operations} if operations else {})


def _strategy(strategy: Strategy) -> dict[str, Any]:
    if isinstance(strategy, RateLimiting):
        return {"type": "ratelimiting", "param": strategy.traces_per_second}
    return {"type": "probabilistic", "param": strategy.probability}


def _stretches(others: Sampled, sampled: Iterable[Sampled], document: Mapping[str, Any]) -> Iterator[Stretch]:
    last = 1 + len(_lines(document["default_strategy"]))
    yield Stretch(2, last, others.origin)
    last += 1  # the line that opens the list
    for each, written in zip(sampled, document["service_strategies"], strict=True):
        first, last = last + 1, last + len(_lines(written))
        yield Stretch(first, last, each.origin)


def _configuration(jaeger: Jaeger) -> dict[str, Any]:
    kind, options = backend(jaeger)
    return {
        "service": {
            "extensions": ["jaeger_storage", "jaeger_query", "remote_sampling", "healthcheckv2"],
            "pipelines": {
                "traces": {
                    "receivers": ["otlp"],
                    # first, so that it can still refuse what the others would hold
                    "processors": ["memory_limiter", "batch"],
                    "exporters": ["jaeger_storage_exporter"],
                },
            },
        },
        "extensions": {
            "jaeger_storage": {"backends": {kind: {kind: options}}},
            "jaeger_query": {
                "storage": {"traces": kind},
                "ui": {"config_file": "./ui.json"},
                "http": _listen(16686),
                "grpc": _listen(16685),
            },
            "remote_sampling": {"file": _file(jaeger), "http": _listen(5778), "grpc": _listen(5779)},
            "healthcheckv2": {"use_v2": True, "http": _listen(13133)},
        },
        "receivers": {"otlp": {"protocols": {"grpc": _listen(4317), "http": _listen(4318)}}},
        "processors": {"memory_limiter": limiter_options(jaeger), "batch": batch_options(jaeger)},
        "exporters": {"jaeger_storage_exporter": {"trace_storage": kind, **dict(exporter_options(jaeger))}},
    }


def _file(jaeger: Jaeger) -> dict[str, Any]:
    options = dict(file_options(jaeger))
    return {"path": "./sampling.json", **options}


def _listen(port: int) -> dict[str, str]:
    # jaeger: cmd/jaeger/internal/all-in-one.yaml
    return {"endpoint": f"${{env:JAEGER_LISTEN_HOST:-localhost}}:{port}"}


def _ui(jaeger: Jaeger) -> dict[str, Any]:
    days = lookback(jaeger)
    # the keys are jaeger-ui's packages/jaeger-ui/src/types/config.ts; nothing validates them when they are read
    return {
        "dependencies": {"menuEnabled": True},
        "search": {"maxLookback": {"label": f"{days} Day{'s' * (days > 1)}", "value": f"{days}d"}, "maxLimit": 1500},
        "linkPatterns": [_link(link) for link in jaeger.links],
    }


def _link(link: TraceLink) -> dict[str, str]:
    return {"type": link.type} | ({"key": link.key} if link.key else {}) | {"url": link.url, "text": link.text}


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _lines(value: Any) -> list[str]:
    """JSON with an indent of two. The json module cannot write a Decimal as the number it is."""
    if isinstance(value, Mapping):
        return _enclosed("{", [_entry(key, _lines(each)) for key, each in value.items()], "}")
    if isinstance(value, list):
        return _enclosed("[", [_lines(each) for each in value], "]")
    if isinstance(value, Decimal):
        return [f"{value.normalize():f}"]
    return [json.dumps(value, ensure_ascii=False)]


def _entry(key: str, lines: list[str]) -> list[str]:
    return [f"{json.dumps(key)}: {lines[0]}", *lines[1:]]


def _enclosed(opening: str, parts: Sequence[list[str]], closing: str) -> list[str]:
    if not parts:
        return [opening + closing]
    separated = [[*part[:-1], f"{part[-1]},"] for part in parts[:-1]] + [parts[-1]]
    return [opening, *(f"  {line}" for part in separated for line in part), closing]
