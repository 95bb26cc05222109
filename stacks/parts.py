"""From settings to the arguments of components. Pure but for the components that it is handed; every composition uses the same parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pulumi import Input

from components import naming
from components.alerts import Alerts
from components.cluster import AksClusterArgs, Entra
from components.csi_addon import CsiAddon
from components.etcd_encryption import Kms
from components.grants import Principal
from components.identity import Reader
from components.maintenance import Maintenance
from components.node_pool import Autoscale, NodePool
from components.private_endpoint import PrivateEndpoint, VaultZone
from components.roles import PrincipalType
from components.vault import KeyVaultArgs, VaultNetwork
from components.vault_access import AccessPolicy
from components.vault_secrets import RandomValue, SeededSecret
from components.virtual_network import NodeNetwork
from stacks import network_parts
from stacks.deployer import Deployer
from stacks.facts import Facts
from stacks.settings import Grants, Settings, secret_value
from stacks.settings.operators import CsiDriverSettings, Install
from stacks.settings.pools import PoolSettings, SystemPoolSettings, UserPoolSettings
from stacks.settings.secrets import SecretSettings, SecretSource
from stacks.settings.upgrades import MaintenanceSettings
from stacks.settings.vault import EveryVaultSettings, PeopleSettings, PrivateEndpointSettings
from stacks.settings.workloads import WorkloadSettings, reach_of


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


def deployer_type(settings: Settings) -> PrincipalType | None:
    """What whoever runs ``pulumi`` is, if the settings say so."""
    said = settings.people.current_type
    return None if said is None else PrincipalType(said.value)


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
    return Maintenance(day=said.day, start_time=said.start_time, utc_offset=said.utc_offset, duration_hours=said.duration_hours)


def _csi_addon(driver: CsiDriverSettings | None) -> CsiAddon | None:
    if driver is None or driver.install is not Install.ADDON:
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


def vault_args(
    settings: Settings, facts: Facts, label: str | None, group: Input[str], readers: Mapping[str, Reader], around: Around
) -> KeyVaultArgs:
    """What is said of a vault, section ``people`` and the seeded secrets of ``workloads``, as the component takes them.

    ``label`` is what the settings call it, ``readers`` are whom it names, where access policies decide.
    """
    # Of a platform's vault the settings say nothing.
    vault = next((said for _, called, said in settings.every_vault if called == label), EveryVaultSettings())
    network, deployer, known = vault.network, facts.deployer, facts.vaults[label]
    return KeyVaultArgs(
        resource_group_name=group,
        vault_name=known.name,
        label=label,
        existing_id=known.id if known.exists else None,
        subscription_id=deployer.subscription_id,
        tenant_id=deployer.tenant_id,
        sku=vault.sku,
        soft_delete_retention_days=vault.soft_delete_retention_days,
        purge_protection=vault.purge_protection,
        network=VaultNetwork(
            public_access=network.public_access,
            default_action=network.default_action,
            bypass=network.bypass,
            ip_rules=network.ip_rules,
            subnet_ids=network.subnet_ids,
        ),
        secrets=[_seeded(secret, settings) for secret in settings.seeded_secrets if secret.vault == label],
        # Of another vault that exists its owner says who manages its values.
        officers=[] if label and known.exists else _officers(settings.people, deployer),
        private_endpoint=_private_endpoint(settings, vault.private_endpoint, known.name, group, around),
        # Of a vault that exists its owner says what is written down, and who is told.
        log_workspace_id=None if known.exists else around.workspace_id,
        alerts=None if known.exists else around.alerts,
        authorization=known.authorization,
        policies=_policies(settings, label, readers),
        grants_managed=settings.grants is Grants.MANAGED,
        recover=vault.recover,
        recovered_id=known.id,
        protect=vault.protect,
        tags=settings.tags,
    )


def _private_endpoint(
    settings: Settings, said: PrivateEndpointSettings | None, vault_name: str, group: Input[str], around: Around
) -> PrivateEndpoint | None:
    if said is None:
        return None
    zone = None if said.dns_zone_id else around.vault_zone
    return PrivateEndpoint(
        resource_group_name=group,
        endpoint_name=naming.private_endpoint(vault_name),
        subnet_id=said.subnet_id or (around.network.endpoints_subnet_id if around.network else ""),
        dns_zone_id=zone.resource_id if zone else said.dns_zone_id or "",
        after=zone.links if zone else (),
        tags=settings.tags,
    )


def vault_component(label: str | None) -> str:
    """What the component of a vault is called."""
    return f"vault-{label}" if label else "vault"


def _policies(settings: Settings, label: str | None, readers: Mapping[str, Reader]) -> list[AccessPolicy]:
    asking = {name: [one for one in settings.workloads_by_identity[name] if label in one.vaults] for name in readers}
    return [_policy(name, readers[name].principal_id, label, workloads) for name, workloads in asking.items() if workloads]


def _policy(reader: str, object_id: Input[str], vault: str | None, workloads: Sequence[WorkloadSettings]) -> AccessPolicy:
    """What these workloads read. They may list secrets too: they have said ``scope: vault``."""
    collections = {reach.access.collection for reach in reach_of(workloads) if reach.vault == vault}
    return AccessPolicy(
        label=reader,
        object_id=object_id,
        secrets=("get", "list"),
        keys=("get",) if "keys" in collections else (),
        certificates=("get",) if "certificates" in collections else (),
    )


def _seeded(secret: SecretSettings, settings: Settings) -> SeededSecret:
    taken = {other.place for other in settings.seeded_secrets}
    elsewhere = [label for _, label, _ in settings.every_vault if label != secret.vault and (label, secret.name.lower()) not in taken]
    return SeededSecret(
        name=secret.name,
        value=_value(secret),
        content_type=secret.content_type,
        not_before=_seconds(secret.not_before),
        expires=_seconds(secret.expires),
        manage=secret.manage,
        perhaps_from=[vault_component(label) for label in elsewhere],
    )


def _value(secret: SecretSettings) -> Input[str] | RandomValue:
    if secret.source is SecretSource.RANDOM:
        return RandomValue(length=secret.length, special=secret.special)
    if secret.source is SecretSource.CONFIG:
        return secret_value(secret.key_in_config)
    return secret.value or ""


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _officers(people: PeopleSettings, deployer: Deployer) -> list[Principal]:
    listed = [
        *(Principal(f"user-{object_id}", object_id, PrincipalType.USER) for object_id in people.users),
        *(Principal(f"group-{object_id}", object_id, PrincipalType.GROUP) for object_id in people.groups),
        *(
            Principal(f"service-principal-{object_id}", object_id, PrincipalType.SERVICE_PRINCIPAL)
            for object_id in people.service_principals
        ),
    ]
    # Somebody who is listed and also runs `pulumi` has the right already; a second assignment would be refused.
    if people.current and deployer.object_id.lower() not in {person.object_id for person in listed}:
        listed.append(deployer.principal)
    return listed
