"""Which group the rules of SLOs stand in, and who reads whom."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from declared_slos import VARIANTS, groups, name_of, planned, rules, slo, variants

from watchwright import Platform, Ruler
from watchwright.lower.plan import Plan, Recording, Rule
from watchwright.lower.slos.lowering import Promised
from watchwright.query.layout import layout
from watchwright.query.tree import Node, Selector, Subquery, Window, walk

# Who reads whom -----------------------------------------------------------------------------------------


@variants
def test_producers_stand_before_consumers_in_their_group(variant: str) -> None:
    for _, group in groups(planned(slo(**VARIANTS[variant]))):
        places = {_key(rule): place for place, rule in enumerate(group.rules) if isinstance(rule, Recording)}
        early = [
            (_said(rule), read)
            for place, rule in enumerate(group.rules)
            for read, _ in _reads(rule.expr)
            if places.get(read, -1) >= place
        ]
        assert [] == early


@variants
def test_of_the_other_group_ranges_alone_are_read(variant: str) -> None:
    """Nobody says which of two groups is evaluated first, and a slow one has samples that are minutes old."""
    both = {group.name: group.rules for _, group in groups(planned(slo(**VARIANTS[variant])))}
    made = {name: {_key(rule) for rule in its if isinstance(rule, Recording)} for name, its in both.items()}
    assert 2 == len(both)
    for name, its in both.items():
        others = set().union(*(keys for other, keys in made.items() if other != name))
        assert [] == [(_said(rule), read) for rule in its for read, ranged in _reads(rule.expr) if not ranged
                      and read in others]  # fmt: skip


@variants
def test_every_recorded_name_that_a_rule_reads_is_recorded(variant: str) -> None:
    """With the window that it selects."""
    plan = planned(slo(**VARIANTS[variant]))
    made = {_key(rule) for rule in rules(plan) if isinstance(rule, Recording)}
    read = {key for rule in rules(plan) for key, _ in _reads(rule.expr) if ":" in key[0]}
    assert read <= made


def test_texts_that_slos_of_one_shape_share_are_their_own() -> None:
    """As printed from their trees; of all variants in one system, twice each, with names of one length."""
    every = [slo(f"s{n:02}{twin}", **parts) for n, parts in enumerate(VARIANTS.values()) for twin in "ab"]
    found = rules(planned(*every))
    assert len(found) > 800
    assert [] == [_said(rule) for rule in found if rule.promql != layout(rule.expr)]


# A ruler that limits groups -------------------------------------------------------------------------------


MIMIR = Platform(ruler=Ruler(rules_per_group=20, groups=70))


def test_forty_five_slos_fit_into_the_groups_that_mimir_takes() -> None:
    """Of usual alerts, with all that their system needs beside them; two groups each would be 34 SLOs."""
    most = next(count for count in range(66, 0, -1) if sum(len(file.groups) for file in _packed(count).files) <= 70)
    assert most >= 45
    assert max(len(group.rules) for _, group in groups(_packed(most))) <= 20


def test_packed_rules_of_an_slo_stay_together_and_in_order() -> None:
    """What reads the others' records stands behind them, in one group."""
    plan = _packed(60)
    for promise in plan.promises:
        fast, slow = _places(plan, promise)
        for places in (fast, slow):
            assert 1 == len({group for group, _ in places})
            assert all(before < after for (_, before), (_, after) in pairwise(places))


def test_slos_of_different_intervals_share_no_group() -> None:
    plan = planned(slo("a"), slo("b", interval="1m"), slo("c", interval="45s"), platform=MIMIR)
    assert ["30s", "45s", "1m", "4m30s", "5m"] == list(dict.fromkeys(group.interval for _, group in groups(plan)))


def test_without_a_ruler_each_slo_has_a_group_of_each_speed() -> None:
    plan = planned(slo("b"), slo("a", period="month"))
    assert [
        ("slo-fast", "shop-slo-fast-a", "30s"),
        ("slo-fast", "shop-slo-fast-b", "30s"),
        ("slo-slow", "shop-slo-slow-a", "5m"),
        ("slo-slow", "shop-slo-slow-b", "5m"),
    ] == [(file.name, group.name, group.interval) for file, group in groups(plan)]


# Helpers ------------------------------------------------------------------------------------------------


def _said(rule: Rule) -> str:
    return f"{name_of(rule)}{dict(rule.labels)}"


def _key(rule: Recording) -> tuple[str, str]:
    return rule.record, rule.labels.get("window", "")


def _reads(root: Node) -> Iterator[tuple[tuple[str, str], bool]]:
    """What is selected, with its window, and whether over a range."""
    ranged = {id(node.vector if isinstance(node, Window) else node.expr) for node in walk(root)
              if isinstance(node, Window | Subquery)}  # fmt: skip
    for node in walk(root):
        if isinstance(node, Selector):
            window = next((each.value for each in node.matchers if each.label == "window"), "")
            yield (node.name, window), id(node) in ranged


def _packed(count: int) -> Plan:
    return planned(*(slo(f"s{i:02}") for i in range(count)), platform=MIMIR)


def _places(plan: Plan, promise: Promised) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Group and place of each rule of the two speeds, in the order that they must have."""
    found = {id(rule): (group.name, place) for _, group in groups(plan) for place, rule in enumerate(group.rules)}
    return [found[id(rule)] for rule in (*promise.fast, *promise.rules)], [found[id(rule)] for rule in promise.slow]
