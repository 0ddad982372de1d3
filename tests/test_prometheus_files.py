"""What stands beside the rules: the configuration, and the flags that no configuration can say."""

from __future__ import annotations

import pytest

from watchwright import DefinitionError, Histogram, Job, Platform, System
from watchwright.backends.prometheus import render
from watchwright.discovery import Http, Static
from watchwright.lower.fleet import lower
from watchwright.model.environment import Environment

CLASSIC = Histogram("wait_seconds", "Wait.", buckets=[1])
NATIVE = Histogram("wait_seconds", "Wait.", native=True)


def files(platform: Platform, metric: Histogram = CLASSIC) -> dict[str, str]:
    """The files of a small system, by path."""
    system = System("shop", owner="sales", metrics=[metric], jobs=[Job("shop", Static(["a:1"]))])
    return {each.path: each.text for each in render(lower([system], platform, Environment()).fleet)}


def flags(platform: Platform, metric: Histogram = CLASSIC) -> list[str]:
    """The flags without the comments."""
    lines = files(platform, metric)["rules/prometheus.flags"].splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_retention_is_a_flag() -> None:
    """The configuration can say it in newer versions alone, and some of these misread it."""
    assert ["--storage.tsdb.retention.time=30d"] == flags(Platform(retention="30d"))


@pytest.mark.parametrize(
    ("version", "flag", "setting"), [("2.42", True, False), ("3.7", True, False), ("3.8", False, True)]
)
def test_native_histograms_are_scraped_where_there_are_some(version: str, flag: bool, setting: bool) -> None:
    """Nothing scrapes them unless it is told to, by a flag first and by the configuration since 3.8."""
    platform = Platform(prometheus=version)

    assert flag == ("--enable-feature=native-histograms" in flags(platform, NATIVE))
    assert setting == ("scrape_native_histograms: true" in files(platform, NATIVE)["rules/prometheus.yml"])
    assert "native" not in "".join(files(platform).values())


@pytest.mark.parametrize(
    "platform",
    [
        {"prometheus": "2.41"},
        {"grafana": "grafana.example"},
        {"runbooks": "https://wiki.example/my runbooks"},
        {"runbooks": "https://wiki.example/x?y"},
    ],
)
def test_a_platform_that_cannot_be_linked_or_served_is_refused(platform: dict[str, str]) -> None:
    """Each alert would carry the mistake."""
    with pytest.raises(DefinitionError):
        Platform(**platform)  # type: ignore[arg-type] # by name


def test_a_password_in_the_url_of_a_discovery_is_refused_and_not_repeated() -> None:
    """Output is committed, and messages end in logs."""
    with pytest.raises(DefinitionError, match="no user and no password") as refused:
        Http("https://user:hunter2@discovery.example/targets")

    assert "hunter2" not in str(refused.value)
