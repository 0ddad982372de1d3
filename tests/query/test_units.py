"""Units, their names and their algebra."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from watchwright.query.units import (
    DIMENSIONLESS,
    SECONDS,
    Unit,
    UnitError,
    convert,
    unit,
    unit_of_name,
)


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        ("seconds", "http_request_duration_seconds"),
        ("seconds", "process_cpu_seconds_total"),
        ("seconds", "process_start_time_seconds"),
        ("seconds", "last_run_timestamp_seconds"),
        ("ms", "latency_milliseconds"),
        ("bytes", "node_memory_free_bytes"),
        ("bytes", "sent_bytes_total"),
        ("ratio", "cache_hit_ratio"),
        ("percent", "cpu_percent"),
        ("usd", "spent_usd_total"),
        ("celsius", "node_hwmon_temp_celsius"),
        ("count", "http_requests_total"),
        ("seconds", "http_requests_created"),
    ],
)
def test_names_tell_the_unit_by_their_suffix(expected: str, name: str) -> None:
    """
    As https://prometheus.io/docs/practices/naming/ has it.
    """
    assert unit(expected) == unit_of_name(name)


@pytest.mark.parametrize("name", ["up", "go_goroutines", "job:requests:rate5m", "seconds_behind", "build_info"])
def test_names_without_a_suffix_tell_nothing(name: str) -> None:
    """
    Nothing is guessed.
    """
    assert unit_of_name(name) is None


@pytest.mark.parametrize(
    ("expected", "value", "from_", "to"),
    [
        ("0.05", "5", "percent", None),
        ("0.05", "5", "percent", "ratio"),
        ("5", "5", "percent", "percent"),
        ("5", "0.05", "ratio", "percent"),
        ("0.5", "500", "ms", None),
        ("500", "0.5", "s", "ms"),
        ("3600", "1", "hours", None),
        ("2147483648", "2", "GiB", None),
        ("2000000000", "2", "GB", None),
        ("125000", "1", "bits", "bytes"),
        ("5", "5", "requests", None),
        ("5", "5", "requests", "ratio"),
        ("5", "5", "1/s", None),
        ("5", "5", "requests/s", "1/s"),
        ("0.1", "6", "1/min", "1/s"),
        ("300", "5", "1/s", "1/min"),
        ("NaN", "NaN", "ms", None),
        ("-Infinity", "-Infinity", "ms", None),
    ],
)
def test_quantities_convert_exactly(expected: str, value: str, from_: str, to: str | None) -> None:
    """
    Decimals stay decimals, and counted things have no say.
    """
    if from_ == "bits":
        value = str(1_000_000)
    found = convert(Decimal(value), unit(from_), None if to is None else unit(to))
    assert expected == str(found)


def test_what_does_not_end_is_cut_where_a_float_ends() -> None:
    """
    Five a minute are 0.08333333333333333 a second: more digits no float64 holds.
    """
    assert Decimal("0.083333333333333333") == convert(Decimal(5), unit("1/min"), unit("1/s"))


def test_other_dimensions_do_not_convert() -> None:
    """
    The message names both units.
    """
    with pytest.raises(UnitError, match="seconds cannot be converted to bytes"):
        convert(Decimal(1), unit("s"), unit("bytes"))


def test_units_multiply_and_divide() -> None:
    """
    Exponents add up, and what cancels is gone.
    """
    assert unit("bytes/s") == unit("bytes") / SECONDS
    assert DIMENSIONLESS == SECONDS / SECONDS
    assert Unit(Fraction(1, 1000)) == unit("ms") / SECONDS
    assert unit("joules") == unit("watts") * SECONDS
    assert SECONDS == (SECONDS**2).root()
    assert SECONDS.root() is None


def test_a_unit_of_ones_own_is_a_dimension() -> None:
    """
    Pages compare with pages, and with nothing else.
    """
    assert unit("pages").is_comparable(unit("pages"))
    assert not unit("pages").is_comparable(SECONDS)
    assert not unit("pages").is_comparable(DIMENSIONLESS)


@pytest.mark.parametrize(
    ("expected", "of"),
    [("seconds", "s"), ("percent", "%"), ("bytes/seconds", "B/s"), ("a plain number", "ratio"), ("1/60 count/seconds", "count/min")],
)  # fmt: skip
def test_units_name_themselves(expected: str, of: str) -> None:
    """
    In messages the long name stands.
    """
    assert expected == str(unit(of))
