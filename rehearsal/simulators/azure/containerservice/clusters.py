"""Rules of AKS clusters and their node pools; what AKS answers is in cluster_answers.

https://learn.microsoft.com/azure/aks/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, before_delete, rule
from rehearsal.simulators.azure.containerservice import versions
from rehearsal.simulators.world import AzureResource, World

CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
POOL: Final = "azure-native:containerservice:AgentPool"


def _bad(message: str, code: str = "BadRequest", status: int = 400) -> ArmError:
    return ArmError(status, code, message)


@rule(CLUSTER)
def cluster_has_a_system_pool(write: Write) -> None:
    """At least one pool has mode System. https://learn.microsoft.com/azure/aks/use-system-pools"""
    pools = write.requested_value("agentPoolProfiles") or []
    existing = [pool.properties for pool in write.world.of_type(POOL, below=write.id)]
    if not any(pool.get("mode") == "System" for pool in [*pools, *existing]):
        raise _bad("Must define at least one system pool.", "InvalidParameter")


@rule(CLUSTER)
def system_pool_has_a_node(write: Write) -> None:
    """A system pool has at least one node. https://learn.microsoft.com/azure/aks/use-system-pools"""
    for pool in write.requested_value("agentPoolProfiles") or []:
        if pool.get("mode") == "System" and pool.get("count") == 0:
            raise _bad(
                f"System node pool '{pool.get('name')}' must have at least one node.", "InvalidParameter"
            )


@rule(CLUSTER)
def new_pools_are_not_added_inline(write: Write) -> None:
    """Pools of an existing cluster are agent pool resources (pulumi-azure-native#2719)."""
    if write.current is None:
        return
    known = {pool["name"] for pool in write.current_value("agentPoolProfiles") or []}
    known |= {pool.id.rsplit("/", 1)[1] for pool in write.world.of_type(POOL, below=write.id)}
    for pool in write.requested_value("agentPoolProfiles") or []:
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
    if (
        write.current_value("oidcIssuerProfile", "enabled")
        and write.requested_value("oidcIssuerProfile", "enabled") is False
    ):
        raise _bad("OIDC issuer feature cannot be disabled.", "OIDCIssuerFeatureCannotBeDisabled")


@rule(CLUSTER)
def workload_identity_needs_the_issuer(write: Write) -> None:
    """https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster"""
    wanted = write.requested_value("securityProfile", "workloadIdentity", "enabled")
    issuer = write.requested_value("oidcIssuerProfile", "enabled") or write.current_value(
        "oidcIssuerProfile", "enabled"
    )
    if wanted and not issuer:
        raise _bad("Workload Identity feature requires OIDC issuer feature to be enabled.")


@rule(CLUSTER)
def entra_stays_on(write: Write) -> None:
    """The integration cannot be removed. https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id"""
    if (
        write.current_value("aadProfile", "managed")
        and write.requested_value("aadProfile", "managed") is False
    ):
        raise _bad("Disabling of managed AAD is not allowed once enabled.", "DisableManagedAADNotAllowed")


@rule(CLUSTER)
def addon_settings_are_strings(write: Write) -> None:
    """Even true is "true" (Azure/AKS#2910)."""
    for addon, profile in (write.requested_value("addonProfiles") or {}).items():
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
    for identity in write.requested_value("identity", "userAssignedIdentities") or []:
        if write.world.get(identity) is None:
            raise _bad(f"The resource with ID '{identity}' was not found.", "FailedIdentityOperation", 404)


def control_plane_principals(write: Write) -> list[str]:
    """Principal ids of the identities that the cluster is given; of a system-assigned one nobody knows yet what it may do."""
    found = (
        write.world.get(identity)
        for identity in write.requested_value("identity", "userAssignedIdentities") or []
    )
    return [identity.properties["principalId"] for identity in found if identity]


@rule(CLUSTER)
def authorized_ranges_need_a_public_api_server(write: Write) -> None:
    """https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges#limitations"""
    access = write.requested_value("apiServerAccessProfile") or {}
    if access.get("enablePrivateCluster") and access.get("authorizedIPRanges"):
        raise _bad("Authorized IP ranges are not supported on private clusters.", "InvalidParameter")
    if len(access.get("authorizedIPRanges") or []) > 200:
        raise _bad("At most 200 authorized IP ranges are supported.", "InvalidParameter")


_AT_HOST: Final = "enableEncryptionAtHost"
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
        was, now = write.current_value(*path), write.requested_value(*path)
        if was is not None and now is not None and was != now:
            raise _property_change(".".join(path))


@rule(CLUSTER)
def cluster_version_goes_up_one_minor_at_a_time(write: Write) -> None:
    """No way back, no minor left out (rancher/rancher#24071, rancher/dashboard#11884 have the texts).

    https://learn.microsoft.com/azure/aks/upgrade-aks-cluster
    """
    was, now = write.current_value("currentKubernetesVersion"), write.requested_value("kubernetesVersion")
    if was and now and (refused := versions.upgrade_refusal(str(was), str(now))):
        raise _bad(refused, "OperationNotAllowed")


@rule(POOL)
def pool_properties_that_never_change(write: Write) -> None:
    """pulumi-azure-native#959, #3655"""
    for name in ("vmSize", "osDiskType", "osDiskSizeGB", "maxPods", "vnetSubnetID", "gpuInstanceProfile"):
        was, now = write.current_value(name), write.requested_value(name)
        if was is not None and now is not None and was != now:
            raise _property_change(name)


@rule(CLUSTER)
def encryption_at_host_stays_as_it_was_made(write: Write) -> None:
    """Of a pool inside the cluster; not said is off (Azure/bicep-types-az#2467 has the text, Azure/AKS#4858).

    https://learn.microsoft.com/azure/aks/enable-host-encryption#limitations
    """
    known = {pool["name"]: pool for pool in write.current_value("agentPoolProfiles") or []}
    for pool in write.requested_value("agentPoolProfiles") or []:
        if pool["name"] in known and _encrypts(pool) != _encrypts(known[pool["name"]]):
            raise _property_change(_AT_HOST)


@rule(POOL)
def encryption_at_host_of_a_pool_stays_as_it_was_made(write: Write) -> None:
    """The same of a pool of its own."""
    if write.current is not None and _encrypts(write.body) != bool(write.current_value(_AT_HOST)):
        raise _property_change(_AT_HOST)


def _encrypts(pool: Mapping[str, Any]) -> bool:
    return bool(pool.get(_AT_HOST))


def _property_change(name: str) -> ArmError:
    return ArmError(400, "PropertyChangeNotAllowed", f"Changing property 'properties.{name}' is not allowed.")


@rule(POOL)
def pool_name_is_valid(write: Write) -> None:
    """1 to 12 lower-case letters and digits, a letter first; 6 for Windows.

    https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerservice
    """
    most = 6 if write.requested_value("osType") == "Windows" else 12
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
        raise ArmError(
            400,
            "OperationNotAllowed",
            "Operation not allowed: There has to be at least one agent pool of mode System.",
        )
