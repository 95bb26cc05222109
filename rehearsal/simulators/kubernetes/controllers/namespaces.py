"""Namespaces: what each one has from the start, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.controller import Controller, register
from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.api.store import NAMESPACE, Manifest, ObjectStore, identity

BUILT_IN: Final = ("default", "kube-system", "kube-public", "kube-node-lease")
_IMMORTAL: Final = BUILT_IN[:3]


@register
class NamespaceController(Controller):
    """Defaults of a new namespace, and the removal of its objects."""

    def after_store(self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        kind, _, name = identity(manifest)
        if kind == NAMESPACE and live is None:
            _create_defaults(objects, name)

    def before_delete(self, objects: ObjectStore, live: Manifest) -> None:
        kind, _, name = identity(live)
        if kind != NAMESPACE:
            return
        if name in _IMMORTAL:
            raise ApiError(f'namespaces "{name}" is forbidden: this namespace may not be deleted', 403)
        objects.drop_namespace(name)


def _create_defaults(objects: ObjectStore, namespace: str) -> None:
    account = {"name": "default", "namespace": namespace}
    objects.put({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})
    root = {"name": "kube-root-ca.crt", "namespace": namespace}
    objects.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": root})
