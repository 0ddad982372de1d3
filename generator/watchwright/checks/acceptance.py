"""Findings that a definition accepts: taken out, and counted, so that no acceptance outlives its finding."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from watchwright.finding import Finding, pages, reports
from watchwright.lower.plan import Fleet
from watchwright.lower.servers import write_path
from watchwright.source import Source

#: An object that can accept findings: its path, its place, and what it accepts.
Acceptor = tuple[str, Source, Mapping[str, str]]


@reports("accept/unused")
def unused_acceptance(id_: str, subject: str, source: Source) -> Finding:
    """
    An acceptance accepts nothing: what it was for has been mended, or its id is misspelt.

    Left in place it would hide the finding when it comes back. Take it out.
    """
    close = [] if id_ in pages() else difflib.get_close_matches(id_, pages(), 1)
    hint = f"did you mean `{close[0]}`?" if close else "take it out"
    return Finding(f"nothing here is accepted by `{id_}`", source=source, subject=subject, hint=hint)


def unused(fleet: Fleet, findings: Iterable[Finding], unjudged: Iterable[str] = ()) -> Iterator[Finding]:
    """
    The acceptances of a fleet that no finding needed.

    *unjudged* are the beginnings of ids whose stage did not run (`promtool/` without verification): of those
    nothing can be said.
    """
    used: dict[str, list[str]] = {}
    for finding in findings:
        if finding.accepted:
            used.setdefault(finding.id, []).append(f"{finding.subject} / ")
    silent = tuple(unjudged)
    for subject, source, accept in _acceptors(fleet):
        for id_ in accept:
            needed = any(path.startswith(f"{subject} / ") for path in used.get(id_, ()))
            if not needed and not id_.startswith(silent):
                yield unused_acceptance(id_, subject, source)


def _acceptors(fleet: Fleet) -> Iterator[Acceptor]:
    platform = fleet.platform
    yield "platform", platform.source, platform.accept
    yield "platform / jaeger", platform.jaeger.source, platform.jaeger.accept
    for write in platform.remote_write:
        yield write_path(write), write.source, write.accept
    for datasource in platform.provisioning.datasources if platform.provisioning else ():
        yield f"platform / data source {datasource.name}", datasource.source, datasource.accept
    if platform.shards is not None:
        yield "platform / shards", platform.shards.source, platform.shards.accept
    if platform.cluster is not None:
        yield "platform / cluster", platform.cluster.source, platform.cluster.accept
    for plan in fleet.plans:
        system = plan.system
        yield system.name, system.source, system.accept
        for kind, objects in (
            ("metric", plan.metrics),
            ("rule", plan.recorded),
            ("alert", system.alerts),
            ("slo", system.slos),
            ("job", system.jobs),
        ):
            for each in objects:
                yield f"{system.name} / {kind} {each.name}", each.source, each.accept
        for sampling in system.sampling:
            yield f"{system.name} / sampling of {sampling.service}", sampling.source, sampling.accept
        for board in system.dashboards:
            yield f"{system.name} / dashboard {board.title}", board.source, board.accept
            for row in board.rows:
                for panel in row.panels:
                    yield f"{system.name} / dashboard {board.title} / panel {panel.title}", panel.source, panel.accept
