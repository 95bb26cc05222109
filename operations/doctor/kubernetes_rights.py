"""May the deployer write objects in the cluster? Owner and Contributor have no rights in Kubernetes.

https://learn.microsoft.com/azure/aks/manage-azure-rbac. Where the cluster exists, Azure or its
API server tell what the deployer may do; where the stack creates it, the settings tell who grants the right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from operations.azure.api_versions import CONTAINER_SERVICE
from operations.azure.documents import at, text_at
from operations.azure.permissions import permissions_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.kubernetes_access import Kubeconfig, KubernetesApi, KubernetesError
from stacks.settings import Grants
from stacks.settings.model.workloads import Access

_SUBJECT: Final = "deployer"
_CHECK: Final = "rights in Kubernetes"
_ROLE: Final = "Azure Kubernetes Service RBAC Cluster Admin"
_ACTIONS: Final = tuple(
    f"Microsoft.ContainerService/managedClusters/{kind}/write"
    for kind in (
        "namespaces",
        "serviceaccounts",
        "secrets",
        "apps/deployments",
        "networking.k8s.io/networkpolicies",
    )
)
_REVIEW: Final = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_OBJECTS: Final = (
    ("", "namespaces"),
    ("", "serviceaccounts"),
    ("", "secrets"),
    ("apps", "deployments"),
    ("networking.k8s.io", "networkpolicies"),
)


_BOUND: Final = (
    ("rbac.authorization.k8s.io", "clusterroles"),
    ("rbac.authorization.k8s.io", "clusterrolebindings"),
)
"""The rights that an identity binding needs besides."""


def _binds(examination: Examination) -> bool:
    """Whether some workload uses an identity binding."""
    return any(workload.signs_in_by(Access.IDENTITY_BINDING) for workload in examination.settings.workloads)


def _actions(examination: Examination) -> tuple[str, ...]:
    bound = (
        f"Microsoft.ContainerService/managedClusters/{group}/{resource}/write" for group, resource in _BOUND
    )
    return (*_ACTIONS, *(bound if _binds(examination) else ()))


@family(asks_azure=True)
def deployer_writes_objects(examination: Examination) -> Iterator[Check]:
    """The deployer may create objects in the cluster."""
    if examination.cluster_id:
        yield Check(_SUBJECT, _CHECK, lambda: _judge(examination))


def _judge(examination: Examination) -> Iterator[Finding]:
    cluster = examination.reads.get_if_exists(examination.cluster_id, CONTAINER_SERVICE)
    if cluster:
        yield _in_the_cluster(examination, cluster)
    elif examination.makes_cluster:
        yield _in_a_new_cluster(examination)


def _in_the_cluster(examination: Examination, cluster: Mapping[str, Any]) -> Finding:
    properties = at(cluster, "properties")
    if (
        at(properties, "aadProfile", "managed") is True
        and at(properties, "aadProfile", "enableAzureRBAC") is True
    ):
        return _by_azure_rbac(examination)
    return _by_api_server(examination, cluster)


def _in_a_new_cluster(examination: Examination) -> Finding:
    settings = examination.settings
    entra = settings.cluster.entra
    if not entra.enabled:
        text = "the holder of the new cluster's certificate is its admin (cluster.entra.enabled: false)"
        return Finding(_SUBJECT, _CHECK, "fine", text)
    if entra.azure_rbac and entra.grant_deployer and settings.grants is Grants.MANAGED:
        return Finding(_SUBJECT, _CHECK, "fine", f"the program assigns {_ROLE} on the new cluster")
    caller = examination.session.caller
    if entra.azure_rbac:
        scope = f"{examination.subscription}/resourceGroups/{examination.names.resource_group}"
        if permissions_at(examination.reads, scope).allow_data(_ACTIONS[0]):
            return Finding(_SUBJECT, _CHECK, "fine", "by a role above the cluster")
        text = (
            "the program assigns no role on the new cluster (entra.grant_deployer, grants), and none is above"
        )
        step = (
            f'let an owner type: az role assignment create --assignee {caller.object_id} --role "{_ROLE}"'
            f" --scope {examination.subscription}"
        )
        return Finding(_SUBJECT, _CHECK, "wrong", text, step)
    if member := set(entra.admin_groups) & (caller.groups or set()):
        return Finding(_SUBJECT, _CHECK, "fine", f"by group {min(member)} of cluster.entra.admin_groups")
    text = "Kubernetes RBAC decides: the deployer has to be in a group of cluster.entra.admin_groups"
    step = f"az ad group member check --group <group> --member-id {caller.object_id}"
    state = "unknown" if entra.admin_groups else "wrong"
    return Finding(_SUBJECT, _CHECK, state, text, step if entra.admin_groups else "list a group there")


def _by_azure_rbac(examination: Examination) -> Finding:
    permissions = permissions_at(examination.reads, examination.cluster_id)
    missing = [action for action in _actions(examination) if not permissions.allow_data(action)]
    if not missing:
        return Finding(_SUBJECT, _CHECK, "fine", f"has the data actions of {_ROLE}")
    caller = examination.session.caller
    text = f"{caller} may not write {', '.join(action.split('/')[-2] for action in missing)} in the cluster"
    step = (
        f'let an owner type: az role assignment create --assignee {caller.object_id} --role "{_ROLE}"'
        f" --scope {examination.cluster_id}"
    )
    return Finding(_SUBJECT, _CHECK, "wrong", text, step)


def _by_api_server(examination: Examination, cluster: Mapping[str, Any]) -> Finding:
    name = text_at(cluster, "name") or examination.cluster_id.rpartition("/")[2]
    group = examination.cluster_id.split("/")[4]
    try:
        api = _api(examination)
        objects = (*_OBJECTS, *(_BOUND if _binds(examination) else ()))
        refused = [resource for kind, resource in objects if not _may_create(api, kind, resource)]
    except KubernetesError as error:
        step = (
            f"az aks get-credentials --resource-group {group} --name {name}, then kubectl auth can-i --list"
        )
        return Finding(
            _SUBJECT, _CHECK, "unknown", f"the API server of {name} cannot be asked: {error}", step
        )
    if not refused:
        return Finding(_SUBJECT, _CHECK, "fine", f"may create objects in {name}")
    text = f"may not create {', '.join(refused)} in {name}"
    caller = examination.session.caller.object_id
    step = f"let an admin of the cluster bind the ClusterRole cluster-admin to {caller}"
    return Finding(_SUBJECT, _CHECK, "wrong", text, step)


def _api(examination: Examination) -> KubernetesApi:
    from base64 import b64decode

    path = f"{examination.cluster_id}/listClusterUserCredential"
    answer = examination.session.post(path, CONTAINER_SERVICE, format="exec")
    kubeconfigs = at(answer, "kubeconfigs")
    value = text_at(kubeconfigs[0], "value") if isinstance(kubeconfigs, list) and kubeconfigs else ""
    text = b64decode(value).decode(errors="replace")
    return KubernetesApi(Kubeconfig.read(text), examination.session.credential)


def _may_create(api: KubernetesApi, group: str, resource: str) -> bool:
    # https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
    attributes = {"verb": "create", "group": group, "resource": resource}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    return at(api.post(_REVIEW, review), "status", "allowed") is True


def needs_kubelogin(examination: Examination) -> bool | None:
    """Whether the kubeconfig of the cluster runs kubelogin: with Entra, as AKS writes it for `exec`.

    None: it is not known.
    """
    if examination.makes_cluster:
        return examination.settings.cluster.entra.enabled
    cluster_id = examination.cluster_id
    cluster = examination.reads.get_if_exists(cluster_id, CONTAINER_SERVICE) if cluster_id else None
    return at(cluster, "properties", "aadProfile", "managed") is True if cluster else None
