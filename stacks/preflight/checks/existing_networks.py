"""Virtual networks that exist: their ranges, and those of the stack that overlap them.

Owns: the read of a network. A network that the deployer may use and not read is not checked.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from components.resource_ids import ArmId, network_of_subnet
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import check
from stacks.settings.named_resources import SUBNET, named_networks
from stacks.settings.rules.address_ranges import (
    AddressRange,
    Role,
    configured_ranges,
    makes_a_cluster,
    meetings,
)
from stacks.settings.validation.problems import Path, format_path
from stacks.settings.validation.registry import Violation

if TYPE_CHECKING:
    from pulumi_azure_native import network

_SERVICES = (
    "https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/"
    "error-code-servicecidroverlapexistingsubnetscidr"
)
POD_RANGES = "https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#ip-address-planning"
NODES: Path = ("cluster", "network", "subnet_id")


def get_network(
    lookup: Lookup, path: Path, network_id: str, *, must_be_readable: bool = False
) -> "network.GetVirtualNetworkResult | None":
    """Azure's answer about a network, with its subnets and peerings.

    None: it is in another subscription, or cannot be read, which is a problem only if it must be.
    """
    if not lookup.context.deployer.reaches(network_id):
        return None
    from pulumi_azure_native import network

    parsed = ArmId.parse(network_id)
    group, name = parsed.resource_group, parsed.name
    subject, listing = f"virtual network {name!r} in resource group {group!r}", "az network vnet list"
    invoke = partial(network.get_virtual_network, resource_group_name=group, virtual_network_name=name)
    if must_be_readable:
        return lookup.read(path, subject, f"{listing} --output table", invoke)
    return lookup.read_if_allowed(path, subject, f"{listing} --output table", invoke, arm_id=network_id)


def get_subnet(lookup: Lookup, path: Path, subnet_id: str) -> "network.outputs.SubnetResponse | None":
    """Azure's answer about a subnet. None: it is in another subscription, or cannot be read."""
    network_answer = get_network(lookup, path, network_of_subnet(subnet_id))
    name = ArmId.parse(subnet_id).name.lower()
    subnets = (network_answer and network_answer.subnets) or ()
    return next((subnet for subnet in subnets if (subnet.name or "").lower() == name), None)


@check("subnet-exists", "our own choice: a missing subnet is reported with the command that lists the others")
def named_subnets_exist(lookup: Lookup) -> Iterator[Violation]:
    """The answer about a network has its subnets."""
    for resource in named_networks(lookup.settings, lookup.context.deployer.subscription_id):
        if resource.kind != SUBNET:
            continue
        network_answer = get_network(lookup, resource.path, network_of_subnet(resource.id))
        if network_answer and get_subnet(lookup, resource.path, resource.id) is None:
            parsed = ArmId.parse(resource.id)
            yield Violation(
                resource.path,
                f"there is no subnet {parsed.name!r} in virtual network {parsed.names[0]!r}",
                "look for it",
                command=resource.list_command,
            )


@check("existing-networks-apart", f"{_SERVICES}, {POD_RANGES}")
def ranges_do_not_meet_existing_subnets(lookup: Lookup) -> Iterator[Violation]:
    """AKS refuses Services in a range of a subnet, and traffic to pods and Services stays in the cluster."""
    adopted = [*subnets_of_the_nodes(lookup), *_subnets_of_endpoints(lookup)]
    for own, theirs in meetings(configured_ranges(lookup.settings), adopted):
        yield overlap(own, theirs)


def overlap(own: AddressRange, theirs: AddressRange) -> Violation:
    remedy = "choose another range"
    if own.role is Role.SERVICES:
        remedy += ", and dns_service_ip within it"
    return Violation(
        own.path,
        f"{own.cidr} overlaps {theirs.cidr} of {theirs.owner}, so traffic to it would stay in the cluster",
        remedy,
    )


def subnets_of_the_nodes(lookup: Lookup) -> Iterator[AddressRange]:
    """All subnets of the nodes' network."""
    subnet_id = lookup.settings.cluster.network.subnet_id
    if subnet_id is None or not makes_a_cluster(lookup.settings):
        return
    network_answer = get_network(lookup, NODES, network_of_subnet(subnet_id))
    for subnet in (network_answer and network_answer.subnets) or ():
        yield from address_ranges(
            NODES, _prefixes_of(subnet), f"subnet {subnet.name!r} in {format_path(NODES)}"
        )


def _subnets_of_endpoints(lookup: Lookup) -> Iterator[AddressRange]:
    """The subnets of the vaults' private addresses, unless they are in the nodes' network."""
    nodes = lookup.settings.cluster.network.subnet_id
    for at, _, vault in lookup.settings.all_vaults:
        subnet_id = vault.private_endpoint and vault.private_endpoint.subnet_id
        if subnet_id is None or (
            nodes and network_of_subnet(nodes).lower() == network_of_subnet(subnet_id).lower()
        ):
            continue
        path = (*at, "private_endpoint", "subnet_id")
        if subnet := get_subnet(lookup, path, subnet_id):
            yield from address_ranges(
                path, _prefixes_of(subnet), f"subnet {subnet.name!r} in {format_path(path)}"
            )


def _prefixes_of(subnet: "network.outputs.SubnetResponse") -> Iterable[str]:
    return subnet.address_prefixes or ([subnet.address_prefix] if subnet.address_prefix else ())


def address_ranges(path: Path, prefixes: Iterable[str], owner: str) -> Iterator[AddressRange]:
    for prefix in prefixes:
        cidr = ipaddress.ip_network(prefix, strict=False)
        if isinstance(cidr, ipaddress.IPv4Network):
            yield AddressRange(path, cidr, Role.NETWORK, owner)
