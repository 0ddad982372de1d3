"""
The state of definitions as far as what was rendered of them tells: rules, boards, jobs and sampling.

Metrics are in none of these files, and neither is the line where something was defined.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from watchwright.diff.expressions import parsed, reads
from watchwright.diff.promises import Promise
from watchwright.diff.scraped import FILTERS, Scraped
from watchwright.diff.state import Alert, Panel, Part, Recorded, Sampled, State, identity, texts_of
from watchwright.lower.slos.lowering import BOARD
from watchwright.model.platform import Platform
from watchwright.query.tree import Node


def written(files: Mapping[str, str]) -> State | None:
    """The state of rendered files, by their paths as of a repository without environments; None where there is none."""
    if "rules/prometheus.yml" not in files:
        return None
    systems: dict[str, Part] = {}
    for path, text in sorted(files.items()):
        match path.split("/"):
            case ["rules", system, _] if system != "tests":
                _rules(text, systems.setdefault(system, _nothing()))
    for path, text in sorted(files.items()):
        match path.split("/"):
            case ["dashboards", system, _] if system in systems and path.endswith(".json"):
                board = json.loads(text)
                if not systems[system]["slos"] or board["title"] != BOARD:
                    _board(board, systems[system])
    fleet = _nothing()
    for job in _read(files["rules/prometheus.yml"]).get("scrape_configs", ()):
        fleet["jobs"][job["job_name"]] = _scraped(job)
    for service in json.loads(files.get("jaeger/sampling.json", "{}")).get("service_strategies", ()):
        fleet["sampling"][service["service"]] = Sampled(
            place="", strategy=_strategy(service),
            operations={each["operation"]: _strategy(each) for each in service.get("operation_strategies", ())},
        )  # fmt: skip
    return State(
        complete=False, costs={}, asked={}, platform={}, systems={"": fleet, **systems},
        severities=list(Platform().severities),  # the usual ones, since no file says in which order they are
    )  # fmt: skip


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _read(text: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.load(text, Loader=_LOADER) or {}  # noqa: S506 - a safe loader, in C where there is one
    return found


def _nothing() -> Part:
    return Part(
        place="", owner="", scope="",
        metrics={}, recorded={}, alerts={}, slos={}, boards={}, panels={}, jobs={}, sampling={},
    )  # fmt: skip


def _strategy(of: Mapping[str, Any]) -> str:
    return f"{of['param']}/s" if of["type"] == "ratelimiting" else f"{of['param']}"


def _rules(text: str, part: Part) -> None:
    for group in _read(text).get("groups", ()):
        for rule in group.get("rules", ()):
            _rule(rule, part)


def _rule(rule: Mapping[str, Any], part: Part) -> None:
    expr = parsed(str(rule["expr"]))
    labels: dict[str, str] = dict(rule.get("labels", {}))
    if "alert" in rule:
        part["owner"] = labels.get("owner", part["owner"])
        part["alerts"][rule["alert"]] = Alert(
            place="", expr=_text(expr, rule), wait=rule.get("for", "0s"), keep=rule.get("keep_firing_for", "0s"),
            labels=labels, texts=texts_of(rule.get("annotations", {})),
            reads=[] if expr is None else reads(expr),
            slo=labels.get("slo", ""),
        )  # fmt: skip
    elif "slo" not in labels:
        part["recorded"][identity(rule["record"], labels)] = Recorded(
            place="", record=rule["record"], expr=_text(expr, rule), labels=labels,
            reads=[] if expr is None else reads(expr),
        )  # fmt: skip
    elif rule["record"] == "slo:info":
        part["slos"][labels["slo"]] = _promise(labels)


def _promise(labels: Mapping[str, str]) -> Promise:
    objective, period = labels.get("objective", ""), labels.get("period", "30d")
    days = {"month": 30, "quarter": 90}.get(period) or int(period.removesuffix("d"))
    return Promise(
        place="", title=labels.get("title", ""), objectives={"": "" if objective == "100" else objective},
        period=period, days=days, by=[], indicator="", bound=[], burning={}, least=[0, 0], maintenance=[], every="",
        names="", first=False, reads=[],
    )  # fmt: skip


def _text(expr: Node | None, rule: Mapping[str, Any]) -> str:
    return str(rule["expr"]) if expr is None else repr(expr)


def _scraped(job: Mapping[str, Any]) -> Scraped:
    static = job.get("static_configs", [])
    steps = job.get("metric_relabel_configs", [])
    apart = {"job_name", "scrape_interval", "scrape_timeout", "static_configs", "metric_relabel_configs", *_LIMITS}
    return Scraped(
        place="", interval=job.get("scrape_interval", ""), timeout=job.get("scrape_timeout", ""),
        targets=[target for each in static for target in each["targets"]],
        filters=[[each["action"], ", ".join(each.get("source_labels", ())), each.get("regex", "")]
                 for each in steps if each.get("action") in FILTERS],
        limits={_LIMITS[name]: str(value) for name, value in job.items() if name in _LIMITS},
        config={**{name: value for name, value in job.items() if name not in apart},
                "static_configs": [each["labels"] for each in static if each.get("labels")],
                "metric_relabel_configs": [each for each in steps if each.get("action") not in FILTERS]},
    )  # fmt: skip


_LIMITS = {
    "body_size_limit": "body",
    "sample_limit": "samples",
    "label_limit": "labels",
    "label_name_length_limit": "label_name_length",
    "label_value_length_limit": "label_value_length",
    "target_limit": "targets",
}


def _board(board: Mapping[str, Any], part: Part) -> None:
    part["boards"][board["uid"]] = board["title"]
    row = ""
    for panel in _flat(board["panels"]):
        if panel["type"] == "row":
            row = panel["title"]
        else:
            part["panels"][f"{board['uid']}/{panel['id']}"] = _panel(panel, board["title"], row)


def _flat(panels: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for panel in panels:
        yield panel
        yield from _flat(panel.get("panels", []))


def _panel(panel: Mapping[str, Any], board: str, row: str) -> Panel:
    defaults = panel.get("fieldConfig", {}).get("defaults", {})
    grid = panel["gridPos"]
    queries = [[each.get("expr", ""), each.get("legendFormat", "")] for each in panel.get("targets", ())]
    return Panel(
        place="", board=board, row=row, title=panel["title"], kind=panel["type"], unit=defaults.get("unit", ""),
        queries=queries,
        thresholds=[],  # nobody can tell those of alerts from the author's
        grid=[grid["x"], grid["y"], grid["w"], grid["h"]], reads=[],
    )  # fmt: skip
