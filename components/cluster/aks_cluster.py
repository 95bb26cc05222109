"""The AKS cluster whose OIDC issuer every federated credential trusts.

Owns: the managed cluster, its node pools, its identity with the role assignments it needs, the deployer's
Kubernetes rights. Deliberately not here: the kubeconfig and the provider (base.py), the virtual network,
operators (components/operators/), objects inside the cluster.
"""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_azure_native import containerservice, managedidentity

from components import naming
from components.authorization.role_assignments import (
    Principal,
    RoleAssignmentSpec,
    make_or_read_role_assignment,
)
from components.authorization.roles import PrincipalType, Role
from components.cluster.api_server import SystemZone, access_profile, link_zone
from components.cluster.app_routing import ingress_profile, routing_identity
from components.cluster.args import AksClusterArgs
from components.cluster.base import Cluster
from components.cluster.csi_addon import addon_identity, addon_profiles
from components.cluster.entra import aad_profile
from components.cluster.kms import kms_profile, vault_grants
from components.cluster.maintenance import make_windows
from components.cluster.network_profile import network_profile
from components.cluster.node_pools import nodes_of, system_pool_profile
from components.diagnostics import CLUSTER_LOGS, make_diagnostic_setting
from components.resource_ids import ArmId


class AksCluster(Cluster):
    """A cluster with OIDC issuer and workload identity.

    Creates: UserAssignedIdentity, ManagedCluster, one AgentPool per user pool, RoleAssignments (subnet,
    network and zone, route table, key, registries, deployer), VirtualNetworkLink (if ``pulumi`` runs in
    another network than the nodes of a private cluster), the Kubernetes provider.
    """

    managed_cluster: containerservice.ManagedCluster

    def __init__(self, name: str, args: AksClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, args.resource_group_name, opts)
        identity = managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_group_name=args.resource_group_name,
            resource_name_=naming.control_plane_identity(args.cluster_name),
            opts=ResourceOptions(parent=self),
        )
        # No Windows administrator is configured: AKS generates one with a random password (Azure/AKS#1545). A
        # configured one would be kept in the state, and adding or removing it replaces the cluster
        # (pulumi-azure-native, replacement.go).
        self.windows = any(pool.os_sku.is_windows for pool in args.user_pools)
        role_assignments = self._grant_control_plane(name, args, identity)
        self.managed_cluster = self._make_cluster(name, args, identity, role_assignments)
        # A protected cluster does not take its children along. Otherwise a refused destroy would drop them
        # from the state although they still exist.
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
        # Read by an invoke, not from the resource: the preview of an update knows little more than the
        # cluster's name, so a changed tag would preview as a new issuer, and the registries' role assignments
        # as replaced.
        live = containerservice.get_managed_cluster_output(
            resource_group_name=args.resource_group_name, resource_name=self.managed_cluster.name
        )
        self.issuer_url = live.oidc_issuer_profile.apply(_issuer_of)
        self.kubelet_object_id = live.identity_profile.apply(_kubelet_object_id)
        # During the update that enables the add-on, the existing cluster does not report it yet; the updated
        # resource does.
        updated_profiles = self.managed_cluster.addon_profiles
        addon = live.addon_profiles.apply(
            lambda profiles: addon_identity(profiles) or updated_profiles.apply(addon_identity)
        )
        self.csi_addon_client_id = addon.apply(lambda identity: identity.client_id or "" if identity else "")
        self.csi_addon_object_id = addon.apply(lambda identity: identity.object_id or "" if identity else "")
        # As with the add-on above: the update that enables it reports it first.
        updated_routing = self.managed_cluster.ingress_profile
        routing = live.ingress_profile.apply(
            lambda profile: routing_identity(profile) or updated_routing.apply(routing_identity)
        )
        self.app_routing_client_id = routing.apply(lambda its: its.client_id or "" if its else "")
        self.app_routing_object_id = routing.apply(lambda its: its.object_id or "" if its else "")
        self._grant_registries(name, args)
        self.kubeconfig = self._read_kubeconfig(
            args.resource_group_name, self.managed_cluster.name, entra=args.entra is not None
        )
        reachable = list(args.private.depends_on) if args.private else []
        if args.private and args.private.linked_network_id:
            zone = SystemZone(
                node_resource_group_name=live.node_resource_group.apply(str),
                private_fqdn=live.private_fqdn,
                tags=args.tags,
            )
            reachable.append(link_zone(self, name, zone, args.private.linked_network_id, self.delete_with))
        self.provider = self._make_provider(name, [*reachable, *self._grant_deployer(name, args)])
        self._register()

    def _grant(
        self, name: str, args: AksClusterArgs, spec: RoleAssignmentSpec, former_names: Sequence[str] = ()
    ) -> list[pulumi.Resource]:
        opts = ResourceOptions(parent=self, aliases=[pulumi.Alias(name=old) for old in former_names] or None)
        grant = make_or_read_role_assignment(
            name, spec, args.subscription_id, opts, managed=args.grants_managed
        )
        self.grants.append(grant)
        return [grant.resource] if grant.resource else []

    def _grant_control_plane(
        self, name: str, args: AksClusterArgs, identity: managedidentity.UserAssignedIdentity
    ) -> list[pulumi.Resource]:
        """The roles that AKS uses from the cluster's creation on.

        AKS joins nodes and load balancers to a subnet that it does not own
        (https://learn.microsoft.com/azure/aks/configure-azure-cni#prerequisites), updates its route table
        (https://learn.microsoft.com/azure/aks/managed-identity-overview#control-plane-managed-identity-role-assignments),
        writes a private API server's name into a DNS zone
        (https://learn.microsoft.com/azure/aks/private-clusters#configuration-options-for-private-dns), links
        the zone to the network (Azure/AKS#2711) and encrypts with the KMS key.
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
            self._grant(f"{name}-{label}", args, RoleAssignmentSpec(control_plane, role, scope))
            for label, role, scope in needed
        ]
        for vault in vault_grants(args.kms, args.former_kms_vault_ids):
            grant = RoleAssignmentSpec(control_plane, Role.KEY_VAULT_CRYPTO_USER, vault.vault_id)
            made.append(
                self._grant(
                    f"{name}{vault.suffix}", args, grant, [f"{name}{suffix}" for suffix in vault.former_names]
                )
            )
        return [assignment for assignments in made for assignment in assignments]

    def _grant_registries(self, name: str, args: AksClusterArgs) -> None:
        kubelet = Principal("kubelet", self.kubelet_object_id, PrincipalType.SERVICE_PRINCIPAL)
        for registry in args.container_registry_ids:
            registry_name = ArmId.parse(registry).name.lower()
            self._grant(
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
            ignore.append("agentPoolProfiles[0].count")  # the autoscaler changes it
        if args.upgrade_channel.changes_minor_version:
            ignore.append("kubernetesVersion")
        return containerservice.ManagedCluster(
            f"{name}-cluster",
            resource_group_name=args.resource_group_name,
            resource_name_=args.cluster_name,
            dns_prefix=naming.dns_prefix(args.cluster_name),
            kubernetes_version=args.kubernetes_version,
            node_resource_group=args.node_resource_group_name,
            sku=containerservice.ManagedClusterSKUArgs(name="Base", tier=args.tier.value),
            support_plan=args.support_plan.value if args.support_plan else None,
            identity=containerservice.ManagedClusterIdentityArgs(
                type=containerservice.ResourceIdentityType.USER_ASSIGNED,
                user_assigned_identities=[identity.id],
            ),
            enable_rbac=True,
            oidc_issuer_profile=containerservice.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
            # ARM keeps properties that a PUT omits, so features that are not configured are disabled
            # explicitly: Azure/AKS#2904
            security_profile=containerservice.ManagedClusterSecurityProfileArgs(
                workload_identity=containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs(
                    enabled=True
                ),
                image_cleaner=containerservice.ManagedClusterSecurityProfileImageCleanerArgs(
                    enabled=args.image_cleaner_hours is not None, interval_hours=args.image_cleaner_hours
                ),
                azure_key_vault_kms=kms_profile(args.kms),
            ),
            # Only the one inline pool that a cluster needs: editing inline pools puts all of them into
            # Scaling (pulumi-azure-native#4264).
            agent_pool_profiles=[system_pool_profile(args.system_pool, args.network.subnet_id)],
            network_profile=network_profile(args.network),
            api_server_access_profile=access_profile(
                args.private, args.authorized_ip_ranges, args.network.outbound_addresses
            ),
            auto_upgrade_profile=containerservice.ManagedClusterAutoUpgradeProfileArgs(
                upgrade_channel=args.upgrade_channel.value,
                node_os_upgrade_channel=args.node_os_upgrade_channel.value,
            ),
            aad_profile=aad_profile(args.entra, args.tenant_id),
            disable_local_accounts=not args.local_accounts,
            addon_profiles=addon_profiles(args.csi_addon),
            ingress_profile=ingress_profile(args.app_routing),
            tags=args.tags,
            opts=ResourceOptions(
                parent=self,
                # AKS cannot create nodes in a network while a peering is being written.
                depends_on=[*prerequisites, *(args.private.depends_on if args.private else ())],
                ignore_changes=ignore,
                protect=args.protect or None,
            ),
        )

    def _make_pools(self, name: str, args: AksClusterArgs) -> None:
        upgraded_by_aks = args.upgrade_channel.changes_minor_version
        for pool in args.user_pools:
            containerservice.AgentPool(
                f"{name}/pool/{pool.name}",
                resource_group_name=args.resource_group_name,
                resource_name_=self.managed_cluster.name,
                agent_pool_name=pool.name,
                mode=containerservice.AgentPoolMode.USER,
                tags=args.tags,
                **nodes_of(pool, args.network.subnet_id),
                # A new cluster version upgrades the control plane only (Azure/AKS#2889), so the pools get it
                # too.
                orchestrator_version=None if upgraded_by_aks else args.kubernetes_version,
                # AKS deletes pools with the cluster; deleting them first would only take time.
                opts=ResourceOptions(
                    parent=self,
                    deleted_with=self.delete_with,
                    ignore_changes=["count"] if pool.autoscale else None,
                ),
            )

    def _grant_deployer(self, name: str, args: AksClusterArgs) -> list[pulumi.Resource]:
        if not (args.deployer and args.entra and args.entra.azure_rbac):
            return []
        return self._grant(
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
