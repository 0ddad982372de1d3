"""What starts Prometheus with its flags: a drop-in of systemd, a container's arguments, the Operator's object."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from watchwright.backends.artifact import Artifact, Stretch
from watchwright.backends.operator_write import remote_writes
from watchwright.backends.yamltext import HEADER, Value, document, said
from watchwright.lower.operator import in_pod, operator_spec
from watchwright.lower.plan import Fleet
from watchwright.lower.servers import MAIN, Server, flags, starting, written
from watchwright.model.server import Container, Operator, Systemd

# what neither systemd nor its unquoting takes for anything but itself
_PLAIN = re.compile(r"[A-Za-z0-9_@:,./=+-]+")


def render(fleet: Fleet) -> Iterator[Artifact]:
    """A file for each server and whatever starts it."""
    for path, ((server, starter), *_) in starting(fleet).items():
        match starter:
            case Systemd():
                made = _drop_in(path, server, starter, fleet)
            case Container():
                made = _container(path, server, starter, fleet)
            case Operator():
                made = _operator(path, starter, fleet)
        yield Artifact(made.path, made.text, (Stretch(1, made.text.count("\n"), fleet.origin),))


def _arguments(server: Server, folder: str, data: str | None, fleet: Fleet) -> Iterator[str]:
    yield written("config.file", f"{folder.rstrip('/')}/{server.name}.yml")
    if data is not None:
        yield written("storage.tsdb.path", data)
    yield from (written(name, value) for name, value in flags(fleet))


# systemd ------------------------------------------------------------------------------------------------

_INSTALLED = "Copy it to /etc/systemd/system/{unit}.service.d/, and run `systemctl daemon-reload`."


def _drop_in(path: str, server: Server, systemd: Systemd, fleet: Fleet) -> Artifact:
    arguments = map(systemd_quoted, _arguments(server, systemd.folder, systemd.data, fleet))
    command = " \\\n    ".join([systemd.binary, *arguments])
    lines = [
        HEADER,
        f"# {_INSTALLED.format(unit=systemd.unit)}",
        "[Service]",
        # a drop-in adds to the list of commands unless it is emptied first
        "ExecStart=",
        f"ExecStart={command}",
    ]
    return Artifact(path, "\n".join(lines) + "\n")


def systemd_quoted(argument: str) -> str:
    """
    An argument of `ExecStart=`: quoted where it must be, with nothing in it that systemd would expand.

    https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines: specifiers begin
    with `%` and variables with `$`, in quotes as well; within double quotes a backslash escapes as in C.
    """
    if _PLAIN.fullmatch(argument):
        return argument
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


# Kubernetes ---------------------------------------------------------------------------------------------


def _container(path: str, server: Server, container: Container, fleet: Fleet) -> Artifact:
    arguments = [in_pod(each) for each in _arguments(server, container.folder, container.data, fleet)]
    patched: Value = {"name": container.container, "args": arguments}
    # a shard is another object
    name = container.name if server.name == MAIN else f"{container.name}{server.name.removeprefix(MAIN)}".lower()
    return document(
        path,
        {
            "apiVersion": "apps/v1",
            "kind": container.kind,
            "metadata": {"name": name.replace("_", "-")},
            "spec": {"template": {"spec": {"containers": [patched]}}},
        },
        "A patch for Kustomize (`patches: [path: ...]`), and for `kubectl patch --patch-file`.",
    )


def _operator(path: str, operator: Operator, fleet: Fleet) -> Artifact:
    spec: Mapping[str, Value] = said({**dict(operator_spec(fleet)), "remoteWrite": list(remote_writes(fleet))})
    return document(
        path,
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "Prometheus",
            "metadata": {"name": operator.name},
            "spec": spec,
        },
        "A patch for Kustomize, or what to merge into `prometheus.prometheusSpec` of kube-prometheus-stack.",
    )
