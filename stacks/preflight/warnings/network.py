"""Networks that the nodes' network is connected with."""

from collections.abc import Iterator

from components import naming
from components.resource_ids import ArmId, network_of_subnet
from stacks.preflight.checks.existing_networks import (
    NODES,
    POD_RANGES,
    address_ranges,
    get_network,
    overlap,
    subnets_of_the_nodes,
)
from stacks.preflight.checks.network import PEER_PATH, is_peered
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import warning
from stacks.settings.rules.address_ranges import AddressRange, configured_ranges, makes_a_cluster, meetings
from stacks.settings.validation.problems import format_path
from stacks.settings.validation.registry import Violation


@warning(
    "peering-needs-its-other-side",
    "https://learn.microsoft.com/azure/virtual-network/create-peering-different-subscriptions",
)
def other_side_of_the_peering_is_made_by_its_owner(lookup: Lookup) -> Iterator[Violation]:
    """The program writes into no network of another subscription."""
    private = lookup.settings.cluster.private
    if private is None or not is_peered(lookup) or lookup.context.deployer.reaches(private.deploy_from):
        return
    peer = ArmId.parse(private.deploy_from)
    nodes = lookup.context.nodes_network_id
    yield Violation(
        PEER_PATH,
        f"is in subscription {peer.subscription_id}, where pulumi does not run, so the program peers one"
        " side only",
        "create the other side once the network exists, before anything is created in the cluster",
        command=f"az network vnet peering create --subscription {peer.subscription_id}"
        f" --resource-group {peer.resource_group} --vnet-name {peer.name}"
        f" --name {naming.peering(nodes)} --remote-vnet {nodes} --allow-vnet-access",
    )


@warning("connected-networks-apart", f"{POD_RANGES}, https://github.com/Azure/AKS/issues/1175")
def ranges_do_not_meet_connected_networks(lookup: Lookup) -> Iterator[Violation]:
    """The cluster does not reach what has an address of a pod or a Service in a connected network."""
    refused = {own for own, _ in meetings(configured_ranges(lookup.settings), subnets_of_the_nodes(lookup))}
    for own, theirs in meetings(configured_ranges(lookup.settings), _connected(lookup)):
        if own not in refused:
            yield overlap(own, theirs)


def _connected(lookup: Lookup) -> Iterator[AddressRange]:
    """The whole of the nodes' network, the networks that are peered with it, and the deployer's."""
    settings = lookup.settings
    subnet_id, private = settings.cluster.network.subnet_id, settings.cluster.private
    if subnet_id is None or not makes_a_cluster(settings):
        return
    nodes = network_of_subnet(subnet_id)
    if network_answer := get_network(lookup, NODES, nodes):
        space = (network_answer.address_space and network_answer.address_space.address_prefixes) or ()
        yield from address_ranges(NODES, space, f"{network_answer.name!r} in {format_path(NODES)}")
        for peering in network_answer.virtual_network_peerings or ():
            remote = peering.remote_address_space or peering.remote_virtual_network_address_space
            peer_id = peering.remote_virtual_network.id if peering.remote_virtual_network else None
            peer = ArmId.parse(peer_id).name if peer_id else peering.name or ""
            owner = f"{peer!r}, which {network_answer.name!r} is peered with"
            yield from address_ranges(NODES, (remote and remote.address_prefixes) or (), owner)
    elsewhere = private and private.deploy_from.lower() != nodes.lower()
    deployer = get_network(lookup, PEER_PATH, private.deploy_from) if private and elsewhere else None
    if deployer:
        space = (deployer.address_space and deployer.address_space.address_prefixes) or ()
        yield from address_ranges(PEER_PATH, space, f"{deployer.name!r} in {format_path(PEER_PATH)}")
