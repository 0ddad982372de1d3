"""Files of a server that a part reads, and that are keys of Secrets or ConfigMaps in a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchwright.model.cluster import ConfigMapKey, Secret
from watchwright.model.jaeger import Login
from watchwright.model.scrape import BasicAuth, Bearer, Tls
from watchwright.model.server import OAuth2

Auth = BasicAuth | Bearer | Login | OAuth2 | None


def unreferenced(auth: Auth, tls: Tls | None, files: Mapping[str, Secret | ConfigMapKey]) -> Iterator[str]:
    """The files of which a cluster does not say where it has them, or has them where it should not."""
    for path, wanted in read(auth, tls):
        if not isinstance(files.get(path), wanted):
            yield path


def missing(path: str, files: Mapping[str, Secret | ConfigMapKey]) -> str:
    """What is wrong with a file of those, in words."""
    misplaced = isinstance(files.get(path), ConfigMapKey)
    return "the cluster has only a ConfigMap for it" if misplaced else "the cluster does not say which Secret has it"


def read(auth: Auth, tls: Tls | None) -> Iterator[tuple[str, type[Secret] | tuple[type, ...]]]:
    """The files that a client reads, and what may have them in a cluster."""
    match auth:
        case BasicAuth():
            yield auth.password_file, Secret
        case Bearer():
            yield auth.token_file, Secret
        case OAuth2():
            yield auth.client_secret_file, Secret
    if tls is not None:
        for path, wanted in (
            (tls.ca_file, (Secret, ConfigMapKey)),
            (tls.cert_file, (Secret, ConfigMapKey)),
            (tls.key_file, Secret),
        ):
            if path:
                yield path, wanted
