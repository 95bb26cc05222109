"""Section ``cluster``: the AKS cluster."""

from typing import Annotated, ClassVar

from components.cluster.args import SupportPlan, Tier
from stacks.settings.model.api_server import PrivateSettings
from stacks.settings.model.app_routing import AppRoutingSettings
from stacks.settings.model.cluster_network import ClusterNetworkSettings
from stacks.settings.model.existing import ExistingCluster
from stacks.settings.model.kms import KeyVaultId, KmsSettings
from stacks.settings.model.node_pools import SystemPoolSettings, UserPoolSettings
from stacks.settings.model.section import Section
from stacks.settings.model.upgrades import UpgradeSettings
from stacks.settings.types import nearly
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
        mended=nearly.kubernetes_version,
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
    """Users sign in to the Kubernetes API with Entra ID. AKS cannot switch it off again."""
    azure_rbac: bool = True
    """Azure role assignments decide what a user may do in the cluster, instead of Kubernetes RBAC."""
    admin_groups: tuple[Guid, ...] = ()
    """Object ids of Entra groups whose members are cluster admins."""
    grant_deployer: bool = True
    """With `azure_rbac`: make the identity that runs `pulumi` cluster admin. Owner and Contributor carry no
    rights in Kubernetes.
    """


class ClusterSettings(Section):
    """The AKS cluster. OIDC issuer and workload identity are always on."""

    needs_a_key: ClassVar[bool] = True

    existing: ExistingCluster | None = None
    """Use a cluster that already exists instead of making one. Keys that configure a cluster cannot stand
    beside it.
    """
    name: ClusterName | None = None
    """Name of the cluster; `aks-<stack>` by default."""
    resource_group: ResourceGroupName | None = None
    """Resource group of everything in this stack; `rg-<project>-<stack>` by default."""
    node_resource_group: ResourceGroupName | None = None
    """Resource group that AKS makes for nodes and load balancers; `MC_<group>_<cluster>_<region>` by default.
    """
    tier: Tier = Tier.STANDARD
    """Pricing tier of the control plane. Free has no uptime agreement and is meant for fewer than 10 nodes.
    """
    support_plan: SupportPlan | None = None
    """KubernetesOfficial: about a year for each version; AKSLongTermSupport: two years, with tier Premium. By
    default AKS chooses KubernetesOfficial.
    """
    kubernetes_version: KubernetesVersion | None = None
    """Version in quotes: "1.36", or "1.36.2" where no channel upgrades it; AKS's default version by default.
    """
    system_pool: SystemPoolSettings | None = None
    """The node pool that carries AKS's own pods. Required unless the cluster is existing."""
    user_pools: tuple[UserPoolSettings, ...] = ()
    """Additional node pools, for workloads."""
    upgrades: UpgradeSettings = UpgradeSettings()
    """Upgrades that AKS makes by itself, and their maintenance window."""
    network: ClusterNetworkSettings = ClusterNetworkSettings()
    """Addresses of pods and Services, network policies and egress."""
    entra: EntraSettings = EntraSettings()
    """Access to the Kubernetes API with Entra ID."""
    local_accounts: bool = False
    """Allow the cluster's own admin certificate, which bypasses Entra ID and its policies."""
    authorized_ip_ranges: tuple[str, ...] = ()
    """Public IPv4 ranges (CIDR) that may call the API server, at most 200; every address by default."""
    private: PrivateSettings | None = None
    """Give the API server a private address and no public one."""
    kms: KmsSettings | None = None
    """Encrypt the Secrets in etcd with a customer-managed key; a key of Azure's by default."""
    former_kms_vault_ids: tuple[KeyVaultId, ...] = ()
    """ARM ids of the vaults that `kms` named before. The cluster needs their keys until every Secret has been
    written again.
    """
    image_cleaner_interval_hours: CleanerHours | None = None
    """Hours between two removals of unused images from the nodes, 24 to 2160; images stay by default."""
    app_routing: AppRoutingSettings | None = None
    """AKS' application routing add-on, an NGINX controller for `workloads[].service.ingress`."""
    container_registries: tuple[RegistryId, ...] = ()
    """ARM ids of Azure Container Registries from which the nodes may pull images (role AcrPull)."""
    export_kubeconfig: bool = False
    """Publish the kubeconfig as a secret output. Everyone who can decrypt the state can then use it."""
    protect: bool = False
    """Refuse to delete or replace the cluster until this key is removed."""

    @property
    def has_windows_pools(self) -> bool:
        """Whether any pool runs Windows."""
        return any(pool.os_sku.is_windows for pool in self.user_pools)

    @property
    def max_nodes(self) -> int:
        """Number of nodes that all pools together can grow to."""
        system = self.system_pool.max_nodes if self.system_pool else 0
        return system + sum(pool.max_nodes for pool in self.user_pools)
