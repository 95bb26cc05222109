"""Responses of AKS: a cluster's addresses, versions, identities and node resource group."""

from __future__ import annotations

from typing import Any, Final

from rehearsal.simulators.azure import managedidentity
from rehearsal.simulators.azure.arm import TENANT, Write, after_delete, response
from rehearsal.simulators.azure.containerservice import kms, private_clusters, versions
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER, POOL
from rehearsal.simulators.azure.resources import GROUP
from rehearsal.simulators.world import AzureResource, World

KEY_VAULT_ADDON: Final = "azureKeyvaultSecretsProvider"


@response(POOL)
def _pool(write: Write) -> dict[str, Any]:
    cluster = write.world.get(write.parent_id)
    version = write.requested_value("orchestratorVersion") or (
        cluster.properties.get("kubernetesVersion") if cluster else None
    )
    return {
        **_pool_state(write, write.name, version, str(write.requested_value("osSKU"))),
        "mode": write.requested_value("mode") or "User",
    }


_IMAGES: Final = {
    "Windows2022": "AKSWindows-2022-containerd-gen2-20348.5386.260715",
    "Windows2025": "AKSWindows-2025-gen2-26100.33158.260715",
}


def _pool_state(write: Write, pool: str, version: str | None, os_sku: str = "") -> dict[str, Any]:
    return {
        "currentOrchestratorVersion": versions.patch(version),
        "provisioningState": "Succeeded",
        "powerState": {"code": "Running"},
        "nodeImageVersion": _IMAGES.get(os_sku, "AKSUbuntu-2204gen2containerd-202610.15.0"),
        "eTag": write.world.guid(write.id, pool, "etag"),
    }


@response(CLUSTER)
def _cluster(write: Write) -> dict[str, Any]:
    world, location = write.world, str(write.requested_value("location")).replace(" ", "").lower()
    prefix = write.requested_value("dnsPrefix") or f"{write.name}-dns"
    group = write.id.split("/")[4]
    nodes = write.requested_value("nodeResourceGroup") or f"MC_{group}_{write.name}_{location}"[:80]
    nodes_id = f"/subscriptions/{write.id.split('/')[2]}/resourceGroups/{nodes}"
    if world.get(nodes_id) is None:
        world.put(nodes_id, GROUP, {"resourceGroupName": nodes, "location": location, "managedBy": write.id})
    kms.record_key(write)
    fqdn = f"{prefix}-{world.hex(8, write.id, write.serial)}.hcp.{location}.azmk8s.io"
    answer: dict[str, Any] = {
        "fqdn": fqdn,
        **(
            private_clusters.api_server_names(write, prefix, nodes_id)
            if private_clusters.is_private(write)
            else {}
        ),
        "azurePortalFQDN": fqdn.replace(".hcp.", ".portal.hcp."),
        "dnsPrefix": prefix,
        "nodeResourceGroup": nodes,
        "currentKubernetesVersion": versions.patch(
            write.requested_value("kubernetesVersion"), write.current_value("currentKubernetesVersion")
        ),
        "kubernetesVersion": write.requested_value("kubernetesVersion")
        or write.current_value("kubernetesVersion")
        or versions.DEFAULT,
        "provisioningState": "Succeeded",
        "powerState": {"code": "Running"},
        "maxAgentPools": 100,
        "eTag": world.guid(write.id, "etag"),
        "resourceUID": world.hex(24, write.id, write.serial),
        "enableRBAC": write.requested_value("enableRBAC") is not False,
        "agentPoolProfiles": [
            {
                **pool,
                **_pool_state(
                    write,
                    pool["name"],
                    pool.get("orchestratorVersion") or _version_of_nodes(write, pool["name"]),
                ),
            }
            for pool in write.requested_value("agentPoolProfiles") or []
        ],
        "identityProfile": {
            "kubeletidentity": _node_identity(write, nodes_id, f"{write.name}-agentpool", location)
        },
        "identity": _control_plane_identity(write),
    }
    if write.requested_value("networkProfile", "networkPlugin") == "azure":
        # AKS generates the password (Azure/AKS#1545): https://learn.microsoft.com/azure/aks/windows-faq
        answer["windowsProfile"] = {
            "adminUsername": "azureuser",
            "enableCSIProxy": True,
            **(write.current_value("windowsProfile") or {}),
        }
    if write.requested_value("networkProfile", "outboundType") == "managedNATGateway":
        answer["networkProfile"] = {"natGatewayProfile": _nat_gateway(write, nodes_id)}
    if write.requested_value("oidcIssuerProfile", "enabled") or write.current_value(
        "oidcIssuerProfile", "enabled"
    ):
        guid = world.guid(write.id, write.serial, "issuer")
        # The final slash is part of the issuer (azure-workload-identity#340).
        issuer = f"https://{location}.oic.prod-aks.azure.com/{TENANT}/{guid}/"
        answer["oidcIssuerProfile"] = {"enabled": True, "issuerURL": issuer}
    if write.requested_value("addonProfiles", KEY_VAULT_ADDON, "enabled"):
        identity = _node_identity(write, nodes_id, f"azurekeyvaultsecretsprovider-{write.name}", location)
        answer["addonProfiles"] = {KEY_VAULT_ADDON: {"identity": identity}}
    if write.requested_value("ingressProfile", "webAppRouting", "enabled"):
        # https://learn.microsoft.com/azure/aks/managed-identity-overview#summary-of-managed-identities-used-by-aks
        identity = _node_identity(write, nodes_id, f"webapprouting-{write.name}", location)
        answer["ingressProfile"] = {"webAppRouting": {"identity": identity}}
    return {**_kept(write), **answer}


def _kept(write: Write) -> dict[str, Any]:
    """Properties that AKS keeps if a PUT omits them.

    Add-ons: Azure/AKS#2904; authorized ranges: terraform-provider-azurerm#20085.
    """
    names = ("addonProfiles", "apiServerAccessProfile", "ingressProfile")
    return {
        name: write.current_value(name)
        for name in names
        if write.requested_value(name) is None and write.current_value(name)
    }


def _nat_gateway(write: Write, nodes_id: str) -> dict[str, Any]:
    """The NAT gateway with AKS's defaults.

    https://learn.microsoft.com/rest/api/aks/managed-clusters/get#managedclusternatgatewayprofile
    """
    profile = write.requested_value("networkProfile", "natGatewayProfile") or {}
    count = (profile.get("managedOutboundIPProfile") or {}).get("count") or 1
    addresses = f"{nodes_id}/providers/Microsoft.Network/publicIPAddresses"
    return {
        "managedOutboundIPProfile": {"count": count},
        "idleTimeoutInMinutes": profile.get("idleTimeoutInMinutes") or 4,
        "effectiveOutboundIPs": [
            {"id": f"{addresses}/{write.world.guid(write.id, 'nat', number)}"} for number in range(count)
        ],
    }


def _version_of_nodes(write: Write, pool: str) -> str | None:
    """The nodes' current version: an upgrade of the cluster does not upgrade its nodes (Azure/AKS#2889)."""
    for known in write.current_value("agentPoolProfiles") or []:
        if known["name"] == pool:
            return known.get("currentOrchestratorVersion")
    return write.requested_value("kubernetesVersion")


def _node_identity(write: Write, nodes_id: str, name: str, location: str) -> dict[str, str]:
    id_ = f"{nodes_id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    identity = write.world.get(id_)
    if identity is None:
        serial = write.world.new_serial(id_)
        principal = managedidentity.new_identity(write.world, id_, serial, name)
        identity = write.world.put(
            id_,
            managedidentity.IDENTITY,
            {
                "resourceName": name,
                "location": location,
                "principalId": principal.object_id,
                "clientId": principal.client_id,
                "tenantId": TENANT,
            },
            serial,
        )
    return {
        "resourceId": id_,
        "clientId": identity.properties["clientId"],
        "objectId": identity.properties["principalId"],
    }


def _control_plane_identity(write: Write) -> dict[str, Any] | None:
    kind = write.requested_value("identity", "type")
    if kind == "UserAssigned":
        identities = {}
        for id_ in write.requested_value("identity", "userAssignedIdentities") or []:
            identity = write.world.get(id_)
            assert identity is not None, "the rule cluster_identities_exist has checked it"
            identities[id_] = {
                "clientId": identity.properties["clientId"],
                "principalId": identity.properties["principalId"],
            }
        return {"type": kind, "userAssignedIdentities": identities}
    if kind == "SystemAssigned":
        principal = managedidentity.new_identity(write.world, write.id, write.serial, write.name)
        return {"type": kind, "principalId": principal.object_id, "tenantId": TENANT}
    return None


@after_delete(CLUSTER)
def _cluster_goes(world: World, resource: AzureResource, _removed: list[AzureResource]) -> None:
    """Objects, the node resource group and the system-assigned principal are deleted with the cluster."""
    world.kubernetes.pop(resource.id.lower(), None)
    world.etcd_keys.pop(resource.id.lower(), None)
    world.directory.pop((resource.properties.get("identity") or {}).get("principalId", ""), None)
    subscription, group = resource.id.split("/")[2], resource.properties["nodeResourceGroup"]
    for removed in world.remove(f"/subscriptions/{subscription}/resourceGroups/{group}"):
        world.directory.pop(removed.properties.get("principalId", ""), None)
