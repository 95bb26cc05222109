"""Technique csi: the object of the class that a pod mounts, read by the rules of the Azure provider's pages.

No Go module of the driver's provider is served.
https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/workload-identity-mode/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from rehearsal.real_cluster.clients import python
from rehearsal.real_cluster.cluster import RealCluster
from rehearsal.real_cluster.parts import Part, RefusedError, Surroundings
from rehearsal.real_cluster.pod_client import SecretRequest, pods_of, read_version, require_secret
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind

TECHNIQUE: Final = "csi"
_CLASS: Final = GroupVersionKind("secrets-store.csi.x-k8s.io", "v1", "SecretProviderClass")
_DRIVER: Final = "secrets-store.csi.k8s.io"


@dataclass(frozen=True)
class _Mounts:
    surroundings: Surroundings
    name: str = "the class's objects, by the Azure provider's rules, with the pod's own token"

    def read(self, cluster: RealCluster, row: Mapping[str, Any]) -> str:
        require_secret(row)
        return read_version(cluster.client, row, _request(cluster, row), self.surroundings, python)


def parts(surroundings: Surroundings) -> Sequence[Part]:
    return (_Mounts(surroundings),)


def _request(cluster: RealCluster, row: Mapping[str, Any]) -> SecretRequest:
    for pod in pods_of(cluster, row):
        for volume in mappings(mapping(pod.get("spec")).get("volumes")):
            csi = mapping(volume.get("csi"))
            name = str(mapping(csi.get("volumeAttributes")).get("secretProviderClass"))
            if csi.get("driver") != _DRIVER:
                continue
            class_ = cluster.client.get(_CLASS, str(row["namespace"]), name) or {}
            parameters = mapping(mapping(class_.get("spec")).get("parameters"))
            for text in yaml.safe_load(parameters.get("objects", "{}")).get("array", ()):
                object_ = yaml.safe_load(text)
                if (object_["objectType"], object_["objectName"]) == ("secret", row["secret"]):
                    return SecretRequest(
                        vault=f"https://{parameters.get('keyvaultName')}.vault.azure.net/",
                        secret=object_["objectName"],
                        version=str(object_.get("objectVersion") or ""),
                        client_id=str(parameters.get("clientID", "")),
                        tenant_id=str(parameters.get("tenantId", "")),
                    )
    raise RefusedError("no pod mounts a class with this object")
