"""What is derived of native histograms holds for what promtool answers; blocks from text have none of them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from watchwright.checks.expressions import Use, problems
from watchwright.query.parser import parse
from watchwright.semantics.labels import NAME, Labels
from watchwright.semantics.values import only
from watchwright.semantics.world import Series, World
from watchwright.verify.tools import Tool

_LABELS = {"job": only("shop")}
_WORLD = World(
    {
        "native": Series(name="native", samples="histogram", labels=Labels({NAME: only("native"), **_LABELS})),
        "plain": Series(name="plain", samples="gauge", labels=Labels({NAME: only("plain"), **_LABELS})),
    }
)
_SAMPLES = """
  - series: native{job="shop"}
    values: '{{schema:0 sum:5 count:4 buckets:[1 2 1]}}+{{schema:0 sum:5 count:4 buckets:[1 2 1]}}x20'
  - series: plain{job="shop"}
    values: 3x20
"""

#: Expressions that have an answer.
ANSWERED = [
    "histogram_quantile(0.5, native)",
    "histogram_quantile(0.5, sum(rate(native[5m])))",
    "histogram_quantile(0.5, avg(rate(native[5m])))",
    "histogram_quantile(0.5, native + native)",
    "histogram_quantile(0.5, native - 0.5 * native)",
    "histogram_quantile(0.5, native * plain)",
    "histogram_quantile(0.5, native / plain)",
    "histogram_quantile(0.5, native * scalar(plain))",
    "histogram_quantile(0.5, -native)",
    "histogram_quantile(0.5, delta(native[5m]))",
    "histogram_quantile(0.5, sum_over_time(native[5m]))",
    "histogram_quantile(0.5, avg_over_time(native[5m]))",
    "histogram_quantile(0.5, last_over_time(native[5m]))",
    "histogram_quantile(0.5, native != native / 2)",
    "histogram_count(plain * native)",
    "histogram_fraction(0, 2, native + native)",
]


def test_what_promtool_answers_is_not_said_to_be_empty(promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    tool = promtools[-1]
    if int(tool.version.partition(".")[0] or 0) < 3:
        pytest.skip(f"{tool} knows no native histograms in unit tests")
    assert ANSWERED == answered(tool.path, ANSWERED, tmp_path)
    types = {expr: _WORLD.typed(parse(expr, version=(3, 14))).type for expr in ANSWERED}
    assert [] == [expr for expr, type_ in types.items() if type_.empty == "always"]


@pytest.mark.parametrize("expr", ANSWERED)
def test_no_error_is_found_in_it(expr: str) -> None:
    assert [] == [each.id for each in problems(parse(expr, version=(3, 14)), _WORLD, Use()) if each.severity == "error"]


def answered(promtool: Path, expressions: Sequence[str], folder: Path) -> list[str]:
    """Those with an answer: promtool complains, for nothing is expected."""
    tests = "".join(f"  - {{expr: '{expr}', eval_time: 10m, exp_samples: []}}\n" for expr in expressions)
    file = folder / "native.yaml"
    file.write_text(f"tests:\n- interval: 1m\n  input_series:{_SAMPLES}  promql_expr_test:\n{tests}", "utf-8")
    ran = subprocess.run([promtool, "test", "rules", file], capture_output=True, text=True, check=False)
    return re.findall(r'expr: "(.*)", time: 10m,\n\s*exp: ?\w*\n\s*got: ?\{', ran.stdout + ran.stderr)
