"""Dapr's sidecar as its pod reaches it at port 3500: the secrets API, health and metadata.

https://docs.dapr.io/reference/api/secrets_api/; the rules are those of the simulated sidecar
(rehearsal/simulators/kubernetes/operators/dapr/secrets_api.py).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from rehearsal.data_planes.kubernetes_api import pods
from rehearsal.data_planes.kubernetes_api.paths import Target
from rehearsal.data_planes.kubernetes_api.status import RefusedError, not_found
from rehearsal.data_planes.values import made_up
from rehearsal.data_planes.web import Answer
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.store import Manifest
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.operators.dapr import secrets_api
from rehearsal.simulators.kubernetes.operators.dapr import sidecar as simulated

PORT: Final = 3500
_LISTENS: Final = "dapr.io/sidecar-listen-addresses"


def listens(cluster: SimulatedCluster, pod: Manifest, port: int) -> bool:
    """Whether a sidecar listens to the port, in the network of the pod. Applications are not simulated."""
    return port == PORT and simulated.runs(cluster, pod)


def proxied(cluster: SimulatedCluster, target: Target, path: str) -> Answer:
    """`pods/NAME:PORT/proxy`, which connects to the pod's address. The sidecar listens to 127.0.0.1 only,
    unless an annotation says otherwise.

    https://docs.dapr.io/reference/arguments-annotations-overview/ (sidecar-listen-addresses)
    """
    name, _, port = target.name.rpartition(":") if ":" in target.name else (target.name, "", "80")
    pod = pods.stored_pod(cluster, target.namespace, name)
    if pod is None:
        raise not_found("pods", "", name)
    listened = str(mapping(pod["metadata"].get("annotations")).get(_LISTENS, ""))
    if not port.isdigit() or "0.0.0.0" not in listened or not listens(cluster, pod, int(port)):
        shown = next(
            copy for copy in pods.pods(cluster, target.namespace) if copy["metadata"]["name"] == name
        )
        address = f"{shown['status']['podIP']}:{port}"
        text = f"error trying to reach service: dial tcp {address}: connect: connection refused"
        raise RefusedError(503, text)
    return answered(cluster, pod, path)


def answered(cluster: SimulatedCluster, pod: Manifest, path: str) -> Answer:
    """The sidecar's answer to a GET."""
    path, _, query = path.partition("?")
    parts = [unquote(part) for part in path.split("/")]
    namespace, app = pod["metadata"]["namespace"], simulated.app_id(pod)
    match parts:
        case ["", "v1.0", "secrets", store, "bulk" | "bulk/"]:
            answer = secrets_api.get_bulk(cluster, namespace, app, store)
            data: dict[str, Any] = {
                name: {name: made_up(cluster.world, value)} for name, value in answer.data.items()
            }
        case ["", "v1.0", "secrets", store, name]:
            version = dict(parse_qsl(query)).get("metadata.version_id", "")
            answer = secrets_api.get_secret(cluster, namespace, app, store, name, version)
            data = {key: made_up(cluster.world, value) for key, value in answer.data.items()}
        case ["", "v1.0", "healthz"]:
            return Answer(status=204)
        case ["", "v1.0", "metadata"]:
            known = simulated.known(cluster, pod) or {}
            components = [
                {"name": name, "type": store["type"], "version": "v1"}
                for name, store in (known.get("stores") or {}).items()
            ]
            return Answer(status=200, body={"id": app, "components": components})
        case _:
            return Answer(status=404, text="Not Found", headers={"Content-Type": "text/plain"})
    if answer.status != HTTPStatus.OK:
        return Answer(status=answer.status or 500, body={"errorCode": answer.code, "message": answer.message})
    return Answer(status=200, body=data)


def http(answer: Answer) -> bytes:
    """The answer as bytes of a connection."""
    content = answer.content
    form = answer.headers.get("Content-Type", "application/json")
    head = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\nContent-Type: {form}\r\n"
    return f"{head}Content-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode() + content


def received(text: bytes) -> str:
    """The path of a request that is whole; empty if it is not, or no GET."""
    head, end, _ = text.partition(b"\r\n\r\n")
    words = head.split(b" ")
    return words[1].decode() if end and len(words) > 2 and words[0] == b"GET" else ""
