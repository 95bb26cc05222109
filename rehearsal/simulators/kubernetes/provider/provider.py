"""pulumi-kubernetes as the engine sees it, server-side apply on (its default).

Read in pulumi-kubernetes, provider/pkg/provider/provider.go and diff.go, provider/pkg/await/await.go.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

from rehearsal.simulators.azure.arm import merge
from rehearsal.simulators.diff import changes, pruned
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.apiserver.validation.names import name_failures
from rehearsal.simulators.kubernetes.cluster import (
    ApiError,
    ApiServer,
    ConflictError,
    Manifest,
    NoMatchError,
    cluster_at,
    identity,
    why_no_way,
)
from rehearsal.simulators.kubernetes.operators.external_secrets import controller as external_secrets
from rehearsal.simulators.kubernetes.provider import helm_release, patches, server_side_apply, wait_for
from rehearsal.simulators.kubernetes.provider.await_ import (
    TIMED_OUT,
    WaitingProvider,
    awaits,
    not_created,
    not_ready,
    not_updated,
    timed_out,
)
from rehearsal.simulators.kubernetes.provider.kubeconfig import Connection, active_cluster
from rehearsal.simulators.kubernetes.provider.replacement import FORCES, replacing
from rehearsal.simulators.provider import Call, Difference, Properties, ProviderError
from rehearsal.simulators.sdk_schema import resource_type
from rehearsal.simulators.shape import Failure, failures, preview_outputs
from rehearsal.simulators.wire import Secret, has_unknown, mark_secrets, plain
from rehearsal.simulators.world import World

AUTONAMED: Final = "pulumi.com/autonamed"
_SECRET: Final = GroupVersionKind("", "v1", "Secret")
_CONFIG_MAP: Final = GroupVersionKind("", "v1", "ConfigMap")
_READ_ONLY: Final = ("uid", "resourceVersion", "generation")
_ALREADY_EXISTS_HELP: Final = """

The resource already exists in the cluster. This can happen when:

  - Renaming a Pulumi resource: use an alias to preserve the identity,
    or use deleteBeforeReplace if the resource needs replacement.
  - Managing an existing resource: use a Patch resource (e.g. NamespacePatch)
    to manage specific fields without owning the resource lifecycle.
  - Adopting a resource into Pulumi: use `pulumi import`. Note that
    protected resources (e.g. kube-system) cannot be deleted on destroy.
  - Intentional upsert: set upsertExistingObjects on the provider to allow
    server-side apply to update existing objects on create."""
_IF_DELETED: Final = (
    "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the "
    'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"'
)


@dataclass(frozen=True)
class _Instance:
    """One `kubernetes.Provider` of the program."""

    connection: Connection
    settings: Mapping[str, str]

    def on(self, name: str) -> bool:
        return self.settings.get(name) == "true"

    @property
    def deletes_unreachable(self) -> bool:
        """The setting, else the variable (Configure in provider.go)."""
        return (
            self.settings.get("deleteUnreachable", os.environ.get("PULUMI_K8S_DELETE_UNREACHABLE")) == "true"
        )


class KubernetesProvider(WaitingProvider):
    """Each provider instance speaks to the cluster that its kubeconfig names, if that exists."""

    package = "kubernetes"
    version = version("pulumi-kubernetes")

    def __init__(self, world: World, latency: Mapping[str, float] | None = None) -> None:
        super().__init__()
        self.world = world
        self.latency = latency or {}
        self._instances: dict[str, _Instance] = {}
        self._instances_lock = threading.Lock()

    def configure(self, connection: str, variables: Mapping[str, str]) -> None:
        settings = {name.removeprefix("kubernetes:config:"): value for name, value in variables.items()}
        instance = _Instance(Connection.parse(settings), settings)
        with self._instances_lock:
            self._instances[connection] = instance

    def _instance(self, call: Call) -> _Instance:
        with self._instances_lock:
            return self._instances.get(call.connection) or _Instance(Connection.parse({}), {})

    def _take_time(self, call: Call) -> None:
        self.wait(self.latency.get(call.token, self.latency.get("*", 0.0)))

    def _cluster(self, call: Call) -> ApiServer | None:
        connection = self._instance(call).connection
        return cluster_at(self.world, connection.server) if connection.server else None

    def _reachable(self, call: Call) -> ApiServer:
        cluster = self._cluster(call)
        if cluster is None:
            connection = self._instance(call).connection
            why = connection.explained(why_no_way(self.world, connection.server))
            raise ProviderError(f"configured Kubernetes cluster is unreachable: {why}")
        return cluster

    # Provider settings

    def diff_config(self, call: Call) -> Difference:
        """An equal clusterIdentifier keeps the provider; else another or unknown active cluster replaces it."""
        old, new = plain(call.old_inputs or call.olds), plain(call.inputs)
        found = changes(old, new)
        if not found:
            return Difference()
        identifiers = old.get("clusterIdentifier"), new.get("clusterIdentifier")
        if None not in identifiers:
            same = identifiers[0] == identifiers[1] and not has_unknown(identifiers[1])
            return Difference(found, frozenset() if same else frozenset({("clusterIdentifier",)}))
        names = ("kubeconfig", "context", "cluster")
        unknown = {(name,) for name in names if has_unknown(new.get(name))}
        if unknown or active_cluster(old) != active_cluster(new):
            replaces = unknown or {path for path in found if path[0] in names}
            return Difference(found, frozenset(replaces))
        return Difference(found)

    # Check, Diff

    def check(self, call: Call) -> tuple[Properties, list[Failure]]:
        if call.token == helm_release.TOKEN:
            return helm_release.check(call)
        inputs = _without_nulls(call.inputs)
        bare = plain(inputs)
        sdk = resource_type(call.token)
        found = list(failures(bare, sdk.inputs)) if sdk else []
        metadata = dict(inputs["metadata"]) if isinstance(inputs.get("metadata"), Mapping) else {}
        if isinstance(inputs.get("metadata", {}), Mapping):
            inputs["metadata"] = self._named(call, metadata)
            self._apply_namespace(call, bare, inputs["metadata"])
        if _is_patch(call) and not (bare.get("metadata") or {}).get("name"):
            raise ProviderError("patch resources require the `.metadata.name` field to be set")
        return inputs, [*found, *name_failures(plain(inputs))]

    @staticmethod
    def _named(call: Call, metadata: dict[str, Any]) -> dict[str, Any]:
        """Adopts the old generated name or makes one: logical name + 8 hex (metadata.AssignNameIfAutonamable)."""
        if "name" in metadata or call.naming_disabled:
            return metadata
        old = plain(call.olds).get("metadata") or {}
        if old.get("name") and (old.get("annotations") or {}).get(AUTONAMED):
            name = old["name"]
        else:
            name = call.proposed_name or f"{call.name}-{(call.seed or secrets.token_bytes(4))[:4].hex()}"
        given = metadata.get("annotations")
        return {**metadata, "name": name, "annotations": {**(given or {}), AUTONAMED: "true"}}

    def _apply_namespace(self, call: Call, bare: Mapping[str, Any], metadata: dict[str, Any]) -> None:
        """Namespaced objects get the provider's namespace, which is `default` if nothing says otherwise."""
        if "namespace" in metadata:
            return
        with self.world.lock:
            cluster = self._cluster(call)
            if cluster is not None and cluster.is_namespaced(GroupVersionKind.of(bare)):
                metadata["namespace"] = self._instance(call).connection.namespace

    def diff(self, call: Call) -> Difference:
        old, new = plain(call.old_inputs), plain(call.inputs)
        found = changes(old, new)
        if call.token == helm_release.TOKEN:
            drifted = helm_release.drifted(plain(call.olds), new)
            return Difference(
                {**drifted, **found},
                frozenset(p for p in found if p[0] in ("name", "namespace")),
                delete_first=True,
                drifted=frozenset(drifted) - frozenset(found),
            )
        replaces = replacing(found, new, self._forcing(call, new))
        was, now = old.get("metadata") or {}, new.get("metadata") or {}
        generated = (now.get("annotations") or {}).get(AUTONAMED) if isinstance(now, Mapping) else None
        same_place = (was.get("name"), was.get("namespace")) == (now.get("name"), now.get("namespace"))
        return Difference(found, replaces, delete_first=same_place and not generated)

    def _forcing(self, call: Call, new: Mapping[str, Any]) -> set[str]:
        keys = {"metadata.name", "metadata.namespace"}
        if _is_patch(call):
            return keys
        instance, kind = self._instance(call), GroupVersionKind.of(new)
        if kind == _SECRET and (not instance.on("enableSecretMutable") or new.get("immutable")):
            return keys | {"type", "stringData", "data"}
        if kind == _CONFIG_MAP and (not instance.on("enableConfigMapMutable") or new.get("immutable")):
            return keys | {"binaryData", "data"}
        return keys | set(FORCES.get((kind.group, kind.name), ()))

    # Create, Update, Read, Delete

    def create(self, call: Call) -> tuple[str, Properties]:
        if call.preview:
            return "", self._previewed(call)
        self._take_time(call)
        with self.world.lock:
            cluster = self._reachable(call)
            if call.token == helm_release.TOKEN:
                return helm_release.create(call, cluster)
            manifest = plain(call.inputs)
            try:
                wanted = self._wanted(call, cluster)
                # A patch is a server-side apply, which makes what is not there: Creation in await.go, pulumi-kubernetes#2194.
                there = _is_patch(call) and cluster.get(*identity(manifest)) is not None
                live = cluster.replace(wanted) if there else cluster.create(wanted)
            except NoMatchError as error:
                kind = GroupVersionKind.of(manifest)
                raise ProviderError(
                    f'creation of resource "{call.urn}" with kind {kind.api_version}/{kind.name} failed because the '
                    "Kubernetes API server reported that the apiVersion for this resource does not exist. "
                    f"Verify that any required CRDs have been created: {error}"
                ) from error
            except ApiError as error:
                more = _ALREADY_EXISTS_HELP if str(error).endswith("already exists") else ""
                raise ProviderError(
                    f'resource "{call.urn}" was not successfully created by the Kubernetes API server: {error}{more}'
                ) from error
            outputs = mark_secrets(plain(live), call.inputs)
            try:
                unmet = self._unmet(cluster, manifest)
            except wait_for.WaitForError as error:
                # The object is there, and not in the state.
                raise ProviderError(
                    f'resource "{call.urn}" was not successfully created by the Kubernetes API server: {error}'
                ) from error
            if unmet is not None:
                raise self.unready(not_created(call.urn, _id(manifest), outputs, TIMED_OUT, unmet))
            if why := self._why_not_ready(call, cluster, manifest):
                raise self.unready(
                    not_created(call.urn, _id(manifest), outputs, *timed_out(manifest, why, ran=False))
                )
            return _id(manifest), outputs

    @staticmethod
    def _wanted(call: Call, cluster: ApiServer) -> Manifest:
        """The manifest with its secrets still marked, so that the world stores their hashes only; a patch lies upon
        what is there."""
        manifest = _without_nulls(call.inputs)
        live = cluster.get(*identity(plain(manifest))) if _is_patch(call) else None
        return merge(live, manifest) if live else manifest

    def _previewed(self, call: Call) -> Properties:
        if call.token == helm_release.TOKEN:
            sdk = resource_type(call.token)
            assert sdk is not None, "the SDK has Release"
            return mark_secrets(preview_outputs(plain(call.inputs), sdk.outputs), call.inputs)
        return call.inputs

    def update(self, call: Call) -> Properties:
        if call.preview:
            return self._previewed(call)
        self._take_time(call)
        with self.world.lock:
            cluster = self._reachable(call)
            if call.token == helm_release.TOKEN:
                return helm_release.update(call, cluster)
            manifest = plain(call.inputs)
            kind, namespace, name = identity(manifest)
            # A rollout that fails leaves the old pods, if there were any.
            ran = not cluster.why_not_ready(kind, namespace, name)
            try:
                outputs = mark_secrets(plain(self._applied(call, cluster)), call.inputs)
            except NoMatchError as error:
                raise ProviderError(
                    f'update of resource "{call.urn}" failed because the Kubernetes API server reported that the apiVersion for this '
                    f"resource does not exist. Verify that any required CRDs have been created: {error}"
                ) from error
            except ApiError as error:
                live = cluster.get(kind, namespace, name)
                if live is None:
                    raise ProviderError(f'update of resource "{call.urn}" failed: {error}') from error
                # What is there goes into the state, beside the inputs that did not get there.
                outputs = mark_secrets(self.world.resolve_hashes(live, plain(call.olds)), call.inputs)
                said = (
                    server_side_apply.explained(str(error))
                    if isinstance(error, ConflictError)
                    else str(error)
                )
                raise self.unready(not_updated(_id(manifest), outputs, said, [])) from error
            try:
                unmet = self._unmet(cluster, manifest)
            except wait_for.WaitForError as error:
                raise self.unready(not_updated(_id(manifest), outputs, str(error), [])) from error
            if unmet is not None:
                raise self.unready(not_updated(_id(manifest), outputs, TIMED_OUT, unmet))
            if why := self._why_not_ready(call, cluster, manifest):
                raise self.unready(not_updated(_id(manifest), outputs, *timed_out(manifest, why, ran=ran)))
            if self._waits_for_deletion(call, cluster, manifest):
                raise self.unready(not_updated(_id(manifest), outputs, TIMED_OUT, []))
            return outputs

    def _applied(self, call: Call, cluster: ApiServer) -> Manifest:
        wanted = self._wanted(call, cluster)
        if call.ignore_changes:
            wanted = server_side_apply.with_ignored(
                wanted, cluster.get(*identity(plain(wanted))), call.ignore_changes
            )
        force = server_side_apply.by_force(plain(wanted)) or self._instance(call).on("enablePatchForce")
        return cluster.replace(wanted, force=force)

    @staticmethod
    def _unmet(cluster: ApiServer, manifest: Manifest) -> list[str] | None:
        """The events about an object that is not what its annotation `pulumi.com/waitFor` waits for; None if it is.

        Only what the simulated operators say of an object is judged. A read does not wait (await.Read).
        """
        wanted, place = wait_for.expressions(manifest), identity(manifest)
        live = cluster.get(*place)
        if (
            live is None
            or not external_secrets.reports(place[0])
            or all(wait_for.is_met(one, live) for one in wanted)
        ):
            return None
        return cluster.why_not_ready(*place)

    @staticmethod
    def _why_not_ready(call: Call, cluster: ApiServer, manifest: Manifest) -> list[str]:
        """What the real provider would find out by waiting for pods."""
        return cluster.why_not_ready(*identity(manifest)) if awaits(manifest) and not _is_patch(call) else []

    @staticmethod
    def _waits_for_deletion(call: Call, cluster: ApiServer, manifest: Manifest) -> bool:
        """Of a DaemonSet alone: await/daemonset.go waits for new pods, await/statefulset.go does not (processStatefulSetEvent)."""
        awaited = manifest.get("kind") == "DaemonSet" and awaits(manifest) and not _is_patch(call)
        return awaited and cluster.waits_for_deletion(*identity(manifest))

    def read(self, call: Call) -> tuple[str, Properties, Properties] | None:
        with self.world.lock:
            cluster = self._cluster(call)
            if cluster is None and self._instance(call).deletes_unreachable:
                return None
            if cluster is None:
                raise ProviderError(
                    f"failed to read resource state due to unreachable cluster. {_IF_DELETED}"
                )
            if call.token == helm_release.TOKEN:
                return helm_release.read(call, cluster, self.world)
            given = plain(call.inputs) or {"apiVersion": _api_version(call.token), "kind": _kind(call.token)}
            namespace, _, name = call.id.rpartition("/")
            live = cluster.get(GroupVersionKind.of(given), namespace, name)
            if live is None:
                return None
            outputs = mark_secrets(self.world.resolve_hashes(live, plain(call.olds)), call.inputs)
            if call.inputs:
                inputs = pruned(self.world.resolve_hashes(live, plain(call.inputs)), call.inputs)
                if why := self._why_not_ready(call, cluster, given):
                    raise self.unready(not_ready(call.id, outputs, inputs, why))
                if self._waits_for_deletion(call, cluster, given):
                    raise self.unready(not_ready(call.id, outputs, inputs, []))
                return call.id, outputs, inputs
            inputs = {n: v for n, v in outputs.items() if n != "status"}
            inputs["metadata"] = {n: v for n, v in inputs["metadata"].items() if n not in _READ_ONLY}
            return call.id, outputs, inputs

    def delete(self, call: Call) -> None:
        self._take_time(call)
        with self.world.lock:
            cluster = self._cluster(call)
            if cluster is None and call.token == helm_release.TOKEN:
                # Whatever deleteUnreachable says: Delete in provider.go asks this first.
                why = self._instance(call).connection.why_unreachable
                raise ProviderError(
                    f"can't delete Helm Release with unreachable cluster. Reason: {json.dumps(why, ensure_ascii=False)}"
                )
            if cluster is None and self._instance(call).deletes_unreachable:
                return
            if cluster is None:
                raise ProviderError(f"configured Kubernetes cluster is unreachable. {_IF_DELETED}")
            if call.token == helm_release.TOKEN:
                helm_release.delete(call, cluster)
            else:
                given = plain(call.old_inputs or call.olds)
                try:
                    if _is_patch(call):
                        patches.relinquish(cluster, given)
                    else:
                        cluster.delete(*identity(given))
                except ApiError as error:
                    raise ProviderError(str(error)) from error

    def invoke(self, token: str, arguments: Properties, connection: str) -> Properties:
        raise ProviderError(
            f"the rehearsal does not simulate the function {token}; single resources, helm.v3.Release and "
            "apiextensions.CustomResource need none"
        )


def _is_patch(call: Call) -> bool:
    return call.token.endswith("Patch") and resource_type(call.token) is not None


def _kind(token: str) -> str:
    return token.rsplit(":", 1)[1].removesuffix("Patch")


def _api_version(token: str) -> str:
    return token.split(":")[1].removeprefix("core/")


def _id(manifest: Mapping[str, Any]) -> str:
    """`namespace/name`, or the name alone of what has no namespace."""
    _, namespace, name = identity(manifest)
    return f"{namespace}/{name}" if namespace else name


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Secret):
        return Secret(_without_nulls(value.value))
    if isinstance(value, Mapping):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
