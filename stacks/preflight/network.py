"""TODO: what this module owns."""

import ipaddress
from collections.abc import Sequence

import pulumi

from components import naming
from components.resource_ids import ArmId
from stacks.context import StackContext
from stacks.preflight.existing import invoke_or_refuse
from stacks.settings.model.api_server import PrivateSettings


def check_peering(context: StackContext, private: PrivateSettings) -> None:
    """Two networks can be peered if their addresses differ; and of another subscription the owner makes one half.

    Raises:
        pulumi.RunError: the network is not there, or its addresses are those of ``network``, of pods or of Services.
    """
    key, network_id, ours = (
        "cluster.private.deploy_from",
        private.deploy_from,
        context.nodes_network_id,
    )
    if context.settings.network is None or network_id.lower() == ours.lower():
        return
    peer = ArmId.parse(network_id)
    subscription, group, name = peer.subscription_id, peer.resource_group, peer.name
    if not context.deployer.reaches(network_id):
        pulumi.log.warn(
            f"{key}: of subscription {subscription}, where pulumi does not run, so it peers one side only. The other side has to be there"
            " before anything is made in the cluster: once the network is made,"
            f" az network vnet peering create --subscription {subscription} --resource-group {group} --vnet-name {name}"
            f" --name {naming.peering(ours)} --remote-vnet {ours} --allow-vnet-access"
        )
        return
    # Only for those who want it: start-up time.
    from pulumi_azure_native import network

    found = invoke_or_refuse(
        lambda: network.get_virtual_network(resource_group_name=group, virtual_network_name=name),
        key,
        f"virtual network {name!r} in resource group {group!r}",
        "az network vnet list --output table",
    )
    prefixes = (found.address_space.address_prefixes if found.address_space else None) or []
    _must_be_apart(
        "network.address_space",
        context.settings.network.address_space,
        name,
        prefixes,
        "and Azure peers no networks that overlap",
    )
    for range_key in ("pod_cidr", "service_cidr"):
        why = "and what is sent there would stay in the cluster"
        _must_be_apart(
            f"cluster.network.{range_key}",
            getattr(context.settings.cluster.network, range_key),
            name,
            prefixes,
            why,
        )


def _must_be_apart(key: str, ours: str, name: str, theirs: Sequence[str], why: str) -> None:
    """https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering#requirements-and-constraints,
    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#ip-address-planning
    """
    space = ipaddress.ip_network(ours)
    for prefix in theirs:
        if space.overlaps(ipaddress.ip_network(prefix, strict=False)):
            raise pulumi.RunError(
                f"{key}: {space} overlaps {prefix} of {name!r} (cluster.private.deploy_from), {why}; choose another range"
            )
