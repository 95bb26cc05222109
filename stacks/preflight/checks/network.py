"""The network of ``pulumi`` (`cluster.private.deploy_from`), which is peered with the nodes' network."""

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING

from components.resource_ids import network_of_subnet
from stacks.preflight.checks.existing_networks import get_network
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import check
from stacks.settings.named_resources import named_networks
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation

if TYPE_CHECKING:
    from pulumi_azure_native import network

PEER_PATH = ("cluster", "private", "deploy_from")


@check(
    "peered-networks-do-not-overlap",
    "https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering#requirements-and-constraints,"
    " https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#ip-address-planning",
)
def peered_networks_do_not_overlap(lookup: Lookup) -> Iterator[Violation]:
    """Azure peers no networks that overlap, and the cluster keeps traffic to its own ranges."""
    section, peer = lookup.settings.network, _peer_network(lookup)
    if section is None or peer is None:
        return
    ranges, stays = lookup.settings.cluster.network, "so traffic to it would stay in the cluster"
    own = {
        ("network", "address_space"): (section.address_space, "and Azure peers no networks that overlap"),
        ("cluster", "network", "pod_cidr"): (ranges.pod_cidr, stays),
        ("cluster", "network", "service_cidr"): (ranges.service_cidr, stays),
    }
    prefixes = (peer.address_space.address_prefixes if peer.address_space else None) or []
    for path, (own_range, consequence) in own.items():
        for prefix in prefixes:
            if ipaddress.ip_network(own_range).overlaps(ipaddress.ip_network(prefix, strict=False)):
                yield Violation(
                    path,
                    f"{own_range} overlaps {prefix} of {peer.name!r} in cluster.private.deploy_from,"
                    f" {consequence}",
                    "choose another range",
                )


def is_peered(lookup: Lookup) -> bool:
    """Whether the stack creates the nodes' network and ``pulumi`` runs in another one."""
    private = lookup.settings.cluster.private
    if private is None or lookup.settings.network is None:
        return False
    return private.deploy_from.lower() != lookup.context.nodes_network_id.lower()


def networks_by_id(lookup: Lookup) -> Iterator[tuple[Path, str]]:
    """The networks that the settings name by themselves or by a subnet, each with the key that names it, but
    the peered one, whose ranges have to be known.
    """
    for resource in named_networks(lookup.settings, lookup.context.deployer.subscription_id):
        if not (resource.path == PEER_PATH and is_peered(lookup)):
            yield resource.path, network_of_subnet(resource.id)


def _peer_network(lookup: Lookup) -> "network.GetVirtualNetworkResult | None":
    """Azure's answer about the network.

    None: it is not peered, in another subscription, or cannot be read.
    """
    private = lookup.settings.cluster.private
    if private is None or not is_peered(lookup):
        return None
    return get_network(lookup, PEER_PATH, private.deploy_from, must_be_readable=True)
