"""pulumi-kubernetes as the engine calls it, with server-side apply (its default).

pulumi-kubernetes, provider/pkg/provider/provider.go and diff.go, provider/pkg/await/await.go.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from rehearsal.simulators.azure.arm import merge
from rehearsal.simulators.diff import Difference, pruned
from rehearsal.simulators.faults.clients import ApiServerClient
from rehearsal.simulators.faults.day import Faults
from rehearsal.simulators.init_failed import WaitingProvider
from rehearsal.simulators.kubernetes.api.errors import ApiError, ConflictError, NoMatchError
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.server import ApiServer
from rehearsal.simulators.kubernetes.api.store import Manifest, identity
from rehearsal.simulators.kubernetes.apiserver.validation.names import name_failures
from rehearsal.simulators.kubernetes.endpoint import cluster_at, why_unreachable
from rehearsal.simulators.kubernetes.provider import (
    errors,
    helm_release,
    patches,
    patience,
    readiness,
    server_side_apply,
)
from rehearsal.simulators.kubernetes.provider.await_ import (
    TIMED_OUT,
    not_created,
    not_ready,
    not_updated,
    timed_out,
)
from rehearsal.simulators.kubernetes.provider.instance import ProviderInstance, settings_difference
from rehearsal.simulators.kubernetes.provider.normalization import drops_fields, normalized
from rehearsal.simulators.kubernetes.provider.replacement import object_difference
from rehearsal.simulators.kubernetes.provider.resource import (
    id_of,
    is_patch,
    named,
    orphans,
    typed,
    without_nulls,
)
from rehearsal.simulators.kubernetes.provider.wait_for import WaitForError
from rehearsal.simulators.provider import Call, Properties, ProviderError
from rehearsal.simulators.sdk_schema import resource_type
from rehearsal.simulators.shape import Failure, failures, preview_outputs
from rehearsal.simulators.wire import mark_secrets, plain
from rehearsal.simulators.world import World

_READ_ONLY: Final = ("uid", "resourceVersion", "generation")


class KubernetesProvider(WaitingProvider):
    """The provider of all `kubernetes.Provider` instances; each has the cluster of its kubeconfig."""

    package = "kubernetes"
    version = version("pulumi-kubernetes")
    client = ApiServerClient()

    def __init__(
        self, world: World, latency: Mapping[str, float] | None = None, faults: Faults | None = None
    ) -> None:
        super().__init__(faults)
        self.world = world
        self.latency = latency or {}
        self._instances: dict[str, ProviderInstance] = {}
        self._instances_lock = threading.Lock()

    def commit(self) -> None:
        self.world.commit()

    def configure(self, connection: str, variables: Mapping[str, str]) -> None:
        instance = ProviderInstance.configured(variables)
        with self._instances_lock:
            self._instances[connection] = instance

    def _instance(self, call: Call) -> ProviderInstance:
        with self._instances_lock:
            return self._instances.get(call.connection) or ProviderInstance.configured({})

    def _take_time(self, call: Call) -> None:
        self.wait(self.latency.get(call.token, self.latency.get("*", 0.0)))

    def _cluster(self, call: Call) -> ApiServer | None:
        connection = self._instance(call).connection
        return cluster_at(self.world, connection.server) if connection.server else None

    def _reachable(self, call: Call) -> ApiServer:
        cluster = self._cluster(call)
        if cluster is None:
            connection = self._instance(call).connection
            why = connection.explained(why_unreachable(self.world, connection.server))
            raise ProviderError(f"configured Kubernetes cluster is unreachable: {why}")
        return cluster

    # Provider settings

    def diff_config(self, call: Call) -> Difference:
        return settings_difference(plain(call.old_inputs or call.olds), plain(call.inputs))

    # Check, Diff

    def check(self, call: Call) -> tuple[Properties, list[Failure]]:
        if call.token == helm_release.TOKEN:
            return helm_release.check(call)
        inputs = normalized(without_nulls(call.inputs))
        bare = plain(inputs)
        sdk = resource_type(call.token)
        problems = list(failures(bare, sdk.inputs)) if sdk else []
        if drops_fields(inputs):
            problems = [failure for failure in problems if not failure.reason.startswith("unknown property")]
        metadata = dict(inputs["metadata"]) if isinstance(inputs.get("metadata"), Mapping) else {}
        if isinstance(inputs.get("metadata", {}), Mapping):
            inputs["metadata"] = named(call, metadata)
            self._apply_namespace(call, bare, inputs["metadata"])
        if is_patch(call) and isinstance(bare.get("metadata", {}), Mapping) and not metadata.get("name"):
            raise ProviderError("patch resources require the `.metadata.name` field to be set")
        return inputs, [*problems, *name_failures(plain(inputs))]

    def _apply_namespace(self, call: Call, bare: Mapping[str, Any], metadata: dict[str, Any]) -> None:
        """Namespaced objects without a namespace get the provider's, which is `default` unless it is
        configured.
        """
        if "namespace" in metadata:
            return
        with self.world.lock:
            cluster = self._cluster(call)
            if cluster is not None and cluster.is_namespaced(GroupVersionKind.of(bare)):
                metadata["namespace"] = self._instance(call).connection.namespace

    def diff(self, call: Call) -> Difference:
        if call.token == helm_release.TOKEN:
            return helm_release.difference(call)
        return object_difference(call, self._instance(call))

    # Create, Update, Read, Delete

    def create(self, call: Call) -> tuple[str, Properties]:
        if call.preview:
            return "", self._previewed(call)
        self._take_time(call)
        with self.world.lock:
            cluster = self._reachable(call)
            if call.token == helm_release.TOKEN:
                pending = self.faults is not None and self.faults.leaves_pending(call.token)
                return helm_release.create(call, cluster, "pending-install" if pending else "deployed")
            manifest = plain(call.inputs)
            outputs = mark_secrets(plain(self._created(call, cluster, manifest)), call.inputs)
            try:
                unmet = patience.unmet_conditions(call, cluster, manifest)
            except WaitForError as error:
                # The object exists, but is not in the state.
                raise errors.creation_failed(call.urn, error) from error
            if unmet is not None:
                raise self.unready(not_created(call.urn, id_of(manifest), outputs, TIMED_OUT, unmet))
            if why := patience.why_pods_not_ready(call, cluster, manifest):
                error, reasons = timed_out(manifest, why, ran=False)
                raise self.unready(not_created(call.urn, id_of(manifest), outputs, error, reasons))
            return id_of(manifest), outputs

    def _created(self, call: Call, cluster: ApiServer, manifest: Manifest) -> Manifest:
        try:
            marked = self._marked_manifest(call, cluster)
            # A patch is a server-side apply, which makes what is not there: Creation in await.go,
            # pulumi-kubernetes#2194.
            if is_patch(call) and cluster.get(*identity(manifest)) is not None:
                return cluster.replace(marked)
            return cluster.create(marked)
        except NoMatchError as error:
            raise errors.no_kind_to_create(call.urn, GroupVersionKind.of(manifest), error) from error
        except ApiError as error:
            raise errors.creation_failed(call.urn, error) from error

    @staticmethod
    def _marked_manifest(call: Call, cluster: ApiServer) -> Manifest:
        """The manifest with its secrets still marked, so that the world stores only their hashes. A patch is
        merged into the existing object.
        """
        manifest = without_nulls(call.inputs)
        live = cluster.get(*identity(plain(manifest))) if is_patch(call) else None
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
            # A failed rollout leaves the old pods, if there were any.
            ran = not readiness.why_not_ready(cluster, manifest)
            outputs = mark_secrets(plain(self._updated(call, cluster, manifest)), call.inputs)
            try:
                unmet = patience.unmet_conditions(call, cluster, manifest)
            except WaitForError as error:
                raise self.unready(not_updated(id_of(manifest), outputs, str(error), [])) from error
            if unmet is not None:
                raise self.unready(not_updated(id_of(manifest), outputs, TIMED_OUT, unmet))
            if why := patience.why_pods_not_ready(call, cluster, manifest):
                raise self.unready(not_updated(id_of(manifest), outputs, *timed_out(manifest, why, ran=ran)))
            if not is_patch(call) and readiness.waits_for_deletion(cluster, manifest):
                raise self.unready(not_updated(id_of(manifest), outputs, TIMED_OUT, []))
            return outputs

    def _updated(self, call: Call, cluster: ApiServer, manifest: Manifest) -> Manifest:
        marked = self._marked_manifest(call, cluster)
        live = cluster.get(*identity(manifest))
        if call.ignore_changes:
            marked = server_side_apply.with_ignored(marked, live, call.ignore_changes)
        force = server_side_apply.by_force(plain(marked)) or self._instance(call).on("enablePatchForce")
        try:
            return cluster.replace(marked, force=force)
        except NoMatchError as error:
            raise errors.no_kind_to_update(call.urn, error) from error
        except ApiError as error:
            live = cluster.get(*identity(manifest))
            if live is None:
                raise ProviderError(f'update of resource "{call.urn}" failed: {error}') from error
            # The live object goes into the state, beside the inputs that were refused.
            outputs = mark_secrets(self.world.resolve_hashes(live, plain(call.olds)), call.inputs)
            conflict = isinstance(error, ConflictError)
            message = server_side_apply.explained(str(error)) if conflict else str(error)
            raise self.unready(not_updated(id_of(manifest), outputs, message, [])) from error

    def read(self, call: Call) -> tuple[str, Properties, Properties] | None:
        with self.world.lock:
            cluster = self._cluster(call)
            if cluster is None and self._instance(call).deletes_unreachable:
                return None
            if cluster is None:
                raise errors.unreadable()
            if call.token == helm_release.TOKEN:
                return helm_release.read(call, cluster, self.world)
            manifest = plain(call.inputs) or typed(call)
            namespace, _, name = call.id.rpartition("/")
            live = cluster.get(GroupVersionKind.of(manifest), namespace, name)
            if live is None:
                return None
            outputs = mark_secrets(self.world.resolve_hashes(live, plain(call.olds)), call.inputs)
            if call.inputs:
                inputs = pruned(self.world.resolve_hashes(live, plain(call.inputs)), call.inputs)
                # A read does not wait (await.Read).
                if not is_patch(call) and (why := readiness.why_pods_not_ready(cluster, manifest)):
                    raise self.unready(not_ready(call.id, outputs, inputs, why))
                if not is_patch(call) and readiness.waits_for_deletion(cluster, manifest):
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
                # Whatever deleteUnreachable says: Delete in provider.go looks at the connection first.
                why = self._instance(call).connection.why_unreachable
                raise ProviderError(
                    "can't delete Helm Release with unreachable cluster. Reason: "
                    f"{json.dumps(why, ensure_ascii=False)}"
                )
            if cluster is None and self._instance(call).deletes_unreachable:
                return
            if cluster is None:
                raise errors.undeletable()
            if call.token == helm_release.TOKEN:
                helm_release.delete(call, cluster)
                return
            manifest = plain(call.old_inputs or call.olds)
            try:
                if is_patch(call):
                    patches.relinquish(cluster, manifest)
                else:
                    cluster.delete(*identity(manifest), orphan=orphans(manifest))
            except ApiError as error:
                raise ProviderError(str(error)) from error

    def invoke(self, token: str, arguments: Properties, connection: str) -> Properties:
        raise ProviderError(
            f"the rehearsal does not simulate the function {token}; single resources, helm.v3.Release and "
            "apiextensions.CustomResource need none"
        )
