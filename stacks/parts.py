"""From settings to the arguments of components. Pure but for the components that it is handed; every composition uses the same parts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pulumi import Input, Output

from components import naming
from components.cluster import AksCluster, AksClusterArgs, Entra
from components.cluster_network import Network
from components.csi_addon import CsiAddon
from components.grants import Principal
from components.identity import PlannedGrant, Reader, ServiceAccount
from components.node_pool import Autoscale, NodePool
from components.roles import PrincipalType
from components.vault import AccessPolicy, Authorization, KeyVault, KeyVaultArgs, RandomValue, SeededSecret, VaultNetwork
from components.workloads import WORKLOADS, Access, Kind, Pod, WantedObject
from components.workloads.pod import Probe, Service, UpdateStrategy
from stacks import reads
from stacks.deployer import Deployer
from stacks.settings import Grants, Settings, secret_value
from stacks.settings.across import WARN_GRANTS, planned_grants
from stacks.settings.operators import CsiDriverSettings, Install
from stacks.settings.pods import AmountSettings, PodSettings, ProbeSettings
from stacks.settings.pools import PoolSettings, SystemPoolSettings, UserPoolSettings
from stacks.settings.secrets import SecretSettings, SecretSource
from stacks.settings.vault import PeopleSettings
from stacks.settings.workloads import WorkloadSettings, reach_of


def deployer_type(settings: Settings) -> PrincipalType | None:
    """What whoever runs ``pulumi`` is, if the settings say so."""
    said = settings.people.current_type
    return None if said is None else PrincipalType(said.value)


def resource_group_name(settings: Settings) -> str:
    """The group of everything in the stack."""
    return settings.cluster.resource_group or naming.resource_group(settings.project, settings.stack)


def vault_name(settings: Settings, deployer: Deployer) -> str:
    """The vault's name, given or made."""
    return settings.vault.name or naming.vault(deployer.subscription_id, settings.project, settings.stack)


def vault_id(settings: Settings, deployer: Deployer) -> str:
    """The vault's ARM id as a plain string, known before there is a vault."""
    group = settings.vault.resource_group or resource_group_name(settings)
    name = vault_name(settings, deployer)
    return f"/subscriptions/{deployer.subscription_id}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{name}"


def cluster_args(settings: Settings, deployer: Deployer, group: Input[str]) -> AksClusterArgs:
    """Section ``cluster``, as the component takes it."""
    cluster, entra = settings.cluster, settings.cluster.entra
    return AksClusterArgs(
        resource_group_name=group,
        cluster_name=cluster.name or naming.cluster(settings.stack),
        subscription_id=deployer.subscription_id,
        tenant_id=deployer.tenant_id,
        deployer=deployer.principal if entra.grant_deployer else None,
        system_pool=_pool(cluster.system_pool),
        user_pools=[_pool(pool) for pool in cluster.user_pools],
        kubernetes_version=cluster.kubernetes_version,
        tier=cluster.tier,
        network=Network(
            dataplane=cluster.network.dataplane,
            policy=cluster.network.effective_policy,
            pod_cidr=cluster.network.pod_cidr,
            service_cidr=cluster.network.service_cidr,
            dns_service_ip=cluster.network.dns_service_ip,
            subnet_id=cluster.network.subnet_id,
        ),
        upgrade_channel=cluster.upgrades.channel,
        node_os_upgrade_channel=cluster.upgrades.node_os_channel,
        entra=Entra(azure_rbac=entra.azure_rbac, admin_groups=entra.admin_groups) if entra.enabled else None,
        local_accounts=cluster.local_accounts,
        authorized_ip_ranges=cluster.authorized_ip_ranges,
        csi_addon=_csi_addon(settings.operators.csi_driver),
        container_registry_ids=cluster.container_registries,
        node_resource_group_name=cluster.node_resource_group,
        grants_managed=settings.grants is Grants.MANAGED,
        protect=cluster.protect,
        tags=settings.tags,
    )


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
    )


def _autoscale(pool: PoolSettings) -> Autoscale | None:
    if pool.autoscale is None:
        return None
    return Autoscale(min_count=pool.autoscale.min_count, max_count=pool.autoscale.max_count)


def vault_args(settings: Settings, deployer: Deployer, group: Input[str], readers: Mapping[str, Reader]) -> KeyVaultArgs:
    """Sections ``vault`` and ``people`` and the seeded secrets of ``workloads``, as the component takes them.

    ``readers`` are there already where the vault itself has to name them (access policies).
    """
    vault, network = settings.vault, settings.vault.network
    return KeyVaultArgs(
        resource_group_name=group,
        vault_name=vault_name(settings, deployer),
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
        secrets=[_seeded(secret) for secret in settings.seeded_secrets],
        officers=_officers(settings.people, deployer),
        authorization=vault.authorization,
        policies=[_policy(reader.principal_id, settings.workloads_by_identity[name]) for name, reader in readers.items()],
        grants_managed=settings.grants is Grants.MANAGED,
        recover=vault.recover,
        recovered_id=vault_id(settings, deployer),
        protect=vault.protect,
        tags=settings.tags,
    )


def _policy(object_id: Input[str], workloads: Sequence[WorkloadSettings]) -> AccessPolicy:
    """What these workloads read. They may list secrets too: they have said ``scope: vault``."""
    collections = {reach.access.collection for reach in reach_of(workloads)}
    return AccessPolicy(
        object_id=object_id,
        secrets=("get", "list"),
        keys=("get",) if "keys" in collections else (),
        certificates=("get",) if "certificates" in collections else (),
    )


def _seeded(secret: SecretSettings) -> SeededSecret:
    return SeededSecret(
        name=secret.name,
        value=_value(secret),
        content_type=secret.content_type,
        not_before=_seconds(secret.not_before),
        expires=_seconds(secret.expires),
        manage=secret.manage,
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


def service_accounts(workloads: Sequence[WorkloadSettings]) -> list[ServiceAccount]:
    """Whom the identity of these workloads trusts, in the order of the list."""
    return [ServiceAccount(workload.namespace, workload.service_account_name) for workload in workloads]


def plan_grants(workloads: Sequence[WorkloadSettings], vault: KeyVault | None) -> list[PlannedGrant]:
    """What the identity of these workloads has to be granted, each grant once; nothing where the vault's own policies decide."""
    if vault is None:
        return []
    return [vault.list_grant() if reach.name is None else vault.read_grant(reach.type, reach.name) for reach in reach_of(workloads)]


def wanted_objects(workload: WorkloadSettings) -> list[WantedObject]:
    """What the workload reads, in the order of its list, and how."""
    return [
        WantedObject(
            name=secret.name,
            type=secret.type,
            env=secret.env,
            file=secret.file,
            kubernetes=workload.kubernetes_secret_of(secret) if workload.in_kubernetes(secret) else None,
            version=secret.version,
            version_history=secret.version_history,
            format=secret.format,
            encoding=secret.encoding,
            permission=secret.permission,
        )
        for secret in workload.secrets
    ]


def identity_name(workload: WorkloadSettings, settings: Settings) -> str:
    """The identity that reads for it, as Azure calls it; of a service principal the client id."""
    if workload.access is Access.USER_ASSIGNED_VM:
        # https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access
        return f"azurekeyvaultsecretsprovider-{settings.cluster.name or naming.cluster(settings.stack)}"
    if principal := workload.service_principal:
        return principal.client_id
    return naming.identity(settings.project, settings.stack, workload.identity_name)


def borrowed(workload: WorkloadSettings, cluster: AksCluster) -> dict[str, Any] | None:
    """Label and ids of an identity that the program does not make; None where the workload has one of its own."""
    if workload.access is Access.USER_ASSIGNED_VM:
        return {"label": "csi-addon", "client_id": cluster.csi_addon_client_id, "object_id": cluster.csi_addon_object_id}
    if principal := workload.service_principal:
        return {"label": workload.name, "client_id": principal.client_id, "object_id": principal.object_id}
    return None


def client_secret(workload: WorkloadSettings) -> Output[str] | None:
    """Of the workload's service principal, marked as a secret."""
    return secret_value(workload.service_principal.config_key) if workload.service_principal else None


def pod(settings: PodSettings) -> Pod | None:
    """What runs; None where somebody else deploys it."""
    if settings.kind is Kind.NONE or settings.image is None:
        return None
    service, strategy, port = settings.service, settings.update_strategy, settings.port or 0
    probes = {which: getattr(settings.probes, which) for which in ("startup", "readiness", "liveness")}
    amounts = {"requests": _amounts(settings.resources.requests), "limits": _amounts(settings.resources.limits)}
    return Pod(
        image=settings.image,
        kind=settings.kind,
        command=settings.command,
        args=settings.args,
        env=settings.env,
        port=settings.port,
        replicas=settings.replicas,
        resources={key: amount for key, amount in amounts.items() if amount},
        probes={which: _probe(probe) for which, probe in probes.items() if probe},
        service=Service(type=service.type, port=service.port or port, target_port=port) if service else None,
        update_strategy=UpdateStrategy(
            type=strategy.type,
            max_surge=_share(strategy.max_surge),
            max_unavailable=_share(strategy.max_unavailable),
            min_ready_seconds=strategy.min_ready_seconds,
        )
        if strategy
        else None,
        restart_policy=settings.restart_policy,
        schedule=settings.schedule,
        time_zone=settings.time_zone,
        security=settings.security,
        run_as_user=settings.run_as_user,
        overrides=settings.overrides,
    )


def _amounts(amounts: AmountSettings) -> dict[str, str]:
    said = {"cpu": amounts.cpu, "memory": amounts.memory}
    return {what: amount for what, amount in said.items() if amount is not None}


def _probe(probe: ProbeSettings) -> Probe:
    return Probe(**probe.model_dump())


def _share(share: str | None) -> int | str | None:
    """Kubernetes takes a number for pods and text for per cent."""
    return int(share) if share is not None and share.isdigit() else share


# Where user-assigned identities took no federated credentials when this was written; the list shrinks, hence a warning only.
# https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations#unsupported-regions-user-assigned-managed-identities
_WITHOUT_FEDERATION = {"malaysiasouth", "newzealandnorth"}


_SOUNDS_SECRET = re.compile(r"(?i)(password|passwd|secret|token|api_?key|connection_?string)(?!.*(file|path|name|url)$)")


def warnings(settings: Settings) -> Iterator[str]:
    """What is allowed and still worth a second look, at each preview."""
    if settings.cluster.local_accounts:
        yield "cluster.local_accounts is on: whoever holds the cluster's certificate is its admin, and no Entra policy stops them"
    if settings.cluster.system_pool.vm_size.startswith("Standard_B"):
        yield (
            f"cluster.system_pool.vm_size {settings.cluster.system_pool.vm_size}: AKS does not support B-series sizes for system pools,"
            " and they run out of CPU credit under AKS's own pods"
        )
    yield from reads.warnings(settings)
    for index, workload in enumerate(settings.workloads):
        if workload.access is Access.USER_ASSIGNED_VM:
            yield (
                f"workloads[{index}].access user-assigned-vm: every pod of every node can use the add-on's identity;"
                " prefer workload-identity"
            )
        if workload.access is Access.SERVICE_PRINCIPAL:
            yield (
                f"workloads[{index}].access service-principal: its secret stands in a Kubernetes Secret and ends one day;"
                " prefer workload-identity, which has none"
            )
        if WORKLOADS[workload.technique].writes_values:
            yield (
                f"workloads[{index}].technique kubernetes-secret: whoever may read Secrets or create pods in namespace"
                f" {workload.namespace} reads the values, and etcd keeps them (docs/security.md)"
            )
        if workload.image and workload.image.endswith(":latest"):
            yield f"workloads[{index}].image: :latest is another image from one day to the next; a digest (name@sha256:…) stays what it is"
        if workload.kind is Kind.STATEFUL_SET and workload.service is None:
            yield f"workloads[{index}].service: without a Headless one the pods of a StatefulSet have no names of their own"
        for name in workload.env:
            if _SOUNDS_SECRET.search(name):
                yield f"workloads[{index}].env.{name}: if it is a secret, the stack file shows it to everybody; list it in secrets instead"
    if settings.vault.authorization is Authorization.ACCESS_POLICY:
        yield (
            "vault.authorization access-policy: every workload reads every secret, and access policies are Azure's older model;"
            " the order of the way to RBAC: docs/migrations.md"
        )
    if settings.vault.recover:
        yield "vault.recover is on: it brings the deleted vault back once; take it out after this `pulumi up`"
    if settings.location in _WITHOUT_FEDERATION:
        yield f"azure-native:location {settings.location}: identities there take no federated credentials, unless Azure has changed that"
    if settings.grants is Grants.MANAGED and (count := planned_grants(settings)) > WARN_GRANTS:
        yield f"workloads: {count} role assignments, of 4000 for all in the subscription; scope: vault or shared identities need fewer"
