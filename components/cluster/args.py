"""Arguments of the cluster that the program creates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pulumi import Input

from components.authorization.role_assignments import Principal
from components.cluster.api_server import PrivateApi
from components.cluster.app_routing import AppRouting
from components.cluster.csi_addon import CsiAddon
from components.cluster.entra import Entra
from components.cluster.kms import KmsKey
from components.cluster.maintenance import Maintenance
from components.cluster.network_profile import NetworkProfile
from components.cluster.node_pools import NodePool
from components.cluster.upgrades import NodeOsUpgradeChannel, UpgradeChannel


class Tier(StrEnum):
    """Pricing tier of the control plane; it also determines the uptime SLA."""

    FREE = "Free"
    STANDARD = "Standard"
    PREMIUM = "Premium"


class SupportPlan(StrEnum):
    """How long AKS supports a Kubernetes version."""

    KUBERNETES_OFFICIAL = "KubernetesOfficial"
    """As long as the Kubernetes community does: about a year."""
    LONG_TERM = "AKSLongTermSupport"
    """A second year, with tier Premium."""


@dataclass(frozen=True, kw_only=True)
class AksClusterArgs:
    """Arguments of ``AksCluster``."""

    resource_group_name: Input[str]
    cluster_name: str
    subscription_id: str
    tenant_id: str
    deployer: Principal | None
    """Principal that runs ``pulumi``. With Azure RBAC it becomes cluster admin, since Owner and Contributor
    grant no Kubernetes rights. None: the deployer has these rights already, through ``Entra.admin_groups`` or
    otherwise.
    """
    system_pool: NodePool
    user_pools: Sequence[NodePool] = ()
    kubernetes_version: str | None = None
    """``1.36`` or ``1.36.2``. None: AKS's default."""
    tier: Tier = Tier.STANDARD
    support_plan: SupportPlan | None = None
    """None: AKS's default, KubernetesOfficial."""
    network: NetworkProfile = field(default_factory=NetworkProfile)
    upgrade_channel: UpgradeChannel = UpgradeChannel.PATCH
    node_os_upgrade_channel: NodeOsUpgradeChannel = NodeOsUpgradeChannel.NODE_IMAGE
    entra: Entra | None = field(default_factory=Entra)
    """None: the kubeconfig contains a client certificate (local accounts)."""
    local_accounts: bool = False
    authorized_ip_ranges: Sequence[str] = ()
    """CIDRs that may reach the API server; empty: all addresses."""
    private: PrivateApi | None = None
    """API server with a private address only; needs ``network.subnet_id``. None: a public address."""
    kms: KmsKey | None = None
    """Customer-managed key that encrypts the Secrets in etcd. None: Azure's encryption of the disks only."""
    former_kms_vault_ids: Sequence[str] = ()
    """ARM ids of vaults whose keys still decrypt data in etcd, or are cached there. The cluster's identity
    keeps its role in them.
    """
    csi_addon: CsiAddon | None = None
    app_routing: AppRouting | None = None
    """None: the application routing add-on is left as it is."""
    container_registry_ids: Sequence[str] = ()
    """ARM ids of the registries from which the nodes pull images."""
    node_resource_group_name: str | None = None
    image_cleaner_hours: int | None = None
    """Hours between removals of unused images from the nodes. None: images are never removed."""
    maintenance: Maintenance | None = None
    """Window for AKS's upgrades. None: AKS upgrades at any time."""
    log_workspace_id: Input[str] | None = None
    """ARM id of the Log Analytics workspace for control-plane audit logs. None: no diagnostic setting."""
    grants_managed: bool = True
    """False: the program makes no role assignment; ``grants`` lists those that have to be made elsewhere."""
    protect: bool = False
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
