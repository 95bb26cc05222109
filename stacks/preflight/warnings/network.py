"""The peering of the nodes' network with that of ``pulumi``."""

from collections.abc import Iterator

from components import naming
from components.resource_ids import ArmId
from stacks.preflight.checks.network import PEER_PATH, is_peered
from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import warning
from stacks.settings.validation.registry import Violation


@warning(
    "peering-needs-its-other-side",
    "https://learn.microsoft.com/azure/virtual-network/create-peering-different-subscriptions",
)
def other_side_of_the_peering_is_made_by_its_owner(lookup: Lookup) -> Iterator[Violation]:
    """The provider writes into one subscription only."""
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
