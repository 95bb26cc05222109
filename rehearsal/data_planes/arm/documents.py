"""Resources of the world as ARM sends them.

The world holds what azure-native sends and gets, in which most types have the members of `properties` at the
top. ARM keeps them below `properties`, in nested resources of a network as well.
https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#resources
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.data_planes.tokens import tenant_of
from rehearsal.data_planes.values import START
from rehearsal.simulators.azure.authorization import ASSIGNMENT
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER, POOL
from rehearsal.simulators.azure.keyvault.secrets import SECRET
from rehearsal.simulators.azure.keyvault.vaults import VAULT
from rehearsal.simulators.azure.network import peerings
from rehearsal.simulators.azure.network.egress import SUBNET
from rehearsal.simulators.azure.resources import GROUP
from rehearsal.simulators.azure.types import TYPES
from rehearsal.simulators.world import AzureResource, World

Document = dict[str, Any]
_OUTSIDE: Final = frozenset(
    (
        *("location", "tags", "identity", "sku", "kind", "zones", "managedBy", "plan", "etag", "eTag"),
        *("extendedLocation", "systemData"),
    )
)
"""Members of a resource beside `properties`."""
_ALL_INSIDE: Final = frozenset(
    # https://learn.microsoft.com/rest/api/aks/agent-pools/get: `tags` and `eTag` of a pool are properties
    (ASSIGNMENT, POOL)
)
"""Types that have nothing beside `properties`."""


def document(world: World, resource: AzureResource) -> Document:
    """The answer to a GET of the resource."""
    row = TYPES[resource.token]
    own = {name: value for name, value in resource.properties.items() if value is not None}
    if resource.token != ASSIGNMENT:  # its scope is a part of the path and a property
        own = {name: value for name, value in own.items() if name not in row.parameters}
    own.pop("azureApiVersion", None)
    result: Document = {"id": resource.id, "name": resource.id.rsplit("/", 1)[1], "type": row.arm_type}
    outside = frozenset[str]() if resource.token in _ALL_INSIDE else _OUTSIDE
    inner = own.pop("properties", None)
    if isinstance(inner, Mapping):
        return {**result, **own, "properties": _properties(world, resource, dict(inner))}
    result |= {name: own.pop(name) for name in sorted(outside & own.keys())}
    if row.arm_type.startswith("Microsoft.Network/"):
        own = {name: _nested(value) for name, value in own.items()}
    return {**result, "properties": _properties(world, resource, own)}


def _properties(world: World, resource: AzureResource, own: Document) -> Document:
    if resource.token == SECRET:
        own.pop("value", None)
    elif resource.token == ASSIGNMENT:
        own["scope"] = "/" + str(own.get("scope")).strip("/")
        created = world.times.get(f"{resource.id.lower()}#1", START)
        own |= {"createdOn": created, "updatedOn": created}
    elif resource.token == VAULT:
        # ARM requires tenant and SKU of every vault; a --cloud file may leave them out.
        own = {"tenantId": tenant_of(world), "sku": {"family": "A", "name": "standard"}, **own}
        own.setdefault("vaultUri", f"https://{resource.id.rsplit('/', 1)[1].lower()}.vault.azure.net/")
    elif resource.token == CLUSTER:
        # A cluster lists all its pools: https://learn.microsoft.com/rest/api/aks/managed-clusters/get
        pools = [
            {"name": pool.id.rsplit("/", 1)[1], **document(world, pool)["properties"]}
            for pool in world.of_type(POOL, below=resource.id)
        ]
        own["agentPoolProfiles"] = [*(own.get("agentPoolProfiles") or ()), *pools]
    elif resource.token == peerings.NETWORK:
        # https://learn.microsoft.com/rest/api/virtualnetwork/virtual-networks/get
        for key, token in (("subnets", SUBNET), ("virtualNetworkPeerings", peerings.PEERING)):
            children = [document(world, child) for child in world.of_type(token, below=resource.id)]
            own[key] = [*(own.get(key) or ()), *children]
    elif resource.token == GROUP:
        own.setdefault("provisioningState", "Succeeded")
    return own


def _nested(value: Any) -> Any:
    """Nested resources of a network: a list of named objects."""
    if isinstance(value, list):
        return [_resource(item) if isinstance(item, Mapping) and "name" in item else item for item in value]
    return value


def _resource(item: Mapping[str, Any]) -> Document:
    if "properties" in item:
        return dict(item)
    outside = {"id", "name", "type", "etag", "zones", "sku"}
    return {
        **{name: value for name, value in item.items() if name in outside},
        "properties": {name: _nested(value) for name, value in item.items() if name not in outside},
    }
