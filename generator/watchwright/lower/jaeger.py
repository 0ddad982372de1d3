"""
What Jaeger's configuration says: every default written down, and only what its version can read.

The keys are those of jaeger's internal/storage/{elasticsearch,cassandra}/config/config.go and of its
cmd/jaeger/internal/exporters/storageexporter/config.go, as versions 2.0, 2.7, 2.8, 2.13 and 2.20 have them. Not
written are keys that one of them refuses: `max_actions` of bulk_processing, and whatever tells how indices
rotate, of which 2.20 refuses all that older ones read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from watchwright.lower.sampling import UNKNOWN_PROBABILITY
from watchwright.model.duration import milliseconds
from watchwright.model.jaeger import Bulk, Cassandra, Elasticsearch, Jaeger, Login, Memory, OpenSearch, Queue, Retry
from watchwright.model.scrape import BasicAuth, Bearer, Tls

# The first Jaeger that surely reads each option; older ones refuse to start with a key that they do not know.
#
# - remote_sampling.file: both were merged around New Year 2025 (jaegertracing/jaeger#6440 and #6431), in the days
#   of 2.2; v1.62.0 refuses them
# - retry_on_failure: #7132, in the changelog of 2.7
# - reload_interval of a password or a token: #7360 and #7388, in the changelog of 2.9. Before, a password was read
#   again when its file changed
# - bearer_token is read by all, but up to 2.8 it was sent only where `tls.insecure` was set, without a word
#   (config.go, GetHTTPRoundTripper)
# - replicas: 0 is taken for 1 before 2.7 (#7160)
SINCE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "file.reload_interval": (2, 3),
        "file.default_sampling_probability": (2, 3),
        "retry_on_failure": (2, 7),
        "auth.reload_interval": (2, 9),
        "auth.bearer_token": (2, 9),
        "replicas: 0": (2, 7),
    }
)

_EVERY = "30s"
_CREDENTIALS_EVERY = "10s"  # what Jaeger 1 did; Jaeger 2 itself would read them once, and never see a new one
_DAY = 86_400_000
_LOOKBACK = 2  # days, as Jaeger's UI has it by itself
_GO_UNITS = ((3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms"))


def reads(jaeger: Jaeger, option: str) -> bool:
    """Whether the oldest declared Jaeger reads an option."""
    major, minor = jaeger.version.split(".")
    return (int(major), int(minor)) >= SINCE[option]


def go_duration(text: str) -> str:
    """A duration as Go reads it, which knows no days, weeks and years."""
    left, parts = milliseconds(text, "a duration", zero=True), ""
    for length, unit in _GO_UNITS:
        count, left = divmod(left, length)
        parts += f"{count}{unit}" if count else ""
    return parts or "0s"


def file_options(jaeger: Jaeger) -> Iterator[tuple[str, str | Decimal]]:
    """The options of remote_sampling.file beside its path."""
    if reads(jaeger, "file.reload_interval"):
        yield "reload_interval", go_duration(jaeger.reload or _EVERY)
    if reads(jaeger, "file.default_sampling_probability"):
        yield "default_sampling_probability", UNKNOWN_PROBABILITY


def backend(jaeger: Jaeger) -> tuple[str, Mapping[str, Any]]:
    """The kind of the storage, and its options."""
    match jaeger.storage:
        case Memory() as memory:
            return "memory", {"max_traces": memory.max_traces}
        case OpenSearch() as storage:
            return "opensearch", _elasticsearch(jaeger, storage)
        case Elasticsearch() as storage:
            return "elasticsearch", _elasticsearch(jaeger, storage)
        case Cassandra() as cassandra:
            return "cassandra", _cassandra(cassandra)


def lookback(jaeger: Jaeger) -> int:
    """How many days back the UI offers to search: as far as the storage looks, where that is said."""
    if isinstance(jaeger.storage, Elasticsearch):
        return -(-milliseconds(jaeger.storage.max_span_age, "`max_span_age`") // _DAY)
    return _LOOKBACK


def limiter_options(jaeger: Jaeger) -> Mapping[str, Any]:
    """The options of the memory limiter; the interval is what its own page recommends."""
    limiter = jaeger.limiter
    return {"check_interval": "1s", "limit_percentage": limiter.limit, "spike_limit_percentage": limiter.spike}


def batch_options(jaeger: Jaeger) -> Mapping[str, Any]:
    """The options of the batch processor; 0 is no limit."""
    batch = jaeger.batch
    return {
        "send_batch_size": batch.size,
        "send_batch_max_size": batch.max_size or 0,
        "timeout": go_duration(batch.timeout),
    }


def exporter_options(jaeger: Jaeger) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The options of the exporter to the storage, beside its name; a queue that is not written is none, everywhere."""
    if jaeger.queue is not None:
        yield "queue", _queue(jaeger.queue)
    if reads(jaeger, "retry_on_failure"):
        yield "retry_on_failure", {"enabled": False} if jaeger.retry is None else _retry(jaeger.retry)


def _queue(queue: Queue) -> Mapping[str, Any]:
    # storageexporter/README.md: what is left out is zero, not the collector's default
    return {"enabled": True, "queue_size": queue.size, "num_consumers": queue.consumers}


def _retry(retry: Retry) -> Mapping[str, Any]:
    return {
        "enabled": True,
        "initial_interval": go_duration(retry.initial),
        "randomization_factor": Decimal("0.5"),
        "multiplier": Decimal("1.5"),
        "max_interval": go_duration(retry.longest),
        "max_elapsed_time": go_duration(retry.give_up),
    }


def _elasticsearch(jaeger: Jaeger, storage: Elasticsearch) -> Mapping[str, Any]:
    index = {"shards": storage.shards, "replicas": storage.replicas}
    prefix = {"index_prefix": storage.index_prefix} if storage.index_prefix else {}
    return {
        "server_urls": [_literal(url) for url in storage.urls],
        **dict(_security(jaeger, storage)),
        "indices": {**prefix, "spans": index, "services": index, "dependencies": index},
        "max_span_age": go_duration(storage.max_span_age),
        "bulk_processing": _bulk(storage.bulk),
    }


def _bulk(bulk: Bulk) -> Mapping[str, Any]:
    flush = go_duration(bulk.flush_interval)
    return {"max_bytes": bulk.max_bytes, "flush_interval": flush, "workers": bulk.workers}


def _security(jaeger: Jaeger, storage: Elasticsearch) -> Iterator[tuple[str, Mapping[str, Any]]]:
    again = {"reload_interval": _CREDENTIALS_EVERY} if reads(jaeger, "auth.reload_interval") else {}
    match storage.auth:
        case BasicAuth(username=name, password_file=file):
            yield "auth", {"basic": {"username": _literal(name), "password_file": _literal(file), **again}}
        case Bearer(token_file=file):
            yield "auth", {"bearer_token": {"file_path": _literal(file), **again}}
    if storage.tls is not None:
        yield "tls", _tls(storage.tls)


def _cassandra(storage: Cassandra) -> Mapping[str, Any]:
    timeout = go_duration(storage.timeout)
    connection = {
        # with the port, as Jaeger takes a single word for no address; `port` is for hosts that it finds by itself
        "servers": [f"{server}:{storage.port}" for server in storage.servers],
        "port": storage.port,
        **({"local_dc": _literal(storage.datacenter)} if storage.datacenter else {}),
        **({"auth": {"basic": _login(storage.auth)}} if storage.auth else {}),
        # Jaeger speaks TLS to Cassandra unless it is told not to
        "tls": {"insecure": True} if storage.tls is None else _tls(storage.tls),
        "connections_per_host": storage.connections,
        "timeout": timeout,
    }
    query = {"timeout": timeout, "consistency": storage.consistency}
    return {"schema": {"keyspace": storage.keyspace}, "connection": connection, "query": query}


def _login(login: Login) -> Mapping[str, str]:
    return {"username": _literal(login.username), "password": f"${{env:{login.password_env}}}"}


def _tls(tls: Tls) -> Mapping[str, Any]:
    files = {
        "ca_file": tls.ca_file,
        "cert_file": tls.cert_file,
        "key_file": tls.key_file,
        "server_name_override": tls.server_name,
    }
    given = {key: _literal(text) for key, text in files.items() if text}
    return {"insecure": False, **given, "insecure_skip_verify": tls.insecure_skip_verify}


def _literal(text: str) -> str:
    """A text that the collector expands nothing in (confmap: `$$` is a dollar)."""
    return text.replace("$", "$$")
