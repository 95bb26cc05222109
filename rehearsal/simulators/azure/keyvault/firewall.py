"""The vault's firewall, for a client in the virtual network of section `runner` of a --cloud file.

https://learn.microsoft.com/azure/key-vault/general/network-security. Without that section the network of the
client is not known, and no vault refuses it.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any, Final

from rehearsal.simulators.azure.entra import Caller
from rehearsal.simulators.azure.keyvault.rights import VaultResponseError
from rehearsal.simulators.azure.network import peerings
from rehearsal.simulators.world import AzureResource, World

ADDRESS: Final = "203.0.113.7"
"""Public address of the client: one of https://www.rfc-editor.org/rfc/rfc5737, for examples."""
_ENDPOINT: Final = "azure-native:network:PrivateEndpoint"


def refuse_network(world: World, vault: AzureResource, caller: Caller) -> None:
    """Raises VaultResponseError: the vault does not let the client's network in."""
    properties = vault.properties.get("properties") or {}
    rules = properties.get("networkAcls") or {}
    is_closed = properties.get("publicNetworkAccess") == "Disabled"
    if not world.runner or (not is_closed and rules.get("defaultAction") != "Deny"):
        return
    if _has_private_endpoint(world, vault):
        return
    location = f"{vault.id.rsplit('/', 1)[1].lower()};location={vault.properties.get('location', '')}"
    who = f"appid={caller.client_id};oid={caller.object_id};iss=https://sts.windows.net/{caller.tenant_id}/"
    lines = f"\r\nCaller: {who}\r\nVault: {location}"
    if is_closed:
        # https://github.com/microsoft/multimodal-ai/issues/171
        text = "Public network access is disabled and request is not from a trusted service nor via an"
        text += f" approved private link.{lines}"
        raise VaultResponseError(403, "Forbidden", text, "ForbiddenByConnection")
    if not (_admits_subnet(rules, world.runner) or _admits_address(rules)):
        # https://github.com/microsoft/AzureTRE/issues/3789
        text = "Client address is not authorized and caller is not a trusted service."
        text += f"\r\nClient address: {ADDRESS}{lines}"
        raise VaultResponseError(403, "Forbidden", text, "ForbiddenByFirewall")


def _has_private_endpoint(world: World, vault: AzureResource) -> bool:
    """Whether the client reaches the vault by a private endpoint, in its network or in a peered one."""
    for endpoint in world.of_type(_ENDPOINT):
        connections = endpoint.properties.get("privateLinkServiceConnections") or ()
        targets = {str(each.get("privateLinkServiceId", "")).lower() for each in connections}
        subnet = str((endpoint.properties.get("subnet") or {}).get("id") or "")
        network = subnet.partition("/subnets/")[0]
        if vault.id.lower() in targets and (
            network.lower() == world.runner.lower() or peerings.are_peered(world, world.runner, network)
        ):
            return True
    return False


def _admits_subnet(rules: dict[str, Any], network: str) -> bool:
    subnets = [str(rule.get("id", "")).lower() for rule in rules.get("virtualNetworkRules") or ()]
    return any(subnet.startswith(f"{network.lower()}/subnets/") for subnet in subnets)


def _admits_address(rules: dict[str, Any]) -> bool:
    values = [str(rule.get("value", "")) for rule in rules.get("ipRules") or ()]
    return any(ip_address(ADDRESS) in ip_network(value, strict=False) for value in values)
