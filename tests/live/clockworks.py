"""What scraping a simulated system would give to its rules."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hours import repeated
from prometheus_client.exposition import choose_encoder
from targets import series

from simulators.clockwork import Clockwork, Target


def scraped(
    run: Clockwork[Any, Any], target: Target, only: Collection[str] | None = None
) -> Iterator[tuple[str, Mapping[str, str], float]]:
    """What a scrape of the target stores now: name, labels and value; of these names, if *only* some are wanted."""
    answers = run.answers(target)
    yield "up", target.scraped, float(answers)
    for sample in run.samples(target) if answers else ():
        if only is None or sample.name in only:
            yield sample.name, {**sample.labels, **target.scraped}, sample.value


def input_series(run: Clockwork[Any, Any], read: Collection[str], *, until: int, step: int) -> list[dict[str, str]]:
    """What is scraped each *step* seconds of the series that are *read*, in promtool's notation."""
    found: dict[str, dict[int, float]] = {}
    for number, second in enumerate(range(0, until + 1, step)):
        run.advance(second)
        for target in run.TARGETS:
            for name, labels, value in scraped(run, target, read):
                found.setdefault(series(name, labels), {})[number] = value
    return [{"series": name, "values": repeated(values, until // step + 1)} for name, values in found.items()]


def written(run: Clockwork[Any, Any], *, until: int, step: int, file: Path) -> None:
    """Move a simulation on to *until*, and write what is scraped each *step* seconds, in the text of OpenMetrics."""
    with file.open("w", encoding="utf-8") as lines:
        for second in range(0, until + 1, step):
            run.advance(second)
            for target in run.TARGETS:
                for name, labels, value in scraped(run, target):
                    lines.write(f"{series(name, labels)} {value!r} {run.epoch + second:.3f}\n")
        lines.write("# EOF\n")


class Clockworks:
    """All targets of simulations whose second 0 is their epoch, and which go on with the wall clock."""

    def __init__(self, runs: Sequence[Clockwork[Any, Any]]) -> None:
        self._runs = {target: run for run in runs for target in run.TARGETS}
        self._turn = threading.Lock()

    def answer(self, target: Target, path: str, accept: str) -> tuple[bytes, str] | None:  # noqa: ARG002 - as asked
        """Body and content type; nothing where the target does not answer."""
        run = self._runs[target]
        with self._turn:
            run.advance(time.time() - run.epoch)
            if not run.answers(target):
                return None
            encode, content_type = choose_encoder(accept)
            return encode(run.registry(target)), content_type
