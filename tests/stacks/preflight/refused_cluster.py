"""Refusals of clusters and networks, in the exact words of the preflight."""

from typing import Any

from aks_secrets_testing.builds import SUBSCRIPTION
from tests.settings.model.refused_app_routing import INGRESS
from tests.settings.samples import DB, pod
from tests.stacks.preflight.cases import (
    ELSEWHERE,
    GROUP,
    OLD,
    ON_EXISTING,
    ON_PLATFORM,
    case,
    cluster,
    existing,
    platform,
    vault,
    workload,
)

_HUB = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-hub"

_AT = "workloads[0].service.ingress"
_ROUTING = {"webAppRouting": {"enabled": True, "identity": {"objectId": "o", "clientId": "c"}}}
_CSI = {"azureKeyvaultSecretsProvider": {"enabled": True, "identity": {"objectId": "a", "clientId": "b"}}}
_SERVED: dict[str, Any] = {
    **ON_EXISTING,
    "workloads": [pod(port=8080, service={"ingress": INGRESS}, secrets=[DB])],
}

CASES = [
    case(
        "cluster-issues-tokens",
        ON_EXISTING,
        "cluster.existing: cluster 'aks-old' has no OIDC issuer and no workload identity, so no pod can use"
        " an identity;"
        " enable both (az aks update --resource-group rg-old --name aks-old --enable-oidc-issuer"
        " --enable-workload-identity)",
        answers=OLD | {"cluster aks-old": {}},
    ),
    case(
        "cluster-issues-tokens",
        ON_PLATFORM,
        "platform.stack: cluster 'aks-old' has no workload identity, so no pod can use an identity;"
        " enable it (az aks update --resource-group rg-old --name aks-old --enable-workload-identity)",
        answers=OLD | {"cluster aks-old": cluster(securityProfile={}), "platform": platform()},
    ),
    case(
        "identity-binding-and-vnet-integration",
        ON_EXISTING | {"workloads": [workload(), workload(name="b", access="identity-binding")]},
        "workloads[1].access: 'identity-binding' does not work on cluster 'aks-old', which has API server"
        " VNet integration; choose workload-identity (pulumi config set --path 'workloads[1].access'"
        " workload-identity)",
        answers=OLD | {"cluster aks-old": cluster(apiServerAccessProfile={"enableVnetIntegration": True})},
    ),
    case(
        "cluster-has-windows-nodes",
        ON_EXISTING
        | {
            "workloads": [
                workload(),
                workload(name="win", kind="Deployment", image="registry.example/win:1", os="windows"),
            ]
        },
        "workloads[1].os: 'windows', but no node pool of cluster 'aks-old' runs Windows; add one there, or"
        " choose linux"
        " (pulumi config set --path 'workloads[1].os' linux)",
        answers=OLD,
    ),
    case(
        "dapr-extension-on-an-automatic-cluster",
        ON_EXISTING | {"operators": {"dapr": {"install": "extension", "version": "1.14.4-msft.10"}}},
        "operators.dapr.install: 'extension' does not become ready on cluster 'aks-old', which is an"
        " Automatic one;"
        " choose helm (pulumi config set --path 'operators.dapr.install' helm)",
        answers=OLD | {"cluster aks-old": cluster(sku={"name": "Automatic"})},
    ),
    case(
        "cluster-does-not-become-private",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster.private": {
                "deploy_from": f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-hub"
            },
        },
        "cluster.private: cluster 'aks-dev' exists with a public API server, and AKS cannot make it"
        " private; remove this key, or"
        " create another cluster under another name as docs/config/cluster.md#clusterprivate describes"
        " (pulumi config rm --path 'cluster.private')",
        answers={
            "cluster aks-dev": cluster(),
            "network vnet-hub": {"addressSpace": {"addressPrefixes": ["10.20.0.0/16"]}},
        },
    ),
]

CASES += [
    case(
        "peered-networks-do-not-overlap",
        {
            "network": {"address_space": "10.0.0.0/12", "nodes": "10.10.0.0/22"},
            "cluster.private": {"deploy_from": _HUB},
            "cluster.network": {"service_cidr": "172.20.0.0/16", "dns_service_ip": "172.20.0.10"},
        },
        "network.address_space: 10.0.0.0/12 overlaps 10.4.0.0/16 of 'vnet-hub'"
        " in cluster.private.deploy_from, and Azure peers no"
        " networks that overlap; choose another range",
        "cluster.network.service_cidr: 172.20.0.0/16 overlaps 172.20.1.0/24 of 'vnet-hub'"
        " in cluster.private.deploy_from, so traffic"
        " to it would stay in the cluster; choose another range",
        answers={"network vnet-hub": {"addressSpace": {"addressPrefixes": ["10.4.0.0/16", "172.20.1.0/24"]}}},
    ),
    # The range of services that the cluster has by default overlaps too.
    case(
        "peered-networks-do-not-overlap",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster.private": {"deploy_from": _HUB},
        },
        "cluster.network.service_cidr: 10.0.0.0/16 overlaps 10.0.0.0/16 of 'vnet-hub' "
        "in cluster.private.deploy_from, so traffic to it would stay in the cluster; choose another range",
        answers={"network vnet-hub": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}},
    ),
    case(
        "resource-exists",
        {
            "network": {"address_space": "10.10.0.0/16", "nodes": "10.10.0.0/22"},
            "cluster.private": {"deploy_from": _HUB},
        },
        "cluster.private.deploy_from: there is no virtual network 'vnet-hub' in resource group 'rg-old';"
        " look for it (az network vnet list --output table)",
    ),
    case(
        "cluster-routes-applications",
        _SERVED,
        f"{_AT}: cluster 'aks-old' does not run the application routing add-on, which serves it; turn it on"
        " there (az aks approuting enable --enable-kv --resource-group rg-old --name aks-old)",
        answers=OLD,
    ),
    case(
        "cluster-routes-applications",
        {
            **_SERVED,
            "cluster": {"existing": existing("cluster", "aks-old", GROUP.replace(SUBSCRIPTION, ELSEWHERE))},
        },
        f"{_AT}: cluster 'aks-old' does not run the application routing add-on, which serves it; turn it on"
        " there (az aks approuting enable --enable-kv --resource-group rg-old --name aks-old"
        f" --subscription {ELSEWHERE})",
        answers=OLD,
    ),
    case(
        "cluster-routes-applications",
        _SERVED,
        f"{_AT}.certificate: cluster 'aks-old' does not run the add-on azure-keyvault-secrets-provider, by"
        " which certificates reach it; turn it on there (az aks approuting update --enable-kv"
        " --resource-group rg-old --name aks-old)",
        answers=OLD | {"cluster aks-old": cluster(ingressProfile=_ROUTING)},
    ),
    case(
        "ingress-vault-has-rbac",
        {
            **ON_EXISTING,
            "workloads": [pod(port=8080, service={"ingress": INGRESS}, secrets=[DB], scope="vault")],
        },
        f"{_AT}.certificate: is in vault 'kv-old', whose access policies ignore the role of the add-on's"
        " identity; let its owner move it to RBAC as docs/migrations.md describes, or use another vault",
        answers=OLD
        | {
            "cluster aks-old": cluster(ingressProfile=_ROUTING, addonProfiles=_CSI),
            "vault kv-old": vault(by_role=False),
        },
    ),
]
