"""Technique sdk: the application reads by itself, with the client libraries and the token of its pod.

Which language an application is written in, the stack does not say: every client of `clients/` reads.

https://learn.microsoft.com/azure/aks/workload-identity-overview: the webhook reads the ServiceAccount, and
acts on pods with its label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.real_cluster.clients import VaultClient, vault_clients
from rehearsal.real_cluster.cluster import RealCluster
from rehearsal.real_cluster.parts import NotProvedError, Part, RefusedError, Surroundings
from rehearsal.real_cluster.pod_client import (
    NAMES_ITSELF,
    SecretRequest,
    pods_of,
    read_version,
    require_secret,
)
from rehearsal.simulators.azure.arm import TENANT
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.store import SERVICE_ACCOUNT

TECHNIQUE: Final = "sdk"
_LABEL: Final = "azure.workload.identity/use"
_ANNOTATION: Final = "azure.workload.identity/"


@dataclass(frozen=True)
class _Application:
    surroundings: Surroundings
    client: VaultClient

    @property
    def name(self) -> str:
        return self.client.name()

    def read(self, cluster: RealCluster, row: Mapping[str, Any]) -> str:
        require_secret(row)
        return read_version(cluster.client, row, _request(cluster, row), self.surroundings, self.client)


def parts(surroundings: Surroundings) -> Sequence[Part]:
    return [_Application(surroundings, client) for client in vault_clients()]


def _request(cluster: RealCluster, row: Mapping[str, Any]) -> SecretRequest:
    for pod in pods_of(cluster, row):
        if mapping(pod["metadata"].get("labels")).get(_LABEL) != "true":
            raise RefusedError(f"pod {pod['metadata']['name']} lacks the label {_LABEL}: it gets no token")
    namespace, name = str(row["namespace"]), str(row["serviceAccount"])
    account = cluster.client.get(SERVICE_ACCOUNT, namespace, name)
    if account is None and row.get(NAMES_ITSELF):
        raise NotProvedError(f"another tool brings ServiceAccount {namespace}/{name} (--cloud)")
    annotations = mapping(mapping((account or {}).get("metadata")).get("annotations"))
    if row.get(NAMES_ITSELF):
        # KEDA's TriggerAuthentication names the client id: keda.sh, azure-ad-workload-identity
        annotations = {f"{_ANNOTATION}client-id": row["clientId"], f"{_ANNOTATION}tenant-id": TENANT} | dict(
            annotations
        )
    return SecretRequest(
        vault=f"https://{row['vault']}.vault.azure.net/",
        secret=str(row["secret"]),
        version="",
        client_id=str(annotations.get(f"{_ANNOTATION}client-id", "")),
        tenant_id=str(annotations.get(f"{_ANNOTATION}tenant-id", "")),
    )
