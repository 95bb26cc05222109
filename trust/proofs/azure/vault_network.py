"""Ways into vaults: what a vault's firewall leaves open for the workloads that read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trust.chain import Chain
from trust.graph import Node
from trust.nodes.fields import known, listed, mapping, text
from trust.nodes.vaults import Vault
from trust.proofs.joins import names, requests
from trust.proofs.proof import Finding, proof
from trust.values import UNKNOWN

_ENDPOINT: Final = "azure-native:network:PrivateEndpoint"
_ZONE: Final = "azure-native:privatedns:PrivateZone"
_LINK: Final = "azure-native:privatedns:VirtualNetworkLink"
_GROUP: Final = "azure-native:network:PrivateDnsZoneGroup"
_ZONE_NAME: Final = "privatelink.vaultcore"


def _read(chain: Chain) -> list[tuple[Vault, list[str]]]:
    """The vaults of the stack whose objects an identity of the cluster reads, with the workloads."""
    readers = {
        known(vault.name): names(
            workload for workload, request in requests(chain) if known(request.vault) == known(vault.name)
        )
        for vault in chain.vaults
        if not vault.is_reference and not vault.node.external
    }
    return [
        (vault, readers[known(vault.name)])
        for vault in chain.vaults
        if not vault.is_reference and readers.get(known(vault.name))
    ]


@proof(
    "vault-has-a-way-in",
    of=_read,
    reason="The vault's firewall refuses the pods and the operators (403 ForbiddenByFirewall).",
    source="https://learn.microsoft.com/azure/key-vault/general/network-security",
)
def vault_has_a_way_in(chain: Chain) -> Iterator[Finding]:
    """Every vault that workloads read answers all addresses, those that it lists, or a private endpoint."""
    for vault, workloads in _read(chain):
        if problem := _problem(chain, vault):
            yield Finding(
                text=f"vault '{vault.name}' {problem}",
                fix="vault.private_endpoint: {}, or vault.network with a rule for the nodes",
                urn=vault.node.urn,
                breaks=workloads,
            )


def _problem(chain: Chain, vault: Vault) -> str:
    rules = vault.node.get("properties.networkAcls")
    if UNKNOWN in (vault.public_access, vault.default_action, rules):
        return ""
    endpoint = _endpoint(chain, vault)
    if endpoint is not None:
        return _names_problem(chain, endpoint)
    if vault.public_access is False:
        return "has public access off, and no private endpoint leads to it"
    allowed = [*listed(mapping(rules).get("ipRules")), *listed(mapping(rules).get("virtualNetworkRules"))]
    if str(vault.default_action).lower() == "deny" and not allowed:
        return "denies every address, lists none, and no private endpoint leads to it"
    return ""


def _endpoint(chain: Chain, vault: Vault) -> Node | None:
    for node in chain.graph.of_type(_ENDPOINT):
        for connection in map(mapping, listed(node.input("privateLinkServiceConnections"))):
            target = text(connection.get("privateLinkServiceId"))
            same = known(target).lower() == known(vault.resource_id).lower()
            if same or (target is UNKNOWN and vault.node.urn in node.dependencies):
                return node
    return None


def _names_problem(chain: Chain, endpoint: Node) -> str:
    """Missing parts of the zone by which pods find a private endpoint, if the stack makes that zone."""
    zones = [
        node
        for node in chain.graph.of_type(_ZONE)
        if known(text(node.input("privateZoneName"))).lower().startswith(_ZONE_NAME)
    ]
    if not zones:
        return ""  # another stack keeps the names
    if not any(endpoint.urn in node.dependencies for node in chain.graph.of_type(_GROUP)):
        return "has a private endpoint without a zone group, so its name leads to a public address"
    if not any(zone.urn in node.dependencies for zone in zones for node in chain.graph.of_type(_LINK)):
        return f"has a private endpoint, and its zone '{zones[0].name}' is linked to no network"
    return ""
