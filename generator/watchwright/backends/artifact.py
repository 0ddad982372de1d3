"""What a backend makes: a path, its exact text, and where each stretch of lines comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import attrs

from watchwright.finding import Finding
from watchwright.lower.plan import Fleet, Origin


@attrs.frozen(order=False)
class Stretch:
    """Lines from *first* to *last*, counted from 1, that come from one part of a definition."""

    first: int
    last: int
    origin: Origin


@attrs.frozen(order=False)
class Artifact:
    """
    A file to write: its path below the output folder, with forward slashes, and its exact text.

    *origins* are the stretches whose source is known, in order and without overlap.
    """

    path: str
    text: str
    origins: tuple[Stretch, ...] = ()

    def origin(self, line: int) -> Origin | None:
        """The origin of a line."""
        for stretch in self.origins:
            if stretch.first <= line <= stretch.last:
                return stretch.origin
        return None


Output = Artifact | Finding


class Backend(Protocol):
    """Writes a fleet down for one target; what the target cannot say comes back as a finding."""

    def __call__(self, fleet: Fleet) -> Iterator[Output]:
        """The files of a fleet, and findings about what they cannot say."""


def artifacts(outputs: Iterable[Output]) -> tuple[tuple[Artifact, ...], tuple[Finding, ...]]:
    """Outputs sorted apart; artifacts by path, whatever order the backends ran in."""
    made: list[Artifact] = []
    findings: list[Finding] = []
    for output in outputs:
        if isinstance(output, Artifact):
            made.append(output)
        else:
            findings.append(output)
    return tuple(sorted(made, key=lambda each: each.path)), tuple(findings)
