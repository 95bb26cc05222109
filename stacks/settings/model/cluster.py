"""Section ``cluster``: what AKS accepts, checked before anything is registered."""

from typing import Annotated

from components.cluster.args import Tier
from stacks.settings.model.api_server import PrivateSettings
from stacks.settings.model.cluster_network import ClusterNetworkSettings
from stacks.settings.model.existing import ExistingCluster
from stacks.settings.model.kms import KeyVaultId, KmsSettings
from stacks.settings.model.node_pools import SystemPoolSettings, UserPoolSettings
from stacks.settings.model.section import Section
from stacks.settings.model.upgrades import UpgradeSettings
from stacks.settings.types.azure import Guid, RegistryId, ResourceGroupName
from stacks.settings.validation.constraints import IntRange, Pattern

_RESOURCE_NAMES = "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerservice"

ClusterName = Annotated[
    str,
    Pattern(
        "cluster-name",
        r"[a-zA-Z0-9]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?",
        is_a="cluster name",
        remedy="use 1 to 63 letters, digits, hyphens and underscores, a letter or digit first and last",
        example="aks-shop-dev",
        source=_RESOURCE_NAMES,
        hyphenated=True,
    ),
]
KubernetesVersion = Annotated[
    str,
    Pattern(
        "kubernetes-version",
        r"1\.[0-9]{2}(\.[0-9]{1,2})?",
        is_a="Kubernetes version",
        remedy="use a minor version of AKS in quotes, or one with its patch",
        example="1.36",
        source="https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
    ),
]


CleanerHours = Annotated[
    int,
    IntRange(
        "image-cleaner-interval",
        24,
        2160,
        unit="hours",
        source="https://learn.microsoft.com/azure/aks/image-cleaner",
    ),
]


class EntraSettings(Section):
    """Microsoft Entra ID for the Kubernetes API."""

    enabled: bool = True
    """Sign in to Kubernetes with Entra; AKS cannot take it away from a cluster again."""
    azure_rbac: bool = True
    """Azure role assignments decide what somebody may do; the program grants the deployer cluster admin."""
    admin_groups: tuple[Guid, ...] = ()
    """Object ids of Entra groups that are cluster admins."""
    grant_deployer: bool = True
    """Make whoever runs `pulumi` cluster admin, where `azure_rbac` decides."""


class ClusterSettings(Section):
    """The AKS cluster. OIDC issuer and workload identity are always on."""

    existing: ExistingCluster | None = None
    """A cluster that is there already, instead of one that the program makes; other keys do not go with it."""
    name: ClusterName | None = None
    """`aks-<stack>` if not given."""
    resource_group: ResourceGroupName | None = None
    """Resource group of everything in this stack; `rg-<project>-<stack>` if not given."""
    node_resource_group: ResourceGroupName | None = None
    """Group that AKS makes for nodes and load balancers; MC_… if not given."""
    tier: Tier = Tier.STANDARD
    """Free has no uptime agreement and suits fewer than 10 nodes."""
    kubernetes_version: KubernetesVersion | None = None
    """In quotes: "1.36", or "1.36.2" where no channel upgrades it; AKS's default if not given."""
    system_pool: SystemPoolSettings | None = None
    """The pool that every cluster has; needed unless the cluster is existing."""
    user_pools: tuple[UserPoolSettings, ...] = ()
    """Further pools."""
    upgrades: UpgradeSettings = UpgradeSettings()
    """What AKS upgrades by itself."""
    network: ClusterNetworkSettings = ClusterNetworkSettings()
    """How pods and Services get addresses."""
    entra: EntraSettings = EntraSettings()
    """Who may use the Kubernetes API."""
    local_accounts: bool = False
    """Allow the cluster's own certificates, which no Entra policy reaches."""
    authorized_ip_ranges: tuple[str, ...] = ()
    """CIDRs from which the API server answers; from everywhere if empty."""
    private: PrivateSettings | None = None
    """A private address for the API server, and no public one."""
    kms: KmsSettings | None = None
    """A key of one's own for the Secrets in etcd; Azure's keys if not given."""
    former_kms_vault_ids: tuple[KeyVaultId, ...] = ()
    """ARM ids of vaults that `kms` named before: the cluster needs their keys until every Secret was written again."""
    image_cleaner_interval_hours: CleanerHours | None = None
    """How often images that nobody uses leave the nodes; never if not given."""
    container_registries: tuple[RegistryId, ...] = ()
    """ARM ids of registries from which the nodes may pull (AcrPull)."""
    export_kubeconfig: bool = False
    """Make the kubeconfig an output (secret). Whoever can decrypt the state then has what it holds."""
    protect: bool = False
    """Refuse to delete or replace the cluster until this is taken out again."""

    @property
    def has_windows_pools(self) -> bool:
        """Whether any of its pools runs Windows."""
        return any(pool.os_sku.is_windows for pool in self.user_pools)

    @property
    def max_nodes(self) -> int:
        """The nodes that all pools together can grow to."""
        system = self.system_pool.max_nodes if self.system_pool else 0
        return system + sum(pool.max_nodes for pool in self.user_pools)


# --------------------------------------------------------------------------------------------------------------- cross-key rules
