"""What Grafana is set up with by files: data sources, and where it finds the boards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs

from watchwright.model.accept import accepted
from watchwright.model.duration import milliseconds
from watchwright.model.error import DefinitionError
from watchwright.model.jaeger import Login
from watchwright.model.label import plain_name
from watchwright.model.rule import frozen_texts
from watchwright.model.scrape import BasicAuth, Bearer, Tls
from watchwright.model.typed import several, typed
from watchwright.model.url import http_url
from watchwright.source import Source, here

# https://github.com/grafana/grafana/blob/main/pkg/util/shortid_generator.go: uids of everything in Grafana
_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")


def _source(kind: str, name: str, url: str, uid: str, files: Iterable[str | None]) -> None:
    if not name.strip() or not name.isprintable():
        msg = f"{kind} has a name of printable characters, got {name!r}"
        raise DefinitionError(msg, "name it as people shall see it in Grafana")
    http_url(f"the URL of {kind} `{name}`", url)
    if uid and not _UID.fullmatch(uid):
        msg = f"a uid is up to 40 letters, digits, `_` and `-`, got {uid!r}"
        raise DefinitionError(msg, "leave it out, and it is made of the name")
    for file in files:
        # Grafana takes whatever stands up to the brace, and a dollar in it for a variable
        if file is not None and (set(file) & set("${}") or not file.isprintable()):
            msg = f"a file that Grafana reads has no `$`, `{{` and `}}` in its path, got {file!r}"
            raise DefinitionError(msg, "Grafana would expand it: name the file otherwise")


def _files(auth: BasicAuth | Login | Bearer | None, tls: Tls | None) -> Iterable[str | None]:
    match auth:
        case BasicAuth():
            yield auth.password_file
        case Bearer():
            yield auth.token_file
    if tls is not None:
        yield from (tls.ca_file, tls.cert_file, tls.key_file)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class PrometheusSource:
    """
    A Prometheus that Grafana asks at *url*, from where Grafana runs.

    Its *uid* is made of its name. *default* is the one that Grafana offers first. An exemplar's label *exemplar* is
    the id of a trace, and leads to *traces*: a `JaegerSource` by its name, the first of them where None. Credentials
    are files that Grafana reads, or a variable of its environment (`Login`).
    """

    name: str = attrs.field(kw_only=False)
    url: str = attrs.field(kw_only=False)
    uid: str = ""
    default: bool = False
    exemplar: str = "trace_id"
    traces: str | None = None
    auth: BasicAuth | Login | Bearer | None = None
    tls: Tls | None = None
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _source("PrometheusSource", self.name, self.url, self.uid, _files(self.auth, self.tls))
        plain_name("`exemplar` of PrometheusSource", self.exemplar)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class JaegerSource:
    """
    A Jaeger that Grafana asks at *url*, from where Grafana runs.

    A span leads back to metrics: *queries* are PromQL by what the link is called, in which `$__tags` becomes a matcher
    for each of *tags*: tags of the span, and the labels that they are. They ask *metrics*, a `PrometheusSource` by its
    name, the first of them where None, from *around* before the span to as long after it. Without *queries* Grafana
    has no link to show.
    """

    name: str = attrs.field(kw_only=False)
    url: str = attrs.field(kw_only=False)
    uid: str = ""
    metrics: str | None = None
    tags: Mapping[str, str] = attrs.field(factory=dict, converter=frozen_texts, hash=False)
    queries: Mapping[str, str] = attrs.field(factory=dict, converter=frozen_texts, hash=False)
    around: str = "15m"
    auth: BasicAuth | Login | Bearer | None = None
    tls: Tls | None = None
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _source("JaegerSource", self.name, self.url, self.uid, _files(self.auth, self.tls))
        milliseconds(self.around, "`around` of JaegerSource")
        for tag, label in self.tags.items():
            plain_name(f"what the tag `{tag}` of JaegerSource becomes", label)


Datasource = PrometheusSource | JaegerSource


def _datasources(values: Iterable[Datasource]) -> tuple[Datasource, ...]:
    return several(values)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Provisioning:
    """
    The files by which Grafana sets itself up: data sources, and a folder of boards for each system.

    *boards* is where Grafana finds what is rendered to `dashboards/`, and *every* is how often it looks there. With
    *prune* it deletes what is no longer in the files: boards, and from Grafana 11.1 on data sources; without, they
    stay until somebody deletes them.
    """

    datasources: tuple[Datasource, ...] = attrs.field(default=(), converter=_datasources, kw_only=False)
    boards: str = "/var/lib/grafana/dashboards"
    every: str = "30s"
    prune: bool = False
    organisation: int = 1

    def __attrs_post_init__(self) -> None:
        if not self.boards.startswith("/") or not self.boards.isprintable():
            msg = f"`boards` of Provisioning is an absolute path, got {self.boards!r}"
            raise DefinitionError(msg, "begin it with `/`: it is where Grafana finds `dashboards/`")
        if milliseconds(self.every, "`every` of Provisioning") % 1000:
            msg = f"`every` of Provisioning is whole seconds, got {self.every!r}"
            raise DefinitionError(msg, 'write it as "30s"')
        if self.organisation < 1:
            msg = f"`organisation` of Provisioning is a number from 1 on, got {self.organisation}"
            raise DefinitionError(msg, "Grafana's first one is 1: leave it out for that")

    @property
    def links_exemplars(self) -> bool:
        """Whether exemplars lead to traces: from a Prometheus to a Jaeger, of which there is one each at least."""
        kinds = {type(each) for each in self.datasources}
        return {PrometheusSource, JaegerSource} <= kinds
