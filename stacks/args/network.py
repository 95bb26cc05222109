"""From settings to the arguments of networks: the one that the program makes, and the cluster's way into it and out of it."""

from pulumi import Input

from components import naming
from components.cluster.api_server import SYSTEM_ZONE, PrivateApi
from components.cluster.network_profile import ManagedNatGateway, Network, Outbound
from components.network.egress import Firewall, NatGateway
from components.network.virtual_network import NodeNetwork, NodeNetworkArgs, Peer
from stacks.context import Facts, nodes_network_id
from stacks.settings import Settings
from stacks.settings.model.nat_gateway import NatGatewaySettings


def cluster_network(settings: Settings, made: NodeNetwork | None) -> Network:
    """Section ``cluster.network``, in a network that the stack makes, or in another."""
    said = settings.cluster.network
    nat, routed = said.nat_gateway, said.outbound is Outbound.USER_DEFINED_ROUTING
    return Network(
        dataplane=said.dataplane,
        policy=said.effective_policy,
        pod_cidr=said.pod_cidr,
        service_cidr=said.service_cidr,
        dns_service_ip=said.dns_service_ip,
        subnet_id=made.nodes_subnet_id if made else said.subnet_id,
        outbound=said.outbound,
        managed_nat_gateway=ManagedNatGateway(
            public_ips=nat.public_ips, idle_timeout_minutes=nat.idle_timeout_minutes
        )
        if nat and said.outbound is Outbound.MANAGED_NAT_GATEWAY
        else None,
        route_table_id=made.route_table_id if made and routed else said.route_table_id,
        outbound_addresses=made.outbound_addresses if made else (),
    )


def network_args(settings: Settings, facts: Facts, group: Input[str]) -> NodeNetworkArgs | None:
    """Section ``network``, as the component takes it, with the way out that the cluster asks for; None without one."""
    said, private = settings.network, settings.cluster.private
    if said is None:
        return None
    peer = None
    if private and _comes_from_elsewhere(settings, facts):
        peer = Peer(network_id=private.deploy_from, both_sides=facts.deployer.reaches(private.deploy_from))
    outbound, nat = (
        settings.cluster.network.outbound,
        settings.cluster.network.nat_gateway or NatGatewaySettings(),
    )
    gateway = NatGateway(
        name=naming.nat_gateway(settings.stack, nat.zone),
        zone=nat.zone,
        public_ips=nat.public_ips,
        idle_timeout_minutes=nat.idle_timeout_minutes,
    )
    return NodeNetworkArgs(
        resource_group_name=group,
        network_name=naming.virtual_network(settings.stack),
        address_space=said.address_space,
        nodes=said.nodes,
        private_endpoints=said.private_endpoints,
        peer=peer,
        stays=settings.cluster.protect or any(vault.protect for _, _, vault in settings.all_vaults),
        nat_gateway=gateway if outbound is Outbound.USER_ASSIGNED_NAT_GATEWAY else None,
        firewall=Firewall(route_table_name=naming.route_table(settings.stack), ip=said.firewall_ip)
        if said.firewall_ip
        else None,
        tags=settings.tags,
    )


def _comes_from_elsewhere(settings: Settings, facts: Facts) -> bool:
    """Whether ``pulumi`` runs in another network than the nodes."""
    private = settings.cluster.private
    return private is not None and private.deploy_from.lower() != nodes_network_id(settings, facts).lower()


def private_api(settings: Settings, facts: Facts, made: NodeNetwork | None) -> PrivateApi | None:
    """Section ``cluster.private``, in a network that the stack makes, or in another."""
    said = settings.cluster.private
    if said is None:
        return None
    # A zone that is there has its links from whoever has it; of the one that AKS makes nobody else can know.
    links = said.dns_zone == SYSTEM_ZONE and _comes_from_elsewhere(settings, facts)
    return PrivateApi(
        dns_zone=said.dns_zone,
        public_fqdn=said.public_fqdn,
        linked_network_id=said.deploy_from if links else None,
        after=made.peerings if made else (),
    )
