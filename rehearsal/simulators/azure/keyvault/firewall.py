"""The vault's firewall: for a client in the network of a cluster, and for one in that of section `runner`.

https://learn.microsoft.com/azure/key-vault/general/network-security. The addresses by which a cluster leaves
are not known: a list of addresses lets its pods in. Without section `runner` the network of the client is not
known either, and no vault refuses it.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any, Final

from rehearsal.simulators.azure.entra import Caller
from rehearsal.simulators.azure.keyvault.response import VaultResponseError
from rehearsal.simulators.azure.network import peerings
from rehearsal.simulators.world import AzureResource, World

ADDRESS: Final = "203.0.113.7"
"""Public address of the client: one of https://www.rfc-editor.org/rfc/rfc5737, for examples."""
_ENDPOINT: Final = "azure-native:network:PrivateEndpoint"


def refuse_pods(world: World, vault: AzureResource, caller: Caller) -> None:
    """Raises VaultResponseError: the vault does not let the pods of the caller's cluster in."""
    cluster = world.get(caller.cluster) if caller.cluster else None
    rules, is_closed = _rules(vault)
    if cluster is None or (not is_closed and rules.get("defaultAction") != "Deny"):
        return
    subnets = _subnets(cluster)
    networks = {subnet.partition("/subnets/")[0] for subnet in subnets}
    if any(_reaches(world, vault, network) for network in networks or {""}):
        return
    if is_closed:
        raise _closed(vault, caller)
    admitted = {str(rule.get("id", "")).lower() for rule in rules.get("virtualNetworkRules") or ()}
    if not (admitted & subnets or (admitted and not subnets) or rules.get("ipRules")):
        raise _not_authorized(vault, caller)


def refuse_runner(world: World, vault: AzureResource, caller: Caller) -> None:
    """Raises VaultResponseError: the vault does not let the network of section `runner` in."""
    rules, is_closed = _rules(vault)
    if not world.runner or (not is_closed and rules.get("defaultAction") != "Deny"):
        return
    if _reaches(world, vault, world.runner):
        return
    if is_closed:
        raise _closed(vault, caller)
    if not (_admits_network(rules, world.runner) or _admits_address(rules)):
        raise _not_authorized(vault, caller)


def _rules(vault: AzureResource) -> tuple[dict[str, Any], bool]:
    """The firewall's rules, and whether public access is off."""
    properties = vault.properties.get("properties") or {}
    return properties.get("networkAcls") or {}, properties.get("publicNetworkAccess") == "Disabled"


def _closed(vault: AzureResource, caller: Caller) -> VaultResponseError:
    # https://github.com/microsoft/multimodal-ai/issues/171
    text = "Public network access is disabled and request is not from a trusted service nor via an"
    text += f" approved private link.{_who(vault, caller)}"
    return VaultResponseError(403, "Forbidden", text, "ForbiddenByConnection")


def _not_authorized(vault: AzureResource, caller: Caller) -> VaultResponseError:
    # https://github.com/microsoft/AzureTRE/issues/3789
    text = "Client address is not authorized and caller is not a trusted service."
    text += f"\r\nClient address: {ADDRESS}{_who(vault, caller)}"
    return VaultResponseError(403, "Forbidden", text, "ForbiddenByFirewall")


def _who(vault: AzureResource, caller: Caller) -> str:
    location = f"{vault.id.rsplit('/', 1)[1].lower()};location={vault.properties.get('location', '')}"
    who = f"appid={caller.client_id};oid={caller.object_id};iss=https://sts.windows.net/{caller.tenant_id}/"
    return f"\r\nCaller: {who}\r\nVault: {location}"


def _subnets(cluster: AzureResource) -> set[str]:
    """Subnets of the nodes and of the pods; none, if AKS manages the network."""
    pools = cluster.properties.get("agentPoolProfiles") or ()
    return {
        str(pool[key]).lower() for pool in pools for key in ("vnetSubnetID", "podSubnetID") if pool.get(key)
    }


def _reaches(world: World, vault: AzureResource, network: str) -> bool:
    """Whether a host of the network reaches the vault by a private endpoint, there or in a peered network.

    `network`: empty if AKS manages it; any endpoint counts then, since its peerings are not known.
    """
    for endpoint in world.of_type(_ENDPOINT):
        connections = endpoint.properties.get("privateLinkServiceConnections") or ()
        targets = {str(each.get("privateLinkServiceId", "")).lower() for each in connections}
        subnet = str((endpoint.properties.get("subnet") or {}).get("id") or "")
        place = subnet.partition("/subnets/")[0]
        if vault.id.lower() in targets and (
            not network or place.lower() == network.lower() or peerings.are_peered(world, network, place)
        ):
            return True
    return False


def _admits_network(rules: dict[str, Any], network: str) -> bool:
    subnets = [str(rule.get("id", "")).lower() for rule in rules.get("virtualNetworkRules") or ()]
    return any(subnet.startswith(f"{network.lower()}/subnets/") for subnet in subnets)


def _admits_address(rules: dict[str, Any]) -> bool:
    values = [str(rule.get("value", "")) for rule in rules.get("ipRules") or ()]
    return any(ip_address(ADDRESS) in ip_network(value, strict=False) for value in values)
