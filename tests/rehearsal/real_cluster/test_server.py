"""A real API server with its controllers: what it does by itself, and that nothing of it stays."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Final

import jwt
import pytest

from operations.failures import Symptom
from operations.failures.table import claims
from rehearsal.data_planes.issuers import AUDIENCE, signing_key
from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.server import RealServer, running
from rehearsal.simulators.kubernetes.api.errors import ApiError, ConflictError, NoMatchError
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.apiserver import rbac
from rehearsal.simulators.kubernetes.apiserver.rbac import ResourceAttributes
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import Azure, Kubernetes, manifest

ISSUER: Final = "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/"
EVENT: Final = GroupVersionKind("", "v1", "Event")
ACCOUNT: Final = GroupVersionKind("", "v1", "ServiceAccount")

RBAC: Final = "rbac.authorization.k8s.io"
REQUESTS: Final = (
    ("get", "", "secrets"),
    ("create", "", "serviceaccounts/token"),
    ("create", "", "namespaces"),
    ("patch", "", "resourcequotas"),
    ("create", "apps", "deployments"),
    ("create", "networking.k8s.io", "ingresses"),
    ("patch", RBAC, "roles"),
    ("create", RBAC, "clusterroles"),
    ("escalate", RBAC, "roles"),
    ("bind", RBAC, "roles"),
    ("use-managed-identity", "cid.wi.aks.azure.com", "a client id"),
    ("create", "external-secrets.io", "externalsecrets"),
)
"""Verb, group and resource."""

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


def _account(name: str, role: str, kind: str = "ClusterRole") -> list[dict[str, Any]]:
    """A ServiceAccount that holds a role in its namespace."""
    subject = {"kind": "ServiceAccount", "name": name, "namespace": "shop"}
    reference = {"apiGroup": RBAC, "kind": kind, "name": role}
    binding = manifest(f"{RBAC}/v1", "RoleBinding", name, "shop", roleRef=reference, subjects=[subject])
    return [manifest("v1", "ServiceAccount", name, "shop"), binding]


def _role(name: str, *rules: tuple[str, list[str], list[str]]) -> dict[str, Any]:
    listed = [{"apiGroups": [group], "resources": what, "verbs": verbs} for group, what, verbs in rules]
    return manifest(f"{RBAC}/v1", "Role", name, "shop", rules=listed)


def test_nobody_grants_rights_that_they_do_not_hold(client: Client, server: RealServer) -> None:
    """The Role and the binding by which the External Secrets Operator acts as a ServiceAccount."""
    write = (RBAC, ["roles", "rolebindings"], ["get", "create", "patch"])
    token = ("", ["serviceaccounts/token"], ["create"])
    granted = [_role("tokens", token), _account("operator", "tokens", "Role")[1]]
    client.apply(_role("writer", write))
    for object_ in (*_account("writer", "writer", "Role"), *_account("admin", "admin")):
        client.apply(object_)

    def refusals(account: str) -> list[str]:
        path = f"/api/v1/namespaces/shop/serviceaccounts/{account}/token"
        answer = client.request("POST", path, {"spec": {}})
        team, refused = Client(server.address, server.authority, answer["status"]["token"]), list[str]()
        for object_ in granted:
            try:
                team.apply(object_, dry_run=True)
            except ApiError as error:
                refused.append(str(error))
        return refused

    refused = refusals("writer")[0]
    assert refused.startswith('roles.rbac.authorization.k8s.io "tokens" is forbidden: user "system:serv')
    assert [failure.id for failure in claims(Symptom(text=refused))] == ["may-not-grant-rights"]
    client.apply(granted[0])
    (refused,) = refusals("writer")
    assert refused.startswith('rolebindings.rbac.authorization.k8s.io "operator" is forbidden: user "system')
    client.apply(_role("writer", write, (RBAC, ["roles"], ["escalate", "bind"])))
    assert eventually(lambda: not refusals("writer")), "the verbs are the way out"
    assert eventually(lambda: not refusals("admin")), "the ClusterRole admin holds the right"


def test_both_servers_know_what_a_built_in_role_allows(client: Client, tmp_path: Path) -> None:
    azure = Azure(tmp_path)
    azure.group()
    azure.cluster()
    kubernetes = Kubernetes(azure, kubeconfig_of(azure))
    kubernetes.namespace("shop")
    cluster = SimulatedCluster(azure.world, *azure.world.kubernetes)
    roles = ("cluster-admin", "admin", "edit")
    for role in roles:
        account, binding = _account(f"a-{role}", role)
        client.apply(account)
        client.apply(binding)
        kubernetes.create("core/v1:ServiceAccount", account)
        kubernetes.create(f"{RBAC}/v1:RoleBinding", binding)
    kind = GroupVersionKind(RBAC, "v1", "ClusterRole")
    for role in roles:  # a controller gathers the rules of admin and edit
        eventually(partial(lambda name: (client.get(kind, "", name) or {}).get("rules"), role))
    for role, case in product(roles, REQUESTS):
        verb, group, resource = case
        plural, _, subresource = resource.partition("/")
        attributes = {"verb": verb, "group": group, "resource": plural, "subresource": subresource}
        spec: dict[str, Any] = {"user": f"system:serviceaccount:shop:a-{role}"}
        spec["resourceAttributes"] = attributes | {"namespace": "shop"}
        review = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        real = client.request("POST", review, {"spec": spec})["status"]["allowed"]
        request = ResourceAttributes(verb, resource, group=group)
        assert rbac.may(cluster, rbac.Account("shop", f"a-{role}"), "shop", request) == real, (role, case)
