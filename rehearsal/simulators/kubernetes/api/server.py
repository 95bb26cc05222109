"""The API server as its clients see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import Manifest


class ApiServer(Protocol):
    """The operations that the provider needs. A real API server can stand behind them as well."""

    def is_namespaced(self, kind: GroupVersionKind) -> bool: ...

    def reports_status(self, kind: GroupVersionKind) -> bool:
        """Whether something in the cluster writes a status to objects of this kind."""
        ...

    def get(self, kind: GroupVersionKind, namespace: str, name: str) -> Manifest | None: ...

    def create(self, manifest: Mapping[str, Any]) -> Manifest: ...

    def replace(self, manifest: Mapping[str, Any], *, force: bool = False) -> Manifest:
        """Server-side apply; `force` takes over fields of other managers."""
        ...

    def delete(self, kind: GroupVersionKind, namespace: str, name: str, *, orphan: bool = False) -> None:
        """`orphan` leaves the objects that this one owns."""
        ...
