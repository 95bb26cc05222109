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

_EXTENSIONS: Final = "Microsoft.KubernetesConfiguration"
_HOST_ENCRYPTION: Final = "EncryptionAtHost"


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
    path = f"{examination.subscription}/providers/Microsoft.Features/providers/{namespace}/features/{name}"
    state = text_at(examination.reads.get(path, FEATURES), "properties", "state")
    yield _finding(subject, state, f"az feature register --namespace {namespace} --name {name}")


def _finding(subject: str, state: str, command: str) -> Finding:
    if state == "Registered":
        return Finding(subject, "registration", "fine", "registered")
    if state in ("Registering", "Pending"):
        return Finding(subject, "registration", "waiting", "being registered", "run it again in some minutes")
    text = (
        f"not registered in this subscription ({state})" if state else "not registered in this subscription"
    )
    return Finding(subject, "registration", "wrong", text, command)
