"""The webhook of workload identity: what it puts into a container of a pod.

Azure/azure-workload-identity v1.5, pkg/webhook/{webhook,consts}.go; https://learn.microsoft.com/azure/aks/workload-identity-overview.
The volume of the token is left out, and so are containers other than the one that is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.azure.arm import TENANT
from rehearsal.simulators.kubernetes.api.fields import is_sealed, mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind, chart_name
from rehearsal.simulators.kubernetes.api.store import RELEASE, ObjectStore

CHART: Final = "workload-identity-webhook"
CLIENT_ID: Final = "AZURE_CLIENT_ID"
TENANT_ID: Final = "AZURE_TENANT_ID"
TOKEN_FILE: Final = "AZURE_FEDERATED_TOKEN_FILE"
_PREFIX: Final = "azure.workload.identity/"
_ACCOUNT: Final = GroupVersionKind("", "v1", "ServiceAccount")
_FILE: Final = "/var/run/secrets/azure/tokens/azure-identity-token"


def injected(
    objects: ObjectStore, pod: Mapping[str, Any], container: str, present: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The variables that a container gets; those in `present` stay as they are (addEnvironmentVariables).

    The webhook sees pods with its label only, and those of kube-system never
    (https://learn.microsoft.com/azure/aks/faq, the admissions enforcer).
    """
    metadata, spec = mapping(pod.get("metadata")), mapping(pod.get("spec"))
    namespace, annotations = str(metadata.get("namespace", "")), mapping(metadata.get("annotations"))
    skipped = [name.strip() for name in str(annotations.get(f"{_PREFIX}skip-containers", "")).split(";")]
    if (
        mapping(metadata.get("labels")).get(f"{_PREFIX}use") != "true"
        or not runs(objects)
        or container in skipped
        or namespace == "kube-system"
    ):
        return []
    account = objects.get(_ACCOUNT, namespace, str(spec.get("serviceAccountName") or "default"))
    says = mapping(mapping((account or {}).get("metadata")).get("annotations"))
    values = {
        CLIENT_ID: says.get(f"{_PREFIX}client-id", ""),
        TENANT_ID: says.get(f"{_PREFIX}tenant-id") or TENANT,
        TOKEN_FILE: _FILE,
        "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
    }
    return [{"name": name, "value": value} for name, value in values.items() if value and name not in present]


def runs(objects: ObjectStore) -> bool:
    """By the cluster's own profile, or by the open-source chart."""
    cluster = objects.world.get(objects.id)
    profile = mapping((cluster.properties if cluster else {}).get("securityProfile"))
    if mapping(profile.get("workloadIdentity")).get("enabled"):
        return True
    return any(chart_name(release["spec"]["chart"]) == CHART for release in objects.all_of(RELEASE))


def variables(container: Mapping[str, Any]) -> dict[str, str]:
    """A container's variables with a value of their own; one that is known as a hash only is not among them."""
    found = {str(one.get("name")): one.get("value") for one in mappings(container.get("env"))}
    return {name: value for name, value in found.items() if isinstance(value, str) and not is_sealed(value)}
