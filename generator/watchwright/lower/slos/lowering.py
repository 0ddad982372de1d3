"""SLOs to rules and alerts: everything that the rule files of a system's SLOs hold."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping

import attrs

from watchwright.lower import names
from watchwright.lower.plan import Alerting, PanelLink, Recording, RuleFile
from watchwright.lower.resolve import Resolver
from watchwright.lower.runbooks import page_url
from watchwright.lower.signals import annotations_of, panel_url
from watchwright.lower.slos.alerts import Drafted, drafts
from watchwright.lower.slos.groups import Chunk, rule_file
from watchwright.lower.slos.indicator import indicator
from watchwright.lower.slos.objective import Objective, objectives
from watchwright.lower.slos.rules import fast_rules, fixed_rules, made_of, slow_rules
from watchwright.lower.slos.streams import Streams
from watchwright.lower.slos.vocabulary import Role
from watchwright.lower.targets import after_scrape, watched_labels
from watchwright.lower.text import annotation, literal
from watchwright.model.alert import Alert
from watchwright.model.catalogue import objectives as catalogue
from watchwright.model.expression import Instant
from watchwright.model.metric import Gauge
from watchwright.model.platform import Platform
from watchwright.model.slo import Slo
from watchwright.model.system import System
from watchwright.query.tree import Node
from watchwright.query.units import DIMENSIONLESS

#: The board of a system's SLOs, and the panel on it that shows how fast the budget of each burns.
BOARD = "SLOs"
BURNING = "How fast the budget burns"

_CHECKS = (
    "Since when? The row of this SLO on the board shows it, and how much is bad.",
    "Was anything released, or did load change, at the time when the error ratio rose?",
)
_ABSENT_CHECKS = (
    "Is the process running, and is it scraped? The page *Status > Targets* of Prometheus shows it.",
    "Was the metric renamed, or one of the labels that the SLO selects?",
    "Is there simply no traffic since the process started? Counters that appear with their first event need one.",
)


@attrs.frozen(order=False, kw_only=True)
class Promised:
    """
    One SLO, lowered: its streams, what is recorded, and its alerts as drafts and as rules, in the same order.
    """

    objective: Objective
    resolver: Resolver
    streams: Streams
    fast: tuple[Recording, ...]
    slow: tuple[Recording, ...]
    fixed: tuple[Recording, ...]
    drafts: tuple[Drafted, ...]
    rules: tuple[Alerting, ...]

    @functools.cached_property
    def alerts(self) -> tuple[Alert, ...]:
        """Its alerts as in a definition, in the order of their rules."""
        return tuple(_alert(each, self.objective) for each in self.drafts)

    @functools.cached_property
    def indicator(self) -> tuple[Node, ...]:
        """What its streams come from, as one would write it by hand, for the checks."""
        return tuple(indicator(self.objective, self.resolver))


def promised(system: System, platform: Platform, resolver: Resolver) -> Iterator[Promised]:
    """The SLOs of a system, in the order of their names."""
    targets = after_scrape(watched_labels(system.jobs, platform), system.jobs)
    for objective in objectives(system, platform):
        drafted = tuple(drafts(objective))
        shown = _shown(objective, platform, resolver.environment)
        streams = made_of(objective, resolver, targets)
        yield Promised(
            objective=objective,
            resolver=resolver,
            streams=streams,
            fast=tuple(fast_rules(objective, streams)),
            slow=tuple(slow_rules(objective)),
            fixed=tuple(fixed_rules(objective, streams)),
            drafts=drafted,
            rules=tuple(_alerting(draft, objective, shown, platform) for draft in drafted),
        )


def slo_files(promises: Iterable[Promised], system: System, platform: Platform) -> Iterator[RuleFile]:
    """`slo-fast.yaml` and `slo-slow.yaml`."""
    promises = tuple(promises)
    fast, slow = [], []
    for each in promises:
        timing, name = each.objective.timing, each.objective.slo.name
        fast.append(Chunk(slo=name, interval=timing.fast, rules=(*each.fast, *each.rules)))
        slow.append(Chunk(slo=name, interval=timing.slow, rules=each.slow))
        # they read nothing and nothing reads them in a rule, so that each may stand wherever there is room
        slow += [Chunk(slo=name, interval=timing.slow, rules=(rule,)) for rule in each.fixed]
    yield from rule_file(system.name, "slo-fast", fast, platform.ruler)
    yield from rule_file(system.name, "slo-slow", slow, platform.ruler)


#: The passes in which a past is computed: what is recorded in one reads what was recorded in those before.
PASSES: tuple[tuple[Role, ...], ...] = (
    ("first", "value"),
    ("total",),
    ("bad",),
    ("total_alerting", "bad_alerting"),
    ("total_turns", "bad_turns", "total_slow", "bad_slow"),
    ("total_events", "bad_events", "total_period", "bad_period"),
)


def backfill_files(promises: Iterable[Promised], system: System, number: int) -> Iterator[RuleFile]:
    """The rules of one pass, 1 being the first: streams, and what is summed up of them, from which all else follows."""
    fast: list[Chunk] = []
    slow: list[Chunk] = []
    for each in promises:
        timing = each.objective.timing
        fast += _of_pass(number, each.objective, each.fast, timing.fast)
        slow += _of_pass(number, each.objective, each.slow, timing.slow)
    yield from rule_file(system.name, "slo-fast", fast, None)
    yield from rule_file(system.name, "slo-slow", slow, None)


def _of_pass(number: int, objective: Objective, rules: Iterable[Recording], interval: int) -> Iterator[Chunk]:
    wanted = {objective.words.record(role) for role in PASSES[number - 1]}
    found = tuple(rule for rule in rules if rule.record in wanted)
    if found:
        yield Chunk(slo=objective.slo.name, interval=interval, rules=found)


def series_of(promises: Iterable[Promised]) -> Iterator[Gauge]:
    """What the rules of SLOs record that no catalogue lists: names of Sloth's, and of averages."""
    listed = {metric.name for metric in catalogue.metrics}
    found = dict.fromkeys(rule.record for one in promises for rule in (*one.fast, *one.slow, *one.fixed))
    for name in found:
        if name not in listed:
            yield Gauge(name, scope=(), unit="ratio" if name.endswith(":ratio") or ":ratio_" in name else "count")


# Alerts -------------------------------------------------------------------------------------------------


def _alert(draft: Drafted, objective: Objective) -> Alert:
    slo = objective.slo
    steps = _ABSENT_CHECKS if draft.kind == "absent" else _steps(slo)
    return Alert(
        draft.name,
        expr=Instant(draft.expr.node),
        severity=draft.severity,
        summary=draft.summary,
        description=draft.description,
        check_first=steps,
        for_=draft.for_,
        keep_firing_for=draft.keep_firing_for,
        accept=slo.accept,
        source=slo.source,
    )


def _steps(slo: Slo) -> tuple[str, ...]:
    needed = " and ".join(f"`{each.name}`" for each in slo.depends_on)
    return (*slo.check_first, *_CHECKS, *([f"It depends on {needed}: is that in trouble?"] if needed else []))


def _alerting(draft: Drafted, objective: Objective, shown: PanelLink, platform: Platform) -> Alerting:
    system = objective.system
    runbook = page_url(f"{system.name}/{names.runbook(draft.name)}", platform)
    unit = DIMENSIONLESS if draft.limits else None
    annotations = {
        "summary": annotation(draft.summary, unit),
        "description": annotation(draft.description, unit),
        "runbook_url": literal(runbook),
        **annotations_of(shown, ((variable_name(label), label) for label in objective.slo.by)),
    }
    return Alerting(
        alert=draft.name,
        expr=draft.expr,
        for_=draft.for_,
        keep_firing_for=draft.keep_firing_for,
        labels={name: literal(value) for name, value in slo_labels(draft, objective).items()},
        annotations={name: text for name, text in annotations.items() if text},
        limits=draft.limits,
        shown=shown,
        runbook=runbook,
        windowed=not draft.for_,
        origin=objective.origin.below(f"alert {draft.name}", objective.origin.source),
        comment=draft.comment,
    )


def slo_labels(draft: Drafted, objective: Objective) -> Mapping[str, str]:
    """The labels that an alert of an SLO carries beside those of its series."""
    return {
        names.SEVERITY: draft.severity,
        names.SYSTEM: objective.system.name,
        names.OWNER: objective.system.owner,
        names.SLO: objective.slo.name,
        **({"sloth_severity": draft.severity} if objective.slo.names == "sloth" else {}),
    }


def _shown(objective: Objective, platform: Platform, environment: str) -> PanelLink:
    uid = names.board_uid(objective.system.name, BOARD, environment)
    id_ = names.panel_id(names.board_uid(objective.system.name, BOARD), burning_key(objective))
    return PanelLink(board=BOARD, panel=BURNING, uid=uid, id=id_, url=panel_url(uid, id_, platform))


def variable_name(label: str) -> str:
    """What the board calls the choice of a label: Grafana, and every board, have some names of their own."""
    return f"by_{label}" if label.startswith("_") or label == "datasource" else label


def burning_key(objective: Objective) -> str:
    """What the id of the panel is made of that shows how fast the budget burns."""
    return f"slo/{objective.slo.name}/burning"
