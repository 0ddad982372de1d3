"""How often an SLO is evaluated, and how far its base rules look back."""

from __future__ import annotations

import attrs

from watchwright.lower.shards import lag, read_every
from watchwright.model.duration import milliseconds
from watchwright.model.platform import Platform
from watchwright.model.scrape import Job
from watchwright.model.sli import Tracked
from watchwright.model.slo import Slo

#: Milliseconds. Nothing is evaluated more often: pages gain nothing by it, and cost twice as much.
_FAST = 30_000
# no more than that, as Prometheus forgets a sample after five minutes
_SLOW = 300_000
# what long windows are summed up from
_QUARTER = 900_000
# https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness
_REMEMBERED = 300_000
# of rate() over a native histogram: four evaluations and the scrape before, so that each increment weighs the same
_SHARE = 4


@attrs.frozen(kw_only=True)
class Timing:
    """
    Lengths in milliseconds.

    *fast* is how often streams, windows and alerts are evaluated, *slow* how often the budget is: a multiple of it.
    *scrape* is the slowest scrape interval, or that at which shards are read. Samples are read *delay* late, when
    every scrape of that time has come to its end or to its time-out, and when shards that scrape have been read.
    """

    scrape: int
    fast: int
    slow: int
    delay: int

    @property
    def look_back(self) -> int:
        """Where the value at the evaluation before is looked for: one interval, and one scrape more."""
        return self.fast + self.scrape

    @property
    def late(self) -> int:
        """How long what happened goes on being counted: what grew since a sample that was looked for so far back."""
        return self.delay + self.fast + self.look_back

    @property
    def quarter(self) -> int:
        """A quarter of an hour, or as many evaluations as it holds: at least one."""
        return max(_QUARTER // self.fast, 1) * self.fast

    @property
    def found(self) -> bool:
        """Whether Prometheus finds a sample of the fast group at any time."""
        return self.fast <= _REMEMBERED

    @property
    def native(self) -> int:
        """The window of rate(), where nothing but rate() will do: `4 * fast + scrape`, which weighs all alike."""
        return _SHARE * self.fast + self.scrape


def timing(slo: Slo, jobs: tuple[Job, ...], platform: Platform) -> Timing:
    """The timing of an SLO of these jobs."""
    scrape = max((milliseconds(each.interval or platform.scrape_interval, "") for each in jobs), default=0)
    scrape = scrape or milliseconds(platform.scrape_interval, "")
    delay = max((milliseconds(each.timeout or platform.scrape_timeout, "") for each in jobs), default=0)
    # a tracked value is a mean of days: nothing is gained by looking at it more often
    usual = _SLOW if isinstance(slo.sli, Tracked) else _FAST
    apart = max(scrape, read_every(platform))
    fast = milliseconds(slo.interval, "") if slo.interval else max(usual, apart)
    return Timing(
        scrape=apart,
        fast=fast,
        slow=max(_SLOW // fast, 1) * fast,
        delay=min(delay or milliseconds(platform.scrape_timeout, ""), scrape) + lag(platform),
    )
