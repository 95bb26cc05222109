"""A cluster as its own controllers see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from rehearsal.simulators.kubernetes.api.kinds import CustomKind, GroupVersionKind
from rehearsal.simulators.world import World

POD: Final = GroupVersionKind("", "v1", "Pod")
SECRET: Final = GroupVersionKind("", "v1", "Secret")
RELEASE: Final = GroupVersionKind("helm.sh", "v3", "Release")
CLASS: Final = GroupVersionKind("secrets-store.csi.x-k8s.io", "v1", "SecretProviderClass")
POD_STATUS: Final = GroupVersionKind("secrets-store.csi.x-k8s.io", "v1", "SecretProviderClassPodStatus")
STORE: Final = GroupVersionKind("external-secrets.io", "v1", "SecretStore")
CLUSTER_STORE: Final = GroupVersionKind("external-secrets.io", "v1", "ClusterSecretStore")
EXTERNAL_SECRET: Final = GroupVersionKind("external-secrets.io", "v1", "ExternalSecret")

Manifest = dict[str, Any]


class ObjectStore(Protocol):
    """Reads and writes past admission: what the cluster's own parts do is right."""

    @property
    def world(self) -> World: ...

    @property
    def id(self) -> str:
        """Of the cluster, in ARM."""
        ...

    def knows(self, kind: GroupVersionKind) -> CustomKind | None: ...

    def get(self, kind: GroupVersionKind, namespace: str, name: str) -> Manifest | None: ...

    def all_of(self, kind: GroupVersionKind, namespace: str | None = None) -> list[Manifest]: ...

    def put(self, manifest: Mapping[str, Any]) -> Manifest: ...

    def drop(self, kind: GroupVersionKind, namespace: str, name: str) -> None: ...
