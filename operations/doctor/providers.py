"""Resource providers and features of the subscription that these settings need: azure-native registers none.

https://github.com/pulumi/pulumi-azure-native/issues/3479
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from operations.azure.api_versions import FEATURES, PROVIDERS
from operations.azure.documents import text_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from stacks.settings import Settings
from stacks.settings.model.dapr_operator import DaprInstall
from stacks.settings.model.workloads import Access

_EXTENSIONS: Final = "Microsoft.KubernetesConfiguration"
_HOST_ENCRYPTION: Final = "EncryptionAtHost"
_BINDINGS: Final = "Microsoft.ContainerService/IdentityBindingPreview"


@family(asks_azure=True)
def registrations(examination: Examination) -> Iterator[Check]:
    """Every provider is registered, and every feature."""
    for namespace in needed_providers(examination):
        yield Check(
            namespace, "registration", lambda namespace=namespace: _registration(examination, namespace)
        )
    pools = [examination.settings.cluster.system_pool, *examination.settings.cluster.user_pools]
    if examination.makes_cluster and any(pool and pool.encryption_at_host for pool in pools):
        subject = f"Microsoft.Compute/{_HOST_ENCRYPTION}"
        yield Check(subject, "registration", lambda: _feature(examination, subject))
    if any(workload.signs_in_by(Access.IDENTITY_BINDING) for workload in examination.settings.workloads):
        yield Check(_BINDINGS, "registration", lambda: _preview(examination))


def needed_providers(examination: Examination) -> list[str]:
    """Namespaces of the providers that the settings need."""
    settings = examination.settings
    needed = {
        "Microsoft.ContainerService": True,
        "Microsoft.KeyVault": True,
        "Microsoft.ManagedIdentity": True,
        "Microsoft.Compute": examination.makes_cluster,
        "Microsoft.Network": examination.makes_cluster or _has_private_endpoints(settings),
        "Microsoft.Storage": examination.makes_cluster,
        _EXTENSIONS: _installs_dapr_extension(settings),
        "Microsoft.OperationalInsights": settings.monitoring is not None,
        "Microsoft.Insights": settings.monitoring is not None,
        "Microsoft.EventGrid": bool(settings.monitoring and settings.monitoring.alerts),
    }
    return [namespace for namespace, is_needed in needed.items() if is_needed]


def _has_private_endpoints(settings: Settings) -> bool:
    return any(vault.private_endpoint for _, _, vault in settings.all_vaults)


def _installs_dapr_extension(settings: Settings) -> bool:
    dapr = settings.operators.dapr
    return dapr is not None and dapr.install is DaprInstall.EXTENSION


def _registration(examination: Examination, namespace: str) -> Iterable[Finding]:
    subscription = examination.subscription
    if namespace == _EXTENSIONS and examination.cluster_id:  # an extension is beside its cluster
        subscription = "/".join(examination.cluster_id.split("/")[:3])
    path = f"{subscription}/providers/{namespace}"
    state = text_at(examination.reads.get(path, PROVIDERS), "registrationState")
    command = f"az provider register --namespace {namespace} --wait"
    command += examination.session.option_for(path)
    yield _finding(namespace, state, command)


def _feature(examination: Examination, subject: str) -> Iterable[Finding]:
    # https://learn.microsoft.com/azure/virtual-machines/disks-enable-host-based-encryption-portal
    namespace, _, name = subject.partition("/")
    state = _state_of_feature(examination, subject)
    yield _finding(subject, state, f"az feature register --namespace {namespace} --name {name}")


def _state_of_feature(examination: Examination, subject: str) -> str:
    namespace, _, name = subject.partition("/")
    path = f"{examination.subscription}/providers/Microsoft.Features/providers/{namespace}/features/{name}"
    return text_at(examination.reads.get(path, FEATURES), "properties", "state")


def _preview(examination: Examination) -> Iterable[Finding]:
    """Identity bindings: https://learn.microsoft.com/azure/aks/identity-bindings of August 2026 asks for the
    feature, and https://learn.microsoft.com/cli/azure/aks/identity-binding lists the commands as GA. So a
    feature that is not registered is no fault: AKS tells at the update.
    """
    state = _state_of_feature(examination, _BINDINGS)
    if state in ("Registered", "Registering", "Pending"):
        yield _finding(_BINDINGS, state, "")
        return
    namespace, _, name = _BINDINGS.partition("/")
    yield Finding(
        _BINDINGS,
        "registration",
        "unknown",
        "not registered: identity bindings needed it while they were a preview",
        f"if AKS refuses the binding: az feature register --namespace {namespace} --name {name}",
    )


def _finding(subject: str, state: str, command: str) -> Finding:
    if state == "Registered":
        return Finding(subject, "registration", "fine", "registered")
    if state in ("Registering", "Pending"):
        return Finding(subject, "registration", "waiting", "being registered", "run it again in some minutes")
    text = (
        f"not registered in this subscription ({state})" if state else "not registered in this subscription"
    )
    return Finding(subject, "registration", "wrong", text, command)
