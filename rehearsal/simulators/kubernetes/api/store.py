"""Storage: the objects of one simulated cluster by kind, namespace and name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import is_hashed
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.wire import Secret, plain
from rehearsal.simulators.world import World

NAMESPACE: Final = GroupVersionKind("", "v1", "Namespace")
POD: Final = GroupVersionKind("", "v1", "Pod")
SECRET: Final = GroupVersionKind("", "v1", "Secret")
SERVICE_ACCOUNT: Final = GroupVersionKind("", "v1", "ServiceAccount")
RELEASE: Final = GroupVersionKind("helm.sh", "v3", "Release")
"""A Helm release. The simulated cluster stores its values, not the objects of its chart."""

Manifest = dict[str, Any]


class ObjectStore:
    """The objects of a cluster as its own controllers read and write them: without admission.

    The objects live in the world, with secret values as hashes.
    """

    def __init__(self, world: World, id_: str) -> None:
        self.world = world
        self.id = id_
        """ARM id of the cluster."""
        self.changes: list[tuple[Manifest, Manifest]] = []
        """Objects before and after each overwrite that the controllers have not seen yet."""

    @property
    def cluster_properties(self) -> Mapping[str, Any]:
        """Properties of the cluster in ARM; empty if it does not exist."""
        cluster = self.world.get(self.id)
        return cluster.properties if cluster else {}

    @property
    def _objects(self) -> dict[str, Manifest]:
        return self.world.kubernetes[self.id.lower()]

    def get(self, kind: GroupVersionKind, namespace: str, name: str) -> Manifest | None:
        return self._objects.get(_key(kind, namespace, name))

    def all_of(self, kind: GroupVersionKind, namespace: str | None = None) -> list[Manifest]:
        prefix = f"{kind.group or 'core'}/{kind.name}/" + ("" if namespace is None else f"{namespace}/")
        return [manifest for key, manifest in self._objects.items() if key.startswith(prefix)]

    def put(self, manifest: Mapping[str, Any]) -> Manifest:
        """Create or overwrite an object; returns it as stored, with the server's metadata."""
        kind, namespace, name = identity(manifest)
        key = _key(kind, namespace, name)
        before = self._objects.get(key)
        revision = int(before["metadata"]["resourceVersion"]) + 1 if before else 1
        uid = before["metadata"]["uid"] if before else self.world.guid(self.id, key, len(self._objects))
        metadata = {
            **(manifest.get("metadata") or {}),
            "uid": uid,
            "resourceVersion": str(revision),
            "generation": revision,
        }
        stored = {**manifest, "metadata": metadata, **_status(kind, manifest, self.world, key)}
        if kind.name == "Secret":
            stored |= _hidden_parts(stored)
        self._objects[key] = self.world.hashed(stored)
        if before is None:
            self.world.note_time(uid)
        if kind.name == "Secret" and (before is None or _values(before) != _values(self._objects[key])):
            self.world.note_time(f"{uid}#data")
        if before:
            self.changes.append((before, self._objects[key]))
        self.world.changed()
        return self._objects[key]

    def made_pod(self, owner: Manifest) -> Manifest | None:
        """The first pod that real controllers have made of an owner; None: simulated ones make it."""
        return None

    def refused_pods(self, owner: Manifest) -> str | None:
        """Message of the FailedCreate event of real controllers, empty if they have made the owner's pods.

        None: simulated ones make them.
        """
        return None

    def drop(self, kind: GroupVersionKind, namespace: str, name: str) -> None:
        if (gone := self._objects.pop(_key(kind, namespace, name), None)) is not None:
            self._forget_times(gone)
        self.world.changed()

    def drop_namespace(self, namespace: str) -> None:
        """Remove every object of a namespace."""
        for key in [key for key in self._objects if key.split("/")[2] == namespace]:
            self._forget_times(self._objects.pop(key))
        self.world.changed()

    def _forget_times(self, manifest: Manifest) -> None:
        uid = manifest["metadata"]["uid"]
        for event in (uid, f"{uid}#data", f"{uid}#refresh"):
            if event in self.world.times:
                del self.world.times[event]


def _values(secret: Mapping[str, Any]) -> tuple[Any, Any]:
    """The hashed values: the API server takes them in either field."""
    return secret.get("data"), secret.get("stringData")


def identity(manifest: Mapping[str, Any]) -> tuple[GroupVersionKind, str, str]:
    """Kind, namespace and name of an object."""
    metadata = manifest.get("metadata") or {}
    return GroupVersionKind.of(manifest), metadata.get("namespace", ""), metadata.get("name", "")


def _key(kind: GroupVersionKind, namespace: str, name: str) -> str:
    return f"{kind.group or 'core'}/{kind.name}/{namespace}/{name}"


def _hidden_parts(secret: Mapping[str, Any]) -> dict[str, Any]:
    """Data of a Secret with each value secret, also where the program has not marked it.

    A text in place of the whole map is its hash already.
    """
    return {
        part: _hidden(values)
        for part in ("data", "stringData")
        if (values := plain(secret).get(part)) is not None and not isinstance(values, str)
    }


def _hidden(values: Any) -> Any:
    """Each value as a secret of its own, the keys open. A value that is a hash already stays so."""
    if not isinstance(values, Mapping):
        return Secret(values)
    return {key: value if is_hashed(value) else Secret(value) for key, value in values.items()}


def _status(kind: GroupVersionKind, manifest: Mapping[str, Any], world: World, key: str) -> Manifest:
    """Addresses of a Service, from the ranges for documentation (RFC 5737)."""
    spec = manifest.get("spec")
    if kind.name != "Service" or not isinstance(spec, Mapping) or spec.get("type") == "ExternalName":
        return {}
    last = int(world.hex(4, key), 16) % 250 + 1
    status = (
        {"loadBalancer": {"ingress": [{"ip": f"203.0.113.{last}"}]}}
        if spec.get("type") == "LoadBalancer"
        else {}
    )
    return {"spec": {"clusterIP": f"198.51.100.{last}", **spec}, "status": status or {"loadBalancer": {}}}
