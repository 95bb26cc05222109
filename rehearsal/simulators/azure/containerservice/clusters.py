"""Rules of AKS clusters and their node pools. AKS's responses are in responses.py.

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
    """New pools of an existing cluster are agent pool resources (pulumi-azure-native#2719)."""
    if write.current is None:
        return
    known = {pool["name"] for pool in write.current_value("agentPoolProfiles") or []}
    known |= {pool.id.rsplit("/", 1)[1] for pool in write.world.of_type(POOL, below=write.id)}
    for pool in write.requested_value("agentPoolProfiles") or []:
        if pool["name"] not in known:
            raise _bad(
                "A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed "
                "through managed cluster operations. For agent pool specific change, please use per agent "
                "pool operations: https://aka.ms/agent-pool-rest-api",
            )


@rule(CLUSTER)
def oidc_issuer_stays_on(write: Write) -> None:
    """The issuer cannot be switched off again; a request without the profile changes nothing.

    https://learn.microsoft.com/azure/aks/use-oidc-issuer, Azure/AKS-Construction#531
    """
    if (
        write.current_value("oidcIssuerProfile", "enabled")
        and write.requested_value("oidcIssuerProfile", "enabled") is False
    ):
        raise _bad("OIDC issuer feature cannot be disabled.", "OIDCIssuerFeatureCannotBeDisabled")


@rule(CLUSTER)
def workload_identity_needs_the_issuer(write: Write) -> None:
    """Workload identity needs the issuer.

    https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster
    """
    is_enabled = write.requested_value("securityProfile", "workloadIdentity", "enabled")
    issuer = write.requested_value("oidcIssuerProfile", "enabled") or write.current_value(
        "oidcIssuerProfile", "enabled"
    )
    if is_enabled and not issuer:
        raise _bad("Workload Identity feature requires OIDC issuer feature to be enabled.")


@rule(CLUSTER)
def entra_stays_on(write: Write) -> None:
    """Entra integration cannot be removed.

    https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id
    """
    if (
        write.current_value("aadProfile", "managed")
        and write.requested_value("aadProfile", "managed") is False
    ):
        raise _bad("Disabling of managed AAD is not allowed once enabled.", "DisableManagedAADNotAllowed")


@rule(CLUSTER)
def addon_settings_are_strings(write: Write) -> None:
    """Settings of add-ons are strings, also booleans: "true" (Azure/AKS#2910)."""
    for addon, profile in (write.requested_value("addonProfiles") or {}).items():
        for name, value in (profile.get("config") or {}).items():
            if not isinstance(value, str):
                raise _bad(
                    (
                        f"Cannot unmarshal the value of addonProfiles.{addon}.config.{name} into a string: "
                        f"{value!r}."
                    ),
                    "InvalidRequestFormat",
                )


@rule(CLUSTER)
def cluster_identities_exist(write: Write) -> None:
    """The identities of the control plane exist before the cluster.

    https://learn.microsoft.com/azure/aks/use-managed-identity
    """
    for identity in write.requested_value("identity", "userAssignedIdentities") or []:
        if write.world.get(identity) is None:
            raise _bad(f"The resource with ID '{identity}' was not found.", "FailedIdentityOperation", 404)


def control_plane_principals(write: Write) -> list[str]:
    """Principal ids of the cluster's user-assigned identities.

    A system-assigned identity does not exist before the cluster.
    """
    identities = (
        write.world.get(identity)
        for identity in write.requested_value("identity", "userAssignedIdentities") or []
    )
    return [identity.properties["principalId"] for identity in identities if identity]


@rule(CLUSTER)
def authorized_ranges_need_a_public_api_server(write: Write) -> None:
    """A private cluster has no authorized ranges, and others have at most 200.

    https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges#limitations
    """
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
    """Some properties of a cluster are immutable: PropertyChangeNotAllowed.

    Message: pulumi-azure-native#959.

    azure-native replaces the cluster when they change; with `replaceOnChanges` or `ignoreChanges` an update
    is possible.
    """
    for path in _IMMUTABLE:
        current, requested = write.current_value(*path), write.requested_value(*path)
        if current is not None and requested is not None and current != requested:
            raise _property_change(".".join(path))


@rule(CLUSTER)
def cluster_version_goes_up_one_minor_at_a_time(write: Write) -> None:
    """No downgrade, and no upgrade that skips a minor version.

    Messages: rancher/rancher#24071, rancher/dashboard#11884.

    https://learn.microsoft.com/azure/aks/upgrade-aks-cluster
    """
    current = write.current_value("currentKubernetesVersion")
    requested = write.requested_value("kubernetesVersion")
    if current and requested and (refusal := versions.upgrade_refusal(str(current), str(requested))):
        raise _bad(refusal, "OperationNotAllowed")


@rule(POOL)
def pool_properties_that_never_change(write: Write) -> None:
    """Some properties of a pool are immutable (pulumi-azure-native#959, #3655)."""
    for name in ("vmSize", "osDiskType", "osDiskSizeGB", "maxPods", "vnetSubnetID", "gpuInstanceProfile"):
        current, requested = write.current_value(name), write.requested_value(name)
        if current is not None and requested is not None and current != requested:
            raise _property_change(name)


@rule(CLUSTER)
def encryption_at_host_stays_as_it_was_made(write: Write) -> None:
    """Host encryption of an inline pool is immutable; absent means off.

    Azure/AKS#4858; message: Azure/bicep-types-az#2467.

    https://learn.microsoft.com/azure/aks/enable-host-encryption#limitations
    """
    known = {pool["name"]: pool for pool in write.current_value("agentPoolProfiles") or []}
    for pool in write.requested_value("agentPoolProfiles") or []:
        if pool["name"] in known and _encrypts(pool) != _encrypts(known[pool["name"]]):
            raise _property_change(_AT_HOST)


@rule(POOL)
def encryption_at_host_of_a_pool_stays_as_it_was_made(write: Write) -> None:
    """Host encryption of an agent pool resource is immutable too."""
    if write.current is not None and _encrypts(write.body) != bool(write.current_value(_AT_HOST)):
        raise _property_change(_AT_HOST)


def _encrypts(pool: Mapping[str, Any]) -> bool:
    return bool(pool.get(_AT_HOST))


def _property_change(name: str) -> ArmError:
    return ArmError(400, "PropertyChangeNotAllowed", f"Changing property 'properties.{name}' is not allowed.")


@rule(POOL)
def pool_name_is_valid(write: Write) -> None:
    """The name has 1 to 12 lower-case letters and digits, at most 6 for Windows; it begins with a letter.

    https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerservice
    """
    most = 6 if write.requested_value("osType") == "Windows" else 12
    if not re.fullmatch(rf"[a-z][a-z0-9]{{0,{most - 1}}}", write.name):
        raise _bad(
            f"The agent pool name '{write.name}' is invalid: lower-case letters and digits only, a letter "
            f"first, at most {most} characters.",
            "InvalidParameter",
        )


@before_delete(POOL)
def last_system_pool_stays(world: World, resource: AzureResource) -> None:
    """The last system pool of a cluster cannot be deleted (message: pulumi-azure-native#1575)."""
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
