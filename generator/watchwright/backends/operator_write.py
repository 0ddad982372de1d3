"""Where the Prometheus of the Operator sends samples, as its object has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchwright.backends.operator_words import Files, authorized, key, relabelled, secured, user
from watchwright.backends.yamltext import Marked, Value, said
from watchwright.lower.operator import referenced, unreferenced
from watchwright.lower.plan import Fleet
from watchwright.lower.servers import main, write_origin
from watchwright.model.server import OAuth2, RemoteWrite, WriteQueue


def remote_writes(fleet: Fleet) -> Iterator[Marked]:
    """An entry of `remoteWrite` for each of which the object can say all."""
    files = referenced(fleet)
    for write in main(fleet).writes:
        if not any(unreferenced(write, fleet)):
            yield Marked(_entry(write, files), write_origin(write, fleet))


def _entry(write: RemoteWrite, files: Files) -> Mapping[str, Value]:
    return said(
        {
            "url": write.url,
            "name": write.name or None,
            "remoteTimeout": write.timeout,
            "headers": {"X-Scope-OrgID": write.tenant} if write.tenant else {},
            **_authorized(write, files),
            "tlsConfig": secured(write.tls, files),
            "sendExemplars": write.exemplars or None,
            "sendNativeHistograms": write.native_histograms or None,
            "writeRelabelConfigs": [relabelled(each) for each in write.relabel],
            "queueConfig": _queue(write.queue),
        }
    )


def _authorized(write: RemoteWrite, files: Files) -> Mapping[str, Value]:
    if not isinstance(write.auth, OAuth2):
        return authorized(write.auth, files)
    path = write.auth.client_secret_file
    asked: dict[str, Value] = {
        "clientId": {"secret": user(path, files)},
        "clientSecret": key(files[path]),
        "tokenUrl": write.auth.token_url,
        "scopes": list(write.auth.scopes),
        "tlsConfig": secured(write.tls, files),
    }
    return {"oauth2": said(asked)}


def _queue(queue: WriteQueue) -> Mapping[str, Value]:
    return {
        "capacity": queue.capacity,
        "minShards": queue.least,
        "maxShards": queue.most,
        "maxSamplesPerSend": queue.batch,
        "batchSendDeadline": queue.deadline,
        "minBackoff": queue.wait,
        "maxBackoff": queue.longest,
    }
