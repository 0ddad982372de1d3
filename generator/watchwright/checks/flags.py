"""The flags that Prometheus is started with: which there are, and what they take."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from types import MappingProxyType

from watchwright.finding import Finding, check
from watchwright.lower.operator import MANAGED, starts
from watchwright.lower.plan import Fleet
from watchwright.lower.servers import FEATURE
from watchwright.query.version import parse_version

#: Flags that are said by words of their own.
_SAID = MappingProxyType(
    {
        "config.file": "`folder` of what starts it",
        "storage.tsdb.path": "`data` of what starts it",
        "storage.tsdb.retention": "`retention`",
        "storage.tsdb.retention.time": "`retention`",
        "storage.tsdb.retention.size": "`retention_size`",
    }
)

# prometheus/prometheus, cmd/prometheus/main.go of v2.42.0 and of v3.14.0, hidden ones among them, and what Debian's
# package adds to 2.42; the tests ask the programs themselves
_NEWEST = (3, 14)
#: Those that take no value.
SWITCHES = frozenset({
    "agent", "alertmanager.drain-notification-queue-on-shutdown", "auto-gomaxprocs", "auto-gomemlimit",
    "config.auto-reload", "scrape.adjust-timestamps", "storage.agent.checkpoint-from-in-memory-series",
    "storage.agent.no-lockfile", "storage.agent.use-lockfile", "storage.agent.wal-compression",
    "storage.tsdb.allow-overlapping-blocks", "storage.tsdb.allow-overlapping-compaction", "storage.tsdb.no-lockfile",
    "storage.tsdb.use-lockfile", "storage.tsdb.wal-compression", "web.enable-admin-api", "web.enable-lifecycle",
    "web.enable-otlp-receiver", "web.enable-remote-write-receiver",
})  # fmt: skip
#: Those that take one.
VALUED = frozenset({
    "alertmanager.notification-batch-size", "alertmanager.notification-queue-capacity", "alertmanager.timeout",
    "auto-gomemlimit.ratio", "config.auto-reload-interval", "config.file", "enable-feature", "log.format", "log.level",
    "query.lookback-delta", "query.max-concurrency", "query.max-samples", "query.timeout",
    "rules.alert.for-grace-period", "rules.alert.for-outage-tolerance", "rules.alert.resend-delay",
    "rules.max-concurrent-evals", "scrape.discovery-reload-interval", "scrape.timestamp-tolerance",
    "storage.agent.checkpoint-batch-size", "storage.agent.path", "storage.agent.retention.max-time",
    "storage.agent.retention.min-time", "storage.agent.wal-compression-type", "storage.agent.wal-segment-size",
    "storage.agent.wal-truncate-frequency", "storage.remote.flush-deadline", "storage.remote.read-concurrent-limit",
    "storage.remote.read-max-bytes-in-frame", "storage.remote.read-sample-limit", "storage.tsdb.block-reload-interval",
    "storage.tsdb.delay-compact-file.path", "storage.tsdb.delayed-compaction.max-percent",
    "storage.tsdb.head-chunks-write-queue-size", "storage.tsdb.max-block-chunk-segment-size",
    "storage.tsdb.max-block-duration", "storage.tsdb.min-block-duration", "storage.tsdb.path", "storage.tsdb.retention",
    "storage.tsdb.retention.size", "storage.tsdb.retention.time", "storage.tsdb.samples-per-chunk",
    "storage.tsdb.wal-compression-type", "storage.tsdb.wal-segment-size", "web.config.file", "web.console.libraries",
    "web.console.templates", "web.cors.origin", "web.external-url", "web.listen-address", "web.local-assets",
    "web.max-connections", "web.max-notifications-subscribers", "web.page-title", "web.read-timeout",
    "web.remote-write-receiver.accepted-protobuf-messages", "web.route-prefix", "web.search.max-limit",
    "web.user-assets",
})  # fmt: skip
# setFeatureListOptions there, and docs/feature_flags.md of the versions between
_FEATURES = frozenset({
    "agent", "auto-gomaxprocs", "auto-gomemlimit", "auto-reload-config", "concurrent-rule-eval",
    "created-timestamp-zero-ingestion", "delayed-compaction", "exemplar-storage", "expand-external-labels",
    "extra-scrape-metrics", "fast-startup", "histograms-st-encoding", "memory-snapshot-on-shutdown",
    "metadata-wal-records", "native-histograms", "new-service-discovery-manager", "no-default-scrape-port",
    "no-scrape-default-port", "old-ui", "ooo-native-histograms", "otlp-deltatocumulative",
    "otlp-native-delta-ingestion", "otlp-write-receiver", "promql-at-modifier", "promql-binop-fill-modifiers",
    "promql-delayed-name-removal", "promql-duration-expr", "promql-experimental-functions",
    "promql-extended-range-selectors", "promql-negative-offset", "promql-per-step-stats", "remote-write-receiver",
    "search-api", "st-storage", "st-synthesis", "type-and-unit-labels", "use-start-timestamps", "use-uncached-io",
    "utf8-names", "xor2-encoding",
})  # fmt: skip
_CHOICES = MappingProxyType({"log.format": ("logfmt", "json"), "log.level": ("debug", "info", "warn", "error")})


@check("platform/flag")
def flag(fleet: Fleet) -> Iterator[Finding]:
    """
    A flag is given by its name that a word of the platform says.

    Prometheus would get it twice, and refuse to start or take one of them. Use the word.
    """
    for name in fleet.platform.flags:
        if name in _SAID:
            yield fleet.origin.finding(f"the flag `{name}` has a word of its own", f"use {_SAID[name]}")


@check("platform/unknown-flag")
def unknown(fleet: Fleet) -> Iterator[Finding]:
    """
    A flag is given that Prometheus does not have.

    It does not start: "unknown long flag". The flags are those of Prometheus 2.42 to 3.14, and none is looked at where
    `prometheus` of the platform is newer. Accept it where something else reads the arguments first.
    """
    if parse_version(fleet.platform.prometheus) > _NEWEST:
        return
    for name in fleet.platform.flags:
        if name not in VALUED and name.removeprefix("no-") not in SWITCHES:
            yield fleet.origin.finding(f"Prometheus has no flag `{name}`", _nearest(name, {*SWITCHES, *VALUED}))


@check("platform/flag-value")
def flag_value(fleet: Fleet) -> Iterator[Finding]:
    """
    A flag has a value that it does not take.

    Prometheus does not start where one has a value that takes none, or the other way round, nor with a level or a
    format of logs that it does not know. Of a feature that it does not know it says so in its log, and goes on without.
    Features are those of Prometheus 2.42 to 3.14, and are not looked at where `prometheus` of the platform is newer.
    """
    about, flags = fleet.origin, fleet.platform.flags
    for name, value in flags.items():
        if name.removeprefix("no-") in SWITCHES and value:
            yield about.finding(f"the flag `{name}` takes no value, got {value!r}", f'write "{name}": ""')
        if name in VALUED and not value:
            yield about.finding(f"the flag `{name}` has no value", "give it one, or leave it out")
        if value and value not in _CHOICES.get(name, (value,)):
            yield about.finding(f"the flag `{name}` is one of {', '.join(_CHOICES[name])}, got {value!r}")
    if parse_version(fleet.platform.prometheus) <= _NEWEST:
        for feature in filter(None, flags.get(FEATURE, "").split(",")):
            if feature not in _FEATURES:
                yield about.finding(f"Prometheus has no feature `{feature}`", _nearest(feature, _FEATURES))


def _nearest(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), 1)
    return f"did you mean `{close[0]}`?" if close else "leave it out"


@check("platform/operator-flag")
def operator_flag(fleet: Fleet) -> Iterator[Finding]:
    """
    A flag is given that the Prometheus Operator has its own way for.

    It refuses the whole object: "can't set arguments which are already managed by the operator"
    (pkg/operator/argument.go). Set the field of its `Prometheus` object instead.
    """
    if starts(fleet):
        for name in fleet.platform.flags:
            if name in MANAGED:
                yield fleet.origin.finding(f"the Operator does not take the flag `{name}`", "set its own field")
