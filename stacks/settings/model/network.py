"""Section ``network``: the virtual network of the nodes."""

from stacks.settings.model.section import Section


class VirtualNetworkSettings(Section):
    """A virtual network that the program makes for the cluster."""

    address_space: str
    """All of its addresses: `10.10.0.0/16`."""
    nodes: str
    """Those of the nodes, a part of it: `10.10.0.0/22`. Pods have addresses of their own."""
    private_endpoints: str | None = None
    """Those of private endpoints, another part: `10.10.4.0/27`; none if not given."""
    firewall_ip: str | None = None
    """With `cluster.network.outbound: userDefinedRouting`: private address of the firewall that everything goes to first."""
