"""The way from the nodes to a vault with a firewall: the addresses that Key Vault sees.

Deliberately not here: whether any way is configured (settings/rules/vault_network.py), and private endpoints.
"""

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING

from components import naming
from components.cluster.network_profile import Outbound
from components.resource_ids import ArmId, nat_gateway_id
from stacks.preflight.checks.cluster import get_own_cluster
from stacks.preflight.checks.existing_networks import NODES, get_subnet
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import check
from stacks.settings.model.vault import AnyVaultSettings
from stacks.settings.rules.address_ranges import makes_a_cluster
from stacks.settings.types.ip_ranges import ipv4_range
from stacks.settings.validation.problems import Path, format_path, join_and, set_command
from stacks.settings.validation.registry import Violation

if TYPE_CHECKING:
    from pulumi_azure_native import network

_ENDPOINT = "Microsoft.KeyVault"
_ENDPOINTS = (
    "https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview,"
    " https://github.com/Azure/AKS/issues/4622"
)
EGRESS = (
    "https://learn.microsoft.com/azure/aks/egress-outboundtype,"
    " https://learn.microsoft.com/azure/key-vault/general/network-security"
)


@check("service-endpoint-hides-the-address", _ENDPOINTS)
def vaults_admit_the_subnet_with_an_endpoint(lookup: Lookup) -> Iterator[Violation]:
    """A vault sees private addresses of a subnet with the service endpoint, and no IP rule can hold those."""
    subnet_id = lookup.settings.cluster.network.subnet_id
    if subnet_id is None or not _has_endpoint(get_subnet(lookup, NODES, subnet_id)):
        return
    for at, vault in _closed_vaults(lookup):
        admitted = {other.lower() for other in vault.network.subnet_ids}
        if subnet_id.lower() not in admitted:
            path = (*at, "network", "subnet_ids", len(vault.network.subnet_ids))
            yield Violation(
                (*at, "network", "ip_rules"),
                f"admit no node: their subnet has the service endpoint {_ENDPOINT}, so the vault sees"
                " private addresses",
                f"list the subnet in {format_path((*at, 'network', 'subnet_ids'))}",
                command=set_command(path, subnet_id),
            )


@check(
    "vault-subnet-has-its-endpoint",
    "https://learn.microsoft.com/azure/key-vault/general/overview-vnet-service-endpoints",
)
def admitted_subnets_have_the_endpoint(lookup: Lookup) -> Iterator[Violation]:
    """Azure refuses a rule for a subnet without the endpoint: SubnetsHaveNoServiceEndpointsConfigured."""
    for at, _, vault in lookup.settings.all_vaults:
        for index, subnet_id in enumerate(vault.network.subnet_ids if not vault.existing else ()):
            path = (*at, "network", "subnet_ids", index)
            subnet = get_subnet(lookup, path, subnet_id)
            if subnet is None or _has_endpoint(subnet):
                continue
            others = [endpoint.service for endpoint in subnet.service_endpoints or () if endpoint.service]
            parsed = ArmId.parse(subnet_id)
            yield Violation(
                path,
                f"subnet {parsed.name!r} has no service endpoint {_ENDPOINT}, so Azure refuses the rule",
                "add it to the subnet",
                command=f"az network vnet subnet update --resource-group {parsed.resource_group}"
                f" --vnet-name {parsed.names[0]} --name {parsed.name}"
                f" --service-endpoints {' '.join([*others, _ENDPOINT])}",
            )


@check("vault-admits-the-egress-address", EGRESS)
def vaults_admit_the_known_egress_addresses(lookup: Lookup) -> Iterator[Violation]:
    """A vault answers no workload that leaves by an address which its IP rules do not hold."""
    addresses = egress_addresses(lookup)
    for at, vault in opened_by_addresses(lookup):
        ranges = [cidr for text in vault.network.ip_rules if (cidr := ipv4_range(text))]
        missing = [
            address
            for address in addresses
            if not any(ipaddress.IPv4Address(address) in cidr for cidr in ranges)
        ]
        if missing:
            path = (*at, "network", "ip_rules", len(vault.network.ip_rules))
            yield Violation(
                (*at, "network", "ip_rules"),
                f"do not hold {join_and(missing)}, by which the cluster reaches the vault",
                "add it" if len(missing) == 1 else "add them",
                command=set_command(path, missing[0]) if len(missing) == 1 else None,
            )


def _closed_vaults(lookup: Lookup) -> Iterator[tuple[Path, AnyVaultSettings]]:
    """The vaults that the stack makes, that workloads of its cluster read, and that only IP rules open."""
    settings = lookup.settings
    read = {vault for workload in settings.workloads for vault in workload.vaults}
    if not makes_a_cluster(settings):
        return
    for at, label, vault in settings.all_vaults:
        made = label in read and vault.existing is None and vault.private_endpoint is None
        if made and vault.network.public_access and vault.network.closed and vault.network.ip_rules:
            yield at, vault


def opened_by_addresses(lookup: Lookup) -> Iterator[tuple[Path, AnyVaultSettings]]:
    """Those of them that admit no subnet of the nodes."""
    subnet_id = (lookup.settings.cluster.network.subnet_id or "").lower()
    for at, vault in _closed_vaults(lookup):
        if subnet_id not in {other.lower() for other in vault.network.subnet_ids}:
            yield at, vault


def _has_endpoint(subnet: "network.outputs.SubnetResponse | None") -> bool:
    endpoints = subnet.service_endpoints if subnet else None
    return any((endpoint.service or "").lower() == _ENDPOINT.lower() for endpoint in endpoints or ())


def egress(lookup: Lookup) -> str:
    """The address by which the cluster leaves, for messages."""
    network = lookup.settings.cluster.network
    if network.outbound is Outbound.USER_DEFINED_ROUTING:
        return "the public address of the firewall that all outbound traffic goes through"
    if network.outbound is Outbound.LOAD_BALANCER:
        return "the address of the cluster's load balancer"
    return "the addresses of the NAT gateway"


def egress_addresses(lookup: Lookup) -> list[str]:
    """The public addresses by which the cluster leaves; empty if Azure does not return them."""
    ids = _egress_ids(lookup)
    addresses = [_address(lookup, address_id) for address_id in ids]
    return [address for address in addresses if address] if all(addresses) else []


def _egress_ids(lookup: Lookup) -> list[str]:
    """ARM ids of those addresses: of the gateway of the nodes' subnet, or as the cluster reports them."""
    outbound, subnet_id = lookup.settings.cluster.network.outbound, lookup.settings.cluster.network.subnet_id
    if outbound is Outbound.USER_DEFINED_ROUTING:
        return []
    if outbound is Outbound.USER_ASSIGNED_NAT_GATEWAY:
        subnet = get_subnet(lookup, NODES, subnet_id) if subnet_id else None
        existing = subnet.nat_gateway.id if subnet and subnet.nat_gateway else None
        gateway_id = existing or _own_gateway_id(lookup)
        return _gateway_addresses(lookup, gateway_id) if gateway_id else []
    cluster = get_own_cluster(lookup)
    profile = cluster.network_profile if cluster else None
    if profile is None:
        return []
    part = (
        profile.load_balancer_profile if outbound is Outbound.LOAD_BALANCER else profile.nat_gateway_profile
    )
    addresses = part.effective_outbound_ips if part else None
    return [address.id for address in addresses or () if address.id]


def _own_gateway_id(lookup: Lookup) -> str | None:
    """ARM id of the gateway that the stack makes in its own network."""
    settings, context = lookup.settings, lookup.context
    if settings.network is None:
        return None
    gateway = settings.cluster.network.nat_gateway
    name = naming.nat_gateway(settings.stack, gateway.zone if gateway else None)
    return nat_gateway_id(context.deployer.subscription_id, context.resource_group, name)


def _gateway_addresses(lookup: Lookup, gateway_id: str) -> list[str]:
    if not lookup.context.deployer.reaches(gateway_id):
        return []
    from pulumi_azure_native import network

    parsed = ArmId.parse(gateway_id)
    gateway = lookup.read_if_allowed(
        NODES,
        f"NAT gateway {parsed.name!r} in resource group {parsed.resource_group!r}",
        None,
        lambda: network.get_nat_gateway(
            resource_group_name=parsed.resource_group, nat_gateway_name=parsed.name
        ),
    )
    if gateway is None or gateway.public_ip_prefixes:
        return []  # the addresses of a prefix are a range, of which any may be used
    return [address.id for address in gateway.public_ip_addresses or () if address.id]


def _address(lookup: Lookup, address_id: str) -> str | None:
    if not lookup.context.deployer.reaches(address_id):
        return None
    from pulumi_azure_native import network

    parsed = ArmId.parse(address_id)
    answer = lookup.read_if_allowed(
        NODES,
        f"public IP address {parsed.name!r} in resource group {parsed.resource_group!r}",
        None,
        lambda: network.get_public_ip_address(
            resource_group_name=parsed.resource_group, public_ip_address_name=parsed.name
        ),
    )
    return answer.ip_address if answer else None
