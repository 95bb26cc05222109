"""One request to a port of a pod, through the API server: what `kubectl port-forward` does.

A Dapr sidecar listens to its pod only (sidecar-listen-addresses is 127.0.0.1 by default), so the proxy of the
API server, which connects to the pod's address, does not reach it.
https://docs.dapr.io/reference/arguments-annotations-overview/
"""

from __future__ import annotations

import http.client
import io
import socket
from collections.abc import Mapping
from typing import Any, Final, cast

from operations.kubernetes_access import KubernetesApi, KubernetesError, namespaced

_SECONDS: Final = 30
_MOST: Final = 1_000_000
_DATA, _ERROR = 0, 1
"""The channels of the first port.
https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/cri/streaming/portforward/websocket.go
"""


def get(
    api: KubernetesApi, namespace: str, pod: str, port: int, path: str, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """Status and body of a GET. Raises KubernetesError if there is no answer."""
    import websocket

    url = f"{namespaced('v1', namespace, 'pods', pod)}/portforward"
    connection = api.websocket(url, "v4.channel.k8s.io", ports=str(port))
    try:
        connection.settimeout(_SECONDS)
        lines = (f"GET {path} HTTP/1.1", f"Host: localhost:{port}", "Accept: application/json")
        more = [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join((*lines, *more, "Connection: close", "", ""))
        connection.send_binary(bytes([_DATA]) + head.encode())
        return _parsed(_received(connection, pod, port))
    except (websocket.WebSocketException, OSError, http.client.HTTPException, ValueError) as error:
        raise KubernetesError(f"port {port} of pod {pod} does not answer", reason="NoAnswer") from error
    finally:
        connection.shutdown()  # close() leaves the socket open where the server has closed first


def _received(connection: Any, pod: str, port: int) -> bytes:
    """Bytes from the port until its answer is whole."""
    import websocket

    opened, content = set[int](), b""
    while not _is_whole(content) and len(content) < _MOST:
        try:
            frame = connection.recv()
        except websocket.WebSocketConnectionClosedException:
            break
        if not frame:
            break
        if isinstance(frame, str):
            raise ValueError("a frame of text")
        channel, data = frame[0], frame[1:]
        if channel not in opened:
            opened.add(channel)  # the first frame of a channel repeats the port's number
        elif channel == _ERROR:
            raise KubernetesError(
                f"port {port} of pod {pod}: {data.decode(errors='replace')[:300]}", reason="PortForward"
            )
        else:
            content += data
    return content


def _is_whole(content: bytes) -> bool:
    head, separator, body = content.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length" and value.strip().isdigit():
            return len(body) >= int(value)
    return body.endswith(b"0\r\n\r\n")


class _Content:
    """A stand-in for the socket that http.client reads an answer from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self._content)


def _parsed(content: bytes) -> tuple[int, bytes]:
    answer = http.client.HTTPResponse(cast("socket.socket", _Content(content)))
    answer.begin()
    return answer.status, answer.read()
