"""A world with one resource of the kinds that operations read, and the data planes in front of it."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rehearsal.data_planes.planes import Planes
from rehearsal.simulators.azure.arm import DEPLOYER, SUBSCRIPTION, TENANT
from rehearsal.simulators.seed import add_deployer, apply_seed
from rehearsal.simulators.world import World

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
_PROVIDERS = f"{GROUP}/providers"
VAULT = f"{_PROVIDERS}/Microsoft.KeyVault/vaults/kv-planes"
CLUSTER = f"{_PROVIDERS}/Microsoft.ContainerService/managedClusters/aks-planes"
IDENTITY = f"{_PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/id-orders"
NETWORK = f"{_PROVIDERS}/Microsoft.Network/virtualNetworks/vnet"
ROLES = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
OFFICER = f"{ROLES}/b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
USER = f"{ROLES}/4633458b-17de-408a-b874-0445c86b69e6"
PRINCIPAL = "b1e6a0d4-3c57-4f92-a8e9-5d4c2b7f8e03"
CLIENT = "2f5c1d7e-94b3-4a68-8c1d-7e0a3b9d6c55"
ISSUER = f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/0b9c7f3e-8d2a-4e51-b6f4-2f1f6f1c9a77/"


CLOSES: list[Callable[[], Any]] = []
"""Closes the connections of a test's clients."""


def assignment(scope: str, principal: str, role: str, type_: str) -> dict[str, Any]:
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}{principal}{role}")
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "scope": scope,
        "principalId": principal,
        "principalType": type_,
        "roleDefinitionId": role,
    }


def resources() -> list[dict[str, Any]]:
    return [
        {"id": GROUP, "location": "westeurope", "tags": {"stack": "dev"}},
        {"id": NETWORK, "location": "westeurope", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}},
        {"id": f"{NETWORK}/subnets/nodes", "addressPrefix": "10.0.0.0/22"},
        {"id": VAULT, "location": "westeurope", "properties": {"enableRbacAuthorization": True}},
        {"id": f"{VAULT}/secrets/api-key", "properties": {"value": "not this one"}},
        {
            "id": IDENTITY,
            "location": "westeurope",
            "principalId": PRINCIPAL,
            "clientId": CLIENT,
            "tenantId": TENANT,
        },
        {
            "id": f"{IDENTITY}/federatedIdentityCredentials/orders",
            "issuer": ISSUER,
            "subject": "system:serviceaccount:shop:orders",
            "audiences": ["api://AzureADTokenExchange"],
        },
        {
            "id": CLUSTER,
            "location": "westeurope",
            "kubernetesVersion": "1.35",
            "oidcIssuerProfile": {"enabled": True, "issuerURL": ISSUER},
            "securityProfile": {"workloadIdentity": {"enabled": True}},
            "aadProfile": {"managed": True, "enableAzureRBAC": True},
            "agentPoolProfiles": [
                {"name": "system", "count": 2, "vmSize": "Standard_D4ds_v5", "mode": "System"}
            ],
        },
        {"id": f"{CLUSTER}/agentPools/user", "count": 3, "vmSize": "Standard_D2s_v5", "mode": "User"},
        assignment(VAULT, DEPLOYER, OFFICER, "User"),
        assignment(f"{VAULT}/secrets/api-key", PRINCIPAL, USER, "ServicePrincipal"),
    ]


@contextmanager
def signed_in(folder: Path, patch: pytest.MonkeyPatch, **cloud: Any) -> Iterator[Planes]:
    """The data planes, with the deployer signed in by the environment. `cloud`: more of the --cloud file."""
    world = World(folder / "world")
    add_deployer(world)
    apply_seed(world, {"azure": resources(), **cloud})
    with Planes(world, folder).serving() as planes:
        for name, value in planes.environment().items():
            patch.setenv(name, value)
        try:
            yield planes
        finally:
            while CLOSES:
                CLOSES.pop()()
