"""Examples of findings as definitions in a repository, and what is found there."""

from __future__ import annotations

from watchwright.checks.acceptance import unused
from watchwright.config import read
from watchwright.examples import Example, examples, sample
from watchwright.finding import Finding
from watchwright.foreign.check import check as check_files
from watchwright.pipeline import build
from workbench import Repository

# Loaded here, for a metric that a definition is the first to import would have its place there
assert sample

# What a module of examples begins with: every word, the sample metrics, and what the example declares
HEAD = '''"""A shop."""

from watchwright import *
from watchwright.clusters import *
from watchwright.discovery import *
from watchwright.grafana import *
from watchwright.jaeger import *
from watchwright.prometheus import *
from watchwright.slo import *
from watchwright.units import *
from watchwright.examples.sample import *

{given}
_declared = list(vars().values())
_alerts = [each for each in _declared if isinstance(each, Alert)]
_rules = [each for each in _declared if isinstance(each, RecordingRule)]
_metrics = [each for each in _declared if isinstance(each, Counter | Gauge | Histogram | Summary | Info | StateSet)]
_shop = {{"owner": "sales", "jobs": [Job("shop", Static(["shop-1:8000", "shop-2:8000"]))]}}
_known = {{**_shop, "metrics": _metrics, "rules": _rules}}
'''

# Where the snippet of each kind stands
BODIES = {
    "metric": 'systems = [System("shop", **_shop, metrics=[\n{snippet}\n])]',
    "rule": 'systems = [System("shop", **_shop, metrics=_metrics, rules=[*_rules,\n{snippet}\n])]',
    "alert": 'systems = [System("shop", **_known, alerts=[\n{snippet}\n])]',
    "slo": 'systems = [System("shop", **_known, slos=[\n{snippet}\n])]',
    "job": 'systems = [System("shop", owner="sales", jobs=[\n{snippet}\n])]',
    "dashboard": 'systems = [System("shop", **_known, dashboards=[\n{snippet}\n])]',
    "sampling": 'systems = [System("shop", **_shop, sampling=[\n{snippet}\n])]',
    "system": "systems = [\n{snippet}\n]",
    "jaeger": 'platform = Platform(jaeger=\n{snippet}\n)\nshop = System("shop", **_shop)',
    "platform": 'platform = (\n{snippet}\n)\nshop = System("shop", **_shop)',
    "module": "{snippet}",
    "file": 'shop = System("shop", **_known, alerts=_alerts)',
}
BODIES["panel"] = BODIES["dashboard"].replace("{snippet}", 'Dashboard("Board", [Row("Row", [\n{snippet}\n])])')

# Raw PromQL is a part of another kind
ROLES = {
    "alert": ("alert", 'Alert("Example", expr=promql({text!r}), for_="5m", severity="page", summary="Example")'),
    "record": ("rule", 'RecordingRule("shop:example:value", promql({text!r}))'),
    "panel": ("panel", 'TimeSeries("Example", promql({text!r}))'),
}


def of(subject: str) -> list[Example]:
    """The examples of the ids of a subject."""
    return [each for each in examples() if each.id.startswith(f"{subject}/")]


def title(example: Example) -> str:
    """What an example is called in a report."""
    return f"{example.id} {example.says}"


def module(example: Example, snippet: str) -> str:
    """The definition that a snippet of an example stands in."""
    kind: str = example.kind
    if kind == "promql":
        kind, part = ROLES[example.role]
        snippet = part.format(text=snippet)
    platform = f"platform = Platform({example.platform})\n" if example.platform else ""
    return HEAD.format(given=example.given) + platform + BODIES[kind].format(snippet=snippet) + "\n"


def found_in(repository: Repository, example: Example, snippet: str) -> list[Finding]:
    """All that `watchwright check --no-verify` finds in the definition, or `watchwright check --rules` in the file."""
    if example.kind in ("rules", "dashboards", "metrics"):
        return _found_in_file(repository, example, snippet)
    repository.write("systems/shop.py", module(example, snippet))
    if example.environments:
        listed = [each.strip() for each in example.environments.split(",")]
        repository.write("pyproject.toml", f"[tool.watchwright]\nenvironments = {listed}\n")
    if example.kind == "file":
        repository.write(snippet, "")
    built = build(read(repository.root))
    accepted = [
        each for made in built.environments for each in unused(made.fleet, built.findings, ("promtool/", "tool/"))
    ]
    return [each for each in (*built.findings, *accepted) if not each.accepted]


def _found_in_file(repository: Repository, example: Example, snippet: str) -> list[Finding]:
    given = {"rules": "groups: []", "metrics": example.given, example.kind: snippet}
    files = {kind: [repository.write(kind, f"{text}\n")] if text else [] for kind, text in given.items()}
    dashboards = files.get("dashboards", [])
    return [*check_files(files["rules"], dashboards, files["metrics"], (2, 42)).findings]
