"""What indicators count, and what the checks say of it."""

from __future__ import annotations

from typing import Any

import pytest
from promises import SHARE, durations, findings, ids, job, milliseconds, native, requests, sizes, slo

from watchwright import Counter, drop_labels, not_, regex
from watchwright.slo import ErrorRatio, Latency, Ratio
from watchwright.units import MB, ms, s


def test_labels_that_the_ratio_has_are_not_reported() -> None:
    whole = requests.where(code="500").rate("5m").sum() / (requests.rate("5m").sum() > 0)
    assert [] == ids(slo(sli=ErrorRatio(SHARE), by=["path"]))
    assert ["slo/labels"] == ids(slo(sli=ErrorRatio(whole), by=["path"]))
    # of all others the checks of expressions say it
    assert [] == ids(slo(by=["route"]))


@pytest.mark.parametrize(
    ("label", "parts", "found"),
    [
        ("window", {}, ["slo/reserved-label"]),
        ("system", {}, ["slo/reserved-label"]),
        ("severity", {}, ["slo/reserved-label"]),
        ("month", {"period": "month"}, ["slo/reserved-label"]),
        ("month", {"period": "quarter"}, []),
        ("sloth_window", {"names": "sloth"}, ["slo/reserved-label"]),
        ("window", {"names": "sloth"}, []),
        ("sloth_window", {}, []),
        ("team", {}, []),
    ],
)
def test_labels_that_an_slo_sets_are_its_own(label: str, parts: dict[str, Any], found: list[str]) -> None:
    total = Counter("orders_total", "Orders.", labels=[label, "result"])
    own = Ratio(bad=total.where(result="lost"), total=total)
    assert found == ids(slo(sli=own, by=[label], **parts))


def test_info_may_say_what_no_other_fact_does() -> None:
    assert [] == ids(slo(info={"team": "x", "tier": "1"}))
    assert ["slo/reserved-label"] * 2 == ids(slo(info={"slo": "x", "objective": "5"}))


_PAY = requests.where(path="/pay")


@pytest.mark.parametrize(
    ("total", "part", "right"),
    [
        (requests, requests.where(code="500"), True),
        (_PAY, _PAY.where(code="500"), True),
        (_PAY, requests.where(code="500", path="/pay"), True),
        (_PAY, requests.where(code="500"), False),
        (_PAY, requests.where(code="500", path=["/pay", "/buy"]), False),
        (_PAY, requests.where(code="500", path=regex("/p.*")), True),  # no other may begin so
        (_PAY, requests.where(code="500", path=regex("/b.*")), False),
        (requests.where(code=["404", "500"]), requests.where(code="500"), True),
        (requests.where(code=["404", "500"]), requests.where(code=["500", "200"]), False),
        (requests.where(code=not_("404")), requests.where(code="500"), True),
        (requests.where(code=not_("404")), requests.where(code=not_("200")), False),  # 404 is one of them
        (requests.where(code=regex("[25]..")), requests.where(code="500"), True),
        (requests.where(code=regex("[25]..")), requests.where(code="404"), False),
        (requests.where(code=["200", "404", "500"]), requests.where(path="/x"), True),  # that is all
        (requests.where(path=not_("")), requests.where(code="500"), True),
        (requests.where(path=not_("/health")), requests.where(code="500"), False),
        (requests.where(path=not_(regex("/internal/.*"))), requests.where(code="500"), False),
        (requests.where(path=not_(regex("/internal/.*"))), requests.where(path=regex("/api/.*")), True),
        (requests.where(path=regex("/api/.*")), requests.where(path=regex("/api/v1/.*")), True),
        (requests.where(path=regex("/api/.*")), requests.where(code="500"), False),
        (requests.where(path=regex(".*")), requests.where(code="500"), True),
        (requests.where(job="shop"), requests.where(code="500"), True),  # the scope says so of both
        (requests, requests, False),
        (_PAY, Counter("failures_total", "Failures.", labels=["kind"]), True),
        (durations.count, durations.bucket.where(le="0.5"), True),
        (durations.where(path="/pay").count, durations.bucket.where(le="0.5"), True),  # another metric
        (requests, requests.where(code="502"), True),  # `label/value` says that there are none
    ],
)
@pytest.mark.parametrize("role", ["bad", "good"])
def test_a_part_of_one_counter_selects_no_more_than_the_total(total: Any, part: Any, role: str, *, right: bool) -> None:
    """Whatever may be right is."""
    expected = [] if right else ["slo/part"]
    assert expected == ids(slo(sli=Ratio(total=total, **{role: part})))


def test_of_two_jobs_one_is_a_part() -> None:
    jobs = (job("shop"), job("bills"))
    own = requests.where(job="shop")
    assert [] == ids(slo(sli=Ratio(total=requests, bad=own.where(code="500"))), jobs=jobs)
    assert ["slo/part"] == ids(slo(sli=Ratio(total=own, bad=requests.where(code="500"))), jobs=jobs)


@pytest.mark.parametrize(
    ("histogram", "below", "hint"),
    [
        (durations, "500ms", None),
        (durations, 500 * ms, None),
        (durations, 0.5, None),
        (durations, "1s", None),
        (durations.where(path="/"), "1s", None),
        (durations, 300 * ms, "the closest of its buckets: `0.1` and `0.5`"),
        (durations.where(path="/"), 0.3, "the closest of its buckets: `0.1` and `0.5`"),
        (durations, "50ms", "the closest of its buckets: `0.1`"),
        (durations, "1m", "the closest of its buckets: `1`"),
        (milliseconds, "500ms", None),
        (milliseconds, 0.1 * s, None),
        (milliseconds, "1s", "the closest of its buckets: `500`"),
        (sizes, 10 * MB, None),
        (sizes, 5 * MB, "the closest of its buckets: `1000000` and `10000000`"),
        (sizes, 1e6, None),
        (sizes, "300ms", None),  # `expr/unit` says that this cannot be
        (durations, 5 * MB, None),
        (native, "300ms", None),
        (native.where(path="/"), 0.123, None),
    ],
)
def test_a_bound_is_compared_in_the_unit_of_the_histogram(histogram: Any, below: Any, hint: str | None) -> None:
    found = findings(slo(sli=Latency(histogram, below=below)))
    assert ([] if hint is None else [("slo/bucket", hint)]) == [(id_, said) for id_, _, said in found]


def test_first_values_are_an_error_only_where_they_are_asked_for() -> None:
    asked = Ratio(bad=requests.where(code="500"), total=requests, first_values=True)
    merged = (job(metric_relabel=[drop_labels("instance")]),)
    assert [] == ids(slo(sli=asked))
    assert [] == ids(slo(), jobs=merged)
    assert ["slo/first-values"] == ids(slo(sli=asked), jobs=merged)
    assert [] == ids(slo(sli=asked), jobs=())  # nobody knows
