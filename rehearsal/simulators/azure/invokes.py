"""Functions of azure-native: the client's configuration, get* of each type, credentials of a cluster."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from rehearsal.simulators.azure import arm, listed_keys
from rehearsal.simulators.azure.arm_type import ArmType
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER, POOL
from rehearsal.simulators.azure.network import peerings
from rehearsal.simulators.azure.network.egress import SUBNET
from rehearsal.simulators.azure.subscriptions import CLIENT_CONFIG
from rehearsal.simulators.azure.types import TYPES
from rehearsal.simulators.provider import Properties, ProviderError
from rehearsal.simulators.sdk_schema import resource_type
from rehearsal.simulators.world import AzureResource, World

_KUBELOGIN_SERVER: Final = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The Entra application of AKS. https://learn.microsoft.com/azure/aks/kubelogin-authentication"""


def invoke(world: World, token: str, arguments: Mapping[str, Any], subscription: str) -> Properties:
    """The result of the function. Raises ProviderError with the provider's message."""
    if function := _FUNCTIONS.get(token):
        return function(world, arguments, subscription)
    if token in listed_keys.FUNCTIONS:
        return listed_keys.list_keys(world, token, arguments, subscription)
    match = re.fullmatch(r"(azure-native:\w+):get(\w+)", token)
    row = TYPES.get(f"{match[1]}:{match[2]}") if match else None
    if row is None:
        raise ProviderError(f"the rehearsal does not simulate the function {token}")
    resource = _get(world, row, arguments, subscription)
    sdk = resource_type(row.token)
    assert sdk is not None, "every row of the table is a class of the SDK"
    properties = {name: value for name, value in resource.properties.items() if name not in row.parameters}
    if row.token == "azure-native:keyvault:Secret":
        properties["properties"] = {n: v for n, v in properties["properties"].items() if n != "value"}
    if row.token == CLUSTER:
        # A cluster lists all its pools, also separate resources:
        # https://learn.microsoft.com/rest/api/aks/managed-clusters/get
        pools = [
            {"name": pool.id.rsplit("/", 1)[1], **pool.properties}
            for pool in world.of_type(POOL, below=resource.id)
        ]
        properties["agentPoolProfiles"] = [*(properties.get("agentPoolProfiles") or ()), *pools]
    if row.token == peerings.NETWORK:
        # https://learn.microsoft.com/rest/api/virtualnetwork/virtual-networks/get
        for key, kind in (("subnets", SUBNET), ("virtualNetworkPeerings", peerings.PEERING)):
            children = [
                {**child.properties, "id": child.id, "name": child.id.rsplit("/", 1)[1]}
                for child in world.of_type(kind, below=resource.id)
            ]
            properties[key] = [*(properties.get(key) or ()), *children]
    scope = {"scope": resource.properties["scope"]} if "scope" in resource.properties else {}
    return {
        **properties,
        **scope,
        "id": resource.id,
        "name": resource.id.rsplit("/", 1)[1],
        "type": row.arm_type,
        "azureApiVersion": sdk.api_version,
    }


def _get(world: World, row: ArmType, arguments: Mapping[str, Any], subscription: str) -> AzureResource:
    id_ = row.id(arguments, arguments.get("subscriptionId") or subscription)
    resource = world.get(id_) or _counts_as_present(world, row, id_)
    if resource is None:
        raise ProviderError(f"request failed {id_}: {arm.not_found(world, id_, row.arm_type)}")
    return resource


def _counts_as_present(world: World, row: ArmType, id_: str) -> AzureResource | None:
    """An object of a vault of the --cloud file that the world does not hold (docs/rehearsal.md).

    None: it is no such object.
    """
    key, vault_id = id_.lower(), id_.rsplit("/", 2)[0].lower()
    is_gone = key in world.absent_secrets or key in world.deleted_secrets
    if row.token not in _OBJECTS or vault_id not in world.planted_vaults or is_gone:
        return None
    return AzureResource(id_, row.token, {"properties": {"attributes": {"enabled": True}}}, 0)


_OBJECTS: Final = ("azure-native:keyvault:Secret", "azure-native:keyvault:Key")


def _client_config(_world: World, _arguments: Mapping[str, Any], subscription: str) -> Properties:
    return {
        "clientId": arm.AZURE_CLI,
        "objectId": arm.DEPLOYER,
        "subscriptionId": subscription,
        "tenantId": arm.TENANT,
    }


def _user_credentials(world: World, arguments: Mapping[str, Any], subscription: str) -> Properties:
    """The user's kubeconfig: with `kubelogin` if Entra is on, otherwise with a client certificate.

    With Entra it holds no credential. It is not marked as secret, as in azure-native
    (pulumi-azure-native#1693).
    https://learn.microsoft.com/rest/api/aks/managed-clusters/list-cluster-user-credentials
    """
    cluster = _get(world, TYPES[CLUSTER], arguments, subscription)
    if (cluster.properties.get("aadProfile") or {}).get("managed"):
        # The format is exec since 1.24, whatever the argument `format` is
        # (articles/aks/kubelogin-authentication.md).
        return _kubeconfig(cluster, f"clusterUser_{_names(cluster)}", _entra_user())
    return _kubeconfig(cluster, f"clusterUser_{_names(cluster)}", _certificate_user(world, cluster, "user"))


def _admin_credentials(world: World, arguments: Mapping[str, Any], subscription: str) -> Properties:
    """The admin's kubeconfig; refused if local accounts are off.

    Message: hashicorp/terraform-provider-azurerm#15489.
    """
    cluster = _get(world, TYPES[CLUSTER], arguments, subscription)
    if cluster.properties.get("disableLocalAccounts"):
        refusal = arm.ArmError(
            400,
            "BadRequest",
            "Getting static credential is not allowed because this cluster is set to disable local accounts.",
        )
        raise ProviderError(f"request failed {cluster.id}/listClusterAdminCredential: {refusal}")
    return _kubeconfig(cluster, f"clusterAdmin_{_names(cluster)}", _certificate_user(world, cluster, "admin"))


def _names(cluster: AzureResource) -> str:
    parts = cluster.id.split("/")
    return f"{parts[4]}_{parts[-1]}"


def _entra_user() -> dict[str, Any]:
    arguments = ["get-token", "--login", "devicecode", "--server-id", _KUBELOGIN_SERVER]
    arguments += ["--environment", "AzurePublicCloud", "--tenant-id", arm.TENANT]
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "kubelogin",
            "args": arguments,
            "env": None,
            "provideClusterInfo": False,
        }
    }


def _certificate_user(world: World, cluster: AzureResource, user: str) -> dict[str, Any]:
    def pem(label: str) -> str:
        return base64.b64encode(
            f"-----BEGIN {label}-----\nsimulated {world.hex(64, cluster.id, user, label)}\n".encode()
        ).decode()

    return {
        "client-certificate-data": pem("CERTIFICATE"),
        "client-key-data": pem("PRIVATE KEY"),
        "token": local_token(world, cluster, user),
    }


def local_token(world: World, cluster: AzureResource, user: str) -> str:
    """The token in a kubeconfig of a local account, `user` or `admin`."""
    return world.hex(128, cluster.id, cluster.serial, user, "token")


def _kubeconfig(cluster: AzureResource, user: str, credentials: dict[str, Any]) -> Properties:
    name = cluster.id.rsplit("/", 1)[1]
    # A private cluster's private name, unless it has none (or `serverFqdn` is public).
    host = cluster.properties.get("privateFQDN") or cluster.properties["fqdn"]
    authority = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nsimulated\n").decode()
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [
            {
                "name": name,
                "cluster": {
                    "server": f"https://{host}:443",
                    "certificate-authority-data": authority,
                },
            }
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user}}],
        "users": [{"name": user, "user": credentials}],
        "preferences": {},
    }
    # JSON is YAML, so a program can parse it as YAML.
    value = base64.b64encode(json.dumps(document, indent=1).encode()).decode()
    return {"kubeconfigs": [{"name": user.split("_", 1)[0], "value": value}]}


_FUNCTIONS: Final[Mapping[str, Callable[[World, Mapping[str, Any], str], Properties]]] = {
    CLIENT_CONFIG: _client_config,
    "azure-native:containerservice:listManagedClusterUserCredentials": _user_credentials,
    "azure-native:containerservice:listManagedClusterAdminCredentials": _admin_credentials,
}
