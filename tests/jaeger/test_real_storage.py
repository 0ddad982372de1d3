"""What a real Jaeger makes of each storage and of its tuning: it takes all that the constructors take."""

import base64
import contextlib
import gzip
import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from real_jaeger import complaints, started, validated, wait, written
from sampled_fleets import findings, fleet

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

# a judge is not an example's: it is asked about each of them
judged = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
counts = st.integers(1, 2**31 - 1)
durations = st.from_regex(r"[1-9][0-9]?(ms|s|m|h|d)", fullmatch=True)
labels = st.from_regex(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,4}", fullmatch=True)
hosts = st.lists(labels, min_size=1, max_size=4).map(".".join) | st.ip_addresses(v=4).map(str)
ports = st.integers(1, 2**16 - 1)
paths = st.from_regex(r"/[A-Za-z0-9./$_-]{1,20}", fullmatch=True)


@st.composite
def urls(draw):
    port = draw(st.none() | ports)
    path = draw(st.sampled_from(["", "/", "/es/traces", "/a$b"]))
    return f"{draw(st.sampled_from(['http', 'https']))}://{draw(hosts)}{f':{port}' if port else ''}{path}"


def tls():
    pair = st.just({}) | st.fixed_dictionaries({"cert_file": paths, "key_file": paths})
    rest = {"ca_file": paths | st.none(), "server_name": labels | st.none(), "insecure_skip_verify": st.booleans()}
    return st.none() | st.builds(lambda pair, rest: Tls(**pair, **rest), pair, st.fixed_dictionaries(rest))


@st.composite
def made(draw, kind, first, **fields):
    """A storage at random addresses; those that its constructor refuses are none."""
    addresses = draw(st.lists(first, min_size=1, max_size=2))
    with contextlib.suppress(DefinitionError):
        return kind(addresses, **draw(st.fixed_dictionaries({}, optional=fields)))
    return assume(False)


def searching(kind):
    return made(
        kind,
        urls(),
        index_prefix=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,5}", fullmatch=True),
        auth=st.builds(BasicAuth, username=texts, password_file=paths) | st.builds(Bearer, token_file=paths),
        tls=tls(),
        shards=counts,
        replicas=st.integers(0, 3),
        max_span_age=durations,
        bulk=st.builds(Bulk, max_bytes=counts, flush_interval=durations, workers=counts),
    )


STORAGES = {
    "memory": st.builds(Memory, max_traces=counts),
    "elasticsearch": searching(Elasticsearch),
    "opensearch": searching(OpenSearch),
    "cassandra": made(
        lambda servers, keyspace="k", **rest: Cassandra(servers, keyspace=keyspace, **rest),
        hosts,
        keyspace=st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,47}", fullmatch=True),
        datacenter=texts,
        port=ports,
        auth=st.builds(
            Login, username=texts, password_env=st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
        ),
        tls=tls(),
        consistency=st.sampled_from(
            ["ONE", "TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "EACH_QUORUM", "LOCAL_ONE"]
        ),
        connections=counts,
        timeout=durations,
    ),
}
tunings = st.fixed_dictionaries(
    {
        "limiter": st.builds(MemoryLimiter, limit=st.integers(1, 100), spike=st.integers(1, 100)),
        "batch": st.builds(Batch, size=st.integers(1, 2**32 - 1), max_size=st.none() | counts, timeout=durations),
        "queue": st.none() | st.builds(Queue, size=counts, consumers=counts),
        "retry": st.none() | st.builds(Retry, initial=durations, longest=durations, give_up=durations | st.just("0s")),
    }
)


@pytest.mark.parametrize("kind", STORAGES)
@judged
@given(data=st.data())
def test_jaeger_takes_every_storage(judge, tmp_path, kind, data):
    """Whatever a constructor takes, from each version on that it is declared for."""
    storage = data.draw(STORAGES[kind])
    version = data.draw(st.sampled_from(judge.versions))
    folder = written(fleet(jaeger=Jaeger(version=version, storage=storage)), tmp_path)
    assert not complaints(judge.binary, folder), storage


@judged
@given(tuning=tunings, data=st.data())
def test_jaeger_takes_every_tuning_that_no_check_finds_fault_with(judge, tmp_path, tuning, data):
    """And what a check calls a contradiction it refuses, too."""
    version = data.draw(st.sampled_from(judge.versions))
    tuned = fleet(jaeger=Jaeger(version=version, **tuning))
    wrong = [finding.message for finding in findings(tuned) if finding.id == "jaeger/tuning"]
    retried = "retry_on_failure" in (folder := written(tuned, tmp_path) / "jaeger.yaml").read_text()
    if not retried:
        wrong = [message for message in wrong if not message.startswith("Retry")]
    assert bool(wrong) == bool(complaints(judge.binary, folder.parent)), wrong


def test_an_older_jaeger_takes_memory_and_cassandra(jaeger, tmp_path):
    """The release candidate of 2.0 reads them already, which proves the rest of the file."""
    for storage in (Memory(), Cassandra(["cassandra"], keyspace="jaeger", auth=Login(username="u", password_env="P"))):
        folder = written(fleet(jaeger=Jaeger(version="2.0", storage=storage)), tmp_path)
        assert 0 == validated(jaeger, folder).returncode


# Started ----------------------------------------------------------------------------------------------

SPAN = {
    "traceId": "5b8efff798038103d269b633813fc60c",
    "spanId": "eee19b7ec3c1b174",
    "name": "test",
    "kind": 2,
    "startTimeUnixNano": "1544712660000000000",
    "endTimeUnixNano": "1544712661000000000",
}


def sent(addresses, service):
    """Whether Jaeger took a span of a service by OTLP."""
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    body = json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [SPAN]}]}]}).encode()
    url = f"http://{addresses['receivers.otlp.protocols.http']}/v1/traces"
    request = Request(url, body, {"Content-Type": "application/json"})
    with contextlib.suppress(URLError, ConnectionError), urlopen(request, timeout=5) as response:  # noqa: S310
        return response.status == HTTPStatus.OK
    return False


def services(addresses):
    """The services that the query service knows."""
    url = f"http://{addresses['extensions.jaeger_query.http']}/api/services"
    with contextlib.suppress(URLError, ConnectionError), urlopen(url, timeout=5) as response:
        return json.load(response)["data"] or []
    return []


@pytest.mark.parametrize("queue", [None, Queue(size=5, consumers=2)], ids=["waiting", "queued"])
def test_a_span_comes_through_to_memory(judge, tmp_path, queue):
    """Limiter, batch and queue let it pass, and the storage that is written to is the one that is read."""
    jaeger = Jaeger(version=judge.versions[-1], batch=Batch(size=10, max_size=20, timeout="50ms"), queue=queue)
    folder = written(fleet(jaeger=jaeger), tmp_path)
    with started(judge.binary, folder) as (process, addresses):
        wait(process, lambda: sent(addresses, "quantacirc-core"), folder / "log")
        wait(process, lambda: ["quantacirc-core"] == services(addresses), folder / "log")


class Search(BaseHTTPRequestHandler):
    """As much of Elasticsearch 7 as Jaeger asks for when it starts and writes; it remembers what it was asked."""

    def answer(self):
        body = b"".join(self.chunks())
        body = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        self.server.asked.append((self.command, self.path, self.headers.get("Authorization"), body.decode()))
        said = json.dumps({"version": {"number": "7.17.0"}, "acknowledged": True, "errors": False}).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    def chunks(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            yield self.rfile.read(int(self.headers.get("Content-Length") or 0))
            return
        while length := int(self.rfile.readline(), 16):
            yield self.rfile.read(length)
            self.rfile.readline()
        self.rfile.readline()

    do_GET = do_HEAD = do_POST = do_PUT = answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_):
        """Nothing on stderr."""


@pytest.fixture
def search():
    with ThreadingHTTPServer(("127.0.0.1", 0), Search) as server:
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def asked_by(judge, search, folder, kind=Elasticsearch, **kwargs):
    """What a Jaeger asked of the server until a span was written."""
    storage = kind([f"http://127.0.0.1:{search.server_port}"], **kwargs)
    written(fleet(jaeger=Jaeger(version=judge.versions[-1], storage=storage)), folder)
    with started(judge.binary, folder) as (process, addresses):
        wait(process, lambda: sent(addresses, "quantacirc-core"), folder / "log")
        wait(process, lambda: any("_bulk" in path for _, path, _, _ in search.asked), folder / "log")
    return search.asked


@pytest.mark.parametrize("kind", [Elasticsearch, OpenSearch])
def test_elasticsearch_sees_the_password_and_the_indices_that_were_declared(judge, search, tmp_path, kind):
    """The password is in no file of ours; a name with dollars and braces arrives as it was typed."""
    (tmp_path / "password").write_text("secret\n")
    name = "jaeger$HOME${env:HOME}"
    auth = BasicAuth(username=name, password_file=str(tmp_path / "password"))
    asked = asked_by(judge, search, tmp_path, kind, auth=auth, index_prefix="production", shards=3, replicas=2)
    assert "secret" not in (tmp_path / "jaeger.yaml").read_text()
    basic = f"Basic {base64.b64encode(f'{name}:secret'.encode()).decode()}"
    assert {basic} == {authorization for _, _, authorization, _ in asked}
    templates = {path: json.loads(body) for command, path, _, body in asked if command == "PUT"}
    assert {"/_template/production-jaeger-span", "/_template/production-jaeger-service"} == set(templates)
    for template in templates.values():
        settings_ = template["settings"]
        assert (3, 2) == (int(settings_["index.number_of_shards"]), int(settings_["index.number_of_replicas"]))


def test_a_token_is_sent_by_a_jaeger_that_is_new_enough(judge, search, tmp_path):
    """Up to 2.8 it is not sent, without a word: there a check refuses it."""
    (tmp_path / "token").write_text("secret\n")
    asked = asked_by(judge, search, tmp_path, auth=Bearer(token_file=str(tmp_path / "token")))
    assert {"Bearer secret" if "2.9" in judge.versions else None} == {authorization for _, _, authorization, _ in asked}


def test_no_replicas_are_none_for_a_jaeger_that_is_new_enough(judge, search, tmp_path):
    """Before 2.7 they are taken for one: there a check refuses them."""
    asked = asked_by(judge, search, tmp_path, replicas=0)
    settings_ = [json.loads(body)["settings"] for command, _, _, body in asked if command == "PUT"]
    expected = 0 if "2.7" in judge.versions else 1
    assert {expected} == {int(each["index.number_of_replicas"]) for each in settings_}
