"""Things that exist already: asked once, before anything is made, and refused with the command that mends them.

They are read and never changed. What they answer is plain data, so that the first preview is as complete as the last.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

import pulumi
from pulumi_azure_native import containerservice, keyvault

from components.cluster.base import ExistingClusterArgs
from components.cluster.csi_addon import addon_identity
from components.key_vault.access_policies import Authorization
from stacks.context import ResolvedVault
from stacks.deployer import Deployer
from stacks.settings.model.existing import ExistingSettings

AUTOMATIC = "Automatic"
"""A cluster whose nodes and add-ons AKS chooses: https://learn.microsoft.com/azure/aks/intro-aks-automatic"""


@dataclass(frozen=True)
class ResolvedCluster:
    """A cluster as the component takes it, and what else matters of it."""

    args: ExistingClusterArgs
    automatic: bool
    csi_addon: bool
    """Whether the add-on of the CSI driver is on."""


def get_cluster(key: str, resource_group: str, name: str) -> ResolvedCluster:
    """The cluster at ``key`` of the settings.

    Raises:
        pulumi.RunError: it is not there, or lacks what pods need to take on identities.
    """
    found = invoke_or_refuse(
        lambda: containerservice.get_managed_cluster(resource_group_name=resource_group, resource_name=name),
        key,
        f"cluster {name!r} in resource group {resource_group!r}",
        "az aks list --output table",
    )
    issuer = found.oidc_issuer_profile.issuer_url if found.oidc_issuer_profile else None
    identity = found.security_profile.workload_identity if found.security_profile else None
    lacking = [
        *([] if issuer else ["--enable-oidc-issuer"]),
        *([] if identity and identity.enabled else ["--enable-workload-identity"]),
    ]
    if lacking:
        # https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster#update-an-existing-aks-cluster
        words = {"--enable-oidc-issuer": "OIDC issuer", "--enable-workload-identity": "workload identity"}
        raise pulumi.RunError(
            f"{key}: cluster {name!r} has no {' and no '.join(words[flag] for flag in lacking)}, so no pod can take on an identity;"
            f" switch it on (az aks update --resource-group {resource_group} --name {name} {' '.join(lacking)})"
        )
    kubelet = (found.identity_profile or {}).get("kubeletidentity")
    addon = addon_identity(found.addon_profiles)
    args = ExistingClusterArgs(
        cluster_id=found.id,
        resource_group_name=resource_group,
        cluster_name=name,
        issuer_url=issuer or "",
        kubelet_object_id=(kubelet.object_id if kubelet else None) or "",
        csi_addon_client_id=(addon.client_id if addon else None) or "",
        csi_addon_object_id=(addon.object_id if addon else None) or "",
        entra=bool(found.aad_profile and found.aad_profile.managed),
        windows=any(pool.os_type == "Windows" for pool in found.agent_pool_profiles or ()),
    )
    return ResolvedCluster(
        args, automatic=bool(found.sku and found.sku.name == AUTOMATIC), csi_addon=addon is not None
    )


def get_vault(key: str, resource_group: str, name: str) -> ResolvedVault:
    """The vault at ``key`` of the settings; who decides on access in it is read, and followed."""
    found = invoke_or_refuse(
        lambda: keyvault.get_vault(resource_group_name=resource_group, vault_name=name),
        key,
        f"vault {name!r} in resource group {resource_group!r}",
        "az keyvault list --output table",
    )
    by_role = bool(found.properties.enable_rbac_authorization)
    return ResolvedVault(
        name=name,
        id=found.id,
        resource_group=resource_group,
        authorization=Authorization.RBAC if by_role else Authorization.ACCESS_POLICY,
        exists=True,
    )


def require_same_subscription(key: str, existing: ExistingSettings, deployer: Deployer) -> tuple[str, str]:
    """Resource group and name, if it is of the subscription in which ``pulumi`` runs: the provider asks no other."""
    subscription = existing.subscription
    if subscription and subscription.lower() != deployer.subscription_id.lower():
        raise pulumi.RunError(
            f"{key}.id: subscription {subscription}, and pulumi runs in {deployer.subscription_id};"
            f" choose that one (pulumi config set azure-native:subscriptionId {subscription})"
        )
    return existing.where


def require_not_managed_here(
    key: str, where: tuple[str, str], made_here: Iterable[tuple[str, str]], groups_made_here: Collection[str]
) -> None:
    """Under ``existing`` what a stack has made leaves its program, and Pulumi deletes what leaves a program. So it does with a group that
    the stack makes, and everything in it."""
    group, name = (part.lower() for part in where)
    if (group, name) in [(its_group.lower(), its_name.lower()) for its_group, its_name in made_here]:
        raise pulumi.RunError(
            f"{key}: {where[1]!r} in {where[0]!r} is what this stack itself makes, and under existing Pulumi would delete it;"
            " take existing out, or adopt it from another stack (docs/adopt.md)"
        )
    if group in groups_made_here:
        raise pulumi.RunError(
            f"{key}: {where[1]!r} is in resource group {where[0]!r}, which this stack itself makes, and deletes with everything in it;"
            " adopt it from another stack, or one that has another group (docs/adopt.md)"
        )


_T = TypeVar("_T")


def invoke_or_refuse(ask: Callable[[], _T], key: str, what: str, listing: str) -> _T:
    """Asked in the plain form: the SDK raises what goes wrong with an ``_output`` a second time, at the program's end."""
    try:
        return ask()
    except Exception as error:  # the SDK raises no narrower one for an invoke that fails
        if is_not_found(error):
            raise pulumi.RunError(f"{key}: there is no {what}; look for it ({listing})") from None
        raise pulumi.RunError(f"{key}: Azure does not show the {what}: {error}") from None


def is_not_found(error: Exception) -> bool:
    """Whether an invoke failed because there is nothing of that name."""
    return "NotFound" in str(error) or "not found" in str(error).lower()
