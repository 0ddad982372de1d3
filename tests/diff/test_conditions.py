"""A limit moved only where all else of a condition is the same; which way it moved is said only where that is sure."""

from __future__ import annotations

import pytest

from watchwright.diff.expressions import moved


@pytest.mark.parametrize(
    ("before", "after", "quieter", "said"),
    [
        ("depth > 100", "depth > 50", False, "above 50, was 100"),
        ("depth > 100", "depth > 200", True, "above 200, was 100"),
        ("depth < 100", "depth < 200", False, "below 200, was 100"),
        ("100 < depth", "200 < depth", True, "above 200, was 100"),
        ("depth >= -5", "depth >= -10", False, "from -10, was -5"),
        ("mode == 1", "mode == 2", None, "at 2, was 1"),
        ("mode != 3", "mode != 4", None, "not at 4, was 3"),
        ("a > 1 or b > 2", "a > 1 or b > 3", True, "above 3, was 2"),
        ("a > 1 and b > 2", "a > 1 and b > 3", True, "above 3, was 2 (b)"),
        ("a > 1 unless b > 2", "a > 1 unless b > 3", False, "silent above 3, was 2 (b)"),
        ("a > 1 unless (b unless c > 2)", "a > 1 unless (b unless c > 3)", True, "above 3, was 2 (c)"),
        ("a > 1 unless sum(b) > 5", "a > 2 unless sum(b) > 5", True, "above 2, was 1"),
        ("a > 5 < 10", "a > 5 < 20", False, "below 20, was 10"),
        ("a > 5 < 10", "a > 7 < 10", True, "above 7, was 5"),
    ],
)
def test_a_limit_at_the_top_of_a_condition_moves(before: str, after: str, quieter: bool | None, said: str) -> None:
    (limit,) = moved(before, after) or ()

    assert (quieter, said) == (limit.quieter, str(limit))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('orders{code="500"} > 5', 'orders{code="404"} > 4'),
        ("quantile(0.99, waits) > 1", "quantile(0.5, waits) > 0.9"),
        ("topk(5, depth) > 100", "topk(1, depth) > 90"),
        ("predict_linear(depth[1h], 3600) > 100", "predict_linear(depth[1h], 60) > 99"),
        ("clamp_min(depth, 100) > 5", "clamp_min(depth, 5) > 4"),
        ("depth * 2 > 100", "depth * 4 > 150"),
        ("depth > 100", "depth >= 100"),
        ("depth > 100", "100 > depth"),
        ("depth > bool 100", "depth > bool 500"),
        ("rate(errors_total[5m]) > 1", "rate(errors_total[6h]) > 1"),
        ("count(depth > 100) > 5", "count(depth > 200) > 5"),
        ("absent(depth > 100)", "absent(depth > 200)"),
        ("(a > 5 or b) > 1", "(a > 6 or b) > 1"),
        ("a > 1 and b", "a > 1 and on (host) b"),
        ("a > 1 or on (host) b", "a > 2 or on (host) b"),
        ("depth > NaN", "depth > 1"),
        ("depth > 1", "no PromQL ("),
    ],
)
def test_where_anything_else_differs_nobody_says_which_way(before: str, after: str) -> None:
    assert moved(before, after) is None


def test_the_same_number_in_other_words_is_no_other_limit() -> None:
    assert [] == moved("depth > 100", "depth > 1e2")
