"""Requests of Kubernetes' own client that are no reads: restarts, annotations, ways into a pod."""

import base64
import json
import struct
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
import websocket
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient
from kubernetes.client.exceptions import ApiException
from kubernetes.stream.ws_client import create_websocket

from rehearsal.data_planes.planes import Planes
from rehearsal.simulators.azure.keyvault import data_plane
from tests.rehearsal.data_planes.clusters import SIGNS_IN, allow, api, apps, cloud, core, custom, deployment
from tests.rehearsal.data_planes.worlds import signed_in

pytestmark = pytest.mark.servers

SIDECAR = {"dapr.io/enabled": "true", "dapr.io/app-id": "orders", "dapr.io/config": "orders"}


def dapr() -> list[dict[str, Any]]:
    place = {"namespace": "shop"}
    scopes = [{"storeName": "vault", "defaultAccess": "deny", "allowedSecrets": ["api-key", "misspelt"]}]
    store = {
        "type": "secretstores.azure.keyvault",
        "version": "v1",
        "metadata": [{"name": "vaultName", "value": "kv-planes"}],
    }
    kind = {"apiVersion": "dapr.io/v1alpha1"}
    metadata = {"name": "vault", **place}
    return [
        {**kind, "kind": "Component", "metadata": metadata, "spec": store, "scopes": ["orders"]},
        {
            **kind,
            "kind": "Configuration",
            "metadata": {"name": "orders", **place},
            "spec": {"secrets": {"scopes": scopes}},
        },
        deployment("reads", annotations=SIDECAR, **SIGNS_IN),
    ]


def external_secret() -> list[dict[str, Any]]:
    kind, place = {"apiVersion": "external-secrets.io/v1"}, {"namespace": "shop"}
    azure = {
        "authType": "WorkloadIdentity",
        "vaultUrl": "https://kv-planes.vault.azure.net/",
        "serviceAccountRef": {"name": "orders"},
    }
    spec = {
        "secretStoreRef": {"name": "vault", "kind": "SecretStore"},
        "refreshInterval": "1h",
        "target": {"name": "synced"},
        "data": [{"secretKey": "key", "remoteRef": {"key": "api-key"}}],
    }
    provider = {"provider": {"azurekv": azure}}
    return [
        {**kind, "kind": "SecretStore", "metadata": {"name": "vault", **place}, "spec": provider},
        {**kind, "kind": "ExternalSecret", "metadata": {"name": "synced", **place}, "spec": spec},
    ]


@pytest.fixture
def planes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Planes]:
    more = cloud(*dapr(), *external_secret(), charts=("dapr", "external-secrets"))
    with signed_in(tmp_path, monkeypatch, **more) as served:
        allow(served)
        yield served


def names(objects: Any, owner: str) -> list[str]:
    selector = f"app.kubernetes.io/name={owner}"
    return [pod.metadata.name for pod in objects.list_namespaced_pod("shop", label_selector=selector).items]


def test_a_restart_makes_new_pods(planes: Planes, tmp_path: Path) -> None:
    objects = core(api(tmp_path))
    deployments = apps(objects.api_client)
    before = names(objects, "orders")
    # what `kubectl rollout restart` sends
    annotation = {"kubectl.kubernetes.io/restartedAt": "2026-11-30T12:00:00Z"}
    body = {"spec": {"template": {"metadata": {"annotations": annotation}}}}
    changed = deployments.patch_namespaced_deployment("orders", "shop", body)
    assert changed.status.ready_replicas == 2
    after = names(objects, "orders")
    assert len(after) == 2
    assert not set(before) & set(after)
    assert changed.spec.template.metadata.annotations == annotation


def test_a_pod_that_is_deleted_comes_back(planes: Planes, tmp_path: Path) -> None:
    objects = core(api(tmp_path))
    before = names(objects, "orders")
    objects.delete_namespaced_pod(before[0], "shop")
    assert len(names(objects, "orders")) == 2
    with pytest.raises(ApiException, match="not found"):
        objects.delete_namespaced_pod("other", "shop")


def test_an_annotation_makes_the_operator_read_again(planes: Planes, tmp_path: Path) -> None:
    own = api(tmp_path)
    objects, external = core(own), custom(own)
    place = ("external-secrets.io", "v1", "shop", "externalsecrets", "synced")
    before = external.get_namespaced_custom_object(*place)["status"]
    assert before["conditions"][0]["status"] == "True"
    old = objects.read_namespaced_secret("synced", "shop").data["key"]
    vault = SecretClient("https://kv-planes.vault.azure.net/", DefaultAzureCredential())
    assert base64.b64decode(old).decode() == vault.get_secret("api-key").value
    with planes.world.lock:
        data_plane.new_version(planes.world, "kv-planes", "api-key", "another one")
    assert objects.read_namespaced_secret("synced", "shop").data["key"] == old, "the interval is not over"
    planes.world.times.clear()
    body = {"metadata": {"annotations": {"force-sync": "1"}}}
    external.patch_namespaced_custom_object(*place, body)
    secret = objects.read_namespaced_secret("synced", "shop")
    assert base64.b64decode(secret.data["key"]).decode() == vault.get_secret("api-key").value
    assert secret.data["key"] != old
    (fields,) = secret.metadata.managed_fields
    assert fields.manager.startswith("externalsecrets.external-secrets.io/")
    refreshed = external.get_namespaced_custom_object(*place)["status"]["refreshTime"]
    assert refreshed == fields.time.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_patch_of_another_form_is_refused(planes: Planes, tmp_path: Path) -> None:
    deployments = apps(api(tmp_path))
    edits = [{"op": "replace", "path": "/spec/replicas", "value": 3}]
    assert deployments.patch_namespaced_deployment("orders", "shop", edits).spec.replicas == 3
    with pytest.raises(ApiException) as error:
        deployments.patch_namespaced_deployment(
            "orders", "shop", [{"op": "replace", "path": "/x/y", "value": 1}]
        )
    assert error.value.status == 422
    with pytest.raises(ApiException) as error:
        core(deployments.api_client).patch_namespaced_secret("orders", "shop", {"data": {}})
    assert error.value.status == 405


def get(objects: Any, pod: str, path: str, port: int = 3500) -> tuple[str, str]:
    """The answer to a GET in the pod, and the error of the port."""
    configuration = objects.api_client.configuration
    url = f"{configuration.host}/api/v1/namespaces/shop/pods/{pod}/portforward?ports={port}"
    headers = {
        "authorization": configuration.api_key["authorization"],
        "sec-websocket-protocol": "v4.channel.k8s.io",
    }
    connection: Any = create_websocket(configuration, url.replace("https://", "wss://"), headers)
    with ExitStack() as stack:
        stack.callback(connection.shutdown)  # `close` leaves the socket open once the server has closed
        connection.send_binary(b"\0" + f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        frames = []
        with suppress(websocket.WebSocketConnectionClosedException):
            while frame := connection.recv():
                frames.append(bytes(frame))
    ports, contents = frames[:2], frames[2:]
    assert [frame[1:] for frame in ports] == [struct.pack("<H", port)] * 2
    of_channel = {number: b"".join(f[1:] for f in contents if f[0] == number) for number in (0, 1)}
    return of_channel[0].decode(), of_channel[1].decode()


def test_the_sidecar_answers_inside_the_pod(planes: Planes, tmp_path: Path) -> None:
    objects = core(api(tmp_path))
    (pod,) = names(objects, "reads")
    answer, error = get(objects, pod, "/v1.0/secrets/vault/api-key")
    assert (answer.startswith("HTTP/1.1 200 OK\r\n"), error) == (True, "")
    vault = SecretClient("https://kv-planes.vault.azure.net/", DefaultAzureCredential())
    assert json.loads(answer.partition("\r\n\r\n")[2]) == {"api-key": vault.get_secret("api-key").value}
    answer, _ = get(objects, pod, "/v1.0/secrets/vault/other")
    assert answer.startswith("HTTP/1.1 403 Forbidden\r\n")
    assert json.loads(answer.partition("\r\n\r\n")[2])["errorCode"] == "ERR_PERMISSION_DENIED"
    answer, _ = get(objects, pod, "/v1.0/secrets/nowhere/api-key")
    assert "ERR_SECRET_STORE_NOT_FOUND" in answer
    assert get(objects, pod, "/v1.0/healthz")[0].startswith("HTTP/1.1 204 ")
    answer, error = get(objects, pod, "/", port=9898)
    assert answer == ""
    assert "connect: connection refused" in error


def test_the_sidecar_does_not_answer_at_the_address_of_the_pod(planes: Planes, tmp_path: Path) -> None:
    objects = core(api(tmp_path))
    (pod,) = names(objects, "reads")
    with pytest.raises(ApiException) as error:
        objects.connect_get_namespaced_pod_proxy_with_path(
            f"{pod}:3500", "shop", "v1.0/secrets/vault/api-key"
        )
    assert error.value.status == 503
    assert "connect: connection refused" in json.loads(str(error.value.body))["message"]
