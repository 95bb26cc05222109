"""Values for the keys of test_every_key_matters.py that their types do not give, and the keys whose effect is
a refusal.
"""

from collections.abc import Mapping
from typing import Any

from aks_secrets_testing.builds import SUBSCRIPTION
from tests.settings.samples import (
    ETCD_KEY,
    ETCD_VAULT,
    HUB,
    REGISTRY,
    ROUTE_TABLE,
    RUNNER,
    SUBNET,
)

_OTHER = "bbbbbbbb-0000-0000-0000-000000000000"
_PROVIDERS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-other/providers"
_CLUSTER_ID = f"{_PROVIDERS}/Microsoft.ContainerService/managedClusters/aks-platform"

REFUSED = frozenset(
    {
        # Two keys that need or exclude each other.
        "workloads[].security",
        "workloads[].security_reason",
        "workloads[].autoscale.by",
        "workloads[].probes.startup.tcp",
        "workloads[].secrets[].sensitive",
        # Names of something that stands elsewhere in the stack file.
        "workloads[].secrets[].config_key",
        "workloads[].service_principal.config_key",
        "identities[].name",
        "namespaces[].name",
        "resource_groups[].name",
        "platform.stack",  # the stack publishes nothing: the refusal names it
    }
)
"""Keys whose effect is a refusal: the value of the table is valid, and another key does not go with it."""

VALUES: Mapping[str, Any] = {
    "location": "northeurope",
    "composition": "platform",
    "base": "examples/stages/config/base.yaml",
    "technique": "eso",
    "platform.stack": "organization/aks-secrets/other",
    "cluster.existing.name": "aks-other",
    "cluster.existing.id": _CLUSTER_ID.replace("platform", "other"),
    "cluster.system_pool.vm_size": "Standard_D4s_v5",
    "cluster.system_pool.zones": ["1"],
    "cluster.system_pool.count": 2,
    "cluster.system_pool.autoscale.min_count": 2,
    "cluster.system_pool.autoscale.max_count": 4,
    "cluster.user_pools[].autoscale.min_count": 2,
    "cluster.user_pools[].name": "jobs",
    "cluster.upgrades.node_os_channel": "SecurityPatch",
    "cluster.network.pod_cidr": "10.245.0.0/16",
    "cluster.network.service_cidr": "10.0.0.0/17",
    "cluster.network.dns_service_ip": "10.0.0.11",
    "cluster.network.subnet_id": SUBNET,
    "cluster.network.outbound": "userAssignedNATGateway",
    "cluster.network.nat_gateway.zone": "1",
    "cluster.network.route_table_id": ROUTE_TABLE.replace("rt-hub", "rt-other"),
    "cluster.authorized_ip_ranges": ["20.50.2.0/24"],
    "cluster.private.deploy_from": RUNNER.replace("hub", "spoke"),
    "cluster.private.dns_zone": "none",
    "cluster.kms.key_id": ETCD_KEY.replace("a" * 32, "b" * 32),
    "cluster.kms.vault_id": ETCD_VAULT.replace("rg-keys", "rg-other"),
    "cluster.former_kms_vault_ids": [ETCD_VAULT],
    "cluster.container_registries": [f"{REGISTRY}shop00"],
    "network.address_space": "10.10.0.0/15",
    "network.nodes": "10.10.0.0/23",
    "network.private_endpoints": "10.10.5.0/27",
    "network.firewall_ip": "10.20.0.5",
    "vault.existing.id": f"{_PROVIDERS}/Microsoft.KeyVault/vaults/kv-another",
    "vaults[].existing.name": "kv-other",
    "vaults[].name": "billing",
    "vault.network.ip_rules": ["20.50.3.0/24"],
    "vault.network.subnet_ids": [SUBNET],
    "vault.network.default_action": "Deny",
    "vault.private_endpoint.subnet_id": SUBNET.replace("nodes", "private"),
    "vaults[].private_endpoint.subnet_id": SUBNET.replace("nodes", "private"),
    "vault.private_endpoint.dns_zone_id": f"{HUB}/privateDnsZones/privatelink.vaultcore.azure.net",
    "workloads[].kind": "StatefulSet",
    "workloads[].probes.startup.path": "/started",
    "workloads[].probes.readiness.path": "/ready",
    "workloads[].probes.liveness.path": "/live",
    "workloads[].schedule": "@daily",
    "workloads[].restart_policy": "Never",
    "workloads[].run_as_user": 65532,
    "workloads[].after": ["migrate"],
    "workloads[].affinity": {"nodeAffinity": {}},
    "workloads[].host_aliases[].ip": "fd00::4",
    "workloads[].autoscale.cpu_percent": 60,
    "workloads[].service.port": 80,
    "cluster.system_pool.max_pods": 60,
    "cluster.network.policy": "calico",
    "workloads[].secrets[].version": "a" * 32,
    "workloads[].secrets[].permission": "0444",
    "workloads[].secrets[].kubernetes_secret.mode": "0444",
    "workloads[].overrides": {"metadata": {"labels": {"team": "shop"}}},
    "workloads[].technique": "csi",
    "workloads[].identity": "writers",
    "workloads[].secrets[].rights": ["get", "set"],
    "workloads[].secrets[].env": "DB_PASSWORD",
    "workloads[].secrets[].kubernetes_secret.key": "other",
    "workloads[].secrets[].name": "other",
    "workloads[].secrets[].from": "random",
    "workloads[].secrets[].type": "cert-key-pair",
    "workloads[].secrets[].value": "red",
    "workloads[].secrets[].not_before": "2027-01-31T00:00:00Z",
    "workloads[].secrets[].expires": "2027-01-31T00:00:00Z",
    "workloads[].secrets[].rotated": "2026-11-30T10:00:00Z",
    "workloads[].secrets[].encoding": "base64",
    "workloads[].secrets[].manage": "always",
    "workloads[].secrets[].stack.name": "organization/data/other",
    "workloads[].secrets[].stack.output": "password",
    "workloads[].secrets[].stack.property": "secondary",
    "workloads[].secrets[].stack.format": "<{value}>",
    "workloads[].secrets[].resource.id": f"{_PROVIDERS}/Microsoft.Storage/storageAccounts/stother",
    "workloads[].secrets[].resource.value": "key2",
    "workloads[].mount_path": "/mnt/secrets",
    "workloads[].service_principal.client_id": _OTHER,
    "workloads[].service_principal.object_id": _OTHER,
    "workloads[].compose[].template": 'dsn={{ index . "db-password" }}',
    "workloads[].find[].regexp": "^cart-",
    "workloads[].kept_secrets": {"shop-external-1fb3a9": ["db-password"]},
    "workloads[].external_secrets.refresh_interval": "2h",
    "workloads[].external_secrets.creation_policy": "Orphan",
    "identities[].existing.id": f"{_PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/id-other",
    "operators.csi_driver.poll_interval": "5m",
    "operators.csi_driver.version": "1.7.0",
    "operators.external_secrets.version": "2.8.0",
    "operators.external_secrets.scoped_namespace": "shop",
    "operators.dapr.version": "1.16.0",
    "operators.dapr.install": "existing",
    "operators.dapr.settings": {"global.mtls.enabled": "true"},
    "operators.reloader.version": "2.2.17",
    "monitoring.existing.id": f"{_PROVIDERS}/Microsoft.OperationalInsights/workspaces/other",
    "monitoring.alerts.emails": ["dev@example.com"],
    "monitoring.alerts.action_group.id": f"{_PROVIDERS}/Microsoft.Insights/actionGroups/dev",
    "people.current_type": "ServicePrincipal",
    "waivers[].workload": "shop",
}
"""Key → a valid value other than the one in its scene, where the type has no example or the example does not
go with the scene.
"""
