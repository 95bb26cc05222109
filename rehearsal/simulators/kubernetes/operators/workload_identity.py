"""The webhook of Microsoft Entra Workload ID: variables of the containers that other webhooks inject.

Azure/azure-workload-identity v1.5, pkg/webhook/{webhook,consts}.go, and what v1.6 does for identity bindings;
https://learn.microsoft.com/azure/aks/workload-identity-overview. Not simulated: the volume with the token,
and the variables of the pod's own containers; the data planes show both
(rehearsal/data_planes/kubernetes_api/pods.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.azure.arm import TENANT
from rehearsal.simulators.kubernetes.api.controller import Controller, register
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import chart_name
from rehearsal.simulators.kubernetes.api.store import RELEASE, SERVICE_ACCOUNT, Manifest, ObjectStore

CHART: Final = "workload-identity-webhook"
CLIENT_ID: Final = "AZURE_CLIENT_ID"
TENANT_ID: Final = "AZURE_TENANT_ID"
TOKEN_FILE: Final = "AZURE_FEDERATED_TOKEN_FILE"
_PREFIX: Final = "azure.workload.identity/"
_TOKEN: Final = "azure-identity-token"
USE_BINDING: Final = f"{_PREFIX}use-identity-binding"
_PARTS: Final = ("initContainers", "containers")


@register
class WorkloadIdentityWebhook(Controller):
    """The webhook, by the cluster's profile or by its Helm chart."""

    plays = frozenset({"azure-workload-identity 1.5"})
    charts = frozenset({CHART})
    # It sees what other webhooks have injected: its reinvocationPolicy is IfNeeded.
    order = 60

    def mutate_pod(
        self,
        objects: ObjectStore,
        pod: Mapping[str, Any],
        requested: Mapping[str, Any],
        *,
        by_user: bool,
    ) -> Mapping[str, Any]:
        """The webhook sees labelled pods only."""
        metadata = mapping(pod.get("metadata"))
        labelled = mapping(metadata.get("labels")).get(f"{_PREFIX}use") == "true"
        injected = _container_names(pod) - _container_names(requested)
        if not injected or not labelled or not sees(objects, str(metadata.get("namespace"))):
            return pod
        skipped = str(mapping(metadata.get("annotations")).get(f"{_PREFIX}skip-containers", "")).split(";")
        names, values = injected - {name.strip() for name in skipped}, values_of(objects, pod)
        return {**pod, "spec": {**mapping(pod.get("spec")), **_with_variables(pod, names, values)}}


def sees(objects: ObjectStore, namespace: str) -> bool:
    """Whether the cluster has a webhook that sees pods of a namespace: that of AKS, or the open-source chart.

    The admissions enforcer of AKS keeps the chart's from kube-system
    (https://azure.github.io/azure-workload-identity/docs/known-issues.html); AKS' own gives the variables to
    pods of its add-ons there (https://learn.microsoft.com/azure/aks/keda-workload-identity).
    """
    profile = mapping(objects.cluster_properties.get("securityProfile"))
    if mapping(profile.get("workloadIdentity")).get("enabled"):
        return True
    by_chart = any(chart_name(release["spec"]["chart"]) == CHART for release in objects.all_of(RELEASE))
    return by_chart and namespace != "kube-system"


def variables(container: Mapping[str, Any]) -> dict[str, str]:
    """Variables of a container with a plain value; hashed ones are left out."""
    values = {str(item.get("name")): item.get("value") for item in mappings(container.get("env"))}
    return {name: value for name, value in values.items() if isinstance(value, str) and not is_hashed(value)}


def _container_names(pod: Mapping[str, Any]) -> set[str]:
    spec = mapping(pod.get("spec"))
    return {str(container.get("name")) for part in _PARTS for container in mappings(spec.get(part))}


def values_of(objects: ObjectStore, pod: Mapping[str, Any]) -> dict[str, str]:
    """Values of the variables, by the annotations of the pod's ServiceAccount."""
    namespace = str(mapping(pod.get("metadata")).get("namespace", ""))
    name = str(mapping(pod.get("spec")).get("serviceAccountName") or "default")
    account = objects.get(SERVICE_ACCOUNT, namespace, name) or {}
    annotations = mapping(mapping(account.get("metadata")).get("annotations"))
    return {
        CLIENT_ID: annotations.get(f"{_PREFIX}client-id", ""),
        TENANT_ID: annotations.get(f"{_PREFIX}tenant-id") or TENANT,
        TOKEN_FILE: f"{token_folder(pod)}/{_TOKEN}",
        "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
        **(_proxy(objects) if uses_binding(pod) else {}),
    }


def token_folder(pod: Mapping[str, Any]) -> str:
    """Folder of the token. From version 1.6 on, with identity bindings, it is another one: Azure/AKS#5541."""
    return "/var/run/secrets/azure/wi/token" if uses_binding(pod) else "/var/run/secrets/azure/tokens"


def uses_binding(pod: Mapping[str, Any]) -> bool:
    """Whether the pod's token is for the cluster's token proxy."""
    annotations = mapping(mapping(pod.get("metadata")).get("annotations"))
    return annotations.get(USE_BINDING) == "true"


def _proxy(objects: ObjectStore) -> dict[str, str]:
    """Variables that name the token proxy.

    https://learn.microsoft.com/azure/aks/identity-bindings; address and server name as the CSI driver's Azure
    provider makes them (v1.8.2, internal/identitybinding).
    """
    return {
        "AZURE_KUBERNETES_TOKEN_PROXY": "https://kubernetes.default.svc.cluster.local",
        "AZURE_KUBERNETES_SNI_NAME": f"a{objects.world.hex(32, objects.id, 'identity-binding')}.ests.aks",
        "AZURE_KUBERNETES_CA_FILE": "/var/run/secrets/azure/wi/ca/ca.crt",
    }


def _with_variables(pod: Mapping[str, Any], names: set[str], values: Mapping[str, str]) -> Manifest:
    """The parts of `spec` in which containers of these names get the variables (addEnvironmentVariables)."""
    spec, changed = mapping(pod.get("spec")), dict[str, Any]()
    for part in _PARTS:
        containers = mappings(spec.get(part))
        if any(container.get("name") in names for container in containers):
            changed[part] = [
                {**container, "env": with_values(container, values)}
                if container.get("name") in names
                else container
                for container in containers
            ]
    return changed


def with_values(container: Mapping[str, Any], values: Mapping[str, str]) -> list[Any]:
    """The container's variables and those of the webhook; a variable with a plain value stays as it is."""
    present = variables(container)
    added = [
        {"name": name, "value": value} for name, value in values.items() if value and name not in present
    ]
    return [*(container.get("env") or ()), *added]
