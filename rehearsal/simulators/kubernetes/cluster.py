"""A cluster as its clients see it: objects by kind, namespace and name.

`Cluster` is all that the provider asks of one. A real API server can stand behind it as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from rehearsal.simulators.azure.arm import before_delete
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from rehearsal.simulators.azure.containerservice.extensions import EXTENSION
from rehearsal.simulators.azure.containerservice.kms import lacks_a_key
from rehearsal.simulators.azure.containerservice.private_clusters import connection_error
from rehearsal.simulators.kubernetes.api.events import EVENT, record_name
from rehearsal.simulators.kubernetes.api.fields import is_sealed, mapping
from rehearsal.simulators.kubernetes.api.kinds import (
    ADDONS,
    CHARTS_WITH_LASTING_KINDS,
    CLUSTER_SCOPED,
    EXTENSIONS,
    KEEP,
    CustomKind,
    GroupVersionKind,
    chart_name,
    defined_by,
    definition_of,
    installed_by,
)
from rehearsal.simulators.kubernetes.api.store import RELEASE
from rehearsal.simulators.kubernetes.apiserver.admission import (
    NAMESPACE,
    OWNERS,
    POD,
    DeniedError,
    custom_refusal,
    refusal,
)
from rehearsal.simulators.kubernetes.apiserver.custom_resources import schema_of
from rehearsal.simulators.kubernetes.apiserver.openapi import Declarations, declared
from rehearsal.simulators.kubernetes.controllers import autoscaling
from rehearsal.simulators.kubernetes.controllers.replicas import REVISION, events_and_revisions
from rehearsal.simulators.kubernetes.node import kubelet
from rehearsal.simulators.kubernetes.operators.dapr import injector as dapr_injector
from rehearsal.simulators.kubernetes.operators.dapr import installation as dapr_installed
from rehearsal.simulators.kubernetes.operators.dapr import secrets_api as dapr_secrets
from rehearsal.simulators.kubernetes.operators.external_secrets import controller as external_secrets
from rehearsal.simulators.kubernetes.operators.reloader import content, kept, to_reload
from rehearsal.simulators.wire import Secret, plain
from rehearsal.simulators.world import AzureResource, World

DEFINITION: Final = GroupVersionKind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
BUILT_IN_NAMESPACES: Final = ("default", "kube-system", "kube-public", "kube-node-lease")

Manifest = dict[str, Any]


class ApiError(Exception):
    """What the API server answers."""


class ConflictError(ApiError):
    """An apply says otherwise than somebody else who has set the field."""


class NoMatchError(ApiError):
    """The API server serves no such kind."""


class ApiServer(Protocol):
    """The few operations that the provider needs."""

    def is_namespaced(self, kind: GroupVersionKind) -> bool: ...

    def get(self, kind: GroupVersionKind, namespace: str, name: str) -> Manifest | None: ...

    def create(self, manifest: Mapping[str, Any]) -> Manifest: ...

    def replace(self, manifest: Mapping[str, Any], *, force: bool = False) -> Manifest:
        """A server-side apply; by force it takes what somebody else has set."""
        ...

    def delete(self, kind: GroupVersionKind, namespace: str, name: str) -> None: ...

    def why_not_ready(self, kind: GroupVersionKind, namespace: str, name: str) -> list[str]:
        """What keeps this object's pods from coming or from starting, the event about it at the end. Empty if nothing does."""
        ...

    def waits_for_deletion(self, kind: GroupVersionKind, namespace: str, name: str) -> bool:
        """Whether pods of an older template run until somebody deletes them: the update strategy OnDelete."""
        ...


class SimulatedCluster:
    """A cluster of the simulated Azure; its objects live in the world."""

    def __init__(self, world: World, id_: str) -> None:
        self._world = world
        self._id = id_
        self._news: list[Manifest] = []
        """Objects with another content, which Reloader has not looked at yet."""
        if id_.lower() not in world.kubernetes:
            world.kubernetes[id_.lower()] = {}
            for name in BUILT_IN_NAMESPACES:
                self._store({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
                self._create_defaults(name)
            for manifest in world.pending_objects.pop(id_.lower(), []):
                self.create(manifest)
        self._add(dapr_installed.extended(self))

    @property
    def world(self) -> World:
        return self._world

    @property
    def id(self) -> str:
        return self._id

    @property
    def _objects(self) -> dict[str, Manifest]:
        return self._world.kubernetes[self._id.lower()]

    def all_of(self, kind: GroupVersionKind, namespace: str | None = None) -> list[Manifest]:
        prefix = f"{kind.group or 'core'}/{kind.name}/" + ("" if namespace is None else f"{namespace}/")
        return [found for key, found in self._objects.items() if key.startswith(prefix)]

    def custom_kinds(self) -> Iterable[CustomKind]:
        """What definitions, releases, add-ons and extensions have installed."""
        cluster = self._world.get(self._id)
        assert cluster is not None, "a cluster is looked up before it is asked"
        yield from defined_by(o for o in self._objects.values() if o["kind"] == "CustomResourceDefinition")
        for addon, profile in (cluster.properties.get("addonProfiles") or {}).items():
            if profile.get("enabled"):
                yield from ADDONS.get(addon, ())
        for extension in self._world.of_type(EXTENSION, below=self._id):
            yield from EXTENSIONS.get(str(extension.properties.get("extensionType", "")).lower(), ())
        for release in (o for o in self._objects.values() if GroupVersionKind.of(o) == RELEASE):
            yield from installed_by(release["spec"]["chart"], mapping(release["spec"].get("values")))

    def knows(self, kind: GroupVersionKind) -> CustomKind | None:
        """What a definition says of this kind, in whatever version."""
        return next((c for c in self.custom_kinds() if (c.group, c.name) == (kind.group, kind.name)), None)

    def is_namespaced(self, kind: GroupVersionKind) -> bool:
        if kind == RELEASE:
            return True
        if kind.is_built_in:
            return kind.name not in CLUSTER_SCOPED
        custom = self.knows(kind)
        return custom.namespaced if custom else True

    @property
    def _declarations(self) -> Declarations:
        cluster = self._world.get(self._id)
        properties = cluster.properties if cluster else {}
        return declared(
            str(properties.get("currentKubernetesVersion") or properties.get("kubernetesVersion") or "")
        )

    def require_served(self, kind: GroupVersionKind) -> None:
        custom = self.knows(kind)
        built_in = kind.is_built_in and self._declarations.serves(kind)
        served = kind == RELEASE or built_in or (custom is not None and kind.version in custom.versions)
        if not served:
            raise NoMatchError(f'no matches for kind "{kind.name}" in version "{kind.api_version}"')

    def get(self, kind: GroupVersionKind, namespace: str, name: str) -> Manifest | None:
        return self._objects.get(_key(kind, namespace, name))

    def create(self, manifest: Mapping[str, Any]) -> Manifest:
        kind, namespace, name = identity(manifest)
        self.require_served(kind)
        if namespace and self.get(NAMESPACE, "", namespace) is None:
            # https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
            raise ApiError(f'namespaces "{namespace}" not found')
        if self.get(kind, namespace, name) is not None:
            raise ApiError(f'{kind.plural} "{name}" already exists')
        if kind == RELEASE:
            self._install(manifest)
        if kind == POD:
            manifest = self._apply_webhooks(manifest)
        self._must_admit(kind, manifest, None)
        self._store(manifest)
        self._make_pods(manifest, None)
        if kind == NAMESPACE:
            self._create_defaults(name)
        return self._settled(manifest)

    def replace(self, manifest: Mapping[str, Any], *, force: bool = False) -> Manifest:
        kind, namespace, name = identity(manifest)
        self.require_served(kind)
        live = self.get(kind, namespace, name)
        if live is None:
            raise ApiError(f'{kind.plural} "{name}" not found')
        if kind == POD:
            manifest = dapr_injector.kept(manifest, live)
        if kind in autoscaling.SCALABLE:
            if not force and (why := autoscaling.conflict(manifest, live)):
                raise ConflictError(why)
            manifest = autoscaling.applied(manifest, live, force=force)
        self._must_admit(kind, manifest, live)
        manifest = external_secrets.kept(kept(manifest, live), live)
        self._store(manifest)
        if kind in (RELEASE, DEFINITION):
            external_secrets.drop_unserved(self)
        self._make_pods(manifest, live)
        return self._settled(manifest)

    def delete(self, kind: GroupVersionKind, namespace: str, name: str) -> None:
        if kind == NAMESPACE:
            if name in BUILT_IN_NAMESPACES[:3]:
                raise ApiError(f'namespaces "{name}" is forbidden: this namespace may not be deleted')
            for key in [key for key in self._objects if key.split("/")[2] == name]:
                del self._objects[key]
        if (live := self.get(kind, namespace, name)) and external_secrets.holds(self, live):
            # await/condition/deleted.go of pulumi-kubernetes; there the second line is a warning beside the error.
            raise ApiError(
                f"timed out waiting for the condition\nfinalizers might be preventing deletion ({external_secrets.FINALIZER})"
            )
        gone = self._objects.pop(_key(kind, namespace, name), None)
        self._forget_traces(kind, namespace, name)
        if gone and (kind == POD or kind.name in OWNERS):
            kubelet.stop(self, gone)
        if gone and kind in (RELEASE, DEFINITION):
            external_secrets.drop_unserved(self)
        elif gone:
            external_secrets.removed(self, gone)
        self._reconcile()
        self._world.changed()

    def drop(self, kind: GroupVersionKind, namespace: str, name: str) -> None:
        self._objects.pop(_key(kind, namespace, name), None)
        self._world.changed()

    def put(self, manifest: Mapping[str, Any]) -> Manifest:
        return self._store(manifest)

    def poll(self) -> None:
        """The CSI driver's poll interval is over, and every refresh interval of the External Secrets Operator."""
        kubelet.poll(self)
        external_secrets.settle(self, interval_over=True)
        self._reconcile()

    def dapr_secret(
        self, namespace: str, app_id: str, store: str, name: str, version: str = ""
    ) -> dapr_secrets.Answer:
        """What an application gets when it asks its sidecar for a secret."""
        return dapr_secrets.read(self, namespace, app_id, store, name, version)

    def dapr_secrets(self, namespace: str, app_id: str, store: str) -> dapr_secrets.Answer:
        """What it gets when it asks for all of a store."""
        return dapr_secrets.bulk(self, namespace, app_id, store)

    def why_not_ready(self, kind: GroupVersionKind, namespace: str, name: str) -> list[str]:
        return kubelet.why_not_ready(self, kind, namespace, name)

    def waits_for_deletion(self, kind: GroupVersionKind, namespace: str, name: str) -> bool:
        return self.get(REVISION, namespace, record_name(kind, name)) is not None

    def _must_admit(self, kind: GroupVersionKind, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        if not self._declarations.serves(kind):
            schema = None if kind == RELEASE else schema_of(kind, self.all_of(DEFINITION))
            if schema is not None and (why := custom_refusal(manifest, schema)):
                raise ApiError(why)
            if why := external_secrets.refusal(self, plain(manifest)):
                raise ApiError(why)
            return
        # A secret that stays as it is is no change.
        known = None if live is None else self._world.resolve_hashes(live, plain(manifest))
        if why := refusal(manifest, known, self._declarations, self.get):
            raise ApiError(why)

    def _apply_webhooks(self, pod: Mapping[str, Any]) -> Mapping[str, Any]:
        """A pod that somebody makes by hand, as the webhooks leave it."""
        try:
            return dapr_injector.injected(self, pod, by_person=True)
        except DeniedError as denied:
            raise ApiError(str(denied)) from denied

    def _install(self, release: Mapping[str, Any]) -> None:
        chart, metadata = chart_name(plain(release)["spec"]["chart"]), release["metadata"]
        if chart == dapr_installed.CHART and (
            why := dapr_installed.in_the_way(self, metadata["name"], metadata["namespace"])
        ):
            raise ApiError(why)
        values = mapping(release["spec"].get("values"))
        kept = mapping(mapping(values.get("crds")).get("annotations")).get(KEEP[0])
        if chart in CHARTS_WITH_LASTING_KINDS or (
            kept is not None and self._world.matches(plain(kept), KEEP[1])
        ):
            self._add(definition_of(kind) for kind in installed_by(chart, plain(values)))

    def _add(self, manifests: Iterable[Mapping[str, Any]]) -> None:
        """Unless they are there."""
        for manifest in manifests:
            kind, namespace, name = identity(manifest)
            if self.get(kind, namespace, name) is None:
                self._store(manifest)
                if kind == NAMESPACE:
                    self._create_defaults(name)

    def _make_pods(self, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        """What the controllers and the nodes make of an object that pods come from."""
        kind, namespace, name = identity(manifest)
        if kind == POD:
            if live is None or self.get(EVENT, namespace, record_name(kind, name)):
                self._forget_traces(kind, namespace, name)
                kubelet.start(self, self._objects[_key(kind, namespace, name)], kind, name)
            return
        if kind.name not in OWNERS or not self._declarations.serves(kind):
            return
        found, new_pods = events_and_revisions(
            manifest,
            self._world.hashed(manifest),
            live,
            self._declarations.minor,
            self.get,
            lambda pod: dapr_injector.injected(self, pod),
        )
        self._forget_traces(kind, namespace, name)
        for trace in found:
            self._store(trace)
        if new_pods:
            kubelet.roll_out(self, self._objects[_key(kind, namespace, name)])

    def _settled(self, manifest: Mapping[str, Any]) -> Manifest:
        """The object when everybody in the cluster has done what it made them do; to who sent it, its secrets are none."""
        self._reconcile()
        return self._world.resolve_hashes(self._objects[_key(*identity(manifest))], plain(manifest))

    def _reconcile(self) -> None:
        external_secrets.settle(self)
        autoscaling.settle(self)
        while self._news:
            for owner in to_reload(self, self._news.pop(0)):
                kind, namespace, name = identity(owner)
                live = self._objects[_key(kind, namespace, name)]
                self._store(owner)
                self._make_pods(owner, live)

    def _forget_traces(self, kind: GroupVersionKind, namespace: str, name: str) -> None:
        for trace in (EVENT, REVISION):
            self._objects.pop(_key(trace, namespace, record_name(kind, name)), None)

    def _create_defaults(self, namespace: str) -> None:
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
            hidden = {
                n: _hidden(v)
                for n in ("data", "stringData")
                if (v := plain(stored).get(n)) is not None and not isinstance(v, str)
            }
            self._objects[key] = self._world.hashed({**stored, **hidden})
        else:
            self._objects[key] = self._world.hashed(stored)
        if before and content(before) != content(self._objects[key]):
            self._news.append(self._objects[key])
        self._world.changed()
        return self._objects[key]


def _hidden(values: Any) -> Any:
    """Each value as a secret of its own, the keys open; what is a hash already stays one."""
    if not isinstance(values, Mapping):
        return Secret(values)
    return {key: value if is_sealed(value) else Secret(value) for key, value in values.items()}


def cluster_at(world: World, server: str) -> SimulatedCluster | None:
    """The cluster whose API server has this address, if whoever runs `pulumi` gets there."""
    cluster, host = _named(world, server)
    return SimulatedCluster(world, cluster.id) if cluster and not _why(world, cluster, host) else None


def why_no_way(world: World, server: str) -> str:
    """Why one that is there is not reached; empty of one that is not there."""
    cluster, host = _named(world, server)
    return _why(world, cluster, host) if cluster else ""


def _why(world: World, cluster: AzureResource, host: str) -> str:
    refused = f"dial tcp: {host}:443: connect: connection refused" if lacks_a_key(world, cluster) else ""
    return connection_error(world, cluster, host) or refused


def _named(world: World, server: str) -> tuple[AzureResource | None, str]:
    host = server.split("://", 1)[-1].split("/")[0].split(":")[0]
    named = (
        one
        for one in world.of_type(CLUSTER)
        if host in (one.properties.get("fqdn"), one.properties.get("privateFQDN"))
    )
    return (next(named, None) if host else None), host


@before_delete(EXTENSION)
def _what_it_made_stays(world: World, extension: AzureResource) -> None:
    """The definitions of an extension's kinds outlast it (https://learn.microsoft.com/azure/aks/dapr); a first look makes them."""
    cluster_id = extension.id.rsplit("/providers/", 1)[0]
    if world.get(cluster_id) is not None:
        SimulatedCluster(world, cluster_id)


def identity(manifest: Mapping[str, Any]) -> tuple[GroupVersionKind, str, str]:
    metadata = manifest.get("metadata") or {}
    return GroupVersionKind.of(manifest), metadata.get("namespace", ""), metadata.get("name", "")


def _key(kind: GroupVersionKind, namespace: str, name: str) -> str:
    return f"{kind.group or 'core'}/{kind.name}/{namespace}/{name}"


def _status(kind: GroupVersionKind, manifest: Mapping[str, Any], world: World, key: str) -> Manifest:
    """Addresses that only a cluster hands out, from the ranges for documentation (RFC 5737)."""
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
