"""From settings to the arguments of components. Pure but for the components that it is handed; every composition uses the same parts."""

from dataclasses import dataclass

from pulumi import Input

from components.cluster.aks_cluster import AksClusterArgs, Entra
from components.cluster.csi_addon import CsiAddon
from components.cluster.kms import Kms
from components.cluster.maintenance import Maintenance
from components.cluster.node_pools import Autoscale, NodePool
from components.key_vault.alerts import Alerts
from components.key_vault.private_endpoint import VaultZone
from components.network.virtual_network import NodeNetwork
from stacks.args import network as network_parts
from stacks.context import Facts
from stacks.settings import Grants, Settings
from stacks.settings.model.csi_driver import CsiDriverInstall, CsiDriverSettings
from stacks.settings.model.node_pools import PoolSettings, SystemPoolSettings, UserPoolSettings
from stacks.settings.model.upgrades import MaintenanceSettings


@dataclass(frozen=True)
class Around:
    """What a cluster and a vault are put into, where the stack makes it."""

    workspace_id: Input[str] | None = None
    """Of Log Analytics."""
    network: NodeNetwork | None = None
    vault_zone: VaultZone | None = None
    """The zone that leads to private addresses of vaults."""
    alerts: Alerts | None = None
    """Of the vaults that the stack makes."""


def cluster_args(settings: Settings, facts: Facts, group: Input[str], around: Around) -> AksClusterArgs:
    """Section ``cluster``, as the component takes it."""
    cluster, entra, deployer = settings.cluster, settings.cluster.entra, facts.deployer
    if cluster.system_pool is None:
        raise RuntimeError("the settings have checked that there is one")
    return AksClusterArgs(
        resource_group_name=group,
        cluster_name=facts.cluster_name,
        subscription_id=deployer.subscription_id,
        tenant_id=deployer.tenant_id,
        deployer=deployer.principal if entra.grant_deployer else None,
        system_pool=_pool(cluster.system_pool),
        user_pools=[_pool(pool) for pool in cluster.user_pools],
        kubernetes_version=cluster.kubernetes_version,
        tier=cluster.tier,
        network=network_parts.cluster_network(settings, around.network),
        upgrade_channel=cluster.upgrades.channel,
        node_os_upgrade_channel=cluster.upgrades.node_os_channel,
        entra=Entra(azure_rbac=entra.azure_rbac, admin_groups=entra.admin_groups) if entra.enabled else None,
        local_accounts=cluster.local_accounts,
        authorized_ip_ranges=cluster.authorized_ip_ranges,
        private=network_parts.private_api(settings, facts, around.network),
        kms=Kms(key_id=cluster.kms.key_id, vault_id=cluster.kms.vault_id) if cluster.kms else None,
        former_kms_vault_ids=cluster.former_kms_vault_ids,
        csi_addon=_csi_addon(settings.operators.csi_driver),
        container_registry_ids=cluster.container_registries,
        node_resource_group_name=cluster.node_resource_group,
        image_cleaner_hours=cluster.image_cleaner_interval_hours,
        maintenance=_maintenance(cluster.upgrades.maintenance),
        log_workspace_id=around.workspace_id,
        grants_managed=settings.grants is Grants.MANAGED,
        protect=cluster.protect,
        tags=settings.tags,
    )


def _maintenance(said: MaintenanceSettings | None) -> Maintenance | None:
    if said is None:
        return None
    return Maintenance(
        day=said.day,
        start_time=said.start_time,
        utc_offset=said.utc_offset,
        duration_hours=said.duration_hours,
    )


def _csi_addon(driver: CsiDriverSettings | None) -> CsiAddon | None:
    if driver is None or driver.install is not CsiDriverInstall.ADDON:
        return None
    return CsiAddon(rotation=driver.rotation, poll_interval=driver.poll_interval)


def _pool(pool: SystemPoolSettings | UserPoolSettings) -> NodePool:
    return NodePool(
        name=pool.name,
        vm_size=pool.vm_size,
        count=pool.first_nodes,
        autoscale=_autoscale(pool),
        os_sku=pool.os_sku,
        os_disk_size_gb=pool.os_disk_size_gb,
        zones=pool.zones,
        max_pods=pool.max_pods,
        os_disk_type=pool.os_disk_type,
        encryption_at_host=pool.encryption_at_host,
        labels=pool.labels,
        taints=pool.taints if isinstance(pool, UserPoolSettings) else (),
        spot=isinstance(pool, UserPoolSettings) and pool.spot,
    )


def _autoscale(pool: PoolSettings) -> Autoscale | None:
    if pool.autoscale is None:
        return None
    return Autoscale(min_count=pool.autoscale.min_count, max_count=pool.autoscale.max_count)
