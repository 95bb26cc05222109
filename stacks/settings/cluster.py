"""Section ``cluster``: what AKS accepts, checked before anything is registered."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Annotated

from components.cluster import Dataplane, NetworkPolicy, NodeOsUpgradeChannel, OsSku, Tier, UpgradeChannel
from stacks.settings.names import Guid, RegistryId, ResourceGroupName, SubnetId
from stacks.settings.rules import Between, Found, Matches, Section, remove_command, rule

_RESOURCE_NAMES = "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerservice"
_QUOTAS = "https://learn.microsoft.com/azure/aks/quotas-skus-regions"
_SYSTEM_POOLS = "https://learn.microsoft.com/azure/aks/use-system-pools#system-and-user-node-pools"
_OVERLAY = "https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay"
_CNI = "https://learn.microsoft.com/azure/aks/concepts-network-cni-overview#aks-cni-networking-prerequisites"
_POLICIES = "https://learn.microsoft.com/azure/aks/use-network-policies"
_UPGRADES = "https://learn.microsoft.com/azure/aks/auto-upgrade-cluster"

ClusterName = Annotated[
    str,
    Matches(
        "cluster-name",
        r"[a-zA-Z0-9]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?",
        is_a="cluster name",
        allowed="use 1 to 63 letters, digits, hyphens and underscores, a letter or digit first and last",
        example="aks-shop-dev",
        source=_RESOURCE_NAMES,
    ),
]
PoolName = Annotated[
    str,
    Matches(
        "pool-name",
        r"[a-z][a-z0-9]{0,11}",
        is_a="Linux node pool name",
        allowed="use 1 to 12 lower-case letters and digits, a letter first",
        example="apps",
        source="https://learn.microsoft.com/azure/aks/create-node-pools#limitations",
    ),
]
VmSize = Annotated[
    str,
    Matches(
        "vm-size",
        r"Standard_[A-Z]+[0-9]+[A-Za-z0-9_-]*",
        is_a="VM size",
        allowed="use a size that `az vm list-skus --location REGION --resource-type virtualMachines` lists",
        example="Standard_D2s_v5",
        source="https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions",
    ),
]
KubernetesVersion = Annotated[
    str,
    Matches(
        "kubernetes-version",
        r"1\.[0-9]{2}(\.[0-9]{1,2})?",
        is_a="Kubernetes version",
        allowed="use a minor version of AKS in quotes, or one with its patch",
        example="1.36",
        source="https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
    ),
]
PollInterval = Annotated[
    str,
    Matches(
        "rotation-poll-interval",
        r"[1-9][0-9]*[mh]",
        is_a="poll interval",
        allowed="use whole minutes or hours, one minute at least: each poll reads every mounted secret of every pod",
        example="2m",
        source="https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options",
    ),
]
Zone = Annotated[
    str,
    Matches(
        "availability-zone",
        r"[123]",
        is_a="availability zone",
        allowed='use "1", "2" or "3", in quotes in the stack file',
        example=None,
        source="https://learn.microsoft.com/azure/aks/reliability-availability-zones-configure",
    ),
]
NodeCount = Annotated[int, Between("node-count", 1, 1000, unit="nodes", source=_QUOTAS)]
LowestNodeCount = Annotated[int, Between("node-count-lowest", 0, 1000, unit="nodes", source=_QUOTAS)]
MaxPods = Annotated[
    int,
    Between(
        "max-pods",
        10,
        250,
        unit="pods per node",
        source="https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning",
    ),
]
DiskSize = Annotated[
    int,
    Between(
        "os-disk-size",
        30,
        2048,
        unit="GiB",
        source="https://learn.microsoft.com/rest/api/aks/agent-pools/create-or-update (osDiskSizeGB: 0 to 2048, images need 30)",
    ),
]


class AutoscaleSettings(Section):
    """Bounds for the cluster autoscaler."""

    min_count: LowestNodeCount
    """Fewest nodes: 0 for a user pool, 1 for the system pool."""
    max_count: NodeCount
    """Most nodes."""


class PoolSettings(Section):
    """Nodes of one kind."""

    vm_size: VmSize
    """Azure VM size of the nodes."""
    count: NodeCount = 1
    """Nodes; with `autoscale` the nodes at creation, later the autoscaler's business."""
    autoscale: AutoscaleSettings | None = None
    """Let AKS choose the number of nodes within these bounds."""
    os_sku: OsSku = OsSku.AZURE_LINUX
    """Linux distribution of the nodes."""
    os_disk_size_gb: DiskSize | None = None
    """Operating system disk in GiB; what belongs to the VM size if not given."""
    zones: tuple[Zone, ...] = ()
    """Availability zones over which the nodes are spread."""
    max_pods: MaxPods | None = None
    """Pods per node; 250 if not given."""

    @property
    def most_nodes(self) -> int:
        """The nodes that this pool can grow to."""
        return self.autoscale.max_count if self.autoscale else self.count


class SystemPoolSettings(PoolSettings):
    """The pool that carries AKS's own pods; there is exactly one."""

    name: PoolName = "system"
    """Name of the pool."""


class UserPoolSettings(PoolSettings):
    """A pool for workloads."""

    name: PoolName
    """Name of the pool."""


class UpgradeSettings(Section):
    """What AKS upgrades by itself."""

    channel: UpgradeChannel = UpgradeChannel.PATCH
    """Kubernetes versions: with any channel but none and node-image, `kubernetes_version` names a minor version only."""
    node_os_channel: NodeOsUpgradeChannel = NodeOsUpgradeChannel.NODE_IMAGE
    """Operating system of the nodes."""


class NetworkSettings(Section):
    """Azure CNI overlay."""

    dataplane: Dataplane = Dataplane.CILIUM
    """cilium: eBPF, Linux nodes only; azure: the older one, which Windows nodes need."""
    policy: NetworkPolicy | None = None
    """What enforces network policies: cilium with the cilium dataplane, none with the azure one if not given."""
    pod_cidr: str = "10.244.0.0/16"
    """Addresses of pods; each node takes a /24 of it."""
    service_cidr: str = "10.0.0.0/16"
    """Addresses of Services."""
    dns_service_ip: str = "10.0.0.10"
    """Address of the cluster's DNS, within `service_cidr`."""
    subnet_id: SubnetId | None = None
    """ARM id of an existing subnet for the nodes; AKS makes its own network if not given."""

    @property
    def effective_policy(self) -> NetworkPolicy:
        """The policy engine that goes with the dataplane."""
        if self.policy is not None:
            return self.policy
        return NetworkPolicy.CILIUM if self.dataplane is Dataplane.CILIUM else NetworkPolicy.NONE


class EntraSettings(Section):
    """Microsoft Entra ID for the Kubernetes API."""

    enabled: bool = True
    """Sign in to Kubernetes with Entra; AKS cannot take it away from a cluster again."""
    azure_rbac: bool = True
    """Azure role assignments decide what somebody may do; the program grants the deployer cluster admin."""
    admin_groups: tuple[Guid, ...] = ()
    """Object ids of Entra groups that are cluster admins."""


class CsiAddonSettings(Section):
    """The AKS add-on azure-keyvault-secrets-provider (Secrets Store CSI driver)."""

    rotation: bool = True
    """Read secrets again while a pod runs."""
    poll_interval: PollInterval = "2m"
    """How often."""


class ClusterSettings(Section):
    """The AKS cluster. OIDC issuer and workload identity are always on."""

    name: ClusterName | None = None
    """aks-<stack> if not given."""
    resource_group: ResourceGroupName | None = None
    """Resource group of everything in this stack; rg-<project>-<stack> if not given."""
    node_resource_group: ResourceGroupName | None = None
    """Group that AKS makes for nodes and load balancers; MC_… if not given."""
    tier: Tier = Tier.STANDARD
    """Free has no uptime agreement and suits fewer than 10 nodes."""
    kubernetes_version: KubernetesVersion | None = None
    """In quotes: "1.36", or "1.36.2" where no channel upgrades it; AKS's default if not given."""
    system_pool: SystemPoolSettings
    """The pool that every cluster has."""
    user_pools: tuple[UserPoolSettings, ...] = ()
    """Further pools."""
    upgrades: UpgradeSettings = UpgradeSettings()
    """What AKS upgrades by itself."""
    network: NetworkSettings = NetworkSettings()
    """How pods and Services get addresses."""
    entra: EntraSettings = EntraSettings()
    """Who may use the Kubernetes API."""
    local_accounts: bool = False
    """Allow the cluster's own certificates, which no Entra policy reaches."""
    authorized_ip_ranges: tuple[str, ...] = ()
    """CIDRs from which the API server answers; from everywhere if empty."""
    csi_addon: CsiAddonSettings | None = None
    """Switch the CSI add-on on."""
    container_registries: tuple[RegistryId, ...] = ()
    """ARM ids of registries from which the nodes may pull (AcrPull)."""
    export_kubeconfig: bool = False
    """Make the kubeconfig an output (secret). Whoever can decrypt the state then has what it holds."""
    protect: bool = False
    """Refuse to delete or replace the cluster until this is taken out again."""

    @property
    def most_nodes(self) -> int:
        """The nodes that all pools together can grow to."""
        return self.system_pool.most_nodes + sum(pool.most_nodes for pool in self.user_pools)


# --------------------------------------------------------------------------------------------------------------- cross-key rules


@rule("autoscale-bounds", PoolSettings, source="https://learn.microsoft.com/azure/aks/cluster-autoscaler")
def count_lies_within_the_autoscaler_bounds(pool: PoolSettings) -> Iterator[Found]:
    """AKS refuses bounds that are the wrong way round or leave the first count outside."""
    if pool.autoscale is None:
        return
    low, high = pool.autoscale.min_count, pool.autoscale.max_count
    if low > high:
        yield Found(("autoscale", "min_count"), f"{low} is more than max_count {high}", "choose at most max_count", str(high))
    elif not low <= pool.count <= high:
        yield Found(
            ("count",),
            f"{pool.count} is outside autoscale ({low} to {high})",
            "choose a count within it",
            str(max(low, 1)),
        )


@rule("system-pool-never-empty", SystemPoolSettings, source=_SYSTEM_POOLS)
def system_pool_keeps_a_node(pool: SystemPoolSettings) -> Iterator[Found]:
    """A system pool has at least one node."""
    if pool.autoscale and pool.autoscale.min_count < 1:
        yield Found(("autoscale", "min_count"), "the system pool cannot be scaled to 0", "choose 1 or more", "1")


@rule(
    "system-pool-vm-size",
    SystemPoolSettings,
    source=f"{_SYSTEM_POOLS}; https://learn.microsoft.com/azure/aks/quotas-skus-regions#system-node-pools",
)
def system_pool_size_can_carry_it(pool: SystemPoolSettings) -> Iterator[Found]:
    """B-series sizes run out of CPU credit under AKS's own pods; one vCPU is refused (SystemPoolSkuTooLow)."""
    family = re.match(r"Standard_([A-Z]+)([0-9]+)", pool.vm_size)
    if family and (family[1].startswith("B") or int(family[2]) < 2):
        yield Found(
            ("vm_size",),
            f"{pool.vm_size!r} is a size that AKS does not support for system pools",
            "use 2 vCPUs and 4 GiB at least, and no B-series",
            "Standard_D2s_v5",
        )


@rule(
    "pool-holds-thirty-pods",
    PoolSettings,
    source="https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning#configuring-maximum-pods-per-node-for-your-clusters",
)
def pool_has_room_for_thirty_pods(pool: PoolSettings) -> Iterator[Found]:
    """AKS wants room for 30 pods in every pool."""
    nodes = pool.autoscale.min_count if pool.autoscale else pool.count
    if pool.max_pods and nodes and pool.max_pods * nodes < 30:
        wrong = f"{pool.max_pods} pods on {nodes} node{'s' if nodes > 1 else ''} make {pool.max_pods * nodes}"
        yield Found(("max_pods",), wrong, "AKS wants room for 30 in every pool", str(-(-30 // nodes)))


@rule("pool-names-differ", ClusterSettings, source="https://learn.microsoft.com/azure/aks/create-node-pools")
def pool_names_differ(cluster: ClusterSettings) -> Iterator[Found]:
    """Pools of one cluster are told apart by name."""
    seen = {cluster.system_pool.name}
    for index, pool in enumerate(cluster.user_pools):
        if pool.name in seen:
            yield Found(
                ("user_pools", index, "name"),
                f"{pool.name!r} is the name of another pool",
                "choose another name",
                "apps2",
            )
        seen.add(pool.name)


@rule("pool-number", ClusterSettings, source=_QUOTAS)
def pools_are_not_too_many(cluster: ClusterSettings) -> Iterator[Found]:
    """AKS allows 100 pools in a cluster."""
    if len(cluster.user_pools) > 99:
        yield Found(("user_pools",), f"{len(cluster.user_pools)} pools and the system pool", "AKS allows 100 pools in a cluster")


@rule("free-tier-nodes", ClusterSettings, source="https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers")
def free_tier_has_few_nodes(cluster: ClusterSettings) -> Iterator[Found]:
    """The Free control plane carries 1,000 nodes."""
    if cluster.tier is Tier.FREE and cluster.most_nodes > 1000:
        yield Found(
            ("tier",),
            f"Free carries 1000 nodes, but the pools can grow to {cluster.most_nodes}",
            "choose Standard",
            "Standard",
        )


@rule("no-patch-version-with-channel", ClusterSettings, source=_UPGRADES)
def channel_owns_the_patch_version(cluster: ClusterSettings) -> Iterator[Found]:
    """A channel moves the patch version on; the one written here would ask AKS to go back."""
    version, channel = cluster.kubernetes_version, cluster.upgrades.channel
    if version and version.count(".") == 2 and channel not in (UpgradeChannel.NONE, UpgradeChannel.NODE_IMAGE):
        minor = version.rsplit(".", 1)[0]
        yield Found(
            ("kubernetes_version",),
            f"{version!r} names a patch, but upgrades.channel {channel} chooses it",
            "name the minor",
            minor,
        )


@rule("node-image-channels-agree", UpgradeSettings, source=_UPGRADES)
def node_image_channel_wants_node_image(upgrades: UpgradeSettings) -> Iterator[Found]:
    """The cluster channel node-image works only with the node OS channel NodeImage."""
    if upgrades.channel is UpgradeChannel.NODE_IMAGE and upgrades.node_os_channel is not NodeOsUpgradeChannel.NODE_IMAGE:
        yield Found(
            ("node_os_channel",),
            f"{upgrades.node_os_channel} does not go with channel node-image",
            "choose NodeImage",
            "NodeImage",
        )


@rule("policy-fits-dataplane", NetworkSettings, source=_POLICIES)
def policy_fits_the_dataplane(network: NetworkSettings) -> Iterator[Found]:
    """Cilium enforces its own policies and no other engine's."""
    if (network.effective_policy is NetworkPolicy.CILIUM) != (network.dataplane is Dataplane.CILIUM):
        choices = "cilium" if network.dataplane is Dataplane.CILIUM else "calico, azure or none"
        yield Found(
            ("policy",),
            f"{network.effective_policy} does not go with dataplane {network.dataplane}",
            f"choose {choices}",
            choices.split(",", maxsplit=1)[0],
        )


# AKS reserves these for itself: https://learn.microsoft.com/azure/aks/configure-azure-cni#plan-ip-addressing-for-your-cluster
_RESERVED = [ipaddress.ip_network(cidr) for cidr in ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24")]


def _network_of(cidr: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(cidr)
    except ValueError:
        return None


@rule("cidr", NetworkSettings, source=_CNI)
def ranges_are_cidrs(network: NetworkSettings) -> Iterator[Found]:
    """An address and a prefix length, no host bits set."""
    for key, value, example in (
        ("pod_cidr", network.pod_cidr, "10.244.0.0/16"),
        ("service_cidr", network.service_cidr, "10.0.0.0/16"),
    ):
        if _network_of(value) is None:
            yield Found((key,), f"{value!r} is not an IPv4 range", "write the first address and a prefix length", example)


@rule("cidr-reserved", NetworkSettings, source=_CNI)
def ranges_are_free(network: NetworkSettings) -> Iterator[Found]:
    """Some ranges are AKS's own."""
    for key, value, example in (
        ("pod_cidr", network.pod_cidr, "10.244.0.0/16"),
        ("service_cidr", network.service_cidr, "10.0.0.0/16"),
    ):
        found = _network_of(value)
        taken = [str(reserved) for reserved in _RESERVED if found and found.overlaps(reserved)]
        if taken:
            yield Found(
                (key,),
                f"{value!r} meets {taken[0]}, which AKS keeps for itself",
                "choose another private range",
                example,
            )


@rule("cidrs-apart", NetworkSettings, source=_OVERLAY)
def pods_and_services_do_not_overlap(network: NetworkSettings) -> Iterator[Found]:
    """An address is a pod's or a Service's."""
    pods, services = _network_of(network.pod_cidr), _network_of(network.service_cidr)
    if pods and services and pods.overlaps(services):
        yield Found(
            ("pod_cidr",),
            f"{network.pod_cidr!r} overlaps service_cidr {network.service_cidr!r}",
            "choose ranges apart",
            "10.244.0.0/16",
        )


@rule("service-cidr-size", NetworkSettings, source=_CNI)
def service_range_is_small_enough(network: NetworkSettings) -> Iterator[Found]:
    """The Service range must be smaller than a /12."""
    services = _network_of(network.service_cidr)
    if services and services.prefixlen <= 12:
        yield Found(
            ("service_cidr",),
            f"{network.service_cidr!r} is too large",
            "choose a range smaller than a /12",
            "10.0.0.0/16",
        )


@rule("dns-service-ip", NetworkSettings, source=_CNI)
def dns_address_is_a_service_address(network: NetworkSettings) -> Iterator[Found]:
    """Inside the Service range, and not its first address, which is the API server's own."""
    services = _network_of(network.service_cidr)
    if services is None:
        return
    try:
        address = ipaddress.IPv4Address(network.dns_service_ip)
    except ValueError:
        address = None
    usual = str(services.network_address + 10) if services.num_addresses > 16 else str(services.network_address + 2)
    if address is None or address not in services or address in (services.network_address, services.network_address + 1):
        wrong = f"{network.dns_service_ip!r} is not an address of service_cidr {network.service_cidr!r} after its first"
        yield Found(("dns_service_ip",), wrong, "choose one of its addresses", usual)


@rule("pod-cidr-holds-the-nodes", ClusterSettings, source=_OVERLAY)
def every_node_gets_its_pod_range(cluster: ClusterSettings) -> Iterator[Found]:
    """Overlay gives each node a /24; a range that is too small stops the pools from growing."""
    pods = _network_of(cluster.network.pod_cidr)
    nodes = cluster.most_nodes
    if pods and pods.num_addresses < nodes * 256:
        room = pods.num_addresses // 256
        yield Found(
            ("network", "pod_cidr"),
            f"{cluster.network.pod_cidr!r} has room for {room} nodes, but the pools can grow to {nodes}",
            "each node takes a /24: choose a larger range",
            "10.244.0.0/16",
        )


_LOCAL_ACCOUNTS = "https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad"


@rule("somebody-can-sign-in", ClusterSettings, source=_LOCAL_ACCOUNTS)
def somebody_can_sign_in(cluster: ClusterSettings) -> Iterator[Found]:
    """Azure does not refuse a cluster that nobody can use; it makes it."""
    entra = cluster.entra
    if cluster.local_accounts:
        return
    if not entra.enabled:
        yield Found(("local_accounts",), "off, and Entra is off too, so nobody could sign in", "switch one of them on", "true")
    elif not entra.azure_rbac and not entra.admin_groups:
        path = ("entra", "admin_groups")
        yield Found(
            path,
            "empty, with azure_rbac and local_accounts off, so nobody would be admin",
            "list a group, or switch azure_rbac on",
        )


@rule(
    "entra-keys-need-entra",
    EntraSettings,
    source="https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id",
)
def admin_groups_need_entra(entra: EntraSettings) -> Iterator[Found]:
    """Groups of a directory that the cluster does not ask mean nothing."""
    if entra.admin_groups and not entra.enabled:
        yield Found(
            ("admin_groups",),
            "given, but Entra is off",
            "switch it on or take the groups out",
            command="pulumi config set --path 'cluster.entra.enabled' true",
        )


_AUTHORIZED = "https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges"


@rule("authorized-ip-range", ClusterSettings, source=_AUTHORIZED)
def authorized_ranges_are_public(cluster: ClusterSettings) -> Iterator[Found]:
    """Public IPv4 ranges. 0.0.0.0/32, alone, is AKS's word for the cluster's own outgoing address."""
    ranges = cluster.authorized_ip_ranges
    for index, value in enumerate(ranges):
        found = _network_of(value)
        if value == "0.0.0.0/32" and len(ranges) == 1:
            continue
        if found is None or not found.is_global or found.prefixlen == 0:
            path = ("authorized_ip_ranges", index)
            yield Found(
                path,
                f"{value!r} is not a public IPv4 range",
                "write its first address and a prefix length",
                "ADDRESS/32",
            )


@rule("authorized-ip-range-number", ClusterSettings, source=_AUTHORIZED)
def authorized_ranges_are_not_too_many(cluster: ClusterSettings) -> Iterator[Found]:
    """AKS allows 200."""
    if len(cluster.authorized_ip_ranges) > 200:
        path = ("authorized_ip_ranges",)
        yield Found(path, f"{len(cluster.authorized_ip_ranges)} ranges", "AKS allows 200: join neighbours into larger ranges")


@rule("registry-listed-once", ClusterSettings, source="409 RoleAssignmentExists, pulumi-azure#121")
def registries_are_listed_once(cluster: ClusterSettings) -> Iterator[Found]:
    """The same registry twice would be the same role assignment twice."""
    seen: set[str] = set()
    for index, registry in enumerate(cluster.container_registries):
        name = registry.rsplit("/", 1)[-1].lower()
        if name in seen:
            path = ("container_registries", index)
            yield Found(path, f"registry {name!r} is listed twice", "list it once", command=remove_command(("cluster", *path)))
        seen.add(name)
