"""A real API server with its controllers: what it does by itself, and that nothing of it stays."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import jwt
import pytest

from rehearsal.data_planes.issuers import AUDIENCE, signing_key
from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.server import RealServer, running
from rehearsal.simulators.kubernetes.api.errors import ApiError, ConflictError, NoMatchError
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind

ISSUER: Final = "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/"
EVENT: Final = GroupVersionKind("", "v1", "Event")
ACCOUNT: Final = GroupVersionKind("", "v1", "ServiceAccount")

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def server() -> Iterator[RealServer]:
    with running(ISSUER, signing_key("a cluster")) as started:
        yield started
    assert not started.folder.exists()
    assert not started.client().is_ready()


@pytest.fixture(scope="module")
def client(server: RealServer) -> Client:
    made = server.client()
    level = {"pod-security.kubernetes.io/enforce": "restricted"}
    made.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": level}})
    return made


def eventually(read: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 30
    while not (value := read()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return value


def config_map(name: str, **data: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def test_tokens_have_the_issuer_and_the_key_of_the_cluster(client: Client) -> None:
    eventually(lambda: client.get(ACCOUNT, "shop", "default"))
    path = "/api/v1/namespaces/shop/serviceaccounts/default/token"
    answer = client.request("POST", path, {"spec": {"audiences": [AUDIENCE]}})
    claims = jwt.decode(
        answer["status"]["token"],
        signing_key("a cluster").public_key(),
        algorithms=["RS256"],
        audience=AUDIENCE,
        issuer=ISSUER,
    )
    assert claims["sub"] == "system:serviceaccount:shop:default"


def test_pod_security_refuses_the_pods_that_the_controllers_make(client: Client) -> None:
    labels = {"app": "web"}
    pod = {"containers": [{"name": "web", "image": "web", "securityContext": {"privileged": True}}]}
    client.apply(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": pod},
            },
        }
    )
    events = eventually(lambda: [e for e in client.all_of(EVENT, "shop") if e["reason"] == "FailedCreate"])
    assert 'is forbidden: violates PodSecurity "restricted:latest": privileged' in events[0]["message"]


def test_refusals_are_the_servers_own(client: Client) -> None:
    with pytest.raises(ApiError, match=r"\.data\.a: expected string, got &value\.valueUnstructured"):
        client.apply(config_map("wrong", a=1))
    with pytest.raises(NoMatchError, match='no matches for kind "ConfigMap" in version "v2"'):
        client.apply({**config_map("wrong"), "apiVersion": "v2"})


def test_another_manager_is_a_conflict_unless_forced(client: Client) -> None:
    client.apply(config_map("settings", a="1"), manager="another")
    with pytest.raises(ConflictError, match=r'conflict with "another": \.data\.a'):
        client.apply(config_map("settings", a="2"))
    assert client.apply(config_map("settings", a="2"), force=True)["data"] == {"a": "2"}


def test_a_namespace_takes_its_objects_away(client: Client) -> None:
    kind = GroupVersionKind("", "v1", "Namespace")
    client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "passing"}})
    client.request("DELETE", "/api/v1/namespaces/passing")
    eventually(lambda: client.get(kind, "", "passing") is None)
