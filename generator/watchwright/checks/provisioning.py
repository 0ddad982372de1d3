"""Grafana's data sources and folders, as files set them up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from watchwright.finding import Finding, check
from watchwright.lower.plan import Fleet, Recording
from watchwright.lower.provisioning import TAGS, Folder, asked, chosen, folders, origin, uid
from watchwright.model.grafana import Datasource, JaegerSource, PrometheusSource
from watchwright.model.url import shown_url
from watchwright.query.tree import Node, Selector, walk

_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+")


@check("datasource/duplicate")
def duplicate(fleet: Fleet) -> Iterator[Finding]:
    """
    Two data sources have one name, or one uid.

    Grafana knows a data source by its name when it sets itself up, and by its uid from there on: the second would take
    the place of the first, or keep Grafana from starting. A uid is made of the name: give one of them another name.
    """
    names: dict[str, Datasource] = {}
    uids: dict[str, Datasource] = {}
    for each in _datasources(fleet):
        if names.setdefault(each.name, each) is not each:
            yield origin(each, fleet).finding(f"data source `{each.name}` is defined twice")
        elif (other := uids.setdefault(uid(each, fleet), each)) is not each:
            message = f"data source `{each.name}` has the uid `{uid(each, fleet)}` of `{other.name}`"
            yield origin(each, fleet).finding(message, "give it a `uid`")


@check("datasource/default")
def default(fleet: Fleet) -> Iterator[Finding]:
    """
    Two data sources are the default.

    Grafana does not start: "Only one datasource per organization can be marked as default"
    (pkg/services/provisioning/datasources). That counts data sources of other files too.
    """
    found = [each for each in _datasources(fleet) if isinstance(each, PrometheusSource) and each.default]
    for each in found[1:]:
        message = f"data source `{each.name}` is the default, and so is `{found[0].name}`"
        yield origin(each, fleet).finding(message, "leave out one `default=True`")


@check("datasource/unknown")
def unknown(fleet: Fleet) -> Iterator[Finding]:
    """
    Something names a data source that is not there.

    Links from exemplars to traces and from spans to metrics would lead nowhere, without a word. A board that offers
    first what `Platform(datasource="...")` names falls back to some other Prometheus.
    """
    provisioning, platform = fleet.platform.provisioning, fleet.platform
    if provisioning is None:
        return
    prometheus = {each.name for each in provisioning.datasources if isinstance(each, PrometheusSource)}
    for each in provisioning.datasources:
        if isinstance(each, PrometheusSource) and each.traces and not chosen(JaegerSource, each.traces, provisioning):
            yield origin(each, fleet).finding(f"exemplars lead to `{each.traces}`, which is no JaegerSource")
        if isinstance(each, JaegerSource) and each.metrics and each.metrics not in prometheus:
            yield origin(each, fleet).finding(f"spans lead to `{each.metrics}`, which is no PrometheusSource")
    if prometheus and platform.datasource not in prometheus:
        yield fleet.origin.finding(
            f"boards offer the data source `{platform.datasource}` first, which is not among `datasources`",
            f"write datasource={min(prometheus)!r}, or name it `{platform.datasource}`",
        )


@check("datasource/query")
def query(fleet: Fleet) -> Iterator[Finding]:
    """
    A link from a span to metrics asks for nothing that is there, or for the same whatever the span.

    It is PromQL in which `$__tags` stands among the matchers: `sum(rate(orders_total{$__tags}[5m]))`. The metrics are
    those that systems declare or record. Tags that no query names are never looked at.
    """
    known = {
        rule.record for plan in fleet.plans for file in plan.files for rule in file.rules if isinstance(rule, Recording)
    }
    for each in _datasources(fleet):
        if not isinstance(each, JaegerSource):
            continue
        about = origin(each, fleet)
        for name, text, node in asked(each):
            if not isinstance(node, Node):
                yield about.finding(f"the query of `{name}` is no PromQL: {node.message}")
            elif TAGS not in text:
                yield about.finding(
                    f"the query of `{name}` does not depend on the span", f"put `{TAGS}` into its braces"
                )
            else:
                for metric in _unknown(node, known, fleet):
                    yield about.finding(f"the query of `{name}` reads `{metric}`, which no system has")
        if each.tags and not each.queries:
            yield about.finding(f"data source `{each.name}` has tags, and no query that names them")


def _unknown(node: Node, recorded: set[str], fleet: Fleet) -> Iterator[str]:
    found = dict.fromkeys(each.metric for each in walk(node) if isinstance(each, Selector) and each.metric)
    for metric in found:
        if metric not in recorded and not any(plan.world.of(metric) for plan in fleet.plans):
            yield metric


@check("datasource/credentials")
def credentials(fleet: Fleet) -> Iterator[Finding]:
    """
    A password or a token goes over the network as plain text.

    The URL of a data source begins with `http://`, and Grafana sends the credentials with each query. Use https; where
    something else encrypts the way, such as a service mesh, accept this and say so.
    """
    for each in _datasources(fleet):
        host = urlsplit(each.url).hostname or ""
        if each.auth is not None and each.url.startswith("http:") and not _LOOPBACK.fullmatch(host):
            message = f"the credentials for `{shown_url(each.url)}` go over the network as plain text"
            yield origin(each, fleet).finding(message, "use https")


@check("folder/duplicate")
def folder(fleet: Fleet) -> Iterator[Finding]:
    """
    The folders of two systems have one title, or a folder has the uid of something else.

    Grafana finds a folder by its title, so both systems' boards would lie in one, and two of one title there take all
    right to write from both providers (grafana/grafana#39467): no change of a board arrives any more. Folders and
    boards share their uids, and `general` is Grafana's own.
    """
    if fleet.platform.provisioning is None:
        return
    boards = {board.uid: board for plan in fleet.plans for board in plan.boards}
    titles: dict[str, Folder] = {}
    for each in folders(fleet, fleet.platform.provisioning):
        other = titles.setdefault(each.title.casefold(), each)
        if other is not each:
            message = (
                f"the folder of `{each.plan.system.name}` has the title `{each.title}` of `{other.plan.system.name}`'s"
            )
            yield each.origin.finding(message, "give one of the systems another `title`")
        if each.uid in boards:
            message = f"the folder of `{each.plan.system.name}` has the uid of `{boards[each.uid].origin.subject}`"
            yield each.origin.finding(message, "give the board a `uid`")
        if each.uid == "general":
            yield each.origin.finding("Grafana has a folder `general` of its own", "give the system another name")


def _datasources(fleet: Fleet) -> tuple[Datasource, ...]:
    return fleet.platform.provisioning.datasources if fleet.platform.provisioning else ()
