"""From settings to the arguments of networks: the one that the program makes, and the cluster's way into it and out of it."""

from pulumi import Input

from components import naming
from components.cluster_network import ManagedNatGateway, Network, Outbound
from components.outbound import Firewall, NatGateway
from components.virtual_network import NodeNetwork, NodeNetworkArgs
from stacks.settings import Settings
from stacks.settings.outbound import NatGatewaySettings
from stacks.settings.tree import VirtualNetworkSettings


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
        managed_nat_gateway=ManagedNatGateway(public_ips=nat.public_ips, idle_timeout_minutes=nat.idle_timeout_minutes)
        if nat and said.outbound is Outbound.MANAGED_NAT_GATEWAY
        else None,
        route_table_id=made.route_table_id if made and routed else said.route_table_id,
        outbound_addresses=made.outbound_addresses if made else (),
    )


def network_args(settings: Settings, said: VirtualNetworkSettings, group: Input[str]) -> NodeNetworkArgs:
    """Section ``network``, as the component takes it, with the way out that the cluster asks for."""
    outbound, nat = settings.cluster.network.outbound, settings.cluster.network.nat_gateway or NatGatewaySettings()
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
        nat_gateway=gateway if outbound is Outbound.USER_ASSIGNED_NAT_GATEWAY else None,
        firewall=Firewall(route_table_name=naming.route_table(settings.stack), ip=said.firewall_ip) if said.firewall_ip else None,
        tags=settings.tags,
    )
