"""Arguments of the cluster that the stack creates: sections ``cluster`` and ``operators.csi_driver``."""

from components.cluster.app_routing import AppRouting
from components.cluster.args import AksClusterArgs
from components.cluster.csi_addon import CsiAddon
from components.cluster.entra import Entra
from components.cluster.kms import KmsKey
from components.cluster.maintenance import Maintenance
from components.cluster.node_pools import NodeAutoscaling, NodePool
from stacks.args.copy_fields import FieldCopy
from stacks.args.network import network_profile, private_api
from stacks.context import SharedResources, StackContext
from stacks.settings import Grants
from stacks.settings.model.app_routing import AppRoutingSettings
from stacks.settings.model.cluster import EntraSettings
from stacks.settings.model.csi_driver import CsiDriverInstall, CsiDriverSettings
from stacks.settings.model.kms import KmsSettings
from stacks.settings.model.node_pools import NodeAutoscalingSettings, SystemPoolSettings, UserPoolSettings
from stacks.settings.model.upgrades import MaintenanceSettings

_copy_entra = FieldCopy(EntraSettings, Entra, unused=("enabled", "grant_deployer"))
_copy_kms = FieldCopy(KmsSettings, KmsKey)
_copy_csi_addon = FieldCopy(CsiDriverSettings, CsiAddon, unused=("install", "namespace", "version"))
_copy_app_routing = FieldCopy(AppRoutingSettings, AppRouting)
_copy_maintenance = FieldCopy(MaintenanceSettings, Maintenance)
_copy_autoscale = FieldCopy(NodeAutoscalingSettings, NodeAutoscaling)
_copy_system_pool = FieldCopy(SystemPoolSettings, NodePool, computed=("count", "autoscale"))
_copy_user_pool = FieldCopy(UserPoolSettings, NodePool, computed=("count", "autoscale"))


def cluster_args(context: StackContext, shared: SharedResources) -> AksClusterArgs:
    """Arguments of the AKS cluster."""
    settings, deployer = context.settings, context.deployer
    cluster, entra, maintenance = (
        settings.cluster,
        settings.cluster.entra,
        settings.cluster.upgrades.maintenance,
    )
    if cluster.system_pool is None:
        raise RuntimeError("rule system-pool-is-there makes sure of a system pool")
    return AksClusterArgs(
        resource_group_name=shared.resource_group_name,
        cluster_name=context.cluster_name,
        subscription_id=deployer.subscription_id,
        tenant_id=deployer.tenant_id,
        deployer=deployer.principal if entra.grant_deployer else None,
        system_pool=_pool(cluster.system_pool),
        user_pools=[_pool(pool) for pool in cluster.user_pools],
        kubernetes_version=cluster.kubernetes_version,
        tier=cluster.tier,
        support_plan=cluster.support_plan,
        network=network_profile(context, shared.network),
        upgrade_channel=cluster.upgrades.channel,
        node_os_upgrade_channel=cluster.upgrades.node_os_channel,
        entra=_copy_entra(entra) if entra.enabled else None,
        local_accounts=cluster.local_accounts,
        authorized_ip_ranges=cluster.authorized_ip_ranges,
        private=private_api(context, shared.network),
        kms=_copy_kms(cluster.kms) if cluster.kms else None,
        former_kms_vault_ids=cluster.former_kms_vault_ids,
        csi_addon=_csi_addon(settings.operators.csi_driver),
        app_routing=_copy_app_routing(cluster.app_routing) if cluster.app_routing else None,
        container_registry_ids=cluster.container_registries,
        node_resource_group_name=cluster.node_resource_group,
        image_cleaner_hours=cluster.image_cleaner_interval_hours,
        maintenance=_copy_maintenance(maintenance) if maintenance else None,
        log_workspace_id=shared.workspace_id,
        grants_managed=settings.grants is Grants.MANAGED,
        protect=cluster.protect,
        tags=settings.tags,
    )


def _csi_addon(driver: CsiDriverSettings | None) -> CsiAddon | None:
    return _copy_csi_addon(driver) if driver and driver.install is CsiDriverInstall.ADDON else None


def _pool(pool: SystemPoolSettings | UserPoolSettings) -> NodePool:
    autoscale = _copy_autoscale(pool.autoscale) if pool.autoscale else None
    if isinstance(pool, UserPoolSettings):
        return _copy_user_pool(pool, count=pool.initial_nodes, autoscale=autoscale)
    return _copy_system_pool(pool, count=pool.initial_nodes, autoscale=autoscale)
