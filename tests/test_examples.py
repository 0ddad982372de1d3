"""The examples that `watchwright explain` shows: each is run, word for word."""

from __future__ import annotations

import pytest

from examples_as_definitions import found_in, title
from watchwright.cli.explain import page, table
from watchwright.examples import Example, examples
from workbench import Repository


@pytest.mark.parametrize("example", examples(), ids=title)
def test_an_example_that_is_wrong_has_its_finding(example: Example, repository: Repository) -> None:
    """Word for word, and once; the hint too, where the example has one."""
    found = [each for each in found_in(repository, example, example.bad) if each.id == example.id]

    assert [example.says] == [each.message for each in found]
    assert example.hint in ("", found[0].hint)


@pytest.mark.parametrize("example", examples(), ids=title)
def test_an_example_that_is_right_is_right_altogether(example: Example, repository: Repository) -> None:
    """It has no other finding either, for it is what people copy."""
    assert [] == [(each.id, each.message) for each in found_in(repository, example, example.good)]


# What no definition and no file brings about: states of the disk, of Git, of the tools, of Watchwright itself
EVENTS = (
    "config/", "diff/", "file/unreadable", "internal/", "kubernetes/datasource", "kubernetes/invalid", "load/no-folder",
    "promtool/", "tool/", "write/",
)  # fmt: skip


def test_every_finding_has_an_example() -> None:
    """Whoever is told of it sees what is meant."""
    ids = [line.split()[0] for line in table().splitlines()]

    assert "alert/severity" in ids
    assert [] == [id_ for id_ in ids if not examples(id_) and not id_.startswith(EVENTS)]
    assert [] == [id_ for id_ in ids if examples(id_) and id_.startswith(EVENTS)]


def test_each_example_is_in_the_file_of_its_subject() -> None:
    """Elsewhere `explain` would not find it."""
    assert [] == [example.id for example in examples() if example not in examples(example.id)]


def test_explain_shows_what_is_wrong_and_what_is_right() -> None:
    """Below the page, with the words of the finding, and what the metrics are."""
    assert page("histogram/beyond-buckets").endswith("""\
Wrong:
    histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 3
    error: a quantile of these buckets is never above 2.5, the last of their bounds [histogram/beyond-buckets]
    hint: compare with less, or add a bucket beyond it

Right:
    histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 1

Where `http_request_duration_seconds` is a histogram by path with the buckets 0.1, 0.5, 1, 2.5.""")


def test_explain_shows_what_an_example_stands_on() -> None:
    """What is declared above it, and the platform; no more than two examples."""
    shown = page("dashboard/refresh")
    given = """\
Given:
    rows = [Row("Memory", [Stat("In use", memory_used_bytes)])]
    platform = Platform(scrape_interval="1m")

Wrong:
    Dashboard("Shop", rows, refresh="30s")
    warning: dashboard `Shop` loads again every `30s` [dashboard/refresh]
"""

    assert given in shown
    assert 3 == len(examples("dashboard/refresh"))
    assert 2 == shown.count("Wrong:")


def test_an_id_without_examples_has_its_page_alone() -> None:
    """What no definition brings about cannot be shown by one."""
    assert page("internal/error").endswith("is set.")
