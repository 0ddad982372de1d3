"""What all systems on one Prometheus share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs

from watchwright.model.accept import accepted
from watchwright.model.cluster import Cluster
from watchwright.model.duration import milliseconds
from watchwright.model.error import DefinitionError
from watchwright.model.grafana import Provisioning
from watchwright.model.jaeger import Jaeger
from watchwright.model.label import LabelLike, label_names, strings
from watchwright.model.rule import frozen_texts
from watchwright.model.server import RemoteWrite, Shards, Starter
from watchwright.model.typed import several, typed
from watchwright.model.url import shown_url
from watchwright.query.version import parse_version
from watchwright.source import Source, here

# what is rendered is proven from there on
_OLDEST = (2, 42)
_FLAG = re.compile(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*")


def _severities(values: Iterable[str]) -> tuple[str, ...]:
    return strings("`severities`", values)


def _keep(values: Iterable[LabelLike]) -> tuple[str, ...]:
    return label_names(values, "`keep`")


def _remote_write(values: Iterable[RemoteWrite]) -> tuple[RemoteWrite, ...]:
    return several(values)


def _started_by(values: Iterable[Starter]) -> tuple[Starter, ...]:
    return several(values)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Ruler:
    """
    What a ruler of Mimir or Cortex takes from one tenant: rules in a group, and groups.

    The limits are Mimir's own where none are given. Rules of SLOs are packed into as few groups as hold them.
    """

    # https://grafana.com/docs/mimir/latest/configure/configuration-parameters/#limits: ruler_max_rules_per_rule_group
    rules_per_group: int = 20
    groups: int = 70

    def __attrs_post_init__(self) -> None:
        if self.rules_per_group < 1 or self.groups < 1:
            msg = f"a ruler takes at least one group of one rule, got {self.groups} of {self.rules_per_group}"
            raise DefinitionError(msg)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Platform:
    """
    The Prometheus, Grafana and Jaeger that all systems share.

    *prometheus* is the oldest version that the output must be valid for. *keep* are labels that every
    aggregation and every match keeps, such as `cluster`. *severities* go from the most urgent to the
    least. *retention* is how long samples are kept. *runbooks* is the URL under which people read
    `docs/runbooks`, *grafana* that of the Grafana which shows the dashboards: without them alerts carry no
    such links. *datasource* is what Grafana offers first in each board's data source variable, *provisioning*
    what it is set up with. *ruler* is given where rules are evaluated by one that limits them, *cluster*
    where manifests are wanted.

    Prometheus itself: *remote_write* is where it sends samples, *shards* are the servers that share out its targets,
    *retention_size* is how much it keeps at most (`"50GB"`, a power of two), *flags* are further ones by their names
    without dashes (`""` for one without a value), *started_by* is what starts it.
    """

    prometheus: str = "2.42"
    scrape_interval: str = "30s"
    scrape_timeout: str = "10s"
    evaluation_interval: str = "30s"
    retention: str = "15d"
    external_labels: Mapping[str, str] = attrs.field(factory=dict, converter=frozen_texts, hash=False)
    keep: tuple[str, ...] = attrs.field(default=(), converter=_keep)
    severities: tuple[str, ...] = attrs.field(default=("page", "ticket", "info"), converter=_severities)
    gone_for: str = "5m"
    gone_severity: str | None = None
    runbooks: str = ""
    grafana: str = ""
    datasource: str = "Prometheus"
    jaeger: Jaeger = attrs.field(factory=Jaeger)
    provisioning: Provisioning | None = None
    ruler: Ruler | None = None
    remote_write: tuple[RemoteWrite, ...] = attrs.field(default=(), converter=_remote_write)
    shards: Shards | None = None
    retention_size: str | None = None
    flags: Mapping[str, str] = attrs.field(factory=dict, converter=frozen_texts, hash=False)
    started_by: tuple[Starter, ...] = attrs.field(default=(), converter=_started_by)
    cluster: Cluster | None = None
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        for name in ("scrape_interval", "scrape_timeout", "evaluation_interval", "retention", "gone_for"):
            milliseconds(getattr(self, name), f"`{name}` of the platform")
        if not re.fullmatch(r"\d+\.\d+", self.prometheus):
            msg = f'a Prometheus version is written "2.42", got {self.prometheus!r}'
            raise DefinitionError(msg, "name the oldest one that runs, by its first two numbers")
        if parse_version(self.prometheus) < _OLDEST:
            msg = f"output is valid from Prometheus 2.42 on, got {self.prometheus!r}"
            raise DefinitionError(msg, 'write "2.42" or newer')
        for name in ("runbooks", "grafana"):
            url = getattr(self, name)
            if url and not re.fullmatch(r"https?://[^\s?#]+", url):
                msg = f"`{name}` of the platform is a URL such as https://example.org/{name}, got {shown_url(url)!r}"
                raise DefinitionError(msg, "what follows a `?` or a `#` is left out: paths are put behind it")
        if not self.severities:
            msg = "a platform has at least one severity"
            raise DefinitionError(msg, 'write severities=["page", "ticket", "info"], or leave them out')
        if self.retention_size is not None and not re.fullmatch(r"[1-9]\d*[KMGTPE]?B", self.retention_size):
            msg = f"`retention_size` of the platform is a size such as 50GB, got {self.retention_size!r}"
            raise DefinitionError(msg, "a whole number and one of B, KB, MB, GB, TB, PB and EB")
        for name, value in self.flags.items():
            if not _FLAG.fullmatch(name):
                msg = f"the name of a flag is written without dashes before it, got {name!r}"
                raise DefinitionError(msg, 'write it as "web.enable-lifecycle", and its value apart')
            if not value.isprintable():
                msg = f"the value of the flag `{name}` holds a control character, got {value!r}"
                raise DefinitionError(msg, "it is one argument on one line")
