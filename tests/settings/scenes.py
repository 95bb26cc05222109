"""Scenes in which a settings key has its effect: the documents in which test_every_key_matters.py changes it.

A key takes the entry of its longest prefix. Most keys need none: the section around a key is added.
"""

from collections.abc import Mapping
from typing import Any

from aks_secrets_testing.builds import SUBSCRIPTION
from tests.settings.samples import (
    DB,
    GUID,
    ON_A_PLATFORM,
    OWN_NETWORK,
    PLATFORM_CLUSTER,
    PLATFORM_VAULT,
    PRINCIPAL,
    ROUTE_TABLE,
    SUBNET,
    VAULTS,
    autoscaled,
    csi,
    dapr,
    eso,
    kms,
    outbound,
    pod,
    private,
    secret,
    workload,
)

_POOL: dict[str, Any] = {"vm_size": "Standard_D2s_v5"}
_OTHER = "bbbbbbbb-0000-0000-0000-000000000000"
_PROVIDERS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-other/providers"
_CLUSTER_ID = f"{_PROVIDERS}/Microsoft.ContainerService/managedClusters/aks-platform"
_IDENTITY: dict[str, Any] = {"name": "readers"}
_SHARED = {"workloads": [pod(identity="readers")]}


def _pod(**keys: Any) -> dict[str, Any]:
    return {"workloads": [pod(**keys)]}


def _csi(*secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"workloads": [csi(*secrets, **keys)], "operators": {"csi_driver": {}, "reloader": {}}}


def _seeded(**keys: Any) -> dict[str, Any]:
    return _pod(secrets=[{"name": "color", **keys}])


def _composed(**keys: Any) -> dict[str, Any]:
    key = keys.pop("kubernetes_secret", {"key": "dsn"})
    composed = {"name": "dsn", "template": '{{ index . "db-password" }}', "kubernetes_secret": key, **keys}
    return eso(DB, compose=[composed])


def _probe(name: str) -> dict[str, Any]:
    return _pod(port=8080, probes={name: {"path": "/healthz"}})


def with_pools(**pool: Any) -> dict[str, Any]:
    """A cluster with a user pool that has these keys."""
    return {"cluster": {"system_pool": _POOL, "user_pools": [{"name": "apps", **_POOL, **pool}]}}


def _firewalled() -> dict[str, Any]:
    return {**outbound("userDefinedRouting"), "network": {**OWN_NETWORK, "firewall_ip": "10.20.0.4"}}


BOUNDS = {"min_count": 1, "max_count": 3}
_ALERTS = {"monitoring": {"alerts": {"emails": ["ops@example.com"]}}}
_DENIED = {"network": {"default_action": "Deny", "ip_rules": ["20.50.2.0/24"]}}
_NO_WORKLOADS: dict[str, Any] = {"workloads": None}
_IN_SUBNET = {"cluster": {"system_pool": _POOL, "network": {"subnet_id": SUBNET}}}
_ENDPOINT = {"private_endpoint": {"subnet_id": SUBNET.replace("nodes", "endpoints")}}
_EXTENSION = {
    **dapr(DB),
    "operators": {"dapr": {"install": "extension", "version": "1.14.4"}},
}
_READS_TWO_VAULTS = {**eso(DB), "vaults": [{"name": "payments"}]}

SCENES: Mapping[str, Mapping[str, Any]] = {
    "composition": _NO_WORKLOADS,
    "technique": {
        "workloads": [{"name": "shop", "namespace": "shop", "kind": "none", "secrets": [DB]}],
        "technique": "sdk",
        "operators": {"external_secrets": {}},
    },
    "platform": ON_A_PLATFORM,
    "cluster.existing": {"cluster": {"existing": PLATFORM_CLUSTER}},
    "cluster.existing.id": {"cluster": {"existing": {"id": _CLUSTER_ID}}},
    "cluster.system_pool.autoscale": {"cluster": {"system_pool": {**_POOL, "autoscale": BOUNDS}}},
    "cluster.user_pools[]": with_pools(),
    "cluster.user_pools[].autoscale": with_pools(autoscale=BOUNDS),
    "cluster.upgrades.maintenance": {
        "cluster.upgrades": {"maintenance": {"day": "Sunday", "start_time": "04:00"}}
    },
    "cluster.network.outbound": {**outbound("loadBalancer"), "network": OWN_NETWORK},
    "cluster.network.nat_gateway": outbound("managedNATGateway"),
    "cluster.network.nat_gateway.zone": {**outbound("userAssignedNATGateway"), "network": OWN_NETWORK},
    "cluster.network.route_table_id": outbound(
        "userDefinedRouting", subnet_id=SUBNET, route_table_id=ROUTE_TABLE
    ),
    "cluster.entra.enabled": {"cluster.local_accounts": True},
    "cluster.entra.azure_rbac": {"cluster.entra": {"admin_groups": [GUID]}},
    "cluster.private": private(public_fqdn=True),
    "cluster.kms": kms(),
    "cluster.network.policy": {"cluster.network": {"dataplane": "azure"}},
    "network": {"cluster": {"system_pool": _POOL}, "network": OWN_NETWORK},
    "network.firewall_ip": _firewalled(),
    "vault.existing.id": {"vault": {"existing": {"id": f"{_PROVIDERS}/Microsoft.KeyVault/vaults/kv-other"}}},
    "vault.authorization": {"workloads": [workload(scope="vault")]},
    "vault.network": {"vault": _DENIED},
    "vault.network.public_access": {},
    "vault.network.default_action": {},
    "vault.private_endpoint": {**_IN_SUBNET, "vault": _ENDPOINT},
    "vaults[]": VAULTS,
    "vaults[].existing": {"vaults": [{"name": "payments", "existing": PLATFORM_VAULT}]},
    "vaults[].private_endpoint": {**_IN_SUBNET, "vaults": [{"name": "payments", **_ENDPOINT}]},
    "workloads[]": _pod(),
    "workloads[].os": {
        **_pod(),
        **with_pools(os_sku="Windows2022", name="win"),
        "cluster.network": {"dataplane": "azure"},
    },
    "workloads[].replicas": _pod(),
    "workloads[].autoscale": autoscaled(),
    "workloads[].probes.startup": _probe("startup"),
    "workloads[].probes.readiness": _probe("readiness"),
    "workloads[].probes.liveness": _probe("liveness"),
    "workloads[].probes.startup.command": _pod(probes={"startup": {"command": ["true"]}}),
    "workloads[].service": _pod(port=8080, service={}),
    "workloads[].update_strategy": _pod(update_strategy={}),
    "workloads[].restart_policy": _pod(kind="Pod"),
    "workloads[].schedule": _pod(kind="CronJob", schedule="0 3 * * *"),
    "workloads[].time_zone": _pod(kind="CronJob", schedule="0 3 * * *"),
    "workloads[].autoscale.by": _pod(autoscale={"by": "external"}),
    "workloads[].technique": {**eso(DB), "operators": {"csi_driver": {}, "external_secrets": {}}},
    "workloads[].existing_service_account": {
        **_pod(),
        "namespaces": [{"name": "shop", "existing": True}],
    },
    "workloads[].annotate_service_account": {
        **_pod(existing_service_account=True),
        "namespaces": [{"name": "shop", "existing": True}],
    },
    "workloads[].identity": {
        "workloads": [
            pod(identity="readers"),
            pod(name="cart", identity="writers"),
            pod(name="fax", identity="readers"),
        ],
        "identities": [_IDENTITY, {"name": "writers"}],
    },
    "workloads[].compose[].name": eso(
        DB, compose=[{"name": "dsn", "template": '{{ index . "db-password" }}'}]
    ),
    "workloads[].secrets[]": eso(DB),
    "workloads[].secrets[].kubernetes_secret": eso(DB),
    "workloads[].secrets[].kubernetes_secret.type": eso(secret(from_="existing", type="cert-key-pair")),
    "workloads[].secrets[].kubernetes_secret.mount": _csi(
        secret(from_="existing", file="db", kubernetes_secret={})
    ),
    "workloads[].secrets[].kubernetes_secret.mode": eso(
        secret(from_="existing", file="db", kubernetes_secret={})
    ),
    "workloads[].secrets[].file": _csi(DB),
    "workloads[].secrets[].version_history": _csi(DB),
    "workloads[].secrets[].format": _csi(secret(from_="existing", type="cert-key-pair")),
    "workloads[].secrets[].encoding": _csi(DB),
    "workloads[].secrets[].permission": _csi(DB),
    "workloads[].secrets[].env_from": eso(secret(from_="existing", extract=True)),
    "workloads[].secrets[].name": eso(DB),
    "workloads[].secrets[].vault": _READS_TWO_VAULTS,
    "workloads[].secrets[].from": _seeded(**{"from": "existing"}),
    "workloads[].secrets[].value": _seeded(**{"from": "literal", "sensitive": False, "value": "blue"}),
    "workloads[].secrets[].sensitive": _seeded(**{"from": "literal", "sensitive": False, "value": "blue"}),
    "workloads[].secrets[].config_key": {
        **_seeded(**{"from": "config", "config_key": "color"}),
        "secret-values:color": "blue",
    },
    "workloads[].secrets[].length": _seeded(**{"from": "random"}),
    "workloads[].secrets[].special": _seeded(**{"from": "random"}),
    "workloads[].secrets[].rotated": _seeded(**{"from": "random"}),
    "workloads[].secrets[].content_type": _seeded(**{"from": "random"}),
    "workloads[].secrets[].not_before": _seeded(**{"from": "random"}),
    "workloads[].secrets[].expires": _seeded(**{"from": "random"}),
    "workloads[].secrets[].manage": _seeded(**{"from": "literal", "sensitive": False, "value": "blue"}),
    "workloads[].mount_path": _csi(DB),
    "workloads[].reload": _csi(DB),
    "workloads[].access": {**_csi(DB), "operators": {"csi_driver": {"install": "existing"}}},
    "workloads[].former_access": {
        "workloads": [csi(DB, access="identity-binding")],
        "operators": {"csi_driver": {"install": "helm"}},
    },
    "workloads[].service_principal": {
        **_csi(DB, access="service-principal", service_principal=PRINCIPAL),
        "secret-values:sp": "the client secret",
    },
    "workloads[].compose[]": _composed(),
    "workloads[].compose[].kubernetes_secret": _composed(),
    "workloads[].find[]": eso(DB, scope="vault", find=[{"regexp": "^orders-"}]),
    "workloads[].find[].vault": {
        **eso(DB, scope="vault", find=[{"regexp": "^orders-"}]),
        **VAULTS,
    },
    "workloads[].kept_secrets": eso(DB),
    "workloads[].external_secrets": eso(DB),
    "workloads[].dapr": dapr(DB),
    "identities[]": {**_SHARED, "identities": [_IDENTITY]},
    "identities[].binding_name": {
        "workloads": [csi(DB, identity="readers", access="identity-binding")],
        "operators": {"csi_driver": {"install": "helm"}},
        "identities": [_IDENTITY],
    },
    "identities[].existing.id": {
        **_SHARED,
        "identities": [
            {
                **_IDENTITY,
                "existing": {
                    "id": f"{_PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/id-readers"
                },
            }
        ],
    },
    "resource_groups[]": {"cluster.resource_group": "rg-shop", "resource_groups": [{"name": "rg-shop"}]},
    "namespaces[]": {"namespaces": [{"name": "shop"}]},
    "operators.csi_driver": _csi(DB),
    "operators.csi_driver.namespace": {**_csi(DB), "operators": {"csi_driver": {"install": "helm"}}},
    "operators.csi_driver.version": {**_csi(DB), "operators": {"csi_driver": {"install": "helm"}}},
    "operators.external_secrets": eso(DB),
    "operators.dapr": dapr(DB),
    "operators.dapr.settings": _EXTENSION,
    "operators.reloader": _csi(DB, reload=True),
    "operators.reloader.namespaces": {
        "composition": "platform",
        "operators": {"reloader": {}},
        "namespaces": [{"name": "shop"}],
    },
    "monitoring.existing.id": {
        "monitoring": {"existing": {"id": f"{_PROVIDERS}/Microsoft.OperationalInsights/workspaces/law"}}
    },
    "monitoring.alerts": _ALERTS,
    "monitoring.alerts.action_group.id": {
        "monitoring": {
            "alerts": {"action_group": {"id": f"{_PROVIDERS}/Microsoft.Insights/actionGroups/ops"}}
        }
    },
    "people.current_type": {"people": {"current": True}},
}
"""Key or prefix → changes of the accepted document."""
