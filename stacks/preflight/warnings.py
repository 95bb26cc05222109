"""What is allowed and still worth a second look, at each preview."""

import re
from collections.abc import Iterator

from components.cluster.network_profile import Outbound
from components.key_vault.access_policies import Authorization
from components.key_vault.secrets import Manage
from components.workloads import Access, WorkloadKind
from stacks.preflight import throttling as reads
from stacks.settings import Grants, Settings
from stacks.settings.model.dapr_operator import DaprInstall
from stacks.settings.model.secrets import SecretSource
from stacks.settings.rules.role_assignments import WARN_GRANTS, planned_grants
from stacks.settings.validation.problems import format_path

# Where user-assigned identities took no federated credentials when this was written; the list shrinks, hence a warning only.
# https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations#unsupported-regions-user-assigned-managed-identities
_WITHOUT_FEDERATION = {"malaysiasouth", "newzealandnorth"}


_SOUNDS_SECRET = re.compile(
    r"(?i)(password|passwd|secret|token|api_?key|connection_?string)(?!.*(file|path|name|url)$)"
)


def warnings(settings: Settings) -> Iterator[str]:
    """What is allowed and still worth a second look, at each preview."""
    if settings.cluster.local_accounts:
        yield "cluster.local_accounts is on: whoever holds the cluster's certificate is its admin, and no Entra policy stops them"
    elsewhere = settings.cluster.network.outbound in (
        Outbound.USER_ASSIGNED_NAT_GATEWAY,
        Outbound.USER_DEFINED_ROUTING,
    )
    known = settings.network and not settings.network.firewall_ip
    if settings.cluster.authorized_ip_ranges and elsewhere and not known:
        yield (
            f"cluster.authorized_ip_ranges: with outbound {settings.cluster.network.outbound} AKS lets its nodes to the API server"
            " only if the public address that they come from is among them"
        )
    pool = settings.cluster.system_pool
    if pool and pool.vm_size.startswith("Standard_B"):
        yield (
            f"cluster.system_pool.vm_size {pool.vm_size}: AKS does not support B-series sizes for system pools,"
            " and they run out of CPU credit under AKS's own pods"
        )
    if settings.operators.reloader and not any(workload.reload for workload in settings.workloads):
        yield "operators.reloader: no workload says reload: true, so it has nothing to watch"
    if settings.operators.dapr and settings.operators.dapr.install is DaprInstall.EXTENSION:
        yield (
            "operators.dapr.install extension: Azure refuses it (MissingSubscriptionRegistration) unless the subscription has once run"
            " `az provider register --namespace Microsoft.KubernetesConfiguration`"
        )
    yield from reads.warnings(settings)
    for index, workload in enumerate(settings.workloads):
        if workload.access is Access.POD_IDENTITY:
            yield (
                f"workloads[{index}].access pod-identity: AAD Pod Identity is retired and gets no more fixes;"
                " the way out: docs/migrations.md#aad-pod-identity--workload-identity"
            )
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
        if workload.spec.writes_values:
            yield (
                f"workloads[{index}].technique kubernetes-secret: whoever may read Secrets or create pods in namespace"
                f" {workload.namespace} reads the values, and etcd keeps them (docs/security.md)"
            )
            for place, secret in enumerate(workload.secrets):
                edited = (
                    secret.source in (SecretSource.LITERAL, SecretSource.CONFIG)
                    and secret.manage is Manage.ONCE
                )
                if edited:
                    yield (
                        f"workloads[{index}].secrets[{place}].manage once: another value in the stack reaches the cluster"
                        " and not the vault; say manage: always"
                    )
        if workload.image and workload.image.endswith(":latest"):
            yield f"workloads[{index}].image: :latest is another image from one day to the next; a digest (name@sha256:…) stays what it is"
        if workload.kind is WorkloadKind.STATEFUL_SET and workload.service is None:
            yield f"workloads[{index}].service: without a Headless one the pods of a StatefulSet have no names of their own"
        for name in workload.env:
            if _SOUNDS_SECRET.search(name):
                yield f"workloads[{index}].env.{name}: if it is a secret, the stack file shows it to everybody; list it in secrets instead"
    closed = settings.vault.network.closed
    for at, label, vault in settings.all_vaults:
        if label and closed and not vault.existing and not vault.network.closed:
            yield (
                f"{format_path(at)}.network: open to the internet, and the one of section vault is not,"
                " from which others take nothing over"
            )
        if vault.authorization is Authorization.ACCESS_POLICY:
            yield (
                f"{format_path(at)}.authorization access-policy: every workload reads every secret, and access policies are Azure's older"
                " model; the order of the way to RBAC: docs/migrations.md"
            )
        if vault.recover:
            yield f"{format_path(at)}.recover is on: it brings the deleted vault back once; take it out after this `pulumi up`"
    if settings.location in _WITHOUT_FEDERATION:
        yield f"azure-native:location {settings.location}: identities there take no federated credentials, unless Azure has changed that"
    if settings.grants is Grants.MANAGED and (count := planned_grants(settings)) > WARN_GRANTS:
        yield f"workloads: {count} role assignments, of 4000 for all in the subscription; scope: vault or shared identities need fewer"
