"""
How fast expressions are parsed, typed and checked, beside promql-parser (Rust): python tests/benchmarks/parse.py [COUNT].
"""

from __future__ import annotations

import gc
import itertools
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "generator"))

import promql_parser

from watchwright.checks.expressions import Use, problems
from watchwright.query.inference import infer
from watchwright.query.layout import layout
from watchwright.query.parser import parse
from watchwright.query.printer import text
from watchwright.query.tree import Node, Selector, walk
from watchwright.query.units import MetricUnit, unit_of_name
from watchwright.semantics.labels import NAME, Labels
from watchwright.semantics.typing import typed
from watchwright.semantics.values import PRESENT, only
from watchwright.semantics.world import Samples, Series, World

_METRICS = [
    "http_requests_total",
    "grpc_server_handled_total",
    "node_cpu_seconds_total",
    "container_network_receive_bytes_total",
]
_JOBS = ["api", "checkout", "node-exporter", "kube-state-metrics", "ingress"]
_WINDOWS = ["1m", "5m", "30m", "1h", "6h"]
#: Shapes that rules and dashboards are full of; M is a metric, J a job, W a window.
_TEMPLATES = [
    'up{job="J"} == 0',
    'M{job="J"}',
    "job:M:rateW",
    'rate(M{job="J"}[W])',
    'sum by (instance) (rate(M{job="J",code=~"5.."}[W]))',
    'sum(rate(M{job="J",code=~"5.."}[W])) / sum(rate(M{job="J"}[W])) > 0.05',
    'histogram_quantile(0.99, sum by (le, route) (rate(request_duration_seconds_bucket{job="J"}[W]))) > 0.5',
    '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle",job="J"}[W])))',
    (
        'node_filesystem_avail_bytes{job="J",fstype!=""} / node_filesystem_size_bytes{job="J",fstype!=""} * 100 < 10'
        ' and node_filesystem_readonly{job="J",fstype!=""} == 0'
    ),
    'predict_linear(node_filesystem_free_bytes{job="J"}[W], 4 * 3600) < 0',
    'max_over_time((sum by (pod) (rate(M{job="J",namespace=~"prod-.*"}[W])))[1d:W])',
    'absent(up{job="J"} == 1)',
    'label_replace(sum by (instance) (M{job="J"}), "host", "$1", "instance", "([^:]+):.*")',
    (
        'sum by (namespace, pod) (increase(M{job="J"}[W])) * on (namespace, pod) group_left (owner)'
        ' kube_pod_owner{owner_kind="ReplicaSet"}'
    ),
    'topk(5, sum by (route) (rate(M{job="J"}[W] offset 1h))) or vector(0)',
    (
        '(slo:error_ratio_rate1h{job="J"} > 14.4 * 0.001 and slo:error_ratio_rateW{job="J"} > 14.4 * 0.001)'
        ' or (slo:error_ratio_rate6h{job="J"} > 6 * 0.001 and slo:error_ratio_rate30m{job="J"} > 6 * 0.001)'
    ),
]


def expressions(count: int) -> Iterator[str]:
    """Real-looking expressions, always the same."""
    shapes = itertools.product(_WINDOWS, _JOBS, _METRICS, _TEMPLATES)
    for i, (window, job, metric, template) in enumerate(itertools.islice(itertools.cycle(shapes), count)):
        # a number in each keeps caches from making it look faster than it is
        yield template.replace("M", metric).replace("J", f"{job}-{i}").replace("W", window)


def timed(work: Callable[[], object]) -> float:
    """The best of three runs, in seconds."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def world(trees: list[Node]) -> World:
    """Every metric of the expressions, declared."""
    names = {node.metric for tree in trees for node in walk(tree) if isinstance(node, Selector)}
    return World({name: _declared(name) for name in names})


def _declared(name: str) -> Series:
    samples: Samples = "counter" if name.endswith("_total") else "bucket" if name.endswith("_bucket") else "gauge"
    labels = {"job": PRESENT, "instance": PRESENT, "code": only("200", "404", "500"), "le": PRESENT}
    known = Labels({NAME: only(name), **labels})
    return Series(name=name, samples=samples, labels=known, unit=MetricUnit(unit_of_name(name)), interval=15_000)


def checked(trees: list[Node], declared: World) -> None:
    """What is wrong with each, typed anew."""
    fresh = World(declared.series)
    for tree in trees:
        for _ in problems(tree, fresh, Use()):
            pass


def growth(declared: World) -> None:
    """Print what one term costs in ever longer sums."""
    print(f"\n{'terms':>8}{'parse us/term':>15}{'type us/term':>15}{'check us/term':>15}")
    for terms in (100, 1_000, 10_000):
        each = (f'rate(http_requests_total{{job="api",code="{(404, 500)[i % 2]}"}}[5m])' for i in range(terms))
        print(
            f"{terms:8}" + "".join(f"{seconds / terms * 1e6:15.1f}" for seconds in _times(" + ".join(each), declared))
        )


def _times(written: str, declared: World) -> Iterator[float]:
    tree = parse(written)
    gc.freeze()
    yield timed(lambda: parse(written))
    yield timed(lambda: typed(tree, declared))
    yield timed(lambda: checked([tree], declared))


def main() -> None:
    """Print a table: what was done, how long one expression took, and how that compares."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    written = list(expressions(count))
    trees = [parse(one) for one in written]
    declared = world(trees)
    gc.freeze()  # the trees that are kept here are no garbage, and would be looked through again and again
    nodes = sum(1 for tree in trees for _ in walk(tree))
    theirs = timed(lambda: [promql_parser.parse(one) for one in written])
    rows = [
        ("promql-parser: parse", theirs),
        ("watchwright: parse", timed(lambda: [parse(one) for one in written])),
        ("watchwright: text", timed(lambda: [text(tree) for tree in trees])),
        ("watchwright: layout", timed(lambda: [layout(tree) for tree in trees])),
        (
            "watchwright: infer",
            timed(lambda: [infer(tree, lambda name: MetricUnit(unit_of_name(name))) for tree in trees]),
        ),
        ("watchwright: type", timed(lambda: [typed(tree, declared) for tree in trees])),
        ("watchwright: type and check", timed(lambda: checked(trees, declared))),
    ]
    print(f"{count} expressions, {sum(map(len, written)) / count:.0f} characters and {nodes / count:.1f} nodes each")
    print(f"{'':28}{'us/expression':>15}{'us/node':>10}{'expressions/s':>15}{'ratio':>8}")
    for name, seconds in rows:
        per = seconds / count * 1e6
        print(f"{name:28}{per:15.1f}{seconds / nodes * 1e6:10.2f}{count / seconds:15.0f}{seconds / theirs:8.2f}")
    growth(declared)


if __name__ == "__main__":
    main()
