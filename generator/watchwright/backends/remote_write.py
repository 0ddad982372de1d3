"""Where Prometheus sends samples, in its own words. Credentials are files on the server."""

from __future__ import annotations

from collections.abc import Mapping

from watchwright.backends.scraping import authorized, relabelled, secured
from watchwright.backends.yamltext import Marked, Value, said
from watchwright.lower.plan import Fleet
from watchwright.lower.servers import write_origin
from watchwright.model.server import OAuth2, RemoteWrite, WriteQueue


def remote_write(write: RemoteWrite, fleet: Fleet) -> Marked:
    """One entry of `remote_write`."""
    entries: dict[str, Value] = {
        "url": write.url,
        "name": write.name or None,
        "remote_timeout": write.timeout,
        "headers": {"X-Scope-OrgID": write.tenant} if write.tenant else {},
        **_authorized(write),
        "tls_config": secured(write.tls),
        "send_exemplars": write.exemplars or None,
        "send_native_histograms": write.native_histograms or None,
        "write_relabel_configs": [relabelled(each) for each in write.relabel],
        "queue_config": _queue(write.queue),
    }
    return Marked(said(entries), write_origin(write, fleet))


def _authorized(write: RemoteWrite) -> Mapping[str, Value]:
    if not isinstance(write.auth, OAuth2):
        return authorized(write.auth)
    asked: dict[str, Value] = {
        "client_id": write.auth.client_id,
        "client_secret_file": write.auth.client_secret_file,
        "token_url": write.auth.token_url,
        "scopes": list(write.auth.scopes),
        "tls_config": secured(write.tls),
    }
    return {"oauth2": said(asked)}


def _queue(queue: WriteQueue) -> Mapping[str, Value]:
    return {
        "capacity": queue.capacity,
        "min_shards": queue.least,
        "max_shards": queue.most,
        "max_samples_per_send": queue.batch,
        "batch_send_deadline": queue.deadline,
        "min_backoff": queue.wait,
        "max_backoff": queue.longest,
    }
