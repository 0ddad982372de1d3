"""What objects of the Prometheus Operator say alike. Credentials are references: nothing secret is written."""

from __future__ import annotations

from collections.abc import Mapping

from watchwright.backends.yamltext import Value, said
from watchwright.model.cluster import ConfigMapKey, Secret
from watchwright.model.scrape import BasicAuth, Bearer, Relabel, Tls

#: Who has in a cluster what a definition knows as a file.
Files = Mapping[str, Secret | ConfigMapKey]


def authorized(auth: BasicAuth | Bearer | None, files: Files) -> Mapping[str, Value]:
    """How a client says who it is."""
    match auth:
        case BasicAuth(password_file=path):
            return {"basicAuth": {"username": user(path, files), "password": key(files[path])}}
        case Bearer(token_file=path, type=kind):
            return {"authorization": {"type": kind, "credentials": key(files[path])}}
        case _:
            return {}


def secured(tls: Tls | None, files: Files) -> Mapping[str, Value] | None:
    """How a client speaks TLS."""
    if tls is None:
        return None
    return said(
        {
            "ca": _either(tls.ca_file, files),
            "cert": _either(tls.cert_file, files),
            "keySecret": key(files[tls.key_file]) if tls.key_file else None,
            "serverName": tls.server_name,
            "insecureSkipVerify": tls.insecure_skip_verify or None,
        }
    )


def user(path: str, files: Files) -> Mapping[str, Value]:
    """Whose the credential in a file is: another key of its Secret."""
    found = files[path]
    return {"name": found.name, "key": found.username if isinstance(found, Secret) else ""}


def key(found: Secret | ConfigMapKey) -> Mapping[str, Value]:
    """A reference."""
    return {"name": found.name, "key": found.key}


def _either(path: str | None, files: Files) -> Mapping[str, Value] | None:
    if not path:
        return None
    found = files[path]
    return {"configMap" if isinstance(found, ConfigMapKey) else "secret": key(found)}


def relabelled(step: Relabel) -> Value:
    """One step of relabelling."""
    return said(
        {
            "action": step.action if step.action != "replace" else None,
            "sourceLabels": list(step.sources),
            "separator": step.separator,
            "regex": step.regex,
            "modulus": step.modulus,
            "targetLabel": step.target,
            "replacement": step.replacement,
        }
    )
