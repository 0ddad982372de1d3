"""A PostgreSQL database behind postgres_exporter: does it answer, does it commit, does it keep up, when is it full."""

from watchwright import Alert, Case, Counter, Dashboard, Gauge, Job, Label, Query, Row, Stat, System, TimeSeries
from watchwright import percent, record
from watchwright.discovery import Static
from watchwright.slo import Held, Slo
from watchwright.units import s

database = Label("datname", cardinality=10)

up = Gauge("pg_up", "Whether the database answered the exporter.")
commits = Counter("pg_stat_database_xact_commit_total", "Transactions committed.", labels=[database])
rollbacks = Counter("pg_stat_database_xact_rollback_total", "Transactions rolled back.", labels=[database])
connections = Gauge("pg_stat_database_numbackends", "Connections that are open.", labels=[database])
most_connections = Gauge("pg_settings_max_connections", "Connections that the server takes.")
lag = Gauge("pg_replication_lag_seconds", "How far the replica is behind.")
size = Gauge("pg_database_size_bytes", "Size on disk.", labels=[database])

FULL = 80 * percent  # of the connections: a deployment doubles those of a service for a minute
BEHIND = 30 * s  # what a reader of the replica was told to expect at most
NODE = {"instance": "db-1:9187"}

used = record("instance:pg_connections:ratio", connections.sum(by=["instance"]) / most_connections.max(by=["instance"]))

connections_high = Alert(
    "ConnectionsHigh",
    expr=used > FULL,
    for_="5m",
    severity="ticket",
    summary="{value} of the connections of {instance} are in use",
    description="At 100 % nobody gets in any more, and the first to notice are the services.",
    check_first=["Which database has them? The panel *Connections* tells.", "Does a service leak them since a release?"],
    tests=[
        Case("85 of 100 fire after five minutes", given={connections.where(datname="shop", **NODE): "85x20",
             most_connections.where(**NODE): "100x20"}, fires={"4m": [], "8m": [NODE]}),
        Case("75 are silent", given={connections.where(datname="shop", **NODE): "75x20",
             most_connections.where(**NODE): "100x20"}, fires={"15m": []}),
    ],
)
replica_behind = Alert(
    "ReplicaBehind",
    expr=lag > BEHIND,
    for_="10m",
    severity="ticket",
    summary="{instance} is {value} behind",
    check_first=["Does a long query on the replica hold it up?", "Is the network between the two busy?"],
    tests=[
        Case("a minute fires", given={lag.where(**NODE): "60x20"}, fires={"9m": [], "14m": [{**NODE, "job": "database"}]}),
        Case("twenty seconds are silent", given={lag.where(**NODE): "20x20"}, fires={"14m": []}),
    ],
)

system = System(
    "database",
    owner="storage",
    jobs=[Job("database", Static(["db-1:9187"]), gone_severity="page")],
    slos=[
        Slo("answers", objective=99.9, sli=Held(up.eq(1))),
        Slo("replica", objective=99, sli=Held(lag <= BEHIND)),  # a nightly export may hold it up for ten minutes
    ],
    alerts=[connections_high, replica_behind],
    dashboards=[Dashboard("Database", [
        Row("Does it keep up?", [
            Stat("Connections in use", used, alerts=[connections_high]),
            TimeSeries("Connections", Query(connections, legend="{datname}")),
            TimeSeries("Behind", lag, alerts=[replica_behind]),
            TimeSeries("Transactions", [Query(commits.rate("5m"), legend="committed in {datname}"),
                                        Query(rollbacks.rate("5m"), legend="rolled back in {datname}")]),
            TimeSeries("Size", Query(size, legend="{datname}"), description="When it doubles each month, buy a disk."),
        ]),
    ])],
)
