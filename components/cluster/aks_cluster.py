"""The AKS cluster whose OIDC issuer every federated credential trusts.

Owns: the managed cluster, its node pools, its own identity with the rights it needs, the deployer's Kubernetes rights.
Deliberately not here: the way to its API (components/cluster/base.py), the virtual network (given by subnet id), operators
(components/operators/), anything inside the cluster.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_azure_native import containerservice, managedidentity

from components import naming
from components.authorization.role_assignments import Principal, RoleAssignmentSpec, make_role_assignment
from components.authorization.roles import PrincipalType, Role
from components.cluster.api_server import PrivateApi, SystemZone, access_profile, link_zone
from components.cluster.base import Cluster
from components.cluster.csi_addon import CsiAddon, addon_identity, addon_profiles
from components.cluster.kms import KmsKey, kms_profile, vault_grants
from components.cluster.maintenance import Maintenance, make_windows
from components.cluster.network_profile import NetworkProfile, network_profile
from components.cluster.node_pools import NodePool, nodes_of, system_pool_profile
from components.diagnostics import CLUSTER_LOGS, make_diagnostic_setting
from components.resource_ids import ArmId


class Tier(StrEnum):
    """Control plane tier, with its uptime agreement and price."""

    FREE = "Free"
    STANDARD = "Standard"
    PREMIUM = "Premium"


class UpgradeChannel(StrEnum):
    """Which Kubernetes versions AKS moves the cluster to by itself."""

    NONE = "none"
    PATCH = "patch"
    STABLE = "stable"
    RAPID = "rapid"
    NODE_IMAGE = "node-image"


# Sending the first minor version again would ask for a downgrade: pulumi-azure-native#2059
_MOVES_THE_MINOR = (UpgradeChannel.STABLE, UpgradeChannel.RAPID)


class NodeOsUpgradeChannel(StrEnum):
    """Which operating system updates AKS brings to the nodes by itself."""

    NONE = "None"
    UNMANAGED = "Unmanaged"
    SECURITY_PATCH = "SecurityPatch"
    NODE_IMAGE = "NodeImage"


@dataclass(frozen=True, kw_only=True)
class Entra:
    """Microsoft Entra ID decides who may use the Kubernetes API."""

    azure_rbac: bool = True
    """Azure role assignments also decide what they may do there."""
    admin_groups: Sequence[str] = ()
    """Object ids of groups that are cluster admins."""


@dataclass(frozen=True, kw_only=True)
class AksClusterArgs:
    """What to make of the cluster."""

    resource_group_name: Input[str]
    cluster_name: str
    subscription_id: str
    tenant_id: str
    deployer: Principal | None
    """Who runs ``pulumi``: made cluster admin where Azure RBAC decides, since Owner and Contributor carry no Kubernetes rights. None:
    somebody has seen to it, by ``Entra.admin_groups`` or otherwise."""
    system_pool: NodePool
    user_pools: Sequence[NodePool] = ()
    kubernetes_version: str | None = None
    """``1.36`` or ``1.36.2``; AKS's default if not given."""
    tier: Tier = Tier.STANDARD
    network: NetworkProfile = field(default_factory=NetworkProfile)
    upgrade_channel: UpgradeChannel = UpgradeChannel.PATCH
    node_os_upgrade_channel: NodeOsUpgradeChannel = NodeOsUpgradeChannel.NODE_IMAGE
    entra: Entra | None = field(default_factory=Entra)
    local_accounts: bool = False
    authorized_ip_ranges: Sequence[str] = ()
    """CIDRs from which the API server answers; from everywhere if empty."""
    private: PrivateApi | None = None
    """The API server has a private address only; needs ``network.subnet_id``."""
    kms: KmsKey | None = None
    """A key of one's own for the Secrets in etcd."""
    former_kms_vault_ids: Sequence[str] = ()
    """ARM ids of vaults whose keys still decrypt what is in etcd, or are cached there; the cluster's identity keeps its right."""
    csi_addon: CsiAddon | None = None
    container_registry_ids: Sequence[str] = ()
    """ARM ids of the registries that the nodes pull from."""
    node_resource_group_name: str | None = None
    image_cleaner_hours: int | None = None
    """How often unused images leave the nodes; None: never."""
    maintenance: Maintenance | None = None
    """When AKS may upgrade; None: whenever it likes."""
    log_workspace_id: Input[str] | None = None
    """ARM id of the Log Analytics workspace that keeps who changed what; nobody does without one."""
    grants_managed: bool = True
    """False: makes no role assignment; ``grants`` says which ones somebody else has to make."""
    protect: bool = False
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


class AksCluster(Cluster):
    """A cluster with OIDC issuer and workload identity, always.

    Creates: UserAssignedIdentity, ManagedCluster, one AgentPool per user pool, RoleAssignments (subnet, network and zone, route table, key,
    registries, deployer), VirtualNetworkLink (for whoever deploys to a private one), the Kubernetes provider.
    """

    managed_cluster: containerservice.ManagedCluster

    def __init__(self, name: str, args: AksClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        identity = managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_group_name=args.resource_group_name,
            resource_name_=naming.control_plane_identity(args.cluster_name),
            opts=ResourceOptions(parent=self),
        )
        # AKS gives every cluster an administrator of Windows nodes with a password that nobody knows (Azure/AKS#1545), so none is said:
        # it would stand in the state, and one more or less replaces the cluster (pulumi-azure-native, replacement.go).
        self.windows = any(pool.os_sku.is_windows for pool in args.user_pools)
        before = self._grant_control_plane(name, args, identity)
        self.managed_cluster = self._make_cluster(name, args, identity, before)
        # Of a cluster that refuses to go nothing goes with it: a refused destroy would forget what is there all the same.
        self.delete_with = None if args.protect else self.managed_cluster
        self._make_pools(name, args)
        if args.maintenance:
            make_windows(
                self,
                name,
                args.maintenance,
                args.resource_group_name,
                self.managed_cluster,
                deleted_with=self.delete_with,
            )
        if args.log_workspace_id:
            make_diagnostic_setting(self, name, self.managed_cluster.id, args.log_workspace_id, CLUSTER_LOGS)

        self.name = self.managed_cluster.name
        self.resource_id = self.managed_cluster.id
        # Read back by name and not taken from the resource: in the preview of an update azure-native knows a cluster's name and
        # little else, so other tags would preview as another issuer, and the registries' role assignments as replaced.
        live = containerservice.get_managed_cluster_output(
            resource_group_name=args.resource_group_name, resource_name=self.managed_cluster.name
        )
        self.issuer_url = live.oidc_issuer_profile.apply(_issuer_of)
        self.kubelet_object_id = live.identity_profile.apply(_kubelet_object_id)
        # Where the add-on is only just being switched on, the cluster that is there knows nothing of it yet; its answer will.
        coming = self.managed_cluster.addon_profiles
        addon = live.addon_profiles.apply(lambda found: addon_identity(found) or coming.apply(addon_identity))
        self.csi_addon_client_id = addon.apply(lambda identity: identity.client_id or "" if identity else "")
        self.csi_addon_object_id = addon.apply(lambda identity: identity.object_id or "" if identity else "")
        self._grant_registries(name, args)
        self.kubeconfig = self._read_kubeconfig(
            args.resource_group_name, self.managed_cluster.name, entra=args.entra is not None
        )
        way = list(args.private.depends_on) if args.private else []
        if args.private and args.private.linked_network_id:
            zone = SystemZone(
                node_resource_group_name=live.node_resource_group.apply(str),
                private_fqdn=live.private_fqdn,
                tags=args.tags,
            )
            way.append(link_zone(self, name, zone, args.private.linked_network_id, self.delete_with))
        self.provider = self._make_provider(name, [*way, *self._grant_deployer(name, args)])
        self._register()

    def _assign(
        self, name: str, args: AksClusterArgs, grant: RoleAssignmentSpec, former_names: Sequence[str] = ()
    ) -> list[pulumi.Resource]:
        self.grants.append(grant)
        opts = ResourceOptions(parent=self, aliases=[pulumi.Alias(name=old) for old in former_names] or None)
        return [make_role_assignment(name, grant, args.subscription_id, opts)] if args.grants_managed else []

    def _grant_control_plane(
        self, name: str, args: AksClusterArgs, identity: managedidentity.UserAssignedIdentity
    ) -> list[pulumi.Resource]:
        """What AKS does with this identity from its first minute on: it joins nodes and load balancers to a subnet that is not its own,
        writes a private API server's name into a zone, links that to the network (Azure/AKS#2711), and encrypts with a key.

        https://learn.microsoft.com/azure/aks/configure-azure-cni#prerequisites; of its route table:
        https://learn.microsoft.com/azure/aks/managed-identity-overview#control-plane-managed-identity-role-assignments; of a zone:
        https://learn.microsoft.com/azure/aks/private-clusters#configuration-options-for-private-dns
        """
        control_plane = Principal("control-plane", identity.principal_id, PrincipalType.SERVICE_PRINCIPAL)
        needed: list[tuple[str, Role, Input[str]]] = []
        if args.network.subnet_id is not None:
            needed.append(("subnet", Role.NETWORK_CONTRIBUTOR, args.network.subnet_id))
            if args.private and args.private.has_zone:
                needed.append(("network", Role.NETWORK_CONTRIBUTOR, args.network.virtual_network_id))
        if args.network.route_table_id is not None:
            needed.append(("route-table", Role.NETWORK_CONTRIBUTOR, args.network.route_table_id))
        if args.private and args.private.zone_id:
            needed.append(("zone", Role.PRIVATE_DNS_ZONE_CONTRIBUTOR, args.private.zone_id))
        made = [
            self._assign(f"{name}-{what}", args, RoleAssignmentSpec(control_plane, role, scope))
            for what, role, scope in needed
        ]
        for vault in vault_grants(args.kms, args.former_kms_vault_ids):
            grant = RoleAssignmentSpec(control_plane, Role.KEY_VAULT_CRYPTO_USER, vault.vault_id)
            made.append(
                self._assign(
                    f"{name}{vault.role}", args, grant, [f"{name}{was}" for was in vault.former_names]
                )
            )
        return [one for each in made for one in each]

    def _grant_registries(self, name: str, args: AksClusterArgs) -> None:
        kubelet = Principal("kubelet", self.kubelet_object_id, PrincipalType.SERVICE_PRINCIPAL)
        for registry in args.container_registry_ids:
            registry_name = ArmId.parse(registry).name.lower()
            self._assign(
                f"{name}/registry/{registry_name}", args, RoleAssignmentSpec(kubelet, Role.ACR_PULL, registry)
            )

    def _make_cluster(
        self,
        name: str,
        args: AksClusterArgs,
        identity: managedidentity.UserAssignedIdentity,
        prerequisites: list[pulumi.Resource],
    ) -> containerservice.ManagedCluster:
        ignore: list[str] = []
        if args.system_pool.autoscale:
            ignore.append("agentPoolProfiles[0].count")  # the autoscaler's business after the first day
        if args.upgrade_channel in _MOVES_THE_MINOR:
            ignore.append("kubernetesVersion")
        return containerservice.ManagedCluster(
            f"{name}-cluster",
            resource_group_name=args.resource_group_name,
            resource_name_=args.cluster_name,
            dns_prefix=naming.dns_prefix(args.cluster_name),
            kubernetes_version=args.kubernetes_version,
            node_resource_group=args.node_resource_group_name,
            sku=containerservice.ManagedClusterSKUArgs(name="Base", tier=args.tier.value),
            identity=containerservice.ManagedClusterIdentityArgs(
                type=containerservice.ResourceIdentityType.USER_ASSIGNED,
                user_assigned_identities=[identity.id],
            ),
            enable_rbac=True,
            oidc_issuer_profile=containerservice.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
            # ARM keeps what a PUT leaves out, so what was taken out of the settings is said to be off: Azure/AKS#2904
            security_profile=containerservice.ManagedClusterSecurityProfileArgs(
                workload_identity=containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs(
                    enabled=True
                ),
                image_cleaner=containerservice.ManagedClusterSecurityProfileImageCleanerArgs(
                    enabled=args.image_cleaner_hours is not None, interval_hours=args.image_cleaner_hours
                ),
                azure_key_vault_kms=kms_profile(args.kms),
            ),
            # One inline pool only: editing inline pools puts all of them into Scaling (pulumi-azure-native#4264), and a cluster needs one.
            agent_pool_profiles=[system_pool_profile(args.system_pool, args.network.subnet_id)],
            network_profile=network_profile(args.network),
            api_server_access_profile=access_profile(
                args.private, args.authorized_ip_ranges, args.network.outbound_addresses
            ),
            auto_upgrade_profile=containerservice.ManagedClusterAutoUpgradeProfileArgs(
                upgrade_channel=args.upgrade_channel.value,
                node_os_upgrade_channel=args.node_os_upgrade_channel.value,
            ),
            aad_profile=_aad_profile(args),
            disable_local_accounts=not args.local_accounts,
            addon_profiles=addon_profiles(args.csi_addon),
            tags=args.tags,
            opts=ResourceOptions(
                parent=self,
                # A network that a peering's write is changing takes no nodes.
                depends_on=[*prerequisites, *(args.private.depends_on if args.private else ())],
                ignore_changes=ignore,
                protect=args.protect or None,
            ),
        )

    def _make_pools(self, name: str, args: AksClusterArgs) -> None:
        moved_by_aks = args.upgrade_channel in _MOVES_THE_MINOR
        for pool in args.user_pools:
            containerservice.AgentPool(
                f"{name}/pool/{pool.name}",
                resource_group_name=args.resource_group_name,
                resource_name_=self.managed_cluster.name,
                agent_pool_name=pool.name,
                mode=containerservice.AgentPoolMode.USER,
                tags=args.tags,
                **nodes_of(pool, args.network.subnet_id),
                # Another version of the cluster moves its control plane and no nodes (Azure/AKS#2889); here it moves these too.
                orchestrator_version=None if moved_by_aks else args.kubernetes_version,
                # A pool goes with its cluster; deleting it first would only cost time.
                opts=ResourceOptions(
                    parent=self,
                    deleted_with=self.delete_with,
                    ignore_changes=["count"] if pool.autoscale else None,
                ),
            )

    def _grant_deployer(self, name: str, args: AksClusterArgs) -> list[pulumi.Resource]:
        if not (args.deployer and args.entra and args.entra.azure_rbac):
            return []
        return self._assign(
            f"{name}-deployer",
            args,
            RoleAssignmentSpec(args.deployer, Role.AKS_RBAC_CLUSTER_ADMIN, self.resource_id),
        )


def _issuer_of(profile: "containerservice.outputs.ManagedClusterOIDCIssuerProfileResponse | None") -> str:
    if profile is None or not profile.issuer_url:
        raise pulumi.RunError(
            "the cluster reports no OIDC issuer URL, so no federated credential can trust it"
        )
    return profile.issuer_url


def _kubelet_object_id(
    profile: Mapping[str, "containerservice.outputs.UserAssignedIdentityManagedClusterResponse"] | None,
) -> str:
    kubelet = (profile or {}).get("kubeletidentity")
    if kubelet is None or not kubelet.object_id:
        raise pulumi.RunError(
            "the cluster reports no kubelet identity, so nothing can be granted to its nodes"
        )
    return kubelet.object_id


def _aad_profile(args: AksClusterArgs) -> containerservice.ManagedClusterAADProfileArgs | None:
    if args.entra is None:
        return None
    return containerservice.ManagedClusterAADProfileArgs(
        managed=True,
        enable_azure_rbac=args.entra.azure_rbac,
        admin_group_object_ids=list(args.entra.admin_groups),
        tenant_id=args.tenant_id,
    )
