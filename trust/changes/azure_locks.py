"""Locks of Azure resources: the table of properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trust.changes.judges import (
    Judge,
    added,
    ended,
    lowered,
    moved,
    new_addresses,
    new_subnets,
    opened,
    opened_ranges,
    turned_off,
    turned_on,
    weaker,
)
from trust.changes.lock import Lock, Rule
from trust.graph import Node
from trust.nodes.fields import listed, mapping
from trust.values import UNKNOWN

VAULT: Final = "azure-native:keyvault:Vault"
CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
NODE_POOL: Final = "azure-native:containerservice:AgentPool"
DIAGNOSTICS: Final = "azure-native:monitor:DiagnosticSetting"
WORKSPACE: Final = "azure-native:operationalinsights:Workspace"
ALERT: Final = "azure-native:monitor:MetricAlert"
EXPIRY_ALERT: Final = "azure-native:eventgrid:SystemTopicEventSubscription"
RECIPIENTS: Final = "azure-native:monitor:ActionGroup"
PRIVATE_ENDPOINT: Final = "azure-native:network:PrivateEndpoint"
ROTATION: Final = "rotation by the CSI driver"
SUBNET: Final = "azure-native:network:Subnet"


def _vault(key: str, subject: str, judge: Judge) -> Lock:
    return Lock(VAULT, ("properties", *key.split(".")), f"{subject} of the vault {{name}}", judge)


def _cluster(path: str, subject: str, judge: Judge) -> Lock:
    return Lock(CLUSTER, tuple(path.split(".")), f"{subject} of the cluster {{name}}", judge)


LOCKS: Final = (
    _vault("enablePurgeProtection", "purge protection", turned_off(True)),
    _vault("enableRbacAuthorization", "Azure RBAC", turned_off(True)),
    _vault("enableSoftDelete", "soft delete", turned_off(True)),
    _vault("softDeleteRetentionInDays", "soft-delete retention", lowered),
    _vault("publicNetworkAccess", "public network access", turned_on("Disabled")),
    _vault("networkAcls.defaultAction", "denial by default in the firewall", turned_off("Deny")),
    _vault("networkAcls.bypass", "passage of Azure's services through the firewall", turned_on("None")),
    _vault("networkAcls.ipRules", "firewall rules", new_addresses),
    _vault("networkAcls.virtualNetworkRules", "firewall rules", new_subnets),
    # https://learn.microsoft.com/azure/key-vault/general/security-features: each lets a part of Azure read.
    _vault("enabledForDeployment", "reading by VMs in deployment", opened(True)),
    _vault("enabledForTemplateDeployment", "reading by ARM templates", opened(True)),
    _vault("enabledForDiskEncryption", "reading by disk encryption", opened(True)),
    _vault("sku.name", "the tier", weaker("standard", "premium")),
    _vault("tenantId", "the tenant", moved),
    _cluster("disableLocalAccounts", "the lock on local accounts", turned_off(True)),
    _cluster("enableRBAC", "Kubernetes RBAC", turned_off(True)),
    _cluster("apiServerAccessProfile.enablePrivateCluster", "the private API server", turned_off(True)),
    _cluster("apiServerAccessProfile.authorizedIPRanges", "authorized ranges", opened_ranges),
    _cluster("apiServerAccessProfile.enablePrivateClusterPublicFQDN", "the name in public DNS", opened(True)),
    _cluster("apiServerAccessProfile.disableRunCommand", "the lock on az aks command", turned_off(True)),
    _cluster("oidcIssuerProfile.enabled", "the OIDC issuer", turned_off(True)),
    _cluster("securityProfile.workloadIdentity.enabled", "workload identity", turned_off(True)),
    _cluster("securityProfile.azureKeyVaultKms.enabled", "encryption of Secrets by a key", turned_off(True)),
    _cluster("securityProfile.azureKeyVaultKms.keyId", "the key that encrypts Secrets", moved),
    _cluster("securityProfile.defender.securityMonitoring.enabled", "Microsoft Defender", turned_off(True)),
    _cluster("securityProfile.imageCleaner.enabled", "the image cleaner", turned_off(True)),
    _cluster("aadProfile.managed", "sign-in with Entra ID", turned_off(True)),
    _cluster("aadProfile.tenantID", "the tenant", moved),
    _cluster("aadProfile.enableAzureRBAC", "Azure RBAC", turned_off(True)),
    _cluster("aadProfile.adminGroupObjectIDs", "the list of admin groups", added("includes")),
    _cluster("networkProfile.networkPolicy", "enforcement of network policies", moved),
    _cluster("networkProfile.outboundType", "the firewall's route", turned_off("userDefinedRouting")),
    _cluster(
        "autoUpgradeProfile.upgradeChannel",
        "automatic upgrades of Kubernetes",
        ended(None, "none", "node-image"),
    ),
    _cluster("autoUpgradeProfile.nodeOSUpgradeChannel", "upgrades of the nodes' system", ended(None, "None")),
    _cluster(
        "addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation",
        ROTATION,
        turned_off("true"),
    ),
    # AKS knows no way back: https://learn.microsoft.com/azure/aks/upgrade-aks-cluster
    _cluster("kubernetesVersion", "the Kubernetes version, which cannot go back,", moved),
    Lock(NODE_POOL, ("enableNodePublicIP",), "public addresses of the nodes of {name}", opened(True)),
    Lock(NODE_POOL, ("enableEncryptionAtHost",), "encryption at host of {name}", turned_off(True)),
    Lock(WORKSPACE, ("retentionInDays",), "retention of the logs of {name}", lowered),
    Lock(SUBNET, ("networkSecurityGroup", "id"), "the network security group of the subnet {name}", moved),
    Lock(SUBNET, ("routeTable", "id"), "the route table of the subnet {name}", moved),
)


def lost_logs(before: Node, after: Node) -> Iterator[str]:
    """A diagnostic setting keeps the audit log of a vault or a cluster."""
    for gone in sorted(_logs(before) - _logs(after)):
        yield f"the log {gone} of the diagnostic setting {{name}} is turned off"
    for key, words in (
        ("workspaceId", "writes to another workspace"),
        ("resourceUri", "is of another resource"),
    ):
        if after.input(key) not in (before.input(key), UNKNOWN):
            yield f"the diagnostic setting {{name}} {words}"


def _logs(node: Node) -> set[str]:
    return {
        str(log.get("category") or log.get("categoryGroup"))
        for log in map(mapping, listed(node.input("logs")))
        if log.get("enabled", True)
    }


def changed(sentence: str, *paths: str) -> Rule:
    """A sentence for a change of any of these properties, of which none is safer than another."""

    def judge(before: Node, after: Node) -> Iterator[str]:
        pairs = [(before.input(path), after.input(path)) for path in paths]
        if any(new is not UNKNOWN and old not in (None, new) for old, new in pairs):
            yield sentence

    return judge


WATCHES: Final = changed(
    "the alert {name} watches something else, or notifies another action group or none",
    "enabled",
    "criteria",
    "actions",
    "scopes",
    "filter.includedEventTypes",
    "destination.actionGroups",
    "systemTopicName",
)
TOLD: Final = changed(
    "the alerts of {name} reach other recipients, or none",
    "enabled",
    "emailReceivers",
    "webhookReceivers",
    "smsReceivers",
)
LEADS: Final = changed(
    "the private endpoint {name} leads elsewhere", "privateLinkServiceConnections", "subnet.id"
)


def azure_policy(before: Node, after: Node) -> Iterator[str]:
    """AKS takes the add-on's name in any case: azurepolicy, azurePolicy."""
    if _has_policy(before) and not _has_policy(after) and after.input("addonProfiles") is not UNKNOWN:
        yield "Azure Policy of the cluster {name} is turned off"


def _has_policy(cluster: Node) -> bool:
    addons = mapping(cluster.input("addonProfiles")).items()
    return any(
        key.lower() == "azurepolicy" and mapping(addon).get("enabled") is True for key, addon in addons
    )


def pools_in_cluster(before: Node, after: Node) -> Iterator[str]:
    """The system pool stands in the cluster itself."""
    old = {pool.get("name"): pool for pool in map(mapping, listed(before.input("agentPoolProfiles")))}
    for pool in map(mapping, listed(after.input("agentPoolProfiles"))):
        was = old.get(pool.get("name"), {})
        name = f"of the pool {pool.get('name')} of the cluster {{name}}"
        if was.get("enableEncryptionAtHost") is True and pool.get("enableEncryptionAtHost") is not True:
            yield f"encryption at host {name} is turned off"
        if pool.get("enableNodePublicIP") is True and was.get("enableNodePublicIP") is not True:
            yield f"public addresses of the nodes {name} are turned on"
