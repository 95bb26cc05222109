"""Section ``network``: the virtual network of the nodes."""

from stacks.settings.model.section import Section


class VirtualNetworkSettings(Section):
    """A virtual network that the program makes for the cluster."""

    address_space: str
    """Address range of the whole network: `10.10.0.0/16`."""
    nodes: str
    """Address range of the nodes' subnet, part of `address_space`: `10.10.0.0/22`. Pods have a range of their
    own.
    """
    private_endpoints: str | None = None
    """Address range of a subnet for private endpoints, another part: `10.10.4.0/27`; no such subnet by
    default.
    """
    firewall_ip: str | None = None
    """With `cluster.network.outbound: userDefinedRouting`: private address of the firewall that all outbound
    traffic goes to.
    """
