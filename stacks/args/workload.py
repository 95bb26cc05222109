"""From the settings of a workload to what its component takes: what runs, what it reads, and who reads for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi import Input, Output

from components import naming
from components.authorization.role_assignments import Principal
from components.authorization.roles import PrincipalType
from components.cluster.base import Cluster
from components.identity.workload_identity import PlannedGrant, ServiceAccount
from components.key_vault.vault import KeyVault
from components.workloads import (
    WORKLOADS,
    Access,
    ComposedValue,
    DaprApp,
    Kind,
    Pod,
    SoughtSecrets,
    Sync,
    WantedObject,
)
from components.workloads.pod import Autoscale, Probe, Service, UpdateStrategy
from stacks.context import Facts
from stacks.settings import Settings, secret_value
from stacks.settings.model.pods import AmountSettings, PodSettings, ProbeSettings, ResourceSettings
from stacks.settings.model.workloads import WorkloadSettings, read_scopes


def service_accounts(workloads: Sequence[WorkloadSettings]) -> list[ServiceAccount]:
    """Whom the identity of these workloads trusts, in the order of the list; with AAD Pod Identity nobody."""
    if workloads[0].access is Access.POD_IDENTITY:
        return []
    return [ServiceAccount(workload.namespace, workload.service_account_name) for workload in workloads]


def plan_grants(
    workloads: Sequence[WorkloadSettings], vaults: Mapping[str | None, KeyVault]
) -> list[PlannedGrant]:
    """What the identity of these workloads has to be granted, each grant once."""
    reaches = [(vaults[reach.vault], reach) for reach in read_scopes(workloads)]
    return [
        vault.list_grant() if reach.name is None else vault.read_grant(reach.type, reach.name)
        for vault, reach in reaches
    ]


def wanted_objects(workload: WorkloadSettings) -> list[WantedObject]:
    """What the workload reads, in the order of its list, and how."""
    in_secrets = WORKLOADS[workload.technique].in_secrets
    return [
        WantedObject(
            name=secret.name,
            vault=secret.vault,
            type=secret.type,
            env=secret.env,
            # The driver calls a file like its object by itself.
            file=workload.file_of(secret) if in_secrets else secret.file,
            kubernetes=workload.kubernetes_secret_of(secret) if workload.in_kubernetes(secret) else None,
            mounted_from_kubernetes=in_secrets
            or bool(secret.kubernetes_secret and secret.kubernetes_secret.mount),
            version=secret.version,
            version_history=secret.version_history,
            format=secret.format,
            encoding=secret.encoding,
            permission=secret.permission,
            property=secret.property,
            extract=secret.extract,
            env_from=secret.env_from,
        )
        for secret in workload.secrets
    ]


def composed_values(workload: WorkloadSettings) -> list[ComposedValue]:
    """What the workload makes of several secrets, in the order of its list."""
    return [
        ComposedValue(
            env=composed.env,
            file=workload.file_of(composed),
            kubernetes=workload.kubernetes_secret_of(composed),
            mounted_from_kubernetes=True,
            template=composed.template,
            fields=composed.fields,
        )
        for composed in workload.compose
    ]


def sought_secrets(workload: WorkloadSettings) -> list[SoughtSecrets]:
    """What the workload looks for, in the order of its list."""
    return [
        SoughtSecrets(
            secret=workload.found_in(find),
            vault=find.vault,
            regexp=find.regexp,
            tags=find.tags,
            env_from=find.env_from,
        )
        for find in workload.find
    ]


def sync(workload: WorkloadSettings) -> Sync:
    """How the operator keeps its Kubernetes Secrets."""
    said = workload.external_secrets
    return Sync(
        refresh_interval=said.refresh_interval,
        refresh_policy=said.refresh_policy,
        creation_policy=said.creation_policy,
        deletion_policy=said.deletion_policy,
        await_ready=said.await_ready,
    )


def dapr_app(workload: WorkloadSettings) -> DaprApp:
    """The application as Dapr knows it."""
    said = workload.dapr
    return DaprApp(
        app_id=workload.dapr_app_id,
        store=workload.dapr_store,
        log_level=said.log_level,
        resources=resources(said.sidecar),
    )


def handed_out_by(workloads: Sequence[WorkloadSettings], cluster: Cluster) -> Principal | None:
    """Who hands the identity of these workloads out, where the cluster still runs AAD Pod Identity."""
    if workloads[0].access is not Access.POD_IDENTITY:
        return None
    return Principal("kubelet", cluster.kubelet_object_id, PrincipalType.SERVICE_PRINCIPAL)


def identity_name(workload: WorkloadSettings, settings: Settings, facts: Facts) -> str:
    """The identity that reads for it, as Azure calls it; of a service principal the client id."""
    if workload.access is Access.USER_ASSIGNED_VM:
        # https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access
        return f"azurekeyvaultsecretsprovider-{facts.cluster_name}"
    if principal := workload.service_principal:
        return principal.client_id
    return where_identity(workload.identity_name, settings, facts.resource_group)[1]


def where_identity(name: str, settings: Settings, own_group: Input[str]) -> tuple[Input[str], str]:
    """Resource group and name of the identity that the settings call so."""
    said = next((identity for identity in settings.identities if identity.name == name), None)
    if said and said.existing:
        return said.existing.where
    return own_group, (said and said.resource_name) or naming.identity(settings.project, settings.stack, name)


def borrowed(workload: WorkloadSettings, cluster: Cluster) -> dict[str, Any] | None:
    """Label and ids of an identity that the program does not make; None where the workload has one of its own."""
    if workload.access is Access.USER_ASSIGNED_VM:
        return {
            "label": "csi-addon",
            "client_id": cluster.csi_addon_client_id,
            "object_id": cluster.csi_addon_object_id,
        }
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
    autoscale = settings.autoscale
    probes = {which: getattr(settings.probes, which) for which in ("startup", "readiness", "liveness")}
    return Pod(
        image=settings.image,
        os=settings.os,
        kind=settings.kind,
        command=settings.command,
        args=settings.args,
        env=settings.env,
        port=settings.port,
        replicas=autoscale.min_replicas if autoscale else settings.replicas,
        autoscale=Autoscale(by=autoscale.by, max_replicas=autoscale.max_replicas, aims=autoscale.aims)
        if autoscale
        else None,
        resources=resources(settings.resources),
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
        read_only_root_filesystem=settings.read_only_root_filesystem,
        scratch=settings.scratch,
        overrides=settings.overrides,
    )


def resources(settings: ResourceSettings) -> dict[str, dict[str, str]]:
    """As Kubernetes writes them, without what nobody has said."""
    amounts = {"requests": _amounts(settings.requests), "limits": _amounts(settings.limits)}
    return {key: amount for key, amount in amounts.items() if amount}


def _amounts(amounts: AmountSettings) -> dict[str, str]:
    said = {"cpu": amounts.cpu, "memory": amounts.memory}
    return {what: amount for what, amount in said.items() if amount is not None}


def _probe(probe: ProbeSettings) -> Probe:
    return Probe(**probe.model_dump())


def _share(share: str | None) -> int | str | None:
    """Kubernetes takes a number for pods and text for per cent."""
    return int(share) if share is not None and share.isdigit() else share
