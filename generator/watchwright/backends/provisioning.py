"""
Grafana's provisioning: data sources, and a provider of boards for each system.

Grafana expands `$NAME`, `${NAME}`, `$__file{...}` and `$__env{...}` in every text of these files, of keys alone in none
(pkg/services/provisioning/values/values.go): a dollar that is meant is written twice, here and not in boards, which it
takes as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchwright.backends.artifact import Artifact
from watchwright.backends.yamltext import Marked, Value, document
from watchwright.lower.plan import Fleet
from watchwright.lower.provisioning import Entry, Secret, datasource, folders, origin, provider

_FOLDER = "dashboards/provisioning"
_SOURCES = "For /etc/grafana/provisioning/datasources/."
_PROVIDERS = "For /etc/grafana/provisioning/dashboards/."


def render(fleet: Fleet) -> Iterator[Artifact]:
    """`datasources/watchwright.yaml` and `dashboards/watchwright.yaml`, where anything is said about them."""
    provisioning = fleet.platform.provisioning
    if provisioning is None:
        return
    if provisioning.datasources:
        sources = [
            Marked(_written(datasource(each, fleet, provisioning)), origin(each, fleet))
            for each in provisioning.datasources
        ]
        prune = {"prune": True} if provisioning.prune else {}
        content: dict[str, Value] = {"apiVersion": 1, **prune, "datasources": sources}
        yield document(f"{_FOLDER}/datasources/watchwright.yaml", content, _SOURCES)
    providers = [Marked(_written(provider(each, provisioning)), each.origin) for each in folders(fleet, provisioning)]
    if providers:
        content = {"apiVersion": 1, "providers": providers}
        yield document(f"{_FOLDER}/dashboards/watchwright.yaml", content, _PROVIDERS)


def _written(entry: Entry) -> Value:
    match entry:
        case Secret():
            return f"{literal(entry.before)}$__{entry.kind}{{{entry.name}}}"
        case str():
            return literal(entry)
        case Mapping():
            return {key: _written(value) for key, value in entry.items()}
        case list():
            return [_written(each) for each in entry]
        case _:
            return entry


def literal(text: str) -> str:
    """A text that Grafana expands nothing in."""
    return text.replace("$", "$$")
