"""What is written of Jaeger's storage, and of the way there."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled_fleets import files, fleet

from watchwright import BasicAuth, Bearer, DefinitionError, Jaeger, Tls
from watchwright.jaeger import (
    Batch,
    Bulk,
    Cassandra,
    Elasticsearch,
    Login,
    Memory,
    MemoryLimiter,
    OpenSearch,
    Queue,
    Retry,
)

PASSWORD = BasicAuth(username="jaeger", password_file="/run/secrets/es-password")
LOGIN = Login(username="jaeger", password_env="CASSANDRA_PASSWORD")
CERTIFICATES = Tls(ca_file="/etc/ca.pem", cert_file="/etc/tls.crt", key_file="/etc/tls.key", server_name="es")
INDEX = {"shards": 5, "replicas": 1}


def configuration(**kwargs):
    return yaml.safe_load(files(fleet(jaeger=Jaeger(**kwargs)))["jaeger/jaeger.yaml"])


def stored(storage, **kwargs):
    (backend,) = configuration(storage=storage, **kwargs)["extensions"]["jaeger_storage"]["backends"].values()
    return backend


def exported(**kwargs):
    return configuration(**kwargs)["exporters"]["jaeger_storage_exporter"]


def test_memory_is_the_default():
    """A platform that says nothing of its Jaeger keeps a hundred thousand traces, until a restart."""
    assert {"memory": {"max_traces": 100_000}} == stored(Memory()) == stored(Jaeger().storage)


def test_elasticsearch_has_each_default_written_down():
    """A newer Jaeger with other defaults keeps what was rendered."""
    assert {
        "elasticsearch": {
            "server_urls": ["https://es-0:9200", "https://es-1:9200"],
            "indices": {"spans": INDEX, "services": INDEX, "dependencies": INDEX},
            "max_span_age": "72h",
            "bulk_processing": {"max_bytes": 5_000_000, "flush_interval": "200ms", "workers": 1},
        }
    } == stored(Elasticsearch(["https://es-0:9200", "https://es-1:9200"]))


def test_elasticsearch_is_written_as_it_is_said():
    """Prefix, credentials, certificates, shards and bulk requests each find their key."""
    storage = Elasticsearch(
        ["https://es:9200/traces"],
        index_prefix="production",
        auth=PASSWORD,
        tls=CERTIFICATES,
        shards=3,
        replicas=0,
        max_span_age="2w",
        bulk=Bulk(max_bytes=10_000_000, flush_interval="1s", workers=4),
    )
    index = {"shards": 3, "replicas": 0}
    assert {
        "elasticsearch": {
            "server_urls": ["https://es:9200/traces"],
            "auth": {
                "basic": {
                    "username": "jaeger",
                    "password_file": "/run/secrets/es-password",
                    "reload_interval": "10s",
                }
            },
            "tls": {
                "insecure": False,
                "ca_file": "/etc/ca.pem",
                "cert_file": "/etc/tls.crt",
                "key_file": "/etc/tls.key",
                "server_name_override": "es",
                "insecure_skip_verify": False,
            },
            "indices": {"index_prefix": "production", "spans": index, "services": index, "dependencies": index},
            "max_span_age": "336h",
            "bulk_processing": {"max_bytes": 10_000_000, "flush_interval": "1s", "workers": 4},
        }
    } == stored(storage)


def test_opensearch_is_elasticsearch_by_another_name():
    """Jaeger reads the same options under `opensearch`."""
    urls = ["https://search:9200"]
    assert stored(Elasticsearch(urls))["elasticsearch"] == stored(OpenSearch(urls))["opensearch"]


def test_cassandra_is_written_as_it_is_said():
    """Servers carry their port, since Jaeger takes a single word for no address."""
    storage = Cassandra(
        ["cassandra", "10.0.0.1"],
        keyspace="jaeger_v1_production",
        datacenter="eu-1",
        port=9142,
        auth=LOGIN,
        tls=Tls(ca_file="/etc/ca.pem"),
        consistency="LOCAL_QUORUM",
        connections=4,
        timeout="1m30s",
    )
    assert {
        "cassandra": {
            "schema": {"keyspace": "jaeger_v1_production"},
            "connection": {
                "servers": ["cassandra:9142", "10.0.0.1:9142"],
                "port": 9142,
                "local_dc": "eu-1",
                "auth": {"basic": {"username": "jaeger", "password": "${env:CASSANDRA_PASSWORD}"}},
                "tls": {"insecure": False, "ca_file": "/etc/ca.pem", "insecure_skip_verify": False},
                "connections_per_host": 4,
                "timeout": "1m30s",
            },
            "query": {"timeout": "1m30s", "consistency": "LOCAL_QUORUM"},
        }
    } == stored(storage)


def test_cassandra_is_spoken_to_in_plain_text_unless_tls_is_given():
    """Jaeger itself would insist on TLS."""
    connection = stored(Cassandra(["cassandra"], keyspace="jaeger"))["cassandra"]["connection"]
    assert {"insecure": True} == connection["tls"]
    assert "auth" not in connection


@pytest.mark.parametrize(
    "storage",
    [Memory(), Elasticsearch(["https://es:9200"]), OpenSearch(["https://os:9200"]), Cassandra(["c"], keyspace="k")],
)
def test_the_storage_that_is_written_to_is_the_one_that_is_read(storage):
    """The exporter, the query service and the storage extension name one and the same."""
    read = configuration(storage=storage)
    (backend,) = read["extensions"]["jaeger_storage"]["backends"]
    assert backend == read["exporters"]["jaeger_storage_exporter"]["trace_storage"]
    assert {"traces": backend} == read["extensions"]["jaeger_query"]["storage"]


@pytest.mark.parametrize(
    ("storage", "offered"),
    [
        (Memory(), {"label": "2 Days", "value": "2d"}),
        (Elasticsearch(["https://es:9200"]), {"label": "3 Days", "value": "3d"}),
        (Elasticsearch(["https://es:9200"], max_span_age="2w"), {"label": "14 Days", "value": "14d"}),
        (OpenSearch(["https://os:9200"], max_span_age="25h"), {"label": "2 Days", "value": "2d"}),
        (OpenSearch(["https://os:9200"], max_span_age="1h"), {"label": "1 Day", "value": "1d"}),
    ],
)
def test_the_ui_offers_to_search_as_far_back_as_the_storage_looks(storage, offered):
    """In whole days; the UI's own two days would hide the rest of a fortnight."""
    ui = json.loads(files(fleet(jaeger=Jaeger(storage=storage)))["jaeger/ui.json"])
    assert offered == ui["search"]["maxLookback"]


@pytest.mark.parametrize(
    ("auth", "key"),
    [(PASSWORD, "basic"), (Bearer(token_file="/run/secrets/token"), "bearer_token")],
)
def test_credentials_are_read_again_where_the_version_can(auth, key):
    """Kubernetes changes a mounted secret in place. Before 2.9 Jaeger refuses to start with the interval."""
    storage = Elasticsearch(["https://es:9200"], auth=auth)
    assert "10s" == stored(storage, version="2.9")["elasticsearch"]["auth"][key]["reload_interval"]
    assert "reload_interval" not in stored(storage, version="2.8")["elasticsearch"]["auth"][key]


def test_batches_and_the_memory_limiter_are_written_down():
    """The defaults are those of the OpenTelemetry collector, said aloud."""
    assert {
        "memory_limiter": {"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 20},
        "batch": {"send_batch_size": 8192, "send_batch_max_size": 0, "timeout": "200ms"},
    } == configuration()["processors"]
    assert {
        "memory_limiter": {"check_interval": "1s", "limit_percentage": 60, "spike_limit_percentage": 10},
        "batch": {"send_batch_size": 500, "send_batch_max_size": 1000, "timeout": "2s"},
    } == configuration(limiter=MemoryLimiter(limit=60, spike=10), batch=Batch(size=500, max_size=1000, timeout="2s"))[
        "processors"
    ]


def test_a_queue_is_written_whole():
    """Jaeger takes what is left out of a queue for zero. No queue is written where none is wanted."""
    assert {"enabled": True, "queue_size": 1000, "num_consumers": 10} == exported(queue=Queue())["queue"]
    assert {"enabled": True, "queue_size": 50, "num_consumers": 2} == exported(queue=Queue(size=50, consumers=2))[
        "queue"
    ]
    assert "queue" not in exported()


def test_retries_are_written_where_the_version_reads_them():
    """One release had them on by default, so that they are off is said, too; before 2.7 Jaeger knows no such key."""
    assert {"enabled": False} == exported(version="2.7")["retry_on_failure"]
    assert "retry_on_failure" not in exported(version="2.6")
    assert "retry_on_failure" not in exported(version="2.6", retry=Retry())
    assert {
        "enabled": True,
        "initial_interval": "1s",
        "randomization_factor": 0.5,
        "multiplier": 1.5,
        "max_interval": "10s",
        "max_elapsed_time": "0s",
    } == exported(retry=Retry(initial="1s", longest="10s", give_up="0s"))["retry_on_failure"]


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_the_collector_expands_nothing_that_was_typed(name):
    """A dollar is a dollar: the only reference to the environment is the one of the password."""
    login = Login(username=name, password_env="SECRET")
    written = stored(Cassandra(["cassandra"], keyspace="jaeger", auth=login))["cassandra"]["connection"]["auth"][
        "basic"
    ]
    assert {"username": name.replace("$", "$$"), "password": "${env:SECRET}"} == written


@pytest.mark.parametrize(
    "url",
    [
        "http://es:9200",
        "https://es",
        "https://es-http.team-a:9200",
        "https://es-0.es.svc.cluster.local:9200/prefix",
        "http://localhost:9200",
        "http://127.0.0.1:9200",
        "https://ES.example.com",
        "http://a:1",
    ],
)
def test_a_url_is_a_host_with_its_scheme(url):
    """Names as Kubernetes gives them, and addresses; a port and a path where there are some."""
    assert (url,) == Elasticsearch([url]).urls


def elasticsearch(**kwargs):
    return Elasticsearch(["https://es:9200"], **kwargs)


def cassandra(servers=("cassandra",), keyspace="jaeger", **kwargs):
    return Cassandra(servers, keyspace=keyspace, **kwargs)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Memory(max_traces=0), "`max_traces` of Memory is a whole number from 1 to 2147483647, got 0"),
        (lambda: Memory(max_traces=True), "`max_traces` of Memory must be a whole number, got True"),
        (lambda: Elasticsearch([]), "Elasticsearch has no server"),
        (lambda: Elasticsearch("https://es:9200"), "`urls` takes a list, got the text 'https://es:9200'"),
        *(
            (
                lambda url=url: Elasticsearch([url]),
                f"a URL of a storage is http://host:port or https://host:port, got {url!r}",
            )
            for url in (
                "es:9200",
                "ftp://es",
                "https://es:0",
                "https://es:65536",
                "https://es:9200?x=1",
                "https://[::1]:9200",
                "HTTPS://es",
            )
        ),
        *(
            (lambda url=url: OpenSearch([url]), f"Jaeger takes no such host, got {url!r}")
            for url in ("https://", "https://-es", "https://e_s:9200", "https://es..local", "http://0.0.0.0:9200")
        ),
        (lambda: Elasticsearch(["https://u:hunter2@es"]), "a URL of a storage holds no user and no password"),
        (
            lambda: elasticsearch(index_prefix="Production"),
            "`index_prefix` of Elasticsearch is of small letters, digits, `.`, `_` and `-`, got 'Production'",
        ),
        (
            lambda: elasticsearch(auth=Bearer(token_file="/t", type="ApiKey")),
            "Jaeger sends a token as `Bearer`, got the type 'ApiKey'",
        ),
        (
            lambda: elasticsearch(auth=LOGIN),
            f"`auth` of Elasticsearch must be a BasicAuth or a Bearer or None, got {LOGIN!r}",
        ),
        (
            lambda: elasticsearch(tls=Tls(cert_file="/etc/tls.crt")),
            "a certificate and its key belong together: `cert_file` and `key_file`",
        ),
        (lambda: elasticsearch(shards=0), "`shards` of Elasticsearch is a whole number from 1 to 2147483647, got 0"),
        (
            lambda: elasticsearch(replicas=-1),
            "`replicas` of Elasticsearch is a whole number from 0 to 2147483647, got -1",
        ),
        (
            lambda: elasticsearch(max_span_age="0d"),
            "`max_span_age` of Elasticsearch must be longer than nothing, got `0d`",
        ),
        (lambda: Bulk(workers=0), "`workers` of Bulk is a whole number from 1 to 2147483647, got 0"),
        (lambda: Bulk(flush_interval="fast"), "`flush_interval` of Bulk must be a duration, got `fast`"),
        (lambda: cassandra([]), "Cassandra has no server"),
        (lambda: cassandra(["cassandra:9042"]), "a server of Cassandra is a host, got 'cassandra:9042'"),
        (
            lambda: cassandra(keyspace="jaeger-production"),
            "`keyspace` of Cassandra is a letter, then letters, digits and `_`, got 'jaeger-production'",
        ),
        (lambda: cassandra(port=65536), "`port` of Cassandra is a whole number from 1 to 65535, got 65536"),
        (lambda: cassandra(auth=PASSWORD), f"`auth` of Cassandra must be a Login or None, got {PASSWORD!r}"),
        (
            lambda: cassandra(tls=Tls(key_file="k")),
            "a certificate and its key belong together: `cert_file` and `key_file`",
        ),
        (lambda: Login(username="", password_env="X"), "`username` of Login is empty"),
        (
            lambda: Login(username="u", password_env="hunter 2"),
            "`password_env` of Login is the name of an environment variable: letters, digits and `_`",
        ),
        (lambda: Batch(size=0), "`size` of Batch is a whole number from 1 to 4294967295, got 0"),
        (lambda: Batch(max_size=0), "`max_size` of Batch is a whole number from 1 to 4294967295, got 0"),
        (lambda: Batch(timeout="0s"), "`timeout` of Batch must be longer than nothing, got `0s`"),
        (lambda: Queue(consumers=0), "`consumers` of Queue is a whole number from 1 to 2147483647, got 0"),
        (lambda: Retry(longest="0s"), "`longest` of Retry must be longer than nothing, got `0s`"),
        (lambda: MemoryLimiter(limit=101), "`limit` of MemoryLimiter is a whole number from 1 to 100, got 101"),
        (lambda: Jaeger(queue=5), "`queue` of Jaeger must be a Queue or None, got 5"),
        (
            lambda: Jaeger(storage="memory"),
            "`storage` of Jaeger must be a Memory or an Elasticsearch or an OpenSearch or a Cassandra, got 'memory'",
        ),
    ],
)
def test_what_no_context_could_excuse_is_refused(make, message):
    """A constructor says what it wants and what it got."""
    with pytest.raises(DefinitionError) as refused:
        make()
    assert message == refused.value.message


@pytest.mark.parametrize(
    "make",
    [
        lambda: Elasticsearch(["https://jaeger:hunter-2@es:9200"]),
        lambda: Login(username="jaeger", password_env="hunter-2"),
    ],
)
def test_a_password_that_was_typed_is_not_repeated(make):
    """Messages end in the logs of CI."""
    with pytest.raises(DefinitionError) as refused:
        make()
    assert "hunter" not in refused.value.message + refused.value.hint
