"""The Jaeger that the platform runs: where its traces are stored, how they get there, and its UI."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from ipaddress import AddressValueError, IPv4Address
from typing import Literal

import attrs

from watchwright.model.accept import accepted
from watchwright.model.duration import milliseconds, optional
from watchwright.model.error import DefinitionError
from watchwright.model.label import strings
from watchwright.model.sampling import Probabilistic, Strategy, operations_, strategy_
from watchwright.model.scrape import BasicAuth, Bearer, Tls
from watchwright.model.typed import several, typed
from watchwright.source import Source, here

# Jaeger refuses to start with any other: it judges addresses by govalidator's IsURL (patterns.go), which knows no `_`,
# and of a name with dots wants two letters or digits in a row in its first and in its last part
_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:-?[A-Za-z0-9])+\.(?:[A-Za-z0-9](?:-?[A-Za-z0-9])*\.)*"
    r"(?:[A-Za-z0-9]-)*[A-Za-z0-9]{2}(?:-?[A-Za-z0-9])*"
    r"|[A-Za-z0-9](?:-?[A-Za-z0-9])*)(?:\.[A-Za-z]+)?"
)
_URL = re.compile(r"https?://(?P<host>[^/:@?#\s]*)(?::(?P<port>[0-9]{1,5}))?(?:/[^\s?#]*)?")

# https://www.elastic.co/guide/en/elasticsearch/reference/current/indices-create-index.html, of ASCII
_INDEX = re.compile(r"[a-z0-9][a-z0-9._-]*")
# https://cassandra.apache.org/doc/latest/cassandra/developing/cql/ddl.html: unquoted, at most 48 characters
_KEYSPACE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,47}")
# opentelemetry-collector: confmap/provider/envprovider/provider.go
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_LAST_PORT = 2**16 - 1
_INT32 = 2**31 - 1
_UINT32 = 2**32 - 1  # what the batch processor counts in

Consistency = Literal["ONE", "TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "EACH_QUORUM", "LOCAL_ONE"]


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Memory:
    """
    Traces in Jaeger's own memory, and gone when it stops.

    *max_traces* are kept, of which the oldest make room for new ones. Jaeger itself would keep a million.
    """

    max_traces: int = 100_000

    def __attrs_post_init__(self) -> None:
        _counted("`max_traces` of Memory", self.max_traces, hint="0 would let its memory grow without bound")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Bulk:
    """
    How spans are sent to Elasticsearch together.

    A request goes out with *max_bytes* of spans, or after *flush_interval*; *workers* send at the same time.
    Before 2.20 Jaeger also sends after 1000 spans, whatever they weigh. All three are Jaeger's own defaults.
    """

    max_bytes: int = 5_000_000
    flush_interval: str = "200ms"
    workers: int = 1

    def __attrs_post_init__(self) -> None:
        _counted("`max_bytes` of Bulk", self.max_bytes)
        _counted("`workers` of Bulk", self.workers)
        milliseconds(self.flush_interval, "`flush_interval` of Bulk")


def _urls(values: Iterable[str]) -> tuple[str, ...]:
    return strings("`urls`", values)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Elasticsearch:
    """
    Traces in Elasticsearch 7 or newer, with an index a day, of which Jaeger deletes none.

    *index_prefix* keeps them apart from those of another Jaeger. *shards* and *replicas* are those of each
    index. Spans are looked for as far back as *max_span_age*, which is best the age at which old indices are
    deleted. Password or token are files on the server, read again as they change.
    """

    urls: tuple[str, ...] = attrs.field(kw_only=False, converter=_urls)
    index_prefix: str = ""
    auth: BasicAuth | Bearer | None = None
    tls: Tls | None = None
    shards: int = 5
    replicas: int = 1
    max_span_age: str = "3d"
    bulk: Bulk = attrs.field(factory=Bulk)

    def __attrs_post_init__(self) -> None:
        kind = type(self).__name__
        _servers(kind, self.urls)
        for url in self.urls:
            _url(url)
        if self.index_prefix and not _INDEX.fullmatch(self.index_prefix):
            msg = f"`index_prefix` of {kind} is of small letters, digits, `.`, `_` and `-`, got {self.index_prefix!r}"
            raise DefinitionError(msg)
        if isinstance(self.auth, Bearer) and self.auth.type != "Bearer":
            msg = f"Jaeger sends a token as `Bearer`, got the type {self.auth.type!r}"
            raise DefinitionError(msg)
        _pair(self.tls)
        _counted(f"`shards` of {kind}", self.shards)
        _counted(f"`replicas` of {kind}", self.replicas, least=0)
        milliseconds(self.max_span_age, f"`max_span_age` of {kind}")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class OpenSearch(Elasticsearch):
    """Traces in OpenSearch, which is spoken to as Elasticsearch is."""


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Login:
    """
    A user whose password is in an environment variable of the server that logs in: *password_env* is its name.

    It is for Cassandra, as Jaeger reads no file there (and logs in without a name where the variable is empty), and
    for Grafana's data sources.
    """

    username: str
    password_env: str

    def __attrs_post_init__(self) -> None:
        if not self.username:
            msg = "`username` of Login is empty"
            raise DefinitionError(msg)
        if not _VARIABLE.fullmatch(self.password_env):
            # what was typed may be the password itself, and messages end in logs
            msg = "`password_env` of Login is the name of an environment variable: letters, digits and `_`"
            raise DefinitionError(msg, "not the password: nothing secret is written")


def _hosts(values: Iterable[str]) -> tuple[str, ...]:
    return strings("`servers`", values)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Cassandra:
    """
    Traces in Cassandra 4 or newer, in a *keyspace* that has Jaeger's schema already.

    *servers* are hosts to begin with; all listen on *port*. *datacenter* is the one to stay in. *connections*
    are opened to each host, and *timeout* is for a connection and for a query, as Jaeger's own default is to
    wait for ever. How long spans are kept is the schema's.
    """

    servers: tuple[str, ...] = attrs.field(kw_only=False, converter=_hosts)
    keyspace: str
    datacenter: str = ""
    port: int = 9042
    auth: Login | None = None
    tls: Tls | None = None
    consistency: Consistency = "LOCAL_ONE"
    connections: int = 2
    timeout: str = "10s"

    def __attrs_post_init__(self) -> None:
        _servers("Cassandra", self.servers)
        for server in self.servers:
            _host(server, f"a server of Cassandra is a host, got {server!r}", "its port is `port`")
        if not _KEYSPACE.fullmatch(self.keyspace):
            msg = f"`keyspace` of Cassandra is a letter, then letters, digits and `_`, got {self.keyspace!r}"
            raise DefinitionError(msg)
        _counted("`port` of Cassandra", self.port, most=_LAST_PORT)
        _counted("`connections` of Cassandra", self.connections)
        milliseconds(self.timeout, "`timeout` of Cassandra")
        _pair(self.tls)


Storage = Memory | Elasticsearch | OpenSearch | Cassandra


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Batch:
    """
    How spans are put together before they are written: one write costs about the same for one span or thousands.

    A batch goes out with *size* spans, or after *timeout*. It may be greater than *size* by as much as came in
    at once; one above *max_size* is split, where that is not None. Size and timeout are the defaults of the
    OpenTelemetry collector (processor/batchprocessor).
    """

    size: int = 8192
    max_size: int | None = None
    timeout: str = "200ms"

    def __attrs_post_init__(self) -> None:
        _counted("`size` of Batch", self.size, most=_UINT32)
        if self.max_size is not None:
            _counted("`max_size` of Batch", self.max_size, most=_UINT32, hint="leave it out for no limit")
        milliseconds(self.timeout, "`timeout` of Batch")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Queue:
    """
    Batches that wait for the storage, so that it may be slow for a while, and written side by side.

    *size* batches wait or are being written; *consumers* write at the same time. What comes when the queue is
    full is dropped. What waits is in memory: 1000 batches of 8192 spans are some gigabytes. Both are the
    defaults of the OpenTelemetry collector (exporter/exporterhelper), which Jaeger does not take over.
    """

    size: int = 1000
    consumers: int = 10

    def __attrs_post_init__(self) -> None:
        _counted("`size` of Queue", self.size)
        _counted("`consumers` of Queue", self.consumers)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Retry:
    """
    Writes that failed are tried again, by Jaeger from 2.7 on.

    First after *initial*, then after half as long again each time, but never more than *longest*; a batch is
    dropped when it failed for *give_up*, or never with `"0s"`. All are the defaults of the OpenTelemetry
    collector (config/configretry).
    """

    initial: str = "5s"
    longest: str = "30s"
    give_up: str = "5m"

    def __attrs_post_init__(self) -> None:
        milliseconds(self.initial, "`initial` of Retry")
        milliseconds(self.longest, "`longest` of Retry")
        milliseconds(self.give_up, "`give_up` of Retry", zero=True)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class MemoryLimiter:
    """
    When Jaeger refuses spans, so that it is not ended for want of memory.

    Both are percentages of the memory that it may have. Above *limit* it collects its garbage at every look,
    once a second; it refuses spans from *spike* below that, as so much may come between two looks. SDKs
    send again what was refused. Traces in `Memory` count: `max_traces` has to keep them below.
    """

    limit: int = 80
    spike: int = 20

    def __attrs_post_init__(self) -> None:
        _counted("`limit` of MemoryLimiter", self.limit, most=100)
        _counted("`spike` of MemoryLimiter", self.spike, most=100)


LinkType = Literal["process", "tags", "logs", "traces"]


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class TraceLink:
    """
    A link in Jaeger's UI from traces to somewhere else.

    *key* is the tag whose value becomes the link; a link of *type* `"traces"` stands above the whole trace
    and has none. *url* and *text* may hold `#{...}` of Jaeger's own, such as `#{traceID}`.
    """

    url: str
    text: str
    key: str = ""
    type: LinkType = "tags"

    def __attrs_post_init__(self) -> None:
        if (self.type == "traces") == bool(self.key):
            msg = f"a link of type `{self.type}` " + ("has no `key`" if self.key else "needs a `key`")
            raise DefinitionError(msg, "only a link on the whole trace stands without a tag")


def _links(values: Iterable[TraceLink]) -> tuple[TraceLink, ...]:
    return several(values)


def _reload(value: str | None) -> str | None:
    return optional(value, "`reload` of Jaeger")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Jaeger:
    """
    The Jaeger that the platform runs.

    *version* is the oldest one to be valid for, from 2.0 on. *default* samples services that no system
    names, *operations* every service that does not say otherwise. *reload* is how often the sampling file is
    read again, `"0s"` for never; where None, every 30 seconds if the version can. *links* lead from its UI to
    dashboards.

    Spans go through *limiter* and *batch* to *storage*. Without a *queue* one batch is written at a time,
    and whoever sends spans waits for a storage that is slow. Without *retry* a batch that could not be written
    is dropped.
    """

    version: str = "2.13"
    default: Strategy = attrs.field(default=Probabilistic(0.001), converter=strategy_)
    operations: Mapping[str, Strategy] = attrs.field(factory=dict, converter=operations_, hash=False)
    storage: Storage = attrs.field(factory=Memory)
    limiter: MemoryLimiter = attrs.field(factory=MemoryLimiter)
    batch: Batch = attrs.field(factory=Batch)
    queue: Queue | None = None
    retry: Retry | None = None
    reload: str | None = attrs.field(default=None, converter=_reload)
    links: tuple[TraceLink, ...] = attrs.field(default=(), converter=_links)
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not re.fullmatch(r"2\.\d+", self.version):
            msg = f'a Jaeger version is written "2.13", got {self.version!r}'
            raise DefinitionError(msg, "Jaeger 1 reads another configuration, and has ended")


def _counted(what: str, value: int, *, least: int = 1, most: int = _INT32, hint: str = "") -> None:
    if not least <= value <= most:
        msg = f"{what} is a whole number from {least} to {most}, got {value}"
        raise DefinitionError(msg, hint)


def _servers(kind: str, servers: tuple[str, ...]) -> None:
    if not servers:
        msg = f"{kind} has no server"
        raise DefinitionError(msg)


def _url(url: str) -> None:
    if "@" in url:
        msg = "a URL of a storage holds no user and no password"
        raise DefinitionError(msg, "give `auth`, which reads them from a file on the server")
    found = _URL.fullmatch(url)
    if found is None or int(found["port"] or 1) not in range(1, _LAST_PORT + 1):
        msg = f"a URL of a storage is http://host:port or https://host:port, got {url!r}"
        raise DefinitionError(msg)
    _host(found["host"], f"Jaeger takes no such host, got {url!r}")


def _host(host: str, msg: str, hint: str = "a name of letters, digits, `.` and `-`, or an IPv4 address") -> None:
    if not (_HOST.fullmatch(host) or _is_ipv4(host)):
        raise DefinitionError(msg, hint)


def _is_ipv4(host: str) -> bool:
    try:
        address = IPv4Address(host)
    except AddressValueError:
        return False
    return address.packed[0] != 0 and not address.is_multicast


def _pair(tls: Tls | None) -> None:
    if tls is not None and bool(tls.cert_file) != bool(tls.key_file):
        msg = "a certificate and its key belong together: `cert_file` and `key_file`"
        raise DefinitionError(msg)
