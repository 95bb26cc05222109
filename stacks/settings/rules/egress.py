"""Rules for outbound types: ``cluster.network.outbound`` and what each type needs."""

import ipaddress
from collections.abc import Iterator

from components.cluster.network_profile import Outbound
from stacks.settings.model.cluster_network import OVERLAY
from stacks.settings.model.nat_gateway import NAT_GATEWAY
from stacks.settings.model.settings import Settings
from stacks.settings.rules.address_ranges import makes_a_cluster
from stacks.settings.rules.cluster_network import parse_cidr
from stacks.settings.types.ip_ranges import ipv4_range, is_public
from stacks.settings.validation.registry import Violation, rule
from stacks.settings.validation.repeatable import quoted

_TYPES = "https://learn.microsoft.com/azure/aks/egress-outboundtype"
_ROUTES = "https://learn.microsoft.com/azure/aks/egress-udr"
_HOPS = "https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview"
_OUTBOUND = ("cluster", "network", "outbound")


@rule("outbound-fits-the-network", Settings, source=f"{_TYPES}; {NAT_GATEWAY}")
def the_outbound_type_fits_the_network(settings: Settings) -> Iterator[Violation]:
    """AKS places its own NAT gateway only into its own network, and uses a subnet's gateway or routes only in
    an existing network.
    """
    network = settings.cluster.network
    aks_network = settings.network is None and network.subnet_id is None
    if network.outbound is Outbound.MANAGED_NAT_GATEWAY and not aks_network:
        where = "network" if settings.network else "cluster.network.subnet_id"
        problem = f"'managedNATGateway' needs the network that AKS makes, but {where} is set"
        yield Violation(_OUTBOUND, problem, "choose another type", Outbound.USER_ASSIGNED_NAT_GATEWAY)
    if not makes_a_cluster(settings) or not aks_network:
        return
    if network.outbound is Outbound.USER_ASSIGNED_NAT_GATEWAY:
        problem = (
            "'userAssignedNATGateway' needs a subnet with a gateway, but the nodes are in the network"
            " that AKS makes"
        )
        yield Violation(
            _OUTBOUND,
            problem,
            "set network or cluster.network.subnet_id, or choose another type",
            Outbound.MANAGED_NAT_GATEWAY,
        )
    if network.outbound is Outbound.USER_DEFINED_ROUTING:
        problem = (
            "'userDefinedRouting' needs a subnet with a route table, but the nodes are in the network"
            " that AKS makes"
        )
        yield Violation(
            _OUTBOUND,
            problem,
            "set network with firewall_ip, or cluster.network.subnet_id, or choose another type",
        )


@rule("nat-gateway-is-made", Settings, source=f"{NAT_GATEWAY}; an existing gateway is not changed")
def nat_gateway_options_need_a_gateway(settings: Settings) -> Iterator[Violation]:
    """The options apply to a NAT gateway that AKS or the program makes."""
    network, path = settings.cluster.network, ("cluster", "network", "nat_gateway")
    if network.nat_gateway is None:
        return
    if network.outbound not in (Outbound.MANAGED_NAT_GATEWAY, Outbound.USER_ASSIGNED_NAT_GATEWAY):
        yield Violation(path, f"has no effect with outbound: {network.outbound}", "remove it", remove=True)
    elif (
        network.outbound is Outbound.USER_ASSIGNED_NAT_GATEWAY
        and settings.network is None
        and network.subnet_id
    ):
        yield Violation(
            path,
            "has no effect: the program does not change the gateway of an existing subnet",
            "remove it",
            remove=True,
        )
    elif network.outbound is Outbound.MANAGED_NAT_GATEWAY and network.nat_gateway.zone:
        yield Violation(
            (*path, "zone"),
            "has no effect: AKS chooses the zone of its own gateway",
            "remove it",
            remove=True,
        )


@rule(
    "route-of-the-subnet",
    Settings,
    source=f"{_ROUTES}; https://learn.microsoft.com/azure/aks/aks-service-permissions",
)
def a_routed_subnet_has_a_route_table(settings: Settings) -> Iterator[Violation]:
    """userDefinedRouting needs the route table of an existing subnet, or a firewall to which the program's
    table leads.
    """
    network, made = settings.cluster.network, settings.network
    routed = network.outbound is Outbound.USER_DEFINED_ROUTING
    path = ("cluster", "network", "route_table_id")
    if network.route_table_id and not (routed and network.subnet_id):
        problem = (
            "has no effect: the program makes a route table in its own network"
            if routed
            else f"has no effect with outbound: {network.outbound}"
        )
        yield Violation(path, problem, "remove it", remove=True)
    if routed and network.subnet_id and not network.route_table_id:
        problem = "missing, but the cluster's identity needs rights on the subnet's route table"
        yield Violation(
            path, problem, "set the id that `az network vnet subnet show --query routeTable.id` prints"
        )
    if made and made.firewall_ip and not routed:
        problem = f"has no effect with cluster.network.outbound: {network.outbound}"
        yield Violation(
            ("network", "firewall_ip"), problem, "remove it, or choose userDefinedRouting", remove=True
        )
    if made and routed and not made.firewall_ip:
        yield Violation(
            ("network", "firewall_ip"),
            "missing, but userDefinedRouting sends all outbound traffic to it",
            "set the firewall's private address",
        )


@rule("firewall-address", Settings, source=f"{_ROUTES}; {_HOPS}; {OVERLAY}")
def the_firewall_has_a_private_address(settings: Settings) -> Iterator[Violation]:
    """The next hop is a private address outside the nodes' subnets. Traffic to addresses of pods and Services
    stays in the cluster.
    """
    network, cluster_network = settings.network, settings.cluster.network
    if network is None or network.firewall_ip is None:
        return
    path, firewall_ip = ("network", "firewall_ip"), network.firewall_ip
    try:
        address = ipaddress.IPv4Address(firewall_ip)
    except ValueError:
        yield Violation(
            path, f"{quoted(firewall_ip)} is not an IPv4 address", "set the firewall's private address"
        )
        return
    if is_public(ipaddress.IPv4Network(address)):
        yield Violation(path, f"{firewall_ip!r} is a public address", "set the firewall's private one")
    for key, text in (("nodes", network.nodes), ("private_endpoints", network.private_endpoints)):
        subnet = ipv4_range(text) if text else None
        if subnet and address in subnet:
            yield Violation(
                path,
                f"{firewall_ip!r} is an address of network.{key}",
                "set the firewall's, in a subnet of its own or in another network",
            )
    for key, text in (("pod_cidr", cluster_network.pod_cidr), ("service_cidr", cluster_network.service_cidr)):
        cidr = parse_cidr(text)
        if cidr and address in cidr:
            problem = (
                f"{firewall_ip!r} is an address of cluster.network.{key} {text!r}, and traffic to it stays"
                " in the cluster"
            )
            yield Violation(path, problem, f"set the firewall's, or choose another cluster.network.{key}")
