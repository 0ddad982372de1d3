"""Data sources and folders of boards, as Grafana's provisioning has them; references to secrets are told from text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias, TypeVar

import attrs

from watchwright.lower import names
from watchwright.lower.display import interval
from watchwright.lower.plan import Fleet, Origin, Plan
from watchwright.model.duration import milliseconds
from watchwright.model.grafana import Datasource, JaegerSource, PrometheusSource, Provisioning
from watchwright.model.jaeger import Login
from watchwright.model.scrape import BasicAuth, Bearer, Tls
from watchwright.query.cursor import ParseError
from watchwright.query.parser import parse
from watchwright.query.tree import Node
from watchwright.query.version import NEWEST

S = TypeVar("S", PrometheusSource, JaegerSource)


@attrs.frozen(order=False)
class Secret:
    """What Grafana reads by itself, from a file or from its environment; *before* is text in front of it."""

    kind: Literal["file", "env"]
    name: str
    before: str = ""


Entry: TypeAlias = "str | int | bool | Secret | Mapping[str, Entry] | list[Mapping[str, Entry]]"


@attrs.frozen(order=False, kw_only=True)
class Folder:
    """The folder of a system's boards: its uid and title in Grafana, and where its files are."""

    plan: Plan
    uid: str
    title: str
    path: str
    origin: Origin


def origin(datasource: Datasource, fleet: Fleet) -> Origin:
    """Whose part a data source is."""
    return Origin(
        source=datasource.source,
        subject=f"platform / data source {datasource.name}",
        accept={**fleet.platform.accept, **datasource.accept},
    )


def uid(datasource: Datasource, fleet: Fleet) -> str:
    """The uid of a data source: as given, or made of its name; of several environments each has its own."""
    return datasource.uid or names.grafana_uid(names.slug(datasource.name), fleet.environment.folder)


def folders(fleet: Fleet, provisioning: Provisioning) -> Iterator[Folder]:
    """A folder for each system that has boards."""
    environment = fleet.environment.folder
    for plan in fleet.plans:
        if plan.boards:
            system = plan.system
            title = system.title or system.name
            yield Folder(
                plan=plan,
                uid=names.grafana_uid(system.name, environment),
                title=f"{title} ({environment})" if environment else title,
                path="/".join(filter(None, [provisioning.boards.rstrip("/"), environment, system.name])),
                origin=Origin(source=system.source, subject=system.name, accept=system.accept),
            )


def provider(folder: Folder, provisioning: Provisioning) -> Mapping[str, Entry]:
    """
    The provider of a folder.

    Boards without a file stay unless they are to be deleted: a folder that is not mounted for once would take all of
    them away, with who starred them and who may see them.
    """
    return {
        "name": folder.uid,
        "orgId": provisioning.organisation,
        "folder": folder.title,
        "folderUid": folder.uid,
        "type": "file",
        "disableDeletion": not provisioning.prune,
        "allowUiUpdates": False,
        "updateIntervalSeconds": milliseconds(provisioning.every, "an interval") // 1000,
        "options": {"path": folder.path, "foldersFromFilesStructure": False},
    }


def datasource(source: Datasource, fleet: Fleet, provisioning: Provisioning) -> Mapping[str, Entry]:
    """
    An entry of `datasources`.

    https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources has the keys of all data sources,
    the pages of the Prometheus and of the Jaeger data source those of `jsonData`.
    """
    secrets = dict(_secrets(source))
    settings = {**dict(_settings(source)), **dict(_own(source, fleet, provisioning))}
    entries: dict[str, Entry] = {
        "name": source.name,
        "type": "prometheus" if isinstance(source, PrometheusSource) else "jaeger",
        "uid": uid(source, fleet),
        "orgId": provisioning.organisation,
        "access": "proxy",
        "url": source.url,
        "isDefault": isinstance(source, PrometheusSource) and source.default,
        "editable": False,
        **dict(_user(source.auth)),
        "jsonData": settings,
    }
    return {**entries, "secureJsonData": secrets} if secrets else entries


def chosen(kind: type[S], name: str | None, provisioning: Provisioning) -> S | None:
    """The data source of that name, or the first one of the kind."""
    found = [each for each in provisioning.datasources if isinstance(each, kind) and name in (None, each.name)]
    return found[0] if found else None


def _own(source: Datasource, fleet: Fleet, provisioning: Provisioning) -> Iterable[tuple[str, Entry]]:
    if isinstance(source, PrometheusSource):
        return _prometheus(source, fleet, provisioning)
    return _jaeger(source, fleet, provisioning)


def _prometheus(source: PrometheusSource, fleet: Fleet, provisioning: Provisioning) -> Iterator[tuple[str, Entry]]:
    yield "httpMethod", "POST"  # long queries do not fit into a URL
    yield "prometheusType", "Prometheus"
    # $__rate_interval is four times as much
    yield "timeInterval", interval(fleet.platform.scrape_interval)
    traces = chosen(JaegerSource, source.traces, provisioning)
    if traces is not None:
        link = {
            "name": source.exemplar,
            "datasourceUid": uid(traces, fleet),
            "urlDisplayLabel": f"Trace in {traces.name}",
        }
        yield "exemplarTraceIdDestinations", [link]


def _jaeger(source: JaegerSource, fleet: Fleet, provisioning: Provisioning) -> Iterator[tuple[str, Entry]]:
    yield "nodeGraph", {"enabled": True}
    metrics = chosen(PrometheusSource, source.metrics, provisioning)
    if metrics is not None and source.queries:
        around = interval(source.around)
        queries: list[Mapping[str, Entry]] = [{"name": name, "query": query} for name, query in source.queries.items()]
        yield (
            "tracesToMetrics",
            {
                "datasourceUid": uid(metrics, fleet),
                "spanStartTimeShift": f"-{around}",
                "spanEndTimeShift": around,
                "tags": [{"key": tag, "value": label} for tag, label in source.tags.items()],
                "queries": queries,
            },
        )


# Queries ------------------------------------------------------------------------------------------------

TAGS = "$__tags"
_TAGGED = re.compile(rf",\s*{re.escape(TAGS)}|{re.escape(TAGS)}\s*,?")


def asked(source: JaegerSource) -> Iterator[tuple[str, str, Node | ParseError]]:
    """The links of a Jaeger data source to metrics: what each is called, its query, and that as PromQL or why not."""
    for name, query in source.queries.items():
        try:
            node: Node | ParseError = parse(_untagged(query), version=NEWEST, variables=True)
        except ParseError as error:
            node = error
        yield name, query, node


def _untagged(query: str) -> str:
    """The query without the matchers that Grafana puts in for the tags of a span, of which there may be none."""
    return _TAGGED.sub("", query)


# Credentials --------------------------------------------------------------------------------------------


def _user(auth: BasicAuth | Login | Bearer | None) -> Iterator[tuple[str, Entry]]:
    if isinstance(auth, BasicAuth | Login):
        yield "basicAuth", True
        yield "basicAuthUser", auth.username


def _settings(source: Datasource) -> Iterator[tuple[str, Entry]]:
    if isinstance(source.auth, Bearer):
        yield "httpHeaderName1", "Authorization"
    tls = source.tls
    if tls is not None:
        if tls.cert_file or tls.key_file:
            yield "tlsAuth", True
        if tls.ca_file:
            yield "tlsAuthWithCACert", True
        if tls.server_name:
            yield "serverName", tls.server_name
        if tls.insecure_skip_verify:
            yield "tlsSkipVerify", True


def _secrets(source: Datasource) -> Iterator[tuple[str, Entry]]:
    match source.auth:
        case BasicAuth(password_file=file):
            yield "basicAuthPassword", Secret("file", file)
        case Login(password_env=variable):
            yield "basicAuthPassword", Secret("env", variable)
        case Bearer(token_file=file, type=kind):
            yield "httpHeaderValue1", Secret("file", file, f"{kind} ")
    yield from _certificates(source.tls or Tls())


def _certificates(tls: Tls) -> Iterator[tuple[str, Entry]]:
    for key, file in (("tlsCACert", tls.ca_file), ("tlsClientCert", tls.cert_file), ("tlsClientKey", tls.key_file)):
        if file:
            yield key, Secret("file", file)
