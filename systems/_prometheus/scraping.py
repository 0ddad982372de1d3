"""Whether it scrapes what it should: targets that nobody names any more, and scrapes of which nothing is stored."""

from watchwright import Alert, Case, any_of

from .here import SERVER
from .metrics import (
    duplicates,
    file_discovery_failures,
    http_discovery_failures,
    out_of_bounds,
    out_of_order,
    pool_targets,
    too_many_bytes,
    too_many_labels,
    too_many_samples,
    too_many_targets,
)

# Limits, each with its reason ---------------------------------------------------------------------------

# Whoever scales down by half at most is left alone, and so is a deployment that doubles its targets for a while, as the
# fewest of half an hour count; a deeper cut is asked about in a ticket that ends by itself an hour later.
LEFT = 0.5  # of the targets of an hour ago

# Signals --------------------------------------------------------------------------------------------------

targets_before = pool_targets.range("30m").offset("1h").min_over_time()
discovery_failures = any_of(
    http_discovery_failures.increase("10m").labelled(discovery="HTTP"),
    file_discovery_failures.increase("10m").labelled(discovery="files"),
)
scrapes_cut_off_lately = any_of(
    too_many_samples.increase("15m").labelled(limit="samples"),
    too_many_bytes.increase("15m").labelled(limit="body"),
    too_many_labels.increase("15m").labelled(limit="labels"),
    too_many_targets.increase("15m").labelled(limit="targets"),
)
rejected = any_of(
    out_of_order.increase("10m").labelled(fault="out of order"),
    duplicates.increase("10m").labelled(fault="duplicate"),
    out_of_bounds.increase("10m").labelled(fault="too old"),
)

# Alerts ---------------------------------------------------------------------------------------------------

SHOP = {"scrape_job": "shop"}
TARGETS = pool_targets.where(**SHOP, **SERVER)

targets_vanished = Alert(
    "TargetsVanished",
    expr=pool_targets < LEFT * targets_before,
    for_="10m",
    severity="ticket",
    summary="{scrape_job} has {value} targets left, of twice as many and more",
    description="Discovery names less than half of the targets of {scrape_job} that it named an hour ago. What it does "
    "not name has no `up`, so that no other alert misses it. This one falls silent an hour and a half after the loss.",
    check_first=[
        "Was it scaled down, or moved, on purpose? Then all is well, and this ends by itself.",
        "Do the targets still run? Then discovery does not see them: their labels, ports or annotations have changed.",
        "Is discovery itself refused? The log of Prometheus says so, and DiscoveryFailing where it can.",
    ],
    tests=[
        Case(
            "ten that become four fire, for an hour",
            given={TARGETS: "10x120 4x120"},
            fires={"119m": [], "128m": [], "135m": [{**SHOP, **SERVER}], "175m": [{**SHOP, **SERVER}], "200m": []},
        ),
        Case("the only one that goes fires", given={TARGETS: "1x120 0x60"}, fires={"135m": [{**SHOP, **SERVER}]}),
        Case("half of them are silent", given={TARGETS: "10x120 5x60"}, fires={"135m": [], "170m": []}),
        Case(
            "a deployment that doubles its targets for a while is silent, and so is one whose targets come back",
            given={TARGETS: "10x60 30x15 10x60 2x8 10x60"},
            fires={"76m": [], "100m": [], "140m": [], "190m": []},
        ),
        Case("a job that is removed is silent", given={TARGETS: "10x120 stale"}, fires={"140m": []}),
        Case("one that has just begun is silent", given={TARGETS: "1x20 10x60"}, fires={"70m": []}),
    ],
)
discovery_failing = Alert(
    "DiscoveryFailing",
    expr=discovery_failures > 0,
    for_="15m",
    severity="ticket",
    summary="Targets cannot be discovered by {discovery}",
    description="Prometheus goes on with the targets that it knew last: those that came since then are not watched.",
    check_first=[
        "Which source is it? The log of Prometheus names the URL or the file, with the error.",
        "By HTTP: does the source answer, with JSON, and in time?",
        "By files: is it valid JSON or YAML? Whoever writes it has to rename it into its place, not to write it there.",
    ],
    tests=[
        Case(
            "a source that fails fires, and resolves",
            given={http_discovery_failures.where(**SERVER): "0x5 1+1x40 41x30"},
            fires={"15m": [], "25m": [{**SERVER, "discovery": "HTTP"}], "60m": []},
        ),
        Case(
            "a file that cannot be read fires",
            given={file_discovery_failures.where(**SERVER): "0x5 1+1x40"},
            fires={"25m": [{**SERVER, "discovery": "files"}]},
        ),
        Case(
            "a file read while it was written is silent",
            given={file_discovery_failures.where(**SERVER): "0x5 1x60"},
            fires={"14m": [], "22m": [], "50m": []},
        ),
        Case("a restart is no failure", given={http_discovery_failures.where(**SERVER): "7x10 stale _x1 0x40"},
             fires={"40m": []}),
    ],
)  # fmt: skip
scrapes_cut_off = Alert(
    "ScrapesCutOff",
    expr=scrapes_cut_off_lately > 0,
    for_="5m",
    severity="ticket",
    summary="Scrapes bring more {limit} than they may",
    description="Of a scrape that breaks a limit nothing is stored, and its target is down. One is enough: the next "
    "will break it, too.",
    check_first=[
        "Which target is it? The page *Target health* of Prometheus says `limit exceeded` there.",
        "Did a label get values without end, such as an id or a URL? Then drop it where it is made.",
        "Has the target just grown? Then raise the limit of its job.",
    ],
    tests=[
        Case(
            "each limit fires, told apart, and resolves",
            given={
                too_many_samples.where(**SERVER): "0x5 4+4x10 44x40",
                too_many_bytes.where(**SERVER): "0x5 1x50",
                too_many_labels.where(**SERVER): "0x5 1x50",
                too_many_targets.where(**SERVER): "0x5 1x50",
            },
            fires={
                "9m": [],
                "13m": [{**SERVER, "limit": limit} for limit in ("samples", "body", "labels", "targets")],
                "24m": [{**SERVER, "limit": "samples"}],
                "40m": [],
            },
        ),
        Case("no limit broken is silent", given={too_many_samples.where(**SERVER): "8x40"}, fires={"30m": []}),
        Case("a restart breaks none", given={too_many_samples.where(**SERVER): "8x10 stale _x1 0x40"},
             fires={"30m": []}),
    ],
)  # fmt: skip
samples_rejected = Alert(
    "SamplesRejected",
    expr=rejected > 0,
    for_="15m",
    severity="ticket",
    summary="Samples are not stored: {fault}",
    description="Prometheus scrapes them, and throws them away, as others of their series are there already.",
    check_first=[
        "Which target is it? The log of Prometheus counts them by scrape.",
        "`duplicate`: two targets have the same labels, or one exposes a series twice.",
        "`out of order` or `too old`: the target sends timestamps of its own; is its clock right?",
    ],
    tests=[
        Case(
            "each fault fires, told apart, and resolves",
            given={
                out_of_order.where(**SERVER): "0x5 1+1x40 41x30",
                duplicates.where(**SERVER): "0x5 1+1x40 41x30",
                out_of_bounds.where(**SERVER): "0x5 1+1x40 41x30",
            },
            fires={
                "15m": [],
                "25m": [{**SERVER, "fault": fault} for fault in ("out of order", "duplicate", "too old")],
                "60m": [],
            },
        ),
        Case("some at a restart of a target are silent", given={out_of_order.where(**SERVER): "0x5 9x40"},
             fires={"14m": [], "22m": [], "35m": []}),
        Case("all stored is silent", given={duplicates.where(**SERVER): "3x40"}, fires={"30m": []}),
    ],
)  # fmt: skip

alerts = [targets_vanished, discovery_failing, scrapes_cut_off, samples_rejected]
