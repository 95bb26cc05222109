"""Arguments of a workload: its pod, the vault objects that it reads, and how they are delivered."""

from collections.abc import Mapping

from pulumi import Output

from components.identity.principal import ServiceAccount
from components.workloads import (
    DaprApp,
    KeyRewrite,
    Password,
    Pod,
    Push,
    SecretQuery,
    Sync,
    TemplatedSecret,
    VaultObject,
    WorkloadArgs,
    WorkloadKind,
)
from components.workloads.metadata import Metadata
from components.workloads.pod import (
    HostAlias,
    Ingress,
    PodAutoscaling,
    Probe,
    Service,
    Toleration,
    UpdateStrategy,
)
from stacks.args.copy_fields import FieldCopy
from stacks.args.identity import APP_ROUTING
from stacks.context import InstalledOperator, WorkloadContext
from stacks.settings import Grants, secret_value
from stacks.settings.model.autoscaling import PodAutoscalingSettings
from stacks.settings.model.dapr import DaprAppSettings
from stacks.settings.model.external_secrets import ComposeSettings, ExternalSecretsSettings, FindSettings
from stacks.settings.model.pod_spec import HostAliasSettings, TolerationSettings
from stacks.settings.model.pods import (
    AmountSettings,
    PodSettings,
    ProbeSettings,
    ResourceSettings,
    UpdateStrategySettings,
)
from stacks.settings.model.pushes import PasswordSettings, PushSettings
from stacks.settings.model.rights import used_vaults
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.workloads import WorkloadSettings

_copy_autoscale = FieldCopy(
    PodAutoscalingSettings,
    PodAutoscaling,
    computed=("aims",),
    unused=("min_replicas", "cpu_percent", "memory_percent"),
)
_copy_composed = FieldCopy(
    ComposeSettings,
    TemplatedSecret,
    computed=("file", "secret_key_ref", "mounted_from_secret", "mode", "fields"),
    unused=("name", "kubernetes_secret"),
)
_copy_dapr_app = FieldCopy(
    DaprAppSettings,
    DaprApp,
    computed=("app_id", "store", "resources", "stores_in_state"),
    unused=("sidecar",),
)
_copy_find = FieldCopy(
    FindSettings,
    SecretQuery,
    computed=("secret", "rewrite"),
    unused=("kubernetes_secret", "labels", "annotations"),
)
_copy_host_alias = FieldCopy(HostAliasSettings, HostAlias)
_copy_toleration = FieldCopy(TolerationSettings, Toleration)
_copy_password = FieldCopy(PasswordSettings, Password)
_copy_push = FieldCopy(PushSettings, Push, computed=("generate",))
_copy_probe = FieldCopy(ProbeSettings, Probe)
_copy_strategy = FieldCopy(UpdateStrategySettings, UpdateStrategy, computed=("max_surge", "max_unavailable"))
_copy_sync = FieldCopy(ExternalSecretsSettings, Sync)
_copy_pod = FieldCopy(
    PodSettings,
    Pod,
    computed=(
        *("replicas", "autoscale", "resources", "probes", "service", "update_strategy"),
        *("tolerations", "host_aliases"),
    ),
    unused=("security_reason", "service_account_annotations"),
)
_copy_secret = FieldCopy(
    SecretSettings,
    VaultObject,
    computed=("rewrite", "file", "secret_key_ref", "mounted_from_secret", "mode"),
    unused=(
        *("source", "value", "sensitive", "config_key", "stack", "resource", "length", "special", "rotated"),
        *("content_type", "not_before", "expires", "manage", "kubernetes_secret", "rights"),
    ),
)


def workload_args(workload: WorkloadSettings, context: WorkloadContext) -> WorkloadArgs:
    """Arguments of the bundle of the workload's technique, without the resources of other workloads."""
    needed = workload.spec.operator
    operator = context.operators.get(needed) if needed else None
    operator = operator or InstalledOperator()
    return WorkloadArgs(
        service_account=ServiceAccount(workload.namespace, workload.service_account_name),
        existing_service_account=workload.existing_service_account,
        annotate_service_account=workload.annotate_service_account,
        service_account_annotations=workload.service_account_annotations,
        identity=context.identities[workload.identity_name],
        access=workload.access,
        client_secret=_client_secret(workload),
        namespace=context.namespaces.get(workload.namespace),
        vault=context.vaults[None],
        additional_vaults={label: vault for label, vault in context.vaults.items() if label},
        secrets=_vault_objects(workload),
        mount_path=workload.mount_path,
        reload=workload.reload,
        await_pods=context.stack.settings.grants is Grants.MANAGED,
        operator=operator.depends_on,
        operator_namespace=operator.namespace,
        operator_account=operator.account,
        templated_secrets=_templated_secrets(workload),
        secret_queries=_secret_queries(workload),
        sync=_copy_sync(workload.external_secrets),
        pushes=[
            _copy_push(push, generate=_copy_password(push.generate) if push.generate else None)
            for push in workload.pushes
        ],
        dapr=_dapr_app(workload, context.stack.dapr_components),
        isolated=workload.namespace in context.stack.isolated_namespaces,
        metadata=Metadata(
            labels={**context.stack.settings.labels, **workload.labels}, annotations=workload.annotations
        ),
        secret_metadata=_secret_metadata(workload),
        used_vaults=used_vaults(workload),
        pod=_pod(workload),
        ingress=_ingress(workload, context),
    )


def _ingress(workload: WorkloadSettings, context: WorkloadContext) -> Ingress | None:
    """The workload's Ingress. The add-on reads a certificate that its identity may read already."""
    ingress = workload.service.ingress if workload.service else None
    if ingress is None:
        return None
    vault = context.vaults[ingress.vault]
    return Ingress(
        host=ingress.host,
        path=ingress.path,
        certificate_uri=Output.concat(vault.vault_uri, "certificates/", ingress.certificate),
        depends_on=context.identities[APP_ROUTING].role_assignments.resources,
    )


def _vault_objects(workload: WorkloadSettings) -> list[VaultObject]:
    """The vault objects that the workload reads and how they are delivered, in the order of its list."""
    in_secrets = workload.spec.uses_kubernetes_secrets
    return [
        _copy_secret(
            secret,
            rewrite=_rewrite(secret),
            # The CSI driver names a file after its object by default.
            file=workload.file_path(secret) if in_secrets else secret.file,
            secret_key_ref=workload.secret_key_ref(secret)
            if workload.uses_kubernetes_secret(secret)
            else None,
            mounted_from_secret=in_secrets
            or bool(secret.kubernetes_secret and secret.kubernetes_secret.mount),
            mode=secret.kubernetes_secret.mode if secret.kubernetes_secret else None,
        )
        for secret in workload.secrets
    ]


def _templated_secrets(workload: WorkloadSettings) -> list[TemplatedSecret]:
    """The values that a template composes from several secrets, in the order of the list."""
    return [
        _copy_composed(
            composed,
            file=workload.file_path(composed),
            secret_key_ref=workload.secret_key_ref(composed),
            mounted_from_secret=True,
            mode=composed.kubernetes_secret.mode if composed.kubernetes_secret else None,
            fields=composed.fields,
        )
        for composed in workload.compose
    ]


def _secret_queries(workload: WorkloadSettings) -> list[SecretQuery]:
    """The searches for secrets by name or tag, in the order of the list."""
    return [
        _copy_find(find, secret=workload.find_secret_name(find), rewrite=_rewrite(find))
        for find in workload.find
    ]


def _rewrite(entry: SecretSettings | FindSettings) -> list[KeyRewrite]:
    """The changes of keys, one after the other."""
    return [KeyRewrite(source=rule.source, target=rule.target) for rule in entry.rewrite]


def _secret_metadata(workload: WorkloadSettings) -> dict[str, Metadata]:
    """Labels and annotations of single Kubernetes Secrets: those of all values in them."""
    secrets: dict[str, Metadata] = {}
    for _, name, entry in workload.labelled_secrets:
        if entry.labels or entry.annotations:
            more = Metadata(labels=entry.labels, annotations=entry.annotations)
            secrets[name] = secrets.get(name, Metadata()).under(more)
    return secrets


def _dapr_app(workload: WorkloadSettings, in_state: Mapping[str, str]) -> DaprApp:
    """The workload as an application of Dapr."""
    prefix = f"{workload.namespace}/"
    return _copy_dapr_app(
        workload.dapr,
        app_id=workload.dapr_app_id,
        store=workload.dapr_store,
        resources=resources(workload.dapr.sidecar),
        stores_in_state={
            name.removeprefix(prefix): urn for name, urn in in_state.items() if name.startswith(prefix)
        },
    )


def _client_secret(workload: WorkloadSettings) -> Output[str] | None:
    """Client secret of the workload's service principal, marked as a Pulumi secret.

    None: no service principal.
    """
    return secret_value(workload.service_principal.config_key) if workload.service_principal else None


def _pod(settings: PodSettings) -> Pod | None:
    """The pod that the program deploys. None: `kind: none`, so something else deploys it."""
    if settings.kind is WorkloadKind.NONE or settings.image is None:
        return None
    service, strategy, port = settings.service, settings.update_strategy, settings.port or 0
    autoscale = settings.autoscale
    probes = {name: getattr(settings.probes, name) for name in ("startup", "readiness", "liveness")}
    return _copy_pod(
        settings,
        replicas=autoscale.min_replicas if autoscale else settings.replicas,
        autoscale=_copy_autoscale(autoscale, aims=autoscale.targets) if autoscale else None,
        resources=resources(settings.resources),
        tolerations=[_copy_toleration(toleration) for toleration in settings.tolerations],
        host_aliases=[_copy_host_alias(alias) for alias in settings.host_aliases],
        probes={name: _copy_probe(probe) for name, probe in probes.items() if probe},
        service=Service(
            type=service.type,
            port=service.port or port,
            target_port=port,
            annotations=service.annotations,
        )
        if service
        else None,
        update_strategy=_copy_strategy(
            strategy,
            max_surge=_int_or_percent(strategy.max_surge),
            max_unavailable=_int_or_percent(strategy.max_unavailable),
        )
        if strategy
        else None,
    )


def resources(settings: ResourceSettings) -> dict[str, dict[str, str]]:
    """Kubernetes resource requirements, without the amounts that are not configured."""
    amounts = {"requests": _amounts(settings.requests), "limits": _amounts(settings.limits)}
    return {key: amount for key, amount in amounts.items() if amount}


def _amounts(amounts: AmountSettings) -> dict[str, str]:
    quantities = {"cpu": amounts.cpu, "memory": amounts.memory}
    return {name: quantity for name, quantity in quantities.items() if quantity is not None}


def _int_or_percent(share: str | None) -> int | str | None:
    """Kubernetes' IntOrString: a number of pods as an int, a percentage as text."""
    return int(share) if share is not None and share.isdigit() else share
