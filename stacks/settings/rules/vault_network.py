"""Rules for the network of a vault, and for the way from the nodes to it: nodes can reach the vault."""

from collections.abc import Iterator

from components.key_vault.network_rules import DefaultAction
from components.resource_ids import network_of_subnet
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.model.vault import BaseVaultSettings, VaultNetworkSettings
from stacks.settings.types.ip_ranges import ipv4_range, is_public, without_host_bits
from stacks.settings.validation.problems import (
    Path,
    format_path,
    set_command,
)
from stacks.settings.validation.registry import Violation, rule
from stacks.settings.validation.repeatable import quoted

_FIREWALL = "https://learn.microsoft.com/azure/key-vault/general/network-security"


@rule("vault-ip-rule", VaultNetworkSettings, source=_FIREWALL)
def ip_rules_are_public_ranges(network: VaultNetworkSettings) -> Iterator[Violation]:
    """The vault's firewall accepts public IPv4 ranges only."""
    seen: set[object] = set()
    for index, value in enumerate(network.ip_rules):
        address = ipv4_range(value)
        if address is None or not is_public(address):
            near, fault = without_host_bits(value), "is not a public IPv4 address or range"
            if near and is_public(near):
                fault = "does not begin with the first address of a range"
            suggested = str(near) if near and is_public(near) else None
            remedy = "write an address, or the first address and a prefix length"
            yield Violation(("ip_rules", index), f"{quoted(value)} {fault}", remedy, suggested)
        elif address in seen:
            yield Violation(("ip_rules", index), f"{value!r} is listed twice", "list it once", remove=True)
        seen.add(address)


@rule("vault-ip-rule-number", VaultNetworkSettings, source=_FIREWALL)
def ip_rules_are_within_the_limit(network: VaultNetworkSettings) -> Iterator[Violation]:
    """Key Vault allows 1,000 IP rules."""
    if len(network.ip_rules) > 1000:
        yield Violation(
            ("ip_rules",),
            f"{len(network.ip_rules)} rules",
            "Key Vault allows 1000: join adjacent ranges",
        )


@rule("vault-subnet-rule-number", VaultNetworkSettings, source=_FIREWALL)
def subnet_rules_are_within_the_limit(network: VaultNetworkSettings) -> Iterator[Violation]:
    """Key Vault allows 200 virtual network rules."""
    if len(network.subnet_ids) > 200:
        yield Violation(
            ("subnet_ids",), f"{len(network.subnet_ids)} rules", "Key Vault allows 200 virtual network rules"
        )


@rule("vault-rules-without-effect", VaultNetworkSettings, source=_FIREWALL)
def network_rules_have_an_effect(network: VaultNetworkSettings) -> Iterator[Violation]:
    """Rules have no effect with default action Allow or without public access, although they look like
    protection.
    """
    if not (network.ip_rules or network.subnet_ids):
        return
    if not network.public_access:
        yield Violation(
            ("public_access",),
            "false, so ip_rules and subnet_ids have no effect",
            "set it to true, or remove the rules",
            "true",
        )
    elif network.default_action is DefaultAction.ALLOW:
        yield Violation(
            ("default_action",),
            "'Allow' lets every address in, so ip_rules and subnet_ids have no effect",
            "choose Deny, or remove the rules",
            "Deny",
        )


@rule(
    "vault-is-reachable",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/network-security",
)
def workloads_can_reach_their_vaults(settings: Settings) -> Iterator[Violation]:
    """The nodes need a rule or a private endpoint for a vault whose firewall denies them."""
    read = {vault for workload in settings.workloads for vault in workload.vaults}
    for at, label, vault in settings.all_vaults:
        if label in read and vault.network.closed and not vault.private_endpoint:
            yield from _closed_vault(at, vault, settings.cluster.network.subnet_id)


def _closed_vault(at: Path, vault: BaseVaultSettings, own: str | None) -> Iterator[Violation]:
    network, here = vault.network, format_path(at)
    if not network.public_access:
        problem = "false without a private endpoint, so no workload can read the vault"
        remedy = f"set {here}.private_endpoint, or set it to true with default_action Deny and subnet_ids"
        yield Violation((*at, "network", "public_access"), problem, remedy, "true")
        return
    listed = {subnet.lower() for subnet in network.subnet_ids}
    if not network.ip_rules and (own is None or own.lower() not in listed):
        path = (*at, "network", "subnet_ids", len(network.subnet_ids))
        yield Violation(
            (*at, "network", "default_action"),
            "'Deny' without a rule for the nodes, so no workload can read the vault",
            (
                f"list cluster.network.subnet_id in {here}.network.subnet_ids,"
                " or the cluster's outbound address in ip_rules"
            ),
            command=set_command(path, own) if own else None,
        )


@rule(
    "private-endpoint-is-near",
    Settings,
    source="https://learn.microsoft.com/azure/private-link/private-endpoint-dns",
)
def nodes_can_reach_private_endpoints(settings: Settings) -> Iterator[Violation]:
    """The network that AKS makes has no peering: its nodes would resolve the vault to the public address, or
    to none.
    """
    subnet = settings.cluster.network.subnet_id
    if settings.network or settings.cluster.existing or settings.composition is Composition.WORKLOADS:
        return
    endpoints = [
        (at, vault.private_endpoint) for at, _, vault in settings.all_vaults if vault.private_endpoint
    ]
    if endpoints and subnet is None:
        problem = (
            "missing, but the vault's private address is not in the network that AKS makes for the nodes"
        )
        yield Violation(
            ("cluster", "network", "subnet_id"),
            problem,
            "set a subnet of the same network, or of a peered one",
        )
    for at, endpoint in endpoints:
        if (
            subnet
            and endpoint.dns_zone_id is None
            and endpoint.subnet_id
            and _network_of(subnet) != _network_of(endpoint.subnet_id)
        ):
            problem = (
                "missing, but the nodes are not in the endpoint's network,"
                " to which the program links its zone"
            )
            yield Violation(
                (*at, "private_endpoint", "dns_zone_id"),
                problem,
                "set a zone that is linked to both networks",
            )


def _network_of(subnet_id: str) -> str:
    return network_of_subnet(subnet_id.lower())
