"""A simulated cluster with a workload of some kinds, and Kubernetes' own client for its API server."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from azure.identity import DefaultAzureCredential
from azure.mgmt.containerservice import ContainerServiceClient
from kubernetes import client

from rehearsal.data_planes.planes import Planes
from rehearsal.data_planes.tokens import KUBERNETES_RESOURCE
from rehearsal.simulators.azure.arm import DEPLOYER, SUBSCRIPTION, TENANT
from rehearsal.simulators.seed import apply_seed
from tests.rehearsal.data_planes.worlds import CLIENT, CLOSES, CLUSTER, ROLES, assignment

CLUSTER_ADMIN = f"{ROLES}/b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"
RIGHTS = {"azure": [assignment(CLUSTER, DEPLOYER, CLUSTER_ADMIN, "User")]}
"""The deployer's right in the cluster."""


SIGNS_IN = {"pod": {"serviceAccountName": "orders"}, "labels": {"azure.workload.identity/use": "true"}}
"""Pods that get a token of workload identity."""


def deployment(name: str, **spec: Any) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": name}
    container = {"name": name, "image": "shop:1", **spec.pop("container", {})}
    metadata = {"labels": {**labels, **spec.pop("labels", {})}, "annotations": spec.pop("annotations", {})}
    template = {"metadata": metadata, "spec": {"containers": [container], **spec.pop("pod", {})}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop", "labels": labels},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template, **spec},
    }


def objects() -> list[dict[str, Any]]:
    prefix = "azure.workload.identity/"
    account = {f"{prefix}client-id": CLIENT, f"{prefix}tenant-id": TENANT}
    missing = {"env": [{"name": "X", "valueFrom": {"secretKeyRef": {"name": "gone", "key": "x"}}}]}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": "orders", "namespace": "shop", "annotations": account},
        },
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "orders", "namespace": "shop"},
            "type": "Opaque",
            "data": {"password": base64.b64encode(b"not this one").decode()},
        },
        deployment("orders", replicas=2, **SIGNS_IN),
        deployment("broken", container=missing),
    ]


def cloud(*more: dict[str, Any], charts: Sequence[str] = ()) -> dict[str, Any]:
    """Section `kubernetes` of a --cloud file."""
    releases = [{"chart": chart, "namespace": chart} for chart in charts]
    entries = ({"releases": releases}, {"objects": [*objects(), *more]})
    return {"kubernetes": [{"cluster": CLUSTER, **entry} for entry in entries]}


def allow(planes: Planes) -> None:
    """Let the deployer into the cluster."""
    apply_seed(planes.world, RIGHTS)


def kubeconfig() -> dict[str, Any]:
    clusters = ContainerServiceClient(DefaultAzureCredential(), SUBSCRIPTION).managed_clusters
    answer: Any = clusters.list_cluster_user_credentials("rg", "aks-planes")
    return yaml.safe_load(answer.kubeconfigs[0].value)


def api(folder: Path, *, token: str | None = None, certificate: bool = False) -> client.ApiClient:
    """The client of the user who is signed in; `token` of another user."""
    document = kubeconfig()
    (cluster,), (user,) = document["clusters"], document["users"]
    authority = folder / "cluster-authority.pem"
    authority.write_bytes(base64.b64decode(cluster["cluster"]["certificate-authority-data"]))
    options: dict[str, Any] = {"host": cluster["cluster"]["server"], "ssl_ca_cert": str(authority)}
    if certificate:
        for name in ("certificate", "key"):
            file = folder / f"client-{name}.pem"
            file.write_bytes(base64.b64decode(user["user"][f"client-{name}-data"]))
            options[{"certificate": "cert_file", "key": "key_file"}[name]] = str(file)
    else:
        bearer = token or user["user"].get("token")
        bearer = bearer or DefaultAzureCredential().get_token(f"{KUBERNETES_RESOURCE}/.default").token
        options["api_key"] = {"authorization": f"Bearer {bearer}"}
    own = client.ApiClient(client.Configuration(retries=0, **options))
    CLOSES.append(own.rest_client.pool_manager.clear)
    return own


def core(own: client.ApiClient) -> Any:
    """The core group. Its models say of each field that it may be absent, so that a type checker would ask
    for each.
    """
    return client.CoreV1Api(own)


def apps(own: client.ApiClient) -> Any:
    return client.AppsV1Api(own)


def custom(own: client.ApiClient) -> Any:
    return client.CustomObjectsApi(own)
