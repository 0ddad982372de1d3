"""What the checks of Jaeger's own configuration say, word for word, and when they say nothing."""

import pytest
from sampled_fleets import findings, fleet

from watchwright import BasicAuth, Bearer, Jaeger, Tls, TraceLink
from watchwright.jaeger import Batch, Cassandra, Elasticsearch, Login, Memory, MemoryLimiter, OpenSearch, Queue, Retry

PASSWORD = BasicAuth(username="jaeger", password_file="/run/secrets/es")
TOKEN = Bearer(token_file="/run/secrets/es")
LOGIN = Login(username="jaeger", password_env="CASSANDRA_PASSWORD")
CASSANDRA = Cassandra(["cassandra"], keyspace="jaeger")


def on(storage=None, **kwargs):
    return fleet(jaeger=Jaeger(storage=storage or Memory(), **kwargs))


def linked(url, **kwargs):
    return on(links=[TraceLink(url=url, text="Order", **kwargs)])


TABLE = {
    "jaeger/tuning": [
        (
            on(batch=Batch(size=100, max_size=99)),
            "`max_size` of Batch is 99, less than its `size` of 100",
            on(batch=Batch(size=100, max_size=100)),
        ),
        (
            on(limiter=MemoryLimiter(limit=50, spike=50)),
            "`spike` of MemoryLimiter is 50 percent, and its `limit` is 50",
            on(limiter=MemoryLimiter(limit=50, spike=49)),
        ),
        (
            on(CASSANDRA, retry=Retry(longest="10m", give_up="5m")),
            "Retry waits `10m` (`longest`), but gives up after `5m`",
            on(CASSANDRA, retry=Retry(longest="5m", give_up="5m")),
        ),
        (
            on(CASSANDRA, retry=Retry(initial="1m", longest="10s", give_up="30s")),
            "Retry waits `1m` (`initial`), but gives up after `30s`",
            on(CASSANDRA, retry=Retry(initial="1m", give_up="0s")),
        ),
    ],
    "jaeger/version": [
        (
            on(CASSANDRA, retry=Retry(), version="2.6"),
            "writes that failed are to be tried again, which Jaeger 2.6 does not do",
            on(CASSANDRA, retry=Retry(), version="2.7"),
        ),
        (
            on(Elasticsearch(["https://es:9200"], auth=TOKEN), version="2.8"),
            "a bearer token is to be sent, which Jaeger 2.8 does not do",
            on(Elasticsearch(["https://es:9200"], auth=TOKEN), version="2.9"),
        ),
        (
            on(OpenSearch(["https://os:9200"], replicas=0), version="2.6"),
            "indices are to have no replicas, which Jaeger 2.6 does not do",
            on(OpenSearch(["https://os:9200"], replicas=0), version="2.7"),
        ),
    ],
    "jaeger/retry": [
        (
            on(Elasticsearch(["https://es:9200"]), retry=Retry()),
            "`retry` has no effect: a write to Elasticsearch never fails for Jaeger",
            on(CASSANDRA, retry=Retry()),
        ),
        (on(retry=Retry()), "`retry` has no effect: a write to Memory never fails for Jaeger", on()),
    ],
    "jaeger/consumers": [
        (
            on(CASSANDRA, queue=Queue(size=9, consumers=10)),
            "10 consumers share a queue of 9",
            on(CASSANDRA, queue=Queue(size=10, consumers=10)),
        ),
    ],
    "jaeger/credentials": [
        (
            on(Elasticsearch(["https://es-0:9200", "http://es-1:9200"], auth=PASSWORD)),
            "the credentials for `http://es-1:9200` go over the network as plain text",
            on(Elasticsearch(["https://es-0:9200", "https://es-1:9200"], auth=PASSWORD)),
        ),
        (
            on(OpenSearch(["http://10.0.0.1:9200"], auth=TOKEN)),
            "the credentials for `http://10.0.0.1:9200` go over the network as plain text",
            on(OpenSearch(["http://127.0.0.1:9200", "http://localhost:9200"], auth=TOKEN)),
        ),
        (
            on(Elasticsearch(["http://localhost.example.com:9200"], auth=PASSWORD)),
            "the credentials for `http://localhost.example.com:9200` go over the network as plain text",
            on(Elasticsearch(["http://localhost.example.com:9200"])),
        ),
        (
            on(Cassandra(["cassandra"], keyspace="jaeger", auth=LOGIN)),
            "the credentials for `cassandra` go over the network as plain text",
            on(Cassandra(["cassandra"], keyspace="jaeger", auth=LOGIN, tls=Tls())),
        ),
    ],
    "jaeger/tls": [
        (
            on(Elasticsearch(["http://es:9200"], tls=Tls(ca_file="/etc/ca.pem"))),
            "`http://es:9200` uses no TLS, and nothing of `tls`",
            on(Elasticsearch(["https://es:9200"], tls=Tls(ca_file="/etc/ca.pem"))),
        ),
    ],
    "jaeger/link": [
        (
            linked("https://grafana/d/order?id=#{value}", key="order.id"),
            "the link `Order` names `#{value}`, but not its own tag `order.id`",
            linked("https://grafana/d/order?id=#{order.id}&from=#{startTime | add -60000000}", key="order.id"),
        ),
        (
            linked("https://grafana/explore?id=#{traceId}", type="traces"),
            "the link `Order` names `#{traceId}`, which no trace has",
            linked("https://grafana/explore?id=#{traceID}", type="traces"),
        ),
    ],
}
CASES = [(id_, *case) for id_, cases in TABLE.items() for case in cases]


@pytest.mark.parametrize(("id_", "bad", "message", "good"), CASES)
def test_a_finding_says_what_is_wrong_and_its_neighbour_is_silent(id_, bad, message, good):
    """The wrong Jaeger has this one finding and no other, the right one has none at all."""
    assert [(id_, message)] == [(finding.id, finding.message) for finding in findings(bad)]
    assert [] == findings(good)


@pytest.mark.parametrize(("id_", "bad"), [case[:2] for case in CASES])
def test_a_finding_leads_to_the_platforms_jaeger_and_says_what_to_do(id_, bad):  # noqa: ARG001
    """The hint is never empty."""
    (found,) = findings(bad)
    assert "platform / jaeger" == found.subject
    assert found.hint


def test_a_finding_is_accepted_where_jaeger_is_declared():
    """Behind a service mesh plain text is none."""
    storage = Elasticsearch(["http://es:9200"], auth=PASSWORD)
    (found,) = findings(on(storage, accept={"jaeger/credentials": "the mesh encrypts between pods"}))
    assert found.accepted


def test_traces_that_a_restart_loses_are_no_finding():
    """Memory is what a team wants to begin with."""
    assert [] == findings(on(Memory()))
    assert [] == findings(fleet())
