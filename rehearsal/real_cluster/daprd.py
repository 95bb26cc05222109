"""Dapr's sidecar: its real runtime for one pod, self-hosted and on loopback only.

Its Components and its Configuration are files, since no operator serves them here; the container's arguments
and variables are those of the pod that the injector and the webhook of workload identity have seen. The
runtime filters the Components by `NAMESPACE` itself: the operator's filter is not met.
https://docs.dapr.io/operations/hosting/self-hosted/
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import yaml

from rehearsal.errors import RehearsalError
from rehearsal.real_cluster.programs import Programs, find_program, running_programs
from rehearsal.simulators.kubernetes.api.store import Manifest, identity
from rehearsal.simulators.kubernetes.operators.dapr.kinds import COMPONENT, CONFIGURATION
from rehearsal.simulators.kubernetes.operators.dapr.webhook import sidecar_of
from rehearsal.simulators.kubernetes.operators.workload_identity import TOKEN_FILE, variables

NAME: Final = "daprd"
START_SECONDS: Final = 60
_TRIES: Final = 3
_TIMEOUT_SECONDS: Final = 60
_READY: Final = 204
_ENDING: Final = "daprd will exit gracefully"
"""In a warning about a Component: pkg/runtime/processor/components.go. Until it has ended it is healthy."""
_LOOPBACK: Final = "127.0.0.1"
_TOKEN: Final = "token"
_OWN: Final = "self-hosted.yaml"
_COMPONENTS: Final = "components"
_CONFIGURATIONS: Final = "configurations"
_SELF_HOSTED: Final = {
    "apiVersion": "dapr.io/v1alpha1",
    "kind": "Configuration",
    "metadata": {"name": "self-hosted"},
    # The default, mdns, talks to the network; this one formats names.
    # https://docs.dapr.io/reference/components-reference/supported-name-resolution/
    "spec": {
        "nameResolution": {"component": "nameformat", "version": "v1", "configuration": {"format": "{appid}"}}
    },
}


class SidecarEndedError(Exception):
    """A sidecar that ends by itself; the message is the last line of its log."""


@dataclass(frozen=True, kw_only=True)
class SidecarAnswer:
    """An answer of the secrets API."""

    status: int
    code: str = ""
    """`errorCode` of the body."""
    message: str = ""
    data: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """The values: never printed."""


@dataclass(frozen=True)
class RunningSidecar:
    """A sidecar as its application reaches it."""

    port: int

    def secret(self, store: str, name: str) -> SidecarAnswer:
        """`GET /v1.0/secrets/STORE/NAME`: https://docs.dapr.io/reference/api/secrets_api/"""
        status, body = self.get(f"/v1.0/secrets/{quote(store, '')}/{quote(name, '')}")
        if status != 200:
            return SidecarAnswer(
                status=status, code=str(body.get("errorCode", "")), message=str(body.get("message", ""))
            )
        return SidecarAnswer(status=status, data={key: str(value) for key, value in body.items()})

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON body. Raises OSError."""
        connection = HTTPConnection(_LOOPBACK, self.port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        return response.status, json.loads(text) if text.startswith(b"{") else {}


@contextmanager
def running_sidecar(
    pod: Manifest, objects: Iterable[Manifest], environment: Mapping[str, str], token: str
) -> Iterator[RunningSidecar]:
    """The sidecar of a pod during the block.

    `pod`: as the webhooks have left it, with its container daprd. `objects`: the Components and
    Configurations of the cluster. `environment`: the way out. `token`: of the pod's ServiceAccount.

    Raises:
        SidecarEndedError: it ends by itself.
        RehearsalError: there is no daprd, or it does not start.
    """
    container = sidecar_of(pod)
    assert container is not None, "the injector passes this pod by"
    program, namespace = find_program(NAME), str(pod["metadata"]["namespace"])
    settings = {"NAMESPACE": namespace, **variables(container), **environment, "PATH": "", "HOME": "."}
    if TOKEN_FILE in settings:
        settings[TOKEN_FILE] = _TOKEN
    with running_programs(settings) as programs:
        _write_files(programs.folder, objects, namespace, token)
        yield _started(programs, program, list(container.get("args") or ()))


def _write_files(folder: Path, objects: Iterable[Manifest], namespace: str, token: str) -> None:
    """Every Component, and the Configurations of the namespace by name."""
    (folder / _TOKEN).write_text(token, encoding="utf-8")
    (folder / _OWN).write_text(yaml.safe_dump(_SELF_HOSTED), encoding="utf-8")
    (folder / _COMPONENTS).mkdir()
    (folder / _CONFIGURATIONS).mkdir()
    for manifest in objects:
        kind, place, name = identity(manifest)
        text = yaml.safe_dump({**manifest, "metadata": {"name": name, "namespace": place}})
        if kind == COMPONENT:
            (folder / _COMPONENTS / f"{place}.{name}.yaml").write_text(text, encoding="utf-8")
        elif kind == CONFIGURATION and place == namespace:
            (folder / _CONFIGURATIONS / f"{name}.yaml").write_text(text, encoding="utf-8")


def _started(programs: Programs, program: Path, arguments: list[str]) -> RunningSidecar:
    """The sidecar when it answers. Another program may take a port between its choice and its use."""
    for _ in range(_TRIES):
        port, grpc, internal = _free_ports(3)
        programs.start(program, _self_hosted(arguments, port, grpc, internal))
        if _answers(programs, RunningSidecar(port)):
            return RunningSidecar(port)
        log = programs.log(NAME)
        if "address already in use" not in log:
            raise SidecarEndedError(_last_message(log))
        programs.forget_end(NAME)
    raise RehearsalError(f"{NAME} finds no free port on {_LOOPBACK}")


def _answers(programs: Programs, sidecar: RunningSidecar) -> bool:
    """Whether it answers; False: it has ended."""
    deadline = time.monotonic() + START_SECONDS
    while not programs.has_ended(NAME):
        try:
            if sidecar.get("/v1.0/healthz")[0] == _READY and _ENDING not in _whole_log(programs):
                return True
        except (OSError, HTTPException):
            pass  # it does not listen yet
        if time.monotonic() > deadline:
            raise RehearsalError(
                f"{NAME} is not ready after {START_SECONDS} s; its last lines:\n{programs.log(NAME)}"
            )
        time.sleep(0.03)
    return False


def _whole_log(programs: Programs) -> str:
    return (programs.folder / f"{NAME}.log").read_text(encoding="utf-8", errors="replace")


def _self_hosted(arguments: list[str], port: int, grpc: int, internal: int) -> list[str]:
    """The injector's arguments, with a file for the Configuration's name, warnings, and ports on loopback.

    https://docs.dapr.io/reference/arguments-annotations-overview/
    """
    flags = [argument for argument in arguments if argument != f"/{NAME}"]
    if "--config" in flags:
        place = flags.index("--config") + 1
        flags[place] = f"{_CONFIGURATIONS}/{flags[place]}.yaml"
    return [
        *(
            *flags,
            "--mode=standalone",
            "--log-as-json",
            f"--resources-path={_COMPONENTS}",
            f"--config={_OWN}",
        ),
        *(f"--dapr-listen-addresses={_LOOPBACK}", f"--dapr-internal-grpc-listen-address={_LOOPBACK}"),
        *(f"--dapr-http-port={port}", f"--dapr-grpc-port={grpc}", f"--dapr-internal-grpc-port={internal}"),
        "--enable-metrics=false",
    ]


def _last_message(log: str) -> str:
    """The message of the last line."""
    line = log.splitlines()[-1] if log else ""
    try:
        return str(json.loads(line)["msg"])
    except (ValueError, KeyError):
        return line


def _free_ports(count: int) -> list[int]:
    with ExitStack() as probes:
        sockets = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind((_LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in sockets]
