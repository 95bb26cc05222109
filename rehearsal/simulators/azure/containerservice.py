"""AKS clusters and their node pools.

https://learn.microsoft.com/azure/aks/
"""

from __future__ import annotations

import re
from typing import Any, Final

from rehearsal.simulators.azure import managedidentity
from rehearsal.simulators.azure.arm import TENANT, ArmError, Write, aftermath, before_delete, response, rule
from rehearsal.simulators.cloud import AzureResource, World

CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
POOL: Final = "azure-native:containerservice:AgentPool"
GROUP: Final = "azure-native:resources:ResourceGroup"
KEY_VAULT_ADDON: Final = "azureKeyvaultSecretsProvider"
_PATCH: Final = {"1.33": "1.33.5", "1.34": "1.34.3", "1.35": "1.35.2", "1.36": "1.36.1", "1.37": "1.37.0"}
_DEFAULT_VERSION: Final = "1.35"


def _bad(message: str, code: str = "BadRequest", status: int = 400) -> ArmError:
    return ArmError(status, code, message)


@rule(CLUSTER)
def cluster_has_a_system_pool(write: Write) -> None:
    """At least one pool has mode System. https://learn.microsoft.com/azure/aks/use-system-pools"""
    pools = write.given("agentPoolProfiles") or []
    existing = [pool.properties for pool in write.world.of_type(POOL, below=write.id)]
    if not any(pool.get("mode") == "System" for pool in [*pools, *existing]):
        raise _bad("Must define at least one system pool.", "InvalidParameter")


@rule(CLUSTER)
def system_pool_has_a_node(write: Write) -> None:
    """A system pool has at least one node. https://learn.microsoft.com/azure/aks/use-system-pools"""
    for pool in write.given("agentPoolProfiles") or []:
        if pool.get("mode") == "System" and pool.get("count") == 0:
            raise _bad(f"System node pool '{pool.get('name')}' must have at least one node.", "InvalidParameter")


@rule(CLUSTER)
def new_pools_are_not_added_inline(write: Write) -> None:
    """Pools of an existing cluster are agent pool resources (pulumi-azure-native#2719)."""
    if write.current is None:
        return
    known = {pool["name"] for pool in write.was("agentPoolProfiles") or []}
    known |= {pool.id.rsplit("/", 1)[1] for pool in write.world.of_type(POOL, below=write.id)}
    for pool in write.given("agentPoolProfiles") or []:
        if pool["name"] not in known:
            raise _bad(
                "A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through "
                "managed cluster operations. For agent pool specific change, please use per agent pool operations: "
                "https://aka.ms/agent-pool-rest-api",
            )


@rule(CLUSTER)
def oidc_issuer_stays_on(write: Write) -> None:
    """Once on, the issuer cannot be switched off; leaving the profile out switches nothing.

    https://learn.microsoft.com/azure/aks/use-oidc-issuer, Azure/AKS-Construction#531
    """
    if write.was("oidcIssuerProfile", "enabled") and write.given("oidcIssuerProfile", "enabled") is False:
        raise _bad("OIDC issuer feature cannot be disabled.", "OIDCIssuerFeatureCannotBeDisabled")


@rule(CLUSTER)
def workload_identity_needs_the_issuer(write: Write) -> None:
    """https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster"""
    wanted = write.given("securityProfile", "workloadIdentity", "enabled")
    issuer = write.given("oidcIssuerProfile", "enabled") or write.was("oidcIssuerProfile", "enabled")
    if wanted and not issuer:
        raise _bad("Workload Identity feature requires OIDC issuer feature to be enabled.")


@rule(CLUSTER)
def local_accounts_need_entra_to_go(write: Write) -> None:
    """Without Entra nobody could sign in any more.

    https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad
    """
    if write.given("disableLocalAccounts") and not write.given("aadProfile", "managed"):
        raise _bad("DisableLocalAccounts can only be set to true when the cluster is AAD-integrated.")


@rule(CLUSTER)
def entra_stays_on(write: Write) -> None:
    """The integration cannot be removed. https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id"""
    if write.was("aadProfile", "managed") and write.given("aadProfile", "managed") is False:
        raise _bad("Disabling of managed AAD is not allowed once enabled.", "DisableManagedAADNotAllowed")


@rule(CLUSTER)
def addon_settings_are_strings(write: Write) -> None:
    """Even true is "true" (Azure/AKS#2910)."""
    for addon, profile in (write.given("addonProfiles") or {}).items():
        for name, value in (profile.get("config") or {}).items():
            if not isinstance(value, str):
                raise _bad(
                    f"Cannot unmarshal the value of addonProfiles.{addon}.config.{name} into a string: {value!r}.",
                    "InvalidRequestFormat",
                )


@rule(CLUSTER)
def cluster_identities_exist(write: Write) -> None:
    """The control plane's own identity is there before the cluster.

    https://learn.microsoft.com/azure/aks/use-managed-identity
    """
    for identity in _user_assigned(write.given("identity", "userAssignedIdentities")):
        if write.world.get(identity) is None:
            raise _bad(f"The resource with ID '{identity}' was not found.", "FailedIdentityOperation", 404)


@rule(CLUSTER)
def authorized_ranges_need_a_public_api_server(write: Write) -> None:
    """https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges#limitations"""
    access = write.given("apiServerAccessProfile") or {}
    if access.get("enablePrivateCluster") and access.get("authorizedIPRanges"):
        raise _bad("Authorized IP ranges are not supported on private clusters.", "InvalidParameter")
    if len(access.get("authorizedIPRanges") or []) > 200:
        raise _bad("At most 200 authorized IP ranges are supported.", "InvalidParameter")


_IMMUTABLE: Final = (
    ("dnsPrefix",),
    ("nodeResourceGroup",),
    ("networkProfile", "serviceCidr"),
    ("networkProfile", "dnsServiceIP"),
)


@rule(CLUSTER)
def cluster_properties_that_never_change(write: Write) -> None:
    """AKS answers PropertyChangeNotAllowed (pulumi-azure-native#959 has the text).

    azure-native replaces the cluster on these; `replaceOnChanges` or `ignoreChanges` may still bring one here.
    """
    for path in _IMMUTABLE:
        was, now = write.was(*path), write.given(*path)
        if was is not None and now is not None and was != now:
            raise _property_change(".".join(path))


@rule(POOL)
def pool_properties_that_never_change(write: Write) -> None:
    """pulumi-azure-native#959, #3655"""
    for name in ("vmSize", "osDiskType", "osDiskSizeGB", "maxPods", "vnetSubnetID", "gpuInstanceProfile"):
        was, now = write.was(name), write.given(name)
        if was is not None and now is not None and was != now:
            raise _property_change(name)


def _property_change(name: str) -> ArmError:
    return ArmError(400, "PropertyChangeNotAllowed", f"Changing property 'properties.{name}' is not allowed.")


@rule(POOL)
def pool_name_is_valid(write: Write) -> None:
    """1 to 12 lower-case letters and digits, a letter first; 6 for Windows.

    https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerservice
    """
    most = 6 if write.given("osType") == "Windows" else 12
    if not re.fullmatch(rf"[a-z][a-z0-9]{{0,{most - 1}}}", write.name):
        raise _bad(
            f"The agent pool name '{write.name}' is invalid: lower-case letters and digits only, a letter first, "
            f"at most {most} characters.",
            "InvalidParameter",
        )


@before_delete(POOL)
def last_system_pool_stays(world: World, resource: AzureResource) -> None:
    """pulumi-azure-native#1575 has the text."""
    cluster = world.get(resource.id.rsplit("/", 2)[0])
    if cluster is None or resource.properties.get("mode") != "System":
        return
    pools = [p for p in cluster.properties.get("agentPoolProfiles") or [] if p.get("mode") == "System"]
    pools += [p.properties for p in world.of_type(POOL, below=cluster.id) if p is not resource]
    if not any(pool.get("mode") == "System" for pool in pools):
        raise ArmError(400, "OperationNotAllowed", "Operation not allowed: There has to be at least one agent pool of mode System.")


def _user_assigned(given: Any) -> list[str]:
    """The SDK sends a list of ids, the world keeps a map as ARM answers."""
    return list(given or [])


def _version(given: str | None) -> str:
    wanted = given or _DEFAULT_VERSION
    return _PATCH.get(wanted, wanted if wanted.count(".") == 2 else f"{wanted}.0")


@response(POOL)
def _pool(write: Write) -> dict[str, Any]:
    cluster = write.world.get(write.parent_id)
    version = write.given("orchestratorVersion") or (cluster.properties.get("kubernetesVersion") if cluster else None)
    return {**_pool_state(write, write.name, version), "mode": write.given("mode") or "User"}


def _pool_state(write: Write, pool: str, version: str | None) -> dict[str, Any]:
    return {
        "currentOrchestratorVersion": _version(version),
        "provisioningState": "Succeeded",
        "powerState": {"code": "Running"},
        "nodeImageVersion": "AKSUbuntu-2204gen2containerd-202610.15.0",
        "eTag": write.world.guid(write.id, pool, "etag"),
    }


@response(CLUSTER)
def _cluster(write: Write) -> dict[str, Any]:
    world, location = write.world, str(write.given("location")).replace(" ", "").lower()
    prefix = write.given("dnsPrefix") or f"{write.name}-dns"
    group = write.id.split("/")[4]
    nodes = write.given("nodeResourceGroup") or f"MC_{group}_{write.name}_{location}"[:80]
    nodes_id = f"/subscriptions/{write.id.split('/')[2]}/resourceGroups/{nodes}"
    if world.get(nodes_id) is None:
        world.put(nodes_id, GROUP, {"resourceGroupName": nodes, "location": location, "managedBy": write.id})
    fqdn = f"{prefix}-{world.hex(8, write.id, write.serial)}.hcp.{location}.azmk8s.io"
    answer: dict[str, Any] = {
        "fqdn": fqdn,
        "azurePortalFQDN": fqdn.replace(".hcp.", ".portal.hcp."),
        "dnsPrefix": prefix,
        "nodeResourceGroup": nodes,
        "currentKubernetesVersion": _version(write.given("kubernetesVersion")),
        "kubernetesVersion": write.given("kubernetesVersion") or _DEFAULT_VERSION,
        "provisioningState": "Succeeded",
        "powerState": {"code": "Running"},
        "maxAgentPools": 100,
        "eTag": world.guid(write.id, "etag"),
        "resourceUID": world.hex(24, write.id, write.serial),
        "enableRBAC": write.given("enableRBAC") is not False,
        "agentPoolProfiles": [
            {
                **pool,
                **_pool_state(write, pool["name"], pool.get("orchestratorVersion") or write.given("kubernetesVersion")),
            }
            for pool in write.given("agentPoolProfiles") or []
        ],
        "identityProfile": {"kubeletidentity": _node_identity(write, nodes_id, f"{write.name}-agentpool", location)},
        "identity": _control_plane_identity(write),
    }
    if write.given("oidcIssuerProfile", "enabled") or write.was("oidcIssuerProfile", "enabled"):
        guid = world.guid(write.id, write.serial, "issuer")
        # With a final slash, and the slash counts (azure-workload-identity#340).
        issuer = f"https://{location}.oic.prod-aks.azure.com/{TENANT}/{guid}/"
        answer["oidcIssuerProfile"] = {"enabled": True, "issuerURL": issuer}
    if write.given("addonProfiles", KEY_VAULT_ADDON, "enabled"):
        identity = _node_identity(write, nodes_id, f"azurekeyvaultsecretsprovider-{write.name}", location)
        answer["addonProfiles"] = {KEY_VAULT_ADDON: {"identity": identity}}
    return answer


def _node_identity(write: Write, nodes_id: str, name: str, location: str) -> dict[str, str]:
    id_ = f"{nodes_id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    found = write.world.get(id_)
    if found is None:
        serial = write.world.new_serial(id_)
        principal = managedidentity.new_identity(write.world, id_, serial, name)
        found = write.world.put(
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
        "clientId": found.properties["clientId"],
        "objectId": found.properties["principalId"],
    }


def _control_plane_identity(write: Write) -> dict[str, Any] | None:
    kind = write.given("identity", "type")
    if kind == "UserAssigned":
        identities = {}
        for id_ in _user_assigned(write.given("identity", "userAssignedIdentities")):
            found = write.world.get(id_)
            assert found is not None, "a rule has seen it"
            identities[id_] = {
                "clientId": found.properties["clientId"],
                "principalId": found.properties["principalId"],
            }
        return {"type": kind, "userAssignedIdentities": identities}
    if kind == "SystemAssigned":
        principal = managedidentity.new_identity(write.world, write.id, write.serial, write.name)
        return {"type": kind, "principalId": principal.object_id, "tenantId": TENANT}
    return None


@aftermath(CLUSTER)
def _cluster_goes(world: World, resource: AzureResource, _removed: list[AzureResource]) -> None:
    """The Kubernetes objects, the node resource group and the cluster's own principal go with the cluster."""
    world.kubernetes.pop(resource.id.lower(), None)
    world.directory.pop((resource.properties.get("identity") or {}).get("principalId", ""), None)
    nodes = f"/subscriptions/{resource.id.split('/')[2]}/resourceGroups/{resource.properties['nodeResourceGroup']}"
    for gone in world.remove(nodes):
        world.directory.pop(gone.properties.get("principalId", ""), None)
