"""The hours before now: what scraping would have stored of them, as blocks in a data folder."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from targets import answers_as, pushed, series

from simulators.clockwork import Target
from simulators.quantacirc import COMPONENTS, Simulation

#: Labels that the rendered configuration drops when scraping.
DROPPED = frozenset({"timestamp"})


def samples(
    simulation: Simulation, target: Target, only: Collection[str] | None = None
) -> Iterator[tuple[str, Mapping[str, str], float]]:
    """What a scrape of the target stores now: name, labels and value; of these names, if *only* some are wanted."""
    answers = simulation.answers(answers_as(target))
    yield "up", target.scraped, float(answers)
    for name, labels, value in _answer(simulation, target) if answers else ():
        if only is None or name in only:
            yield name, {label: labels[label] for label in labels if label not in DROPPED}, value


def _answer(simulation: Simulation, target: Target) -> Iterator[tuple[str, Mapping[str, str], float]]:
    if answers_as(target) == "push":
        yield from pushed(simulation.epoch)  # honor_labels: it keeps the job and instance of the run
    elif answers_as(target) in COMPONENTS:
        for sample in simulation.samples(answers_as(target)):
            yield sample.name, {**sample.labels, **target.scraped}, sample.value


def written(
    simulation: Simulation,
    scraped: Sequence[Target],
    *,
    until: int,
    step: int,
    file: Path,
    also: Mapping[str, float],
) -> None:
    """Move the simulation on to *until*, and write what is scraped each *step* seconds, and constant series *also*."""
    with file.open("w", encoding="utf-8") as lines:
        for second in range(0, until + 1, step):
            simulation.advance(second)
            for target in scraped:
                for name, labels, value in samples(simulation, target):
                    lines.write(f"{series(name, labels)} {value!r} {simulation.epoch + second:.3f}\n")
            for constant, value in also.items():
                lines.write(f"{constant} {value!r} {simulation.epoch + second:.3f}\n")
        lines.write("# EOF\n")


def blocks(promtool: Path, file: Path, folder: Path) -> None:
    """The samples of a file as blocks of a data folder."""
    folder.mkdir()
    command = [str(promtool), "tsdb", "create-blocks-from", "openmetrics", str(file), str(folder)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 0 == made.returncode, made.stdout[-2000:] + made.stderr[-2000:]
