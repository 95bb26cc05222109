"""`pods/NAME/portforward`: bytes of a connection to a port of the pod, over a WebSocket.

Channels: https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/cri/streaming/portforward/websocket.go;
frames: RFC 6455.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from io import BufferedIOBase
from typing import Final

from rehearsal.data_planes.kubernetes_api import pods, sidecar
from rehearsal.data_planes.kubernetes_api.paths import Target
from rehearsal.data_planes.kubernetes_api.status import RefusedError, not_found
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.kubernetes.api.store import Manifest
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster

_PROTOCOLS: Final = ("v4.channel.k8s.io", "v4.base64.channel.k8s.io")
_MAGIC: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CONTINUATION, _BINARY, _CLOSE, _PING, _PONG = 0, 2, 8, 9, 10


def answer(cluster: SimulatedCluster, target: Target, request: Request) -> Answer:
    """The switch to the WebSocket. Raises RefusedError."""
    pod = pods.stored_pod(cluster, target.namespace, target.name)
    if pod is None:
        raise not_found("pods", "", target.name)
    offered = [part.strip() for part in request.headers.get("sec-websocket-protocol", "").split(",")]
    key, ports = request.headers.get("sec-websocket-key", ""), request.query.get("ports", "")
    if request.headers.get("upgrade", "").lower() != "websocket" or not key:
        raise RefusedError(400, "Upgrade request required")
    if _PROTOCOLS[0] not in offered or not ports.isdigit():
        raise RefusedError(400, "one port, and the protocol v4.channel.k8s.io, are what is simulated")
    accept = base64.b64encode(
        hashlib.sha1(f"{key}{_MAGIC}".encode(), usedforsecurity=False).digest()
    ).decode()
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": accept,
        "Sec-WebSocket-Protocol": _PROTOCOLS[0],
    }

    def takes_over(reads: BufferedIOBase, writes: BufferedIOBase) -> None:
        _forward(cluster, pod, int(ports), reads, writes)

    return Answer(status=101, headers=headers, takes_over=takes_over)


def _forward(
    cluster: SimulatedCluster, pod: Manifest, port: int, reads: BufferedIOBase, writes: BufferedIOBase
) -> None:
    for channel in (0, 1):  # data and errors; the first frame of each repeats the port
        _write(writes, _BINARY, bytes([channel]) + struct.pack("<H", port))
    sent = b""
    while (frame := _read(reads)) is not None:
        code, payload = frame
        if code == _PING:
            _write(writes, _PONG, payload)
        elif code == _CLOSE:
            break
        elif code in (_BINARY, _CONTINUATION) and payload[:1] == b"\0":
            sent += payload[1:]
            with cluster.world.lock:
                if not sidecar.listens(cluster, pod, port):
                    _write(writes, _BINARY, b"\1" + _refused(pod, port).encode())
                    break
                if path := sidecar.received(sent):
                    _write(writes, _BINARY, b"\0" + sidecar.http(sidecar.answered(cluster, pod, path)))
                    break
    _write(writes, _CLOSE, struct.pack("!H", 1000))


def _refused(pod: Manifest, port: int) -> str:
    """Words of containerd: https://github.com/kubernetes/kubernetes/issues/112032"""
    uid = pod["metadata"]["uid"]
    namespace = f"/var/run/netns/cni-{uid}"
    tried = f"dial tcp4 127.0.0.1:{port}: connect: connection refused"
    return (
        f"error forwarding port {port} to pod {uid}, uid : failed to execute portforward in network "
        f'namespace "{namespace}": failed to connect to localhost:{port} inside namespace "{uid}", '
        f"IPv4: {tried} "
        "IPv6 dial tcp6: address localhost: no suitable address found "
    )


def _read(reads: BufferedIOBase) -> tuple[int, bytes] | None:
    """Code and payload of a frame of the client, which masks it. None: the client is gone."""
    head = reads.read(2)
    if len(head) < 2:
        return None
    length = head[1] & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", reads.read(2))
    elif length == 127:
        (length,) = struct.unpack("!Q", reads.read(8))
    mask = reads.read(4) if head[1] & 0x80 else b"\0\0\0\0"
    payload = reads.read(length)
    return head[0] & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


def _write(writes: BufferedIOBase, code: int, payload: bytes) -> None:
    length = len(payload)
    if length < 126:
        size = bytes([length])
    elif length < 1 << 16:
        size = b"\x7e" + struct.pack("!H", length)
    else:
        size = b"\x7f" + struct.pack("!Q", length)
    writes.write(bytes([0x80 | code]) + size + payload)
    writes.flush()
