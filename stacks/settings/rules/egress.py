"""What each way out of the cluster needs of the network."""

import ipaddress
from collections.abc import Iterator

from components.cluster.network_profile import Outbound
from stacks.settings.model.cluster_network import OVERLAY
from stacks.settings.model.nat_gateway import NAT_GATEWAY
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.rules.cluster_network import parse_cidr
from stacks.settings.types.ip_ranges import ipv4_range, is_public
from stacks.settings.validation.registry import Violation, rule

_TYPES = "https://learn.microsoft.com/azure/aks/egress-outboundtype"
_ROUTES = "https://learn.microsoft.com/azure/aks/egress-udr"
_HOPS = "https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview"
_OUTBOUND = ("cluster", "network", "outbound")


def _makes_a_cluster(settings: Settings) -> bool:
    return settings.cluster.existing is None and settings.composition is not Composition.WORKLOADS


@rule("outbound-fits-the-network", Settings, source=f"{_TYPES}; {NAT_GATEWAY}")
def the_way_out_fits_the_network(settings: Settings) -> Iterator[Violation]:
    """AKS puts its own gateway into its own network only, and a way out of somebody's into somebody's network only."""
    network = settings.cluster.network
    its_own = settings.network is None and network.subnet_id is None
    if network.outbound is Outbound.MANAGED_NAT_GATEWAY and not its_own:
        where = "network" if settings.network else "cluster.network.subnet_id"
        problem = f"managedNATGateway goes with a network that AKS makes, and the nodes are in {where}"
        yield Violation(_OUTBOUND, problem, "choose another", Outbound.USER_ASSIGNED_NAT_GATEWAY)
    if not _makes_a_cluster(settings) or not its_own:
        return
    if network.outbound is Outbound.USER_ASSIGNED_NAT_GATEWAY:
        problem = (
            "userAssignedNATGateway is the gateway of a subnet, and the nodes are in a network that AKS makes"
        )
        yield Violation(
            _OUTBOUND,
            problem,
            "say network or cluster.network.subnet_id, or choose another",
            Outbound.MANAGED_NAT_GATEWAY,
        )
    if network.outbound is Outbound.USER_DEFINED_ROUTING:
        problem = "userDefinedRouting follows the route table of a subnet, and the nodes are in a network that AKS makes"
        yield Violation(
            _OUTBOUND,
            problem,
            "say network with firewall_ip, or cluster.network.subnet_id, or choose another",
        )


@rule("nat-gateway-is-made", Settings, source=f"{NAT_GATEWAY}; of one that is there nothing is changed")
def options_are_of_a_gateway_that_is_made(settings: Settings) -> Iterator[Violation]:
    """Who makes none cannot say what it is like."""
    network, path = settings.cluster.network, ("cluster", "network", "nat_gateway")
    if network.nat_gateway is None:
        return
    if network.outbound not in (Outbound.MANAGED_NAT_GATEWAY, Outbound.USER_ASSIGNED_NAT_GATEWAY):
        yield Violation(path, f"does nothing for outbound: {network.outbound}", "take it out", remove=True)
    elif (
        network.outbound is Outbound.USER_ASSIGNED_NAT_GATEWAY
        and settings.network is None
        and network.subnet_id
    ):
        yield Violation(
            path,
            "the subnet is there, and so is its gateway, which the program leaves alone",
            "take it out",
            remove=True,
        )
    elif network.outbound is Outbound.MANAGED_NAT_GATEWAY and network.nat_gateway.zone:
        yield Violation(
            (*path, "zone"), "AKS chooses the zone of the gateway that it makes", "take it out", remove=True
        )


@rule(
    "route-of-the-subnet",
    Settings,
    source=f"{_ROUTES}; https://learn.microsoft.com/azure/aks/aks-service-permissions",
)
def a_routed_subnet_has_a_table(settings: Settings) -> Iterator[Violation]:
    """One that the program makes, with a firewall to lead to, or the one of a subnet that is there."""
    network, made = settings.cluster.network, settings.network
    routed = network.outbound is Outbound.USER_DEFINED_ROUTING
    path = ("cluster", "network", "route_table_id")
    if network.route_table_id and not (routed and network.subnet_id):
        problem = (
            "network makes a route table" if routed else f"does nothing for outbound: {network.outbound}"
        )
        yield Violation(path, problem, "take it out", remove=True)
    if routed and network.subnet_id and not network.route_table_id:
        problem = "missing, and the cluster's identity needs rights on the subnet's route table"
        yield Violation(
            path, problem, "say the id that `az network vnet subnet show --query routeTable.id` prints"
        )
    if made and made.firewall_ip and not routed:
        problem = f"does nothing for cluster.network.outbound: {network.outbound}"
        yield Violation(
            ("network", "firewall_ip"), problem, "take it out, or choose userDefinedRouting", remove=True
        )
    if made and routed and not made.firewall_ip:
        yield Violation(
            ("network", "firewall_ip"),
            "missing, and everything would be routed to it",
            "say the firewall's private address",
        )


@rule("firewall-address", Settings, source=f"{_ROUTES}; {_HOPS}; {OVERLAY}")
def a_firewall_has_a_private_address_elsewhere(settings: Settings) -> Iterator[Violation]:
    """A next hop is an address of a network card that forwards, and not one that Azure gives to a node. Of pods and Services no network
    card outside may have one: what is sent there stays in the cluster."""
    network, inside = settings.network, settings.cluster.network
    if network is None or network.firewall_ip is None:
        return
    path, said = ("network", "firewall_ip"), network.firewall_ip
    try:
        address = ipaddress.IPv4Address(said)
    except ValueError:
        yield Violation(path, f"{said!r} is not an IPv4 address", "say the firewall's private address")
        return
    if is_public(ipaddress.IPv4Network(address)):
        yield Violation(path, f"{said!r} is a public address", "say the firewall's private one")
    for key, text in (("nodes", network.nodes), ("private_endpoints", network.private_endpoints)):
        subnet = ipv4_range(text) if text else None
        if subnet and address in subnet:
            yield Violation(
                path,
                f"{said!r} is an address of network.{key}",
                "say the firewall's, in a subnet of its own or in another network",
            )
    for key, text in (("pod_cidr", inside.pod_cidr), ("service_cidr", inside.service_cidr)):
        cidr = parse_cidr(text)
        if cidr and address in cidr:
            problem = f"{said!r} is an address of cluster.network.{key} {text!r}, and what is sent there stays in the cluster"
            yield Violation(path, problem, f"say the firewall's, or give cluster.network.{key} another range")
