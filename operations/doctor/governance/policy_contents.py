"""The stack's resources for Azure Policy's check, with the properties that settings decide.

Deliberately not here: the answers (policies.py). A resource that is not whole lacks properties that the
program sends, so a policy about one of those says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.azure.api_versions import CONTAINER_SERVICE, KEY_VAULT, OF_TYPE, PROVIDERS
from operations.doctor.examination import Examination
from operations.doctor.scopes import group_of
from stacks.settings.model.vault import AnyVaultSettings
from stacks.settings.model.workloads import Access


@dataclass(frozen=True)
class Content:
    """A resource before it exists."""

    subject: str
    scope: str
    """Resource group, or the subscription for a group."""
    body: Mapping[str, Any]
    api_version: str
    is_whole: bool

    @property
    def type(self) -> str:
        return str(self.body["type"])


def contents(examination: Examination) -> Iterator[Content]:
    """The resource group, the vaults, the cluster and one identity of the stack."""
    settings, names = examination.settings, examination.names
    common = {"location": settings.location, "tags": dict(settings.tags)}
    existing = {group.name.lower() for group in settings.resource_groups if group.existing}
    if names.resource_group.lower() not in existing:
        kind = "Microsoft.Resources/subscriptions/resourceGroups"
        body = {"type": kind, "name": names.resource_group, **common}
        subject = f"resource group {names.resource_group}"
        yield Content(subject, examination.subscription, body, PROVIDERS, is_whole=True)
    group = f"{examination.subscription}/resourceGroups/{names.resource_group}"
    for _, label, vault in settings.all_vaults:
        if examination.makes_vault(label):
            name, scope = names.vaults[label].name, group_of(names.vaults[label].id)
            properties = _vault(vault, examination.session.caller.tenant_id)
            body = {"type": "Microsoft.KeyVault/vaults", "name": name, **common, "properties": properties}
            yield Content(f"vault {name}", scope, body, KEY_VAULT, is_whole=True)
    if examination.makes_cluster:
        kind = "Microsoft.ContainerService/managedClusters"
        body = {"type": kind, "name": names.cluster, **common, "properties": _cluster(examination)}
        yield Content(f"cluster {names.cluster}", group, body, CONTAINER_SERVICE, is_whole=False)
    # Of the workloads, and of operators that read as themselves.
    trusting = any(each.access is Access.WORKLOAD_IDENTITY for each in settings.workloads)
    if trusting or settings.operators.reading:
        kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
        yield Content("identities", group, {"type": kind, **common}, OF_TYPE[kind.lower()], is_whole=False)


def _vault(vault: AnyVaultSettings, tenant: str) -> dict[str, Any]:
    network = vault.network
    return {
        "tenantId": tenant,
        "sku": {"family": "A", "name": str(vault.sku)},
        "enableRbacAuthorization": True,
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": vault.soft_delete_retention_days,
        **({"enablePurgeProtection": True} if vault.purge_protection else {}),
        "publicNetworkAccess": "Enabled" if network.public_access else "Disabled",
        "networkAcls": {
            "defaultAction": str(network.default_action) if network.public_access else "Deny",
            "bypass": str(network.bypass),
            "ipRules": [{"value": value} for value in network.ip_rules],
            "virtualNetworkRules": [{"id": subnet} for subnet in network.subnet_ids],
        },
    }


def _cluster(examination: Examination) -> dict[str, Any]:
    cluster = examination.settings.cluster
    pools = [*([cluster.system_pool] if cluster.system_pool else []), *cluster.user_pools]
    entra = {"managed": True, "enableAzureRBAC": cluster.entra.azure_rbac} if cluster.entra.enabled else None
    return {
        "enableRBAC": True,
        "disableLocalAccounts": not cluster.local_accounts,
        **({"aadProfile": entra} if entra else {}),
        "apiServerAccessProfile": {
            "enablePrivateCluster": cluster.private is not None,
            "authorizedIPRanges": list(cluster.authorized_ip_ranges),
        },
        **({"kubernetesVersion": cluster.kubernetes_version} if cluster.kubernetes_version else {}),
        "oidcIssuerProfile": {"enabled": True},
        "securityProfile": {"workloadIdentity": {"enabled": True}},
        "agentPoolProfiles": [{"name": pool.name, "vmSize": pool.vm_size} for pool in pools],
    }
