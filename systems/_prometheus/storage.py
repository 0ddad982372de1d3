"""Whether it keeps what it stored, for as long as it should, and whether it can still answer."""

from watchwright import Alert, Case, any_of, percent, time
from watchwright.units import days, hours

from .._process import PROCESS, started
from ..platform import platform
from .here import SERVER
from .metrics import (
    blocks_size,
    corruptions,
    head_series,
    oldest,
    queries,
    queries_at_once,
    size_limit,
    storage_failures,
)

# Limits, each with its reason ---------------------------------------------------------------------------

RETENTION = int(platform.retention.removesuffix("d")) * days
ALL = 100 * percent  # of the limit
ENOUGH = 1 * days  # of history, of which to judge how much a day takes: nights are quieter
TWICE = 2  # times the series of a day ago: what is deployed grows by less, a label without end by more
FEW = 20_000  # series, as many as one target may bring: below it a new system doubles them, and it does not matter
LATELY = 1 * hours  # since it started: time enough to be read, and not to stand there until the next restart
BUSY = 80 * percent  # of the queries that may run at once: rules wait behind those of boards

# Signals --------------------------------------------------------------------------------------------------

failures = any_of(*(each.increase("1h").labelled(operation=what) for what, each in storage_failures.items()))
# It looks as it starts, before anybody can scrape it, so that no increase is ever seen
corrupt = any_of(*(each.instant().labelled(part=where) for where, each in corruptions.items())) & (
    time() - started < LATELY
).on(*PROCESS)
size_at_end = blocks_size / (time() - oldest > ENOUGH) * RETENTION
share_at_end = size_at_end / (size_limit > 0)
growth = head_series / head_series.offset("1d")
query_load = queries / queries_at_once

# Alerts ---------------------------------------------------------------------------------------------------

BLOCKS, LIMIT, OLDEST = blocks_size.where(**SERVER), size_limit.where(**SERVER), oldest.where(**SERVER)
SERIES = head_series.where(**SERVER)
QUERIES, AT_ONCE = queries.where(**SERVER), queries_at_once.where(**SERVER)
COMPACTION, WRITE = storage_failures["compaction"].where(**SERVER), storage_failures["write to the WAL"].where(**SERVER)
STARTED = started.where(**SERVER)
WAL, CHUNKS = corruptions["WAL"].where(**SERVER), corruptions["mapped chunks"].where(**SERVER)

storage_failing = Alert(
    "StorageFailing",
    expr=failures > 0,
    for_="5m",
    severity="ticket",
    summary="Storage of {instance} fails: {operation}",
    description="In the last hour a {operation} failed. Samples are still taken, but memory and the WAL grow, and a "
    "restart may lose what is in them.",
    check_first=[
        "Is the disk full? The log of Prometheus says `no space left on device`.",
        "Does the disk return errors? The kernel's log says so: move the data before anything else.",
        "Is a block broken? The log names it: take it out of the folder, and keep it.",
    ],
    tests=[
        Case(
            "what failed once fires, told apart, and is over an hour later",
            given={COMPACTION: "0x10 1x90", WRITE: "0x10 1+5x20 101x60"},
            fires={
                "14m": [],
                "18m": [{**SERVER, "operation": "compaction"}, {**SERVER, "operation": "write to the WAL"}],
                "75m": [{**SERVER, "operation": "write to the WAL"}],
            },
        ),
        Case("a restart fails nothing", given={COMPACTION: "3x10 stale _x1 0x40"}, fires={"40m": []}),
        Case("what failed long ago is silent", given={COMPACTION: "3x90"}, fires={"80m": []}),
    ],
)
storage_corrupt = Alert(
    "StorageCorrupt",
    expr=corrupt > 0,
    for_="1m",
    severity="ticket",
    summary="{instance} found its {part} corrupt",
    description="Prometheus repaired what it could when it started: samples after the fault are lost, at most those of "
    "the last three hours. The boards show a hole, and alerts with a long `for` began anew.",
    check_first=[
        "Was the server killed, or its host? Then the last write was cut off, and this is all there is to it.",
        "Does it happen again without a kill? Then suspect the disk.",
    ],
    tests=[
        Case(
            "a WAL that was corrupt when it started fires, for an hour",
            given={WAL: "0x20 stale _x3 1x130", STARTED: "0x20 stale _x3 1440x130"},
            fires={"25m30s": [], "26m30s": [{**SERVER, "part": "WAL"}], "80m": [{**SERVER, "part": "WAL"}], "86m": []},
        ),
        Case("mapped chunks are told apart", given={WAL: "0x20", CHUNKS: "1x20", STARTED: "0x20"},
             fires={"8m": [{**SERVER, "part": "mapped chunks"}]}),
        Case("a clean restart is silent", given={WAL: "0x20 stale _x3 0x40", STARTED: "0x20 stale _x3 1440x40"},
             fires={"40m": []}),
    ],
)  # fmt: skip
retention_too_long = Alert(
    "RetentionTooLong",
    expr=share_at_end > ALL,
    for_="1h",
    severity="ticket",
    summary="The retention of {instance} will take {value} of its limit",
    description="At the pace of what is stored now, the limit on the size of blocks is reached before they are as old "
    "as they are to become: then older ones are deleted, and SLOs look back on less than they say.",
    check_first=[
        "Did the number of series grow? See *Series in memory*; SeriesGrowing says so where it doubled.",
        "Is the pace right? Then give the server a larger disk, and raise the limit.",
        "Or keep less: a shorter retention, or a longer interval for what nobody reads.",
    ],
    tests=[
        # 10 GB in the two days before, and more: 150 GB in 30 days, and fewer by the day
        Case(
            "a limit below what the retention takes fires, until it is raised",
            given={BLOCKS: "1e10x180", OLDEST: "-172800x180", LIMIT: "1e11x120 2e11x60"},
            fires={"58m": [], "63m": [SERVER], "119m": [SERVER], "125m": []},
        ),
        Case("a limit above it is silent", given={BLOCKS: "1e10x90", OLDEST: "-172800x90", LIMIT: "2e11x90"},
             fires={"85m": []}),
        Case("where no limit is set it is silent", given={BLOCKS: "1e10x90", OLDEST: "-172800x90", LIMIT: "0x90"},
             fires={"85m": []}),
        Case(
            "a server of some hours says nothing",
            given={BLOCKS: "1e10x90", OLDEST: "-60000x90", LIMIT: "1e11x90"},
            fires={"85m": []},
        ),
        Case(
            "one of a day and an hour does",
            given={BLOCKS: "1e10x90", OLDEST: "-90000x90", LIMIT: "2e11x90"},
            fires={"85m": [SERVER]},
        ),
        Case("seven tenths of the limit are silent", given={BLOCKS: "1e10x90", OLDEST: "-345600x90", LIMIT: "1e11x90"},
             fires={"85m": []}),
    ],
)  # fmt: skip
series_growing = Alert(
    "SeriesGrowing",
    expr=(growth > TWICE) & (head_series > FEW),
    for_="30m",
    severity="ticket",
    summary="{instance} holds {value} times as many series as a day ago",
    description="Each series takes some kilobytes of memory, and when there is none left, Prometheus is killed, over "
    "and over.",
    check_first=[
        "Which metric is it? The page *Status > TSDB status* of Prometheus counts series by name and by label.",
        "Is it a label without end, such as an id or a URL? Drop it when scraping, and mend it where it is made.",
        "Is it a new system? Then it has to fit: memory grows with the series.",
    ],
    tests=[
        Case(
            "three times as many for half an hour fire, and resolve",
            given={SERIES: "30000x288 90000x12 40000x12"},
            every="5m",
            fires={"24h": [], "24h20m": [], "24h45m": [SERVER], "25h20m": []},
        ),
        Case("half as many more are silent", given={SERIES: "30000x288 45000x24"}, every="5m", fires={"25h": []}),
        Case("a small server is silent", given={SERIES: "3000x288 18000x24"}, every="5m", fires={"25h": []}),
        Case("one a little above is not", given={SERIES: "8000x288 30000x24"}, every="5m", fires={"25h": [SERVER]}),
        Case(
            "a peak is silent",
            given={SERIES: "30000x288 90000x4 40000x30"},
            every="5m",
            fires={"24h15m": [], "25h": []},
        ),
        Case("one that has just begun is silent", given={SERIES: "90000x40"}, every="5m", fires={"3h": []}),
    ],
)
queries_waiting = Alert(
    "QueriesWaiting",
    expr=query_load > BUSY,
    for_="10m",
    severity="ticket",
    summary="{value} of the queries of {instance} that may run at once do",
    description="When there are more they wait, and rules wait with them: what they record has holes, and alerts are "
    "late.",
    check_first=[
        "Does somebody look back over weeks? A board that refreshes each few seconds asks anew each time.",
        "Do rules take longer than they did? See *Time that groups take*.",
        "Is a program asking without end? The log of queries, where it is switched on, says who asks what.",
    ],
    tests=[
        Case(
            "eighteen of twenty fire, and resolve",
            given={QUERIES: "1x5 18x30 1x10", AT_ONCE: "20x50"},
            fires={"13m": [], "18m": [SERVER], "40m": []},
        ),
        Case("half of them are silent", given={QUERIES: "10x40", AT_ONCE: "20x40"}, fires={"35m": []}),
        Case("more than run at once wait", given={QUERIES: "40x30", AT_ONCE: "20x30"}, fires={"20m": [SERVER]}),
        Case(
            "a busy moment is silent", given={QUERIES: "1x5 20x8 1x30", AT_ONCE: "20x50"}, fires={"13m": [], "30m": []}
        ),
    ],
)

alerts = [storage_failing, storage_corrupt, retention_too_long, series_growing, queries_waiting]
