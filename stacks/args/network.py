"""Arguments of the stack's own network, and of the cluster's network profile and private API server."""

from pulumi import Input

from components import naming
from components.cluster.api_server import SYSTEM_ZONE, PrivateApi
from components.cluster.network_profile import ManagedNatGateway, NetworkProfile, Outbound
from components.network.egress import Firewall, NatGateway
from components.network.virtual_network import NodeNetwork, NodeNetworkArgs, PeerNetwork
from stacks.args.copy_fields import FieldCopy
from stacks.context import StackContext
from stacks.settings.model.cluster_network import ClusterNetworkSettings
from stacks.settings.model.nat_gateway import NatGatewaySettings

_copy_managed_nat_gateway = FieldCopy(NatGatewaySettings, ManagedNatGateway, unused=("zone",))
_copy_nat_gateway = FieldCopy(NatGatewaySettings, NatGateway, computed=("name",))
_copy_network_profile = FieldCopy(
    ClusterNetworkSettings,
    NetworkProfile,
    computed=("policy", "subnet_id", "managed_nat_gateway", "route_table_id", "outbound_addresses"),
    unused=("nat_gateway",),
)


def network_profile(context: StackContext, created: NodeNetwork | None) -> NetworkProfile:
    """The network profile of section ``cluster.network``; ``created`` is the stack's own network."""
    network = context.settings.cluster.network
    nat, routed = network.nat_gateway, network.outbound is Outbound.USER_DEFINED_ROUTING
    return _copy_network_profile(
        network,
        policy=network.effective_policy,
        subnet_id=created.nodes_subnet_id if created else network.subnet_id,
        managed_nat_gateway=_copy_managed_nat_gateway(nat)
        if nat and network.outbound is Outbound.MANAGED_NAT_GATEWAY
        else None,
        route_table_id=created.route_table_id if created and routed else network.route_table_id,
        outbound_addresses=created.outbound_addresses if created else (),
    )


def network_args(context: StackContext, resource_group_name: Input[str]) -> NodeNetworkArgs | None:
    """Arguments of section ``network``, with the egress that the cluster's outbound type needs.

    None: no such section.
    """
    settings = context.settings
    network, private = settings.network, settings.cluster.private
    if network is None:
        return None
    peer = None
    if private and _deploys_from_another_network(context):
        peer = PeerNetwork(
            network_id=private.deploy_from, both_sides=context.deployer.reaches(private.deploy_from)
        )
    outbound = settings.cluster.network.outbound
    nat = settings.cluster.network.nat_gateway or NatGatewaySettings()
    gateway = _copy_nat_gateway(nat, name=naming.nat_gateway(settings.stack, nat.zone))
    return NodeNetworkArgs(
        resource_group_name=resource_group_name,
        network_name=naming.virtual_network(settings.stack),
        address_space=network.address_space,
        nodes=network.nodes,
        private_endpoints=network.private_endpoints,
        peer=peer,
        retain_subnets=settings.cluster.protect or any(vault.protect for _, _, vault in settings.all_vaults),
        nat_gateway=gateway if outbound is Outbound.USER_ASSIGNED_NAT_GATEWAY else None,
        firewall=Firewall(route_table_name=naming.route_table(settings.stack), ip=network.firewall_ip)
        if network.firewall_ip
        else None,
        tags=settings.tags,
    )


def private_api(context: StackContext, created: NodeNetwork | None) -> PrivateApi | None:
    """The private API server of section ``cluster.private``. None: the API server is public."""
    private = context.settings.cluster.private
    if private is None:
        return None
    # An existing zone has its links already. The zone that AKS creates has none to the network of `pulumi`.
    links = private.dns_zone == SYSTEM_ZONE and _deploys_from_another_network(context)
    return PrivateApi(
        dns_zone=private.dns_zone,
        public_fqdn=private.public_fqdn,
        linked_network_id=private.deploy_from if links else None,
        depends_on=created.peerings if created else (),
    )


def _deploys_from_another_network(context: StackContext) -> bool:
    """Whether ``pulumi`` runs in another virtual network than the nodes."""
    private = context.settings.cluster.private
    return private is not None and private.deploy_from.lower() != context.nodes_network_id.lower()
