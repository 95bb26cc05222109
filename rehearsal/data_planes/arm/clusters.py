"""AKS: kubeconfigs, and the Kubernetes versions of a region.

https://learn.microsoft.com/rest/api/aks/managed-clusters/list-cluster-user-credentials,
…/managed-clusters/list-kubernetes-versions
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Final

from rehearsal.data_planes.arm.facts import Facts
from rehearsal.data_planes.arm.routes import Call, route
from rehearsal.data_planes.web import Answer
from rehearsal.simulators.azure import invokes
from rehearsal.simulators.azure.arm import ArmError, not_found
from rehearsal.simulators.azure.containerservice import versions
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from rehearsal.simulators.world import AzureResource

_CLUSTER: Final = (
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerService"
    "/managedClusters/{name}"
)
_TYPE: Final = "Microsoft.ContainerService/managedClusters"


def _cluster(call: Call) -> AzureResource:
    id_ = call.request.path.rpartition("/")[0]
    cluster = call.world.get(id_)
    if cluster is None or cluster.token != CLUSTER:
        raise not_found(call.world, id_, _TYPE)
    return cluster


@route(
    "POST",
    f"{_CLUSTER}/listClusterUserCredential",
    f"{_TYPE}/listClusterUserCredential/action",
    scope=_CLUSTER,
)
def _user(call: Call) -> Answer:
    return _credentials(call, "azure-native:containerservice:listManagedClusterUserCredentials")


@route(
    "POST",
    f"{_CLUSTER}/listClusterAdminCredential",
    f"{_TYPE}/listClusterAdminCredential/action",
    scope=_CLUSTER,
)
def _admin(call: Call) -> Answer:
    cluster = _cluster(call)
    if cluster.properties.get("disableLocalAccounts"):
        # hashicorp/terraform-provider-azurerm#15489
        text = (
            "Getting static credential is not allowed because this cluster is set to disable local accounts."
        )
        raise ArmError(400, "BadRequest", text)
    return _credentials(call, "azure-native:containerservice:listManagedClusterAdminCredentials")


def _credentials(call: Call, function: str) -> Answer:
    cluster = _cluster(call)
    parts = cluster.id.split("/")
    arguments = {"resourceGroupName": parts[4], "resourceName": parts[-1]}
    answer = invokes.invoke(call.world, function, arguments, call.subscription)
    return Answer(status=200, body={"kubeconfigs": [_usable(call, entry) for entry in answer["kubeconfigs"]]})


def _usable(call: Call, entry: dict[str, Any]) -> dict[str, Any]:
    """The kubeconfig with the authority that really signs, and a client certificate that it accepts."""
    document = json.loads(base64.b64decode(entry["value"]))
    for cluster in document["clusters"]:
        cluster["cluster"]["certificate-authority-data"] = _encoded(call.kubeconfigs.authority)
    for user in document["users"]:
        if "client-certificate-data" in user["user"]:
            certificate, key = call.kubeconfigs.client_certificate(user["name"].partition("_")[0])
            user["user"] |= {
                "client-certificate-data": _encoded(certificate),
                "client-key-data": _encoded(key),
            }
    return {**entry, "value": _encoded(json.dumps(document, indent=1).encode())}


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


@route(
    "GET",
    "/subscriptions/{subscription}/providers/Microsoft.ContainerService/locations/{location}/kubernetesVersions",
    "Microsoft.ContainerService/locations/kubernetesVersions/read",
)
def _versions(call: Call) -> Answer:
    offered = Facts(call.world, call.subscription).versions(call.parameters["location"])
    known = offered if offered is not None else list(versions.OFFERED)
    rows = []
    for minor in known:
        following = [other for other in known if _number(other) == _number(minor) + 1]
        plans = (
            ["AKSLongTermSupport"]
            if minor in versions.LONG_TERM_ONLY
            else ["KubernetesOfficial", "AKSLongTermSupport"]
        )
        upgrades = [versions.patch(other) for other in following]
        rows.append(
            {
                "version": minor,
                "capabilities": {"supportPlan": plans},
                "isDefault": minor == versions.DEFAULT or None,
                "isPreview": minor in versions.PREVIEW or None,
                "patchVersions": {versions.patch(minor): {"upgrades": upgrades}},
            }
        )
    return Answer(status=200, body={"values": rows})


def _number(minor: str) -> int:
    match = re.search(r"\.(\d+)", minor)
    return int(match[1]) if match else 0
