"""A cluster as its clients see it: objects by kind, namespace and name.

`Cluster` is all that the provider asks of one. A real API server can stand behind it as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from rehearsal.simulators.azure.containerservice import CLUSTER
from rehearsal.simulators.cloud import World
from rehearsal.simulators.kubernetes.admission import NAMESPACE, OWNERS, refusal
from rehearsal.simulators.kubernetes.controllers import EVENT, REVISION, trace_name, traces
from rehearsal.simulators.kubernetes.kinds import (
    ADDONS,
    CHARTS,
    CLUSTER_SCOPED,
    EXTENSIONS,
    CustomKind,
    Kind,
    chart_name,
    defined_by,
)
from rehearsal.simulators.kubernetes.schema import Declarations, declared
from rehearsal.simulators.wire import Secret, plain

RELEASE: Final = Kind("helm.sh", "v3", "Release")
BUILT_IN_NAMESPACES: Final = ("default", "kube-system", "kube-public", "kube-node-lease")
_EXTENSION: Final = "azure-native:kubernetesconfiguration:Extension"

Manifest = dict[str, Any]


class ApiError(Exception):
    """What the API server answers."""


class NoMatchError(ApiError):
    """The API server serves no such kind."""


class Cluster(Protocol):
    """The few operations that the provider needs."""

    def is_namespaced(self, kind: Kind) -> bool: ...

    def get(self, kind: Kind, namespace: str, name: str) -> Manifest | None: ...

    def create(self, manifest: Mapping[str, Any]) -> Manifest: ...

    def replace(self, manifest: Mapping[str, Any]) -> Manifest: ...

    def delete(self, kind: Kind, namespace: str, name: str) -> None: ...

    def failed_create(self, kind: Kind, namespace: str, name: str) -> str:
        """The message of this object's FailedCreate event: its pods never come. Empty if there is none."""
        ...

    def waits_for_deletion(self, kind: Kind, namespace: str, name: str) -> bool:
        """Whether pods of an older template run until somebody deletes them: the update strategy OnDelete."""
        ...


class SimulatedCluster:
    """A cluster of the simulated Azure; its objects live in the world."""

    def __init__(self, world: World, id_: str) -> None:
        self._world = world
        self._id = id_
        if id_.lower() not in world.kubernetes:
            world.kubernetes[id_.lower()] = {}
            for name in BUILT_IN_NAMESPACES:
                self._store({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
                self._furnish(name)

    @property
    def _objects(self) -> dict[str, Manifest]:
        return self._world.kubernetes[self._id.lower()]

    def custom_kinds(self) -> Iterable[CustomKind]:
        """What definitions, releases, add-ons and extensions have installed."""
        cluster = self._world.get(self._id)
        assert cluster is not None, "a cluster is looked up before it is asked"
        yield from defined_by(o for o in self._objects.values() if o["kind"] == "CustomResourceDefinition")
        for addon, profile in (cluster.properties.get("addonProfiles") or {}).items():
            if profile.get("enabled"):
                yield from ADDONS.get(addon, ())
        for extension in self._world.of_type(_EXTENSION, below=self._id):
            yield from EXTENSIONS.get(str(extension.properties.get("extensionType", "")).lower(), ())
        for release in (o for o in self._objects.values() if Kind.of(o) == RELEASE):
            yield from CHARTS.get(chart_name(release["spec"]["chart"]), ())

    def _custom(self, kind: Kind) -> CustomKind | None:
        return next((c for c in self.custom_kinds() if (c.group, c.name) == (kind.group, kind.name)), None)

    def is_namespaced(self, kind: Kind) -> bool:
        if kind == RELEASE:
            return True
        if kind.is_built_in:
            return kind.name not in CLUSTER_SCOPED
        custom = self._custom(kind)
        return custom.namespaced if custom else True

    @property
    def _declarations(self) -> Declarations:
        cluster = self._world.get(self._id)
        properties = cluster.properties if cluster else {}
        return declared(str(properties.get("currentKubernetesVersion") or properties.get("kubernetesVersion") or ""))

    def must_serve(self, kind: Kind) -> None:
        custom = self._custom(kind)
        built_in = kind.is_built_in and self._declarations.serves(kind)
        served = kind == RELEASE or built_in or (custom is not None and kind.version in custom.versions)
        if not served:
            raise NoMatchError(f'no matches for kind "{kind.name}" in version "{kind.api_version}"')

    def get(self, kind: Kind, namespace: str, name: str) -> Manifest | None:
        return self._objects.get(_key(kind, namespace, name))

    def create(self, manifest: Mapping[str, Any]) -> Manifest:
        kind, namespace, name = identity(manifest)
        self.must_serve(kind)
        if namespace and self.get(NAMESPACE, "", namespace) is None:
            # https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
            raise ApiError(f'namespaces "{namespace}" not found')
        if self.get(kind, namespace, name) is not None:
            raise ApiError(f'{kind.plural} "{name}" already exists')
        self._must_admit(kind, manifest, None)
        stored = self._store(manifest)
        self._make_pods(manifest, None)
        if kind == NAMESPACE:
            self._furnish(name)
        return stored

    def replace(self, manifest: Mapping[str, Any]) -> Manifest:
        kind, namespace, name = identity(manifest)
        self.must_serve(kind)
        live = self.get(kind, namespace, name)
        if live is None:
            raise ApiError(f'{kind.plural} "{name}" not found')
        self._must_admit(kind, manifest, live)
        stored = self._store(manifest)
        self._make_pods(manifest, live)
        return stored

    def delete(self, kind: Kind, namespace: str, name: str) -> None:
        if kind == NAMESPACE:
            if name in BUILT_IN_NAMESPACES[:3]:
                raise ApiError(f'namespaces "{name}" is forbidden: this namespace may not be deleted')
            for key in [key for key in self._objects if key.split("/")[2] == name]:
                del self._objects[key]
        self._objects.pop(_key(kind, namespace, name), None)
        self._forget_pods(kind, namespace, name)
        self._world.changed()

    def failed_create(self, kind: Kind, namespace: str, name: str) -> str:
        event = self.get(EVENT, namespace, trace_name(kind, name))
        return str(event["message"]) if event else ""

    def waits_for_deletion(self, kind: Kind, namespace: str, name: str) -> bool:
        return self.get(REVISION, namespace, trace_name(kind, name)) is not None

    def _must_admit(self, kind: Kind, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        if not self._declarations.serves(kind):
            return
        # A secret that stays as it is is no change.
        known = None if live is None else self._world.unsealed(live, plain(manifest))
        if why := refusal(manifest, known, self._declarations, self.get):
            raise ApiError(why)

    def _make_pods(self, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        """What the controllers find when they make the pods of an object."""
        kind, namespace, name = identity(manifest)
        if kind.name not in OWNERS or not self._declarations.serves(kind):
            return
        found = traces(manifest, self._world.sealed(manifest), live, self._declarations.minor, self.get)
        self._forget_pods(kind, namespace, name)
        for trace in found:
            self._store(trace)

    def _forget_pods(self, kind: Kind, namespace: str, name: str) -> None:
        for trace in (EVENT, REVISION):
            self._objects.pop(_key(trace, namespace, trace_name(kind, name)), None)

    def _furnish(self, namespace: str) -> None:
        """What the controllers put into a new namespace."""
        metadata = {"name": "default", "namespace": namespace}
        self._store({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
        root = {"name": "kube-root-ca.crt", "namespace": namespace}
        self._store({"apiVersion": "v1", "kind": "ConfigMap", "metadata": root})

    def _store(self, manifest: Mapping[str, Any]) -> Manifest:
        kind, namespace, name = identity(manifest)
        key = _key(kind, namespace, name)
        before = self._objects.get(key)
        revision = int(before["metadata"]["resourceVersion"]) + 1 if before else 1
        uid = before["metadata"]["uid"] if before else self._world.guid(self._id, key, len(self._objects))
        metadata = {
            **(manifest.get("metadata") or {}),
            "uid": uid,
            "resourceVersion": str(revision),
            "generation": revision,
        }
        stored = {**manifest, "metadata": metadata, **_status(kind, manifest, self._world, key)}
        if kind.name == "Secret":
            # Values of a Secret are secret even if the program forgot to say so.
            # A text in place of the values is their hash already.
            hidden = {n: Secret(v) for n in ("data", "stringData") if (v := stored.get(n)) is not None and not isinstance(v, str)}
            self._objects[key] = self._world.sealed({**stored, **hidden})
        else:
            self._objects[key] = self._world.sealed(stored)
        self._world.changed()
        return stored


def cluster_at(world: World, server: str) -> SimulatedCluster | None:
    """The cluster whose API server has this address."""
    host = server.split("://", 1)[-1].split("/")[0].split(":")[0]
    for cluster in world.of_type(CLUSTER):
        if host and host in (cluster.properties.get("fqdn"), cluster.properties.get("privateFQDN")):
            return SimulatedCluster(world, cluster.id)
    return None


def identity(manifest: Mapping[str, Any]) -> tuple[Kind, str, str]:
    metadata = manifest.get("metadata") or {}
    return Kind.of(manifest), metadata.get("namespace", ""), metadata.get("name", "")


def _key(kind: Kind, namespace: str, name: str) -> str:
    return f"{kind.group or 'core'}/{kind.name}/{namespace}/{name}"


def _status(kind: Kind, manifest: Mapping[str, Any], world: World, key: str) -> Manifest:
    """Addresses that only a cluster hands out, from the ranges for documentation (RFC 5737)."""
    spec = manifest.get("spec")
    if kind.name != "Service" or not isinstance(spec, Mapping) or spec.get("type") == "ExternalName":
        return {}
    last = int(world.hex(4, key), 16) % 250 + 1
    status = {"loadBalancer": {"ingress": [{"ip": f"203.0.113.{last}"}]}} if spec.get("type") == "LoadBalancer" else {}
    return {"spec": {"clusterIP": f"198.51.100.{last}", **spec}, "status": status or {"loadBalancer": {}}}
