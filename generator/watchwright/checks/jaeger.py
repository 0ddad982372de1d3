"""What Jaeger would refuse to start with, or do otherwise than it was meant, beside its sampling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from watchwright.finding import Finding, check
from watchwright.lower.jaeger import SINCE, reads
from watchwright.lower.plan import Fleet
from watchwright.lower.sampling import default
from watchwright.model.duration import milliseconds
from watchwright.model.jaeger import Batch, Cassandra, Elasticsearch, Jaeger, MemoryLimiter, Retry, Storage
from watchwright.model.scrape import Bearer

# jaeger-ui: packages/jaeger-ui/src/model/link-patterns.tsx, and the texts and numbers of types/trace.ts
_PLACEHOLDER = re.compile(r"#\{([^{}|]*)[^{}]*\}")
_TRACE_FIELDS = frozenset({"traceID", "traceName", "tracePageTitle", "traceEmoji", "startTime", "endTime", "duration"})

_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+")


@check("jaeger/tuning")
def tuning(fleet: Fleet) -> Iterator[Finding]:
    """
    Two numbers contradict each other, and Jaeger refuses to start with them.

    A batch of at most `max_size` spans cannot hold `size`. A memory limiter that refuses spans from `spike` below
    `limit` would refuse all of them. A batch that is given up before the longest wait between two tries would
    not be tried as it was said.
    """
    jaeger, origin = fleet.platform.jaeger, default(fleet).origin
    for message, hint in (*_batch(jaeger.batch), *_limiter(jaeger.limiter), *_retry(jaeger.retry)):
        yield origin.finding(message, hint)


def _batch(batch: Batch) -> Iterator[tuple[str, str]]:
    # opentelemetry-collector: processor/batchprocessor/config.go, Validate
    if batch.max_size is not None and batch.max_size < batch.size:
        yield (
            f"`max_size` of Batch is {batch.max_size}, less than its `size` of {batch.size}",
            "lower `size`, or raise `max_size`",
        )


def _limiter(limiter: MemoryLimiter) -> Iterator[tuple[str, str]]:
    # opentelemetry-collector: internal/memorylimiter/config.go, Validate
    if limiter.spike >= limiter.limit:
        yield (
            f"`spike` of MemoryLimiter is {limiter.spike} percent, and its `limit` is {limiter.limit}",
            "a fifth of the memory is usual for `spike`",
        )


def _retry(retry: Retry | None) -> Iterator[tuple[str, str]]:
    # opentelemetry-collector: config/configretry/backoff.go, Validate
    if retry is None or not (give_up := milliseconds(retry.give_up, "`give_up`", zero=True)):
        return
    for name, wait in (("initial", retry.initial), ("longest", retry.longest)):
        if give_up < milliseconds(wait, f"`{name}`"):
            yield (
                f"Retry waits `{wait}` (`{name}`), but gives up after `{retry.give_up}`",
                f"shorten `{name}`, or raise `give_up`",
            )


@check("jaeger/version")
def version(fleet: Fleet) -> Iterator[Finding]:
    """
    Something is asked of a Jaeger that is too old for it.

    Retries came with Jaeger 2.7; an older one refuses to start with them, so they are left out. Up to 2.8 a
    bearer token is not sent to Elasticsearch, without a word. Before 2.7 no replicas are taken for one.
    """
    jaeger = fleet.platform.jaeger
    for option, what in _asked(jaeger):
        if not reads(jaeger, option):
            major, minor = SINCE[option]
            yield default(fleet).origin.finding(
                f"{what}, which Jaeger {jaeger.version} does not do",
                f"leave it out, or raise `version` to {major}.{minor}",
            )


def _asked(jaeger: Jaeger) -> Iterator[tuple[str, str]]:
    if jaeger.retry is not None:
        yield "retry_on_failure", "writes that failed are to be tried again"
    if isinstance(jaeger.storage, Elasticsearch) and isinstance(jaeger.storage.auth, Bearer):
        yield "auth.bearer_token", "a bearer token is to be sent"
    if isinstance(jaeger.storage, Elasticsearch) and jaeger.storage.replicas == 0:
        yield "replicas: 0", "indices are to have no replicas"


@check("jaeger/retry", "warning")
def retry(fleet: Fleet) -> Iterator[Finding]:
    """
    Retries are asked for, but the storage never says that a write failed.

    Jaeger hands spans over to Elasticsearch's bulk requests and does not wait for what becomes of them, and its
    own memory takes all it is given. Only Cassandra answers.
    """
    jaeger = fleet.platform.jaeger
    if jaeger.retry is not None and not isinstance(jaeger.storage, Cassandra):
        yield default(fleet).origin.finding(
            f"`retry` has no effect: a write to {type(jaeger.storage).__name__} never fails for Jaeger",
            "leave `retry` out",
        )


@check("jaeger/consumers", "warning")
def consumers(fleet: Fleet) -> Iterator[Finding]:
    """
    A queue has more consumers than it holds batches, so that some of them never have work.

    A batch that is being written still counts as one of the queue's.
    """
    queue = fleet.platform.jaeger.queue
    if queue is not None and queue.consumers > queue.size:
        yield default(fleet).origin.finding(
            f"{queue.consumers} consumers share a queue of {queue.size}",
            "the queue holds what is being written, too: raise `size`",
        )


@check("jaeger/credentials")
def credentials(fleet: Fleet) -> Iterator[Finding]:
    """
    A password or a token goes over the network as plain text.

    Elasticsearch is spoken to over `http://`, or Cassandra without TLS, and both send it in each request or
    connection. On the machine itself that is nobody's business: `localhost` and 127.0.0.1 are left alone.
    Where something else encrypts the way, such as a service mesh, accept this and say so.
    """
    storage = fleet.platform.jaeger.storage
    for address in _readable(storage):
        yield default(fleet).origin.finding(
            f"the credentials for `{address}` go over the network as plain text",
            "use https" if isinstance(storage, Elasticsearch) else "give `tls=Tls(...)`",
        )


def _readable(storage: Storage) -> Iterator[str]:
    match storage:
        case Elasticsearch(auth=auth) if auth is not None:
            yield from (url for url in _plain(storage) if not _LOOPBACK.fullmatch(urlsplit(url).hostname or ""))
        case Cassandra(auth=auth, tls=None) if auth is not None:
            yield from (server for server in storage.servers if not _LOOPBACK.fullmatch(server))


def _plain(storage: Elasticsearch) -> Iterator[str]:
    return (url for url in storage.urls if url.startswith("http:"))


@check("jaeger/tls", "warning")
def tls(fleet: Fleet) -> Iterator[Finding]:
    """
    Certificates are given for an Elasticsearch that is spoken to without TLS.

    A URL that begins with `http://` uses none of `tls`.
    """
    storage = fleet.platform.jaeger.storage
    if isinstance(storage, Elasticsearch) and storage.tls is not None:
        for url in _plain(storage):
            yield default(fleet).origin.finding(f"`{url}` uses no TLS, and nothing of `tls`", "begin it with https://")


@check("jaeger/link", "warning")
def link(fleet: Fleet) -> Iterator[Finding]:
    """
    A link of Jaeger's UI names something that is hardly there, and would not be shown.

    A link is shown only if everything between `#{` and `}` has a value. `#{order.id}` is the value of the
    tag `order.id`, of the same span or one above it; there is no `#{value}` for the tag that the link stands on.
    A link on the whole trace has the fields of the trace alone, such as `#{traceID}`.
    """
    for each in fleet.platform.jaeger.links:
        # newer ones know `#{trace.traceID}` too
        named = {name.strip().removeprefix("trace.") for name in _PLACEHOLDER.findall(each.url + each.text)}
        for name in sorted(named - _TRACE_FIELDS) if each.key.removeprefix("trace.") not in named else ():
            yield default(fleet).origin.finding(
                f"the link `{each.text}` names `#{{{name}}}`, "
                + (f"but not its own tag `{each.key}`" if each.key else "which no trace has"),
                f"write `#{{{each.key}}}`" if each.key else f"a trace has {', '.join(sorted(_TRACE_FIELDS))}",
            )
