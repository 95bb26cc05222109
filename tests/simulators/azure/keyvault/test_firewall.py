"""The vault's firewall, for the pods of a cluster: https://learn.microsoft.com/azure/key-vault/general/network-security"""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.arm import SUBSCRIPTION, TENANT
from rehearsal.simulators.azure.entra import Caller, cluster_of
from rehearsal.simulators.azure.keyvault.firewall import refuse_pods
from rehearsal.simulators.azure.keyvault.response import VaultResponseError
from tests.each import each
from tests.support.acting import Azure

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers"
NODES, OTHER = (
    f"{GROUP}/Microsoft.Network/virtualNetworks/{name}/subnets/nodes" for name in ("own", "other")
)
CLUSTER = f"{GROUP}/Microsoft.ContainerService/managedClusters/aks"
VAULT = f"{GROUP}/Microsoft.KeyVault/vaults/kv-one"
DENY: dict[str, Any] = {"defaultAction": "Deny"}
CLOSED = {"publicNetworkAccess": "Disabled"}


def refusal(azure: Azure, properties: dict[str, Any], *, subnet: str = NODES, endpoint: str = "") -> str:
    """The inner code with which a vault refuses pods of a cluster; empty if it lets them in."""
    world = azure.world
    pool = {"name": "system", **({"vnetSubnetID": subnet} if subnet else {})}
    profile = {"enabled": True, "issuerURL": "https://issuer.example/"}
    world.put(
        CLUSTER,
        "azure-native:containerservice:ManagedCluster",
        {"agentPoolProfiles": [pool], "oidcIssuerProfile": profile},
    )
    vault = world.put(
        VAULT, "azure-native:keyvault:Vault", {"location": "westeurope", "properties": properties}
    )
    if endpoint:
        link = {"privateLinkServiceId": VAULT.upper()}
        world.put(
            f"{GROUP}/Microsoft.Network/privateEndpoints/pe",
            "azure-native:network:PrivateEndpoint",
            {"subnet": {"id": endpoint}, "privateLinkServiceConnections": [link]},
        )
    assert cluster_of(world, "https://issuer.example/") == CLUSTER
    try:
        refuse_pods(world, vault, Caller("client", "object", TENANT, CLUSTER))
    except VaultResponseError as error:
        return error.inner
    return ""


@each(
    "properties, places, code",
    [
        ({}, {}, ""),
        ({"networkAcls": {"defaultAction": "Allow"}}, {}, ""),
        ({"networkAcls": DENY}, {}, "ForbiddenByFirewall"),
        ({"networkAcls": {**DENY, "virtualNetworkRules": [{"id": NODES.upper()}]}}, {}, ""),
        ({"networkAcls": {**DENY, "virtualNetworkRules": [{"id": OTHER}]}}, {}, "ForbiddenByFirewall"),
        # by which address the cluster leaves is not known, and neither is the network that AKS makes
        ({"networkAcls": {**DENY, "ipRules": [{"value": "198.51.100.1"}]}}, {}, ""),
        ({"networkAcls": {**DENY, "virtualNetworkRules": [{"id": OTHER}]}}, {"subnet": ""}, ""),
        ({"networkAcls": DENY}, {"subnet": ""}, "ForbiddenByFirewall"),
        (CLOSED, {}, "ForbiddenByConnection"),
        (
            {**CLOSED, "networkAcls": {**DENY, "virtualNetworkRules": [{"id": NODES}]}},
            {},
            "ForbiddenByConnection",
        ),
        (CLOSED, {"endpoint": NODES}, ""),
        (CLOSED, {"endpoint": OTHER}, "ForbiddenByConnection"),
        (CLOSED, {"endpoint": OTHER, "subnet": ""}, ""),
        (CLOSED, {"subnet": ""}, "ForbiddenByConnection"),
        ({"networkAcls": DENY}, {"endpoint": NODES}, ""),
    ],
)
def test_the_rules_of_the_vault_decide(
    tmp_path_factory: pytest.TempPathFactory, properties: dict[str, Any], places: dict[str, str], code: str
) -> None:
    azure = Azure(tmp_path_factory.mktemp("world"))
    assert refusal(azure, properties, **places) == code


def test_a_client_that_is_in_no_cluster_is_not_judged(azure: Azure) -> None:
    refusal(azure, CLOSED)
    vault = azure.world.get(VAULT)
    assert vault is not None
    refuse_pods(azure.world, vault, Caller("client", "object", TENANT))
