"""
What happened, what was scraped of it, and what consecutive scrapes saw.

Events are drawn for each instance and result from scrape to scrape, which is the same as second by second and a
hundred times as fast; what happens at a certain second falls between the scrapes that it falls between.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from random import Random

import attrs
from backfilled import EPOCH
from remote import Sample, Series

SCRAPE = 15
DAY = 86_400
RESULTS = ("paid", "declined", "error")
_BAD = "error"
_UP = "up"
_DECLINED = 0.1
_MANY = 30  # from so many on a Poisson number is drawn as a normal one
#: The previous value is looked for so far back: two scrapes that fail lose nothing, and no more is promised.
LOOK_BACK = 45


@attrs.frozen
class Burst:
    """From one second to another traffic is so many times as much, and this share of it bad."""

    start: float
    end: float
    errors: float
    traffic: float = 1.0


@attrs.frozen(kw_only=True)
class Scenario:
    """A world: what it is like, in seconds, events a second of each instance, and shares."""

    name: str
    days: float = 1.0
    instances: int = 6
    rate: float = 20.0
    errors: float = 0.0005
    by_day: float = 0.7
    bursts: Sequence[Burst] = ()
    #: Errors at second 7 of every minute and of each instance.
    ticking: float = 0.0
    #: How long an instance lives, how long it is away then, and whether the next one has another name.
    lives: float = 0.0
    away: float = 25.0
    renamed: bool = False
    #: Series appear with their first event, not with the process.
    lazy: bool = False
    #: A process fails for a while before it stops: half of its events are bad.
    dying: float = 0.0
    #: A scrape may be so many seconds late.
    jitter: float = 0.0
    #: Scrapes of the first instance fail.
    unscraped: Sequence[tuple[float, float]] = ()
    #: This share of scrapes fails while a burst lasts.
    flaky: float = 0.0
    #: Nothing is scraped or evaluated: Prometheus is down.
    down: Sequence[tuple[float, float]] = ()
    #: From then on all series have one label more.
    relabelled: float = math.inf
    #: The first processes have counted for so many seconds before the data begins.
    old: float = 0.0
    seed: int = 7

    @property
    def length(self) -> float:
        """In seconds."""
        return self.days * DAY


@attrs.define
class Sums:
    """Events, and the bad ones of them."""

    total: float = 0.0
    bad: float = 0.0

    def add(self, total: float, bad: float) -> None:
        """Count more."""
        self.total += total
        self.bad += bad

    @property
    def ratio(self) -> float:
        """The share of bad ones."""
        return self.bad / self.total if self.total else math.nan


@attrs.frozen(kw_only=True)
class Step:
    """What a scrape saw since the one before: events, and of them those of series that were new."""

    at: float
    since: float
    total: float
    bad: float
    new_total: float
    new_bad: float


@attrs.define
class Ledger:
    """Everything of a scenario: *events* is the truth, *steps* what can be known of it."""

    scenario: Scenario
    events: Sums = attrs.field(factory=Sums)
    steps: list[Step] = attrs.field(factory=list)
    samples: dict[tuple[str, str, str], list[Sample]] = attrs.field(factory=dict)

    def series(self) -> list[Series]:
        """What was scraped."""
        return [(_labels(*key), samples) for key, samples in self.samples.items()]

    def seen(self, first: float, last: float, *, gaps: bool = False) -> Sums:
        """What consecutive scrapes saw from one second to another; or, with *gaps*, what went by between others."""
        sums = Sums()
        for step in self.steps:
            if first < step.at <= last and (step.at - step.since > LOOK_BACK) == gaps:
                sums.add(step.total + step.new_total, step.bad + step.new_bad)
        return sums

    def new(self, first: float, last: float) -> Sums:
        """Of these, what the first values of series were."""
        sums = Sums()
        for step in self.steps:
            if first < step.at <= last and step.at - step.since <= LOOK_BACK:
                sums.add(step.new_total, step.new_bad)
        return sums


def _labels(instance: str, result: str, release: str) -> Mapping[str, str]:
    labels = {"__name__": "up", "job": "checkout", "instance": instance}
    if result != _UP:
        labels |= {"__name__": "checkout_payments_total", "result": result}
    return {**labels, "release": release} if release else labels


def drawn(scenario: Scenario) -> Ledger:
    """A scenario, drawn."""
    ledger = Ledger(scenario)
    for slot in range(scenario.instances):
        _Slot(ledger, slot).draw()
    return ledger


# One place for an instance ------------------------------------------------------------------------------


@attrs.define
class _Slot:
    ledger: Ledger
    place: int
    random: Random = attrs.field(init=False)
    chance: Random = attrs.field(init=False)
    counts: dict[str, int] = attrs.field(factory=dict)
    #: The target of the last scrape that succeeded, when that was, and what it brought.
    target: tuple[str, str] = ("", "")
    scraped: float = -math.inf
    last: dict[str, int] = attrs.field(factory=dict)
    #: The series that have not ended.
    open: set[tuple[str, str, str]] = attrs.field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.random = Random(f"{self.ledger.scenario.seed} {self.place}")
        self.chance = Random(self.place)

    def draw(self) -> None:
        """All scrapes, and what happens between them."""
        scenario = self.ledger.scenario
        self._start(scenario.old)
        before, life = 0.0, 0
        for scrape in self._scrapes():
            for end, next_one in self._ends(before, scrape, life):
                self._happen(before, end)
                if next_one > life:
                    self._start(0.0)
                before, life = end, next_one
            self._happen(before, scrape)
            before = scrape
            self._scrape(scrape, life)

    def _scrapes(self) -> Iterator[float]:
        scenario = self.ledger.scenario
        phase = self.random.uniform(0, SCRAPE)
        for count in range(int((scenario.length - phase) // SCRAPE)):
            yield phase + count * SCRAPE + scenario.jitter * self.random.uniform(0, 1)

    def _ends(self, after: float, until: float, life: int) -> Iterator[tuple[float, int]]:
        """Where a process stops, and where the next one starts."""
        stops = self._stop(life)
        if after < stops <= until:
            yield stops, life
        if after < stops + self.ledger.scenario.away <= until:
            yield stops + self.ledger.scenario.away, life + 1

    def _stop(self, life: int) -> float:
        """Every slot at another time."""
        lives = self.ledger.scenario.lives
        return lives * (life + (self.place + 1) / (self.ledger.scenario.instances + 1)) if lives else math.inf

    def _start(self, counted: float) -> None:
        scenario = self.ledger.scenario
        if scenario.lazy and not counted:
            self.counts = {}
        else:
            each = scenario.rate * counted
            shares = {"paid": 1 - _DECLINED, "declined": _DECLINED, _BAD: scenario.errors}
            self.counts = {result: round(each * share) for result, share in shares.items()}

    def _is_up(self, at: float, life: int) -> bool:
        return at <= self._stop(life)

    # Events ---------------------------------------------------------------------------------------------

    def _happen(self, begin: float, end: float) -> None:
        life = self._life(begin, end)
        if not self._is_up((begin + end) / 2, life):
            return
        good, bad = self._expected(begin, end)
        drawn = {"paid": good * (1 - _DECLINED), "declined": good * _DECLINED, _BAD: bad}
        for result, mean in drawn.items():
            events = _poisson(mean, self.random)
            if events:
                self.counts[result] = self.counts.get(result, 0) + events
                self.ledger.events.add(events, events if result == _BAD else 0)

    def _life(self, begin: float, end: float) -> int:
        life = 0
        while self._stop(life) + self.ledger.scenario.away <= (begin + end) / 2:
            life += 1
        return life

    def _expected(self, begin: float, end: float) -> tuple[float, float]:
        scenario = self.ledger.scenario
        middle = (begin + end) / 2
        rate = scenario.rate * (1 - scenario.by_day * math.cos(2 * math.pi * middle / DAY))
        good = bad = 0.0
        plain = end - begin
        stop = self._stop(self._life(begin, end))
        dying = Burst(stop - scenario.dying, stop, errors=0.5)
        for burst in (*scenario.bursts, dying):
            both = max(0.0, min(end, burst.end) - max(begin, burst.start))
            plain -= both
            good += both * rate * burst.traffic * (1 - burst.errors)
            bad += both * rate * burst.traffic * burst.errors
        ticks = math.floor((end - 7) / 60) - math.floor((begin - 7) / 60)
        return good + plain * rate * (
            1 - scenario.errors
        ), bad + plain * rate * scenario.errors + scenario.ticking * ticks

    # Scrapes --------------------------------------------------------------------------------------------

    def _scrape(self, at: float, life: int) -> None:
        scenario = self.ledger.scenario
        if _within(at, scenario.down):
            return
        instance = f"checkout-{self.place}" + (f"-{life}" if scenario.renamed else "")
        release = "b" if at >= scenario.relabelled else ""
        fails = not self._is_up(at, life) or self._fails(at)
        there = set() if fails else {(instance, result, release) for result in self.counts}
        if not fails or not scenario.renamed:
            there.add((instance, _UP, release))
        stamp = round((EPOCH + at) * 1000)
        for key in self.open - there:
            self.ledger.samples[key].append((stamp, None))
        for key in there:
            value = float(not fails) if key[1] == _UP else float(self.counts[key[1]])
            self.ledger.samples.setdefault(key, []).append((stamp, value))
        self.open = there
        if not fails:
            self._see(at, (instance, release))

    def _fails(self, at: float) -> bool:
        scenario = self.ledger.scenario
        if self.place == 0 and _within(at, scenario.unscraped):
            return True
        return (
            _within(at, [(each.start, each.end) for each in scenario.bursts]) and self.chance.random() < scenario.flaky
        )

    def _see(self, at: float, target: tuple[str, str]) -> None:
        grown, new = Sums(), Sums()
        if target == self.target:
            for result, count in self.counts.items():
                before = self.last.get(result)
                bad = result == _BAD
                if before is None:
                    new.add(count, count if bad else 0)
                else:
                    more = count - before if count >= before else count
                    grown.add(more, more if bad else 0)
            since = self.scraped
            self.ledger.steps.append(
                Step(at=at, since=since, total=grown.total, bad=grown.bad, new_total=new.total, new_bad=new.bad)
            )
        self.target, self.scraped, self.last = target, at, dict(self.counts)


def _within(at: float, windows: Sequence[tuple[float, float]]) -> bool:
    return any(start <= at < end for start, end in windows)


def _poisson(mean: float, random: Random) -> int:
    if mean > _MANY:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count
