"""The rules of a system's SLOs in groups: one for each SLO, or packed where a ruler limits groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal

import attrs

from watchwright.lower import names
from watchwright.lower.plan import Rule, RuleFile, RuleGroup
from watchwright.model.platform import Ruler
from watchwright.query.printer import duration


@attrs.frozen(order=False, kw_only=True)
class Chunk:
    """Rules that must stay together, in this order: some read what others of them record."""

    slo: str
    interval: int
    rules: tuple[Rule, ...]


def rule_file(
    system: str, file: Literal["slo-fast", "slo-slow"], chunks: Iterable[Chunk], ruler: Ruler | None
) -> Iterator[RuleFile]:
    """One file of rule groups, if there is any."""
    groups = tuple(_packed(system, file, chunks, ruler) if ruler else _apart(system, file, chunks))
    if groups:
        yield RuleFile(name=file, groups=groups)


def _apart(system: str, file: str, chunks: Iterable[Chunk]) -> Iterator[RuleGroup]:
    for slo, together in groupby(chunks, key=lambda each: each.slo):
        parts = list(together)
        rules = tuple(rule for part in parts for rule in part.rules)
        name = f"{names.rule_group(system, file)}-{slo}"
        yield RuleGroup(name=name, interval=duration(parts[0].interval), rules=rules)


def _packed(system: str, file: str, chunks: Iterable[Chunk], ruler: Ruler) -> Iterator[RuleGroup]:
    """As many chunks to a group as it may hold, in the order of the SLOs; one that is too long has its own."""
    packs: list[_Pack] = []
    for chunk in sorted(chunks, key=lambda each: each.interval):
        fitting = (pack for pack in packs if pack.takes(chunk, ruler.rules_per_group))
        pack = next(fitting, None)
        if pack is None:
            pack = _Pack(chunk.interval)
            packs.append(pack)
        pack.rules += chunk.rules
    for place, pack in enumerate(packs, 1):
        name = f"{names.rule_group(system, file)}-{place}"
        yield RuleGroup(name=name, interval=duration(pack.interval), rules=tuple(pack.rules))


@attrs.define
class _Pack:
    interval: int
    rules: list[Rule] = attrs.field(factory=list)

    def takes(self, chunk: Chunk, most: int) -> bool:
        return self.interval == chunk.interval and len(self.rules) + len(chunk.rules) <= most
