"""The simulated cluster: requests to its API server, and the controllers that act on them.

It owns the order of a request: served kinds, admission, storage, reactions. It names no controller:
registry.py finds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.azure.arm import before_delete
from rehearsal.simulators.azure.containerservice.extensions import EXTENSION
from rehearsal.simulators.kubernetes.api.errors import ApiError, DeniedError
from rehearsal.simulators.kubernetes.api.events import forget_records
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import (
    NAMESPACE,
    POD,
    RELEASE,
    Manifest,
    ObjectStore,
    identity,
)
from rehearsal.simulators.kubernetes.apiserver import discovery, webhooks
from rehearsal.simulators.kubernetes.apiserver.admission import (
    FORBIDDEN,
    custom_refusal,
    refusal,
)
from rehearsal.simulators.kubernetes.controllers.namespaces import BUILT_IN
from rehearsal.simulators.kubernetes.registry import controllers
from rehearsal.simulators.wire import plain
from rehearsal.simulators.world import AzureResource, World

BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
ALREADY_EXISTS: Final = 409


class SimulatedCluster(ObjectStore):
    """A cluster of the simulated Azure, as an ApiServer.

    The first look at a new cluster gives it its namespaces and the objects that the world holds ready for it.
    """

    def __init__(self, world: World, id_: str) -> None:
        super().__init__(world, id_)
        if id_.lower() not in world.kubernetes:
            world.kubernetes[id_.lower()] = {}
            for name in BUILT_IN:
                self._store({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, None)
            for manifest in world.pending_objects.pop(id_.lower(), []):
                self.create(self._planted(manifest))
        for manifest in discovery.extension_objects(self):
            self._store_if_missing(manifest)

    def _planted(self, manifest: Mapping[str, Any]) -> Mapping[str, Any]:
        """An object of a --cloud file, as the server of this cluster takes it."""
        return manifest

    def is_namespaced(self, kind: GroupVersionKind) -> bool:
        return discovery.is_namespaced(self, kind)

    def require_served(self, kind: GroupVersionKind) -> None:
        """Raises NoMatchError if the API server does not serve the kind."""
        discovery.require_served(self, kind)

    def reports_status(self, kind: GroupVersionKind) -> bool:
        return any(controller.reports_status(kind) for controller in controllers())

    def create(self, manifest: Mapping[str, Any]) -> Manifest:
        kind, namespace, name = self._identified(manifest)
        if namespace and self.get(NAMESPACE, "", namespace) is None:
            # https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
            raise ApiError(f'namespaces "{namespace}" not found', NOT_FOUND)
        if self.get(kind, namespace, name) is not None:
            raise ApiError(f'{kind.plural} "{name}" already exists', ALREADY_EXISTS)
        if kind == POD:
            manifest = self._apply_webhooks(manifest)
        self._require_admitted(kind, manifest, None)
        if kind == RELEASE:
            for definition in discovery.lasting_definitions(self, manifest):
                self._store_if_missing(definition)
        self._store(manifest, None)
        return self._reconciled(manifest)

    def replace(self, manifest: Mapping[str, Any], *, force: bool = False) -> Manifest:
        kind, namespace, name = self._identified(manifest)
        live = self.get(kind, namespace, name)
        if live is None:
            raise ApiError(f'{kind.plural} "{name}" not found', NOT_FOUND)
        for controller in controllers():
            manifest = controller.before_apply(self, manifest, live, force=force)
        self._require_admitted(kind, manifest, live)
        self._store(manifest, live)
        return self._reconciled(manifest)

    def delete(self, kind: GroupVersionKind, namespace: str, name: str, *, orphan: bool = False) -> None:
        live = self.get(kind, namespace, name)
        if live is not None and orphan:
            self._orphan(live)
        if live is not None:
            for controller in controllers():
                controller.before_delete(self, live)
        self.drop(kind, namespace, name)
        forget_records(self, kind, namespace, name)
        if live is not None:
            for controller in controllers():
                controller.after_delete(self, live)
        self._reconcile()

    def _orphan(self, owner: Manifest) -> None:
        """The dependents of an object become objects without this owner.

        https://kubernetes.io/docs/concepts/architecture/garbage-collection/#orphaned-dependents
        """
        uid = owner["metadata"]["uid"]
        for dependent in list(self._objects.values()):
            references = mappings(mapping(dependent.get("metadata")).get("ownerReferences"))
            others = [reference for reference in references if reference.get("uid") != uid]
            if len(others) < len(references):
                metadata = {**dependent["metadata"], "ownerReferences": others}
                self.put({**dependent, "metadata": metadata})

    def poll(self) -> None:
        """Every poll interval of the CSI drivers and every refresh interval of the operators is over."""
        for controller in controllers():
            controller.poll(self)
        self._reconcile()

    def try_again(self) -> None:
        """Time has passed: the operators and the kubelet try again what has failed."""
        self._reconcile()
        for controller in controllers():
            controller.try_again(self)
        self._reconcile()

    def _identified(self, manifest: Mapping[str, Any]) -> tuple[GroupVersionKind, str, str]:
        """Kind, namespace and name. Raises ApiError if the kind is not served or there is no name."""
        kind, metadata = GroupVersionKind.of(manifest), plain(manifest).get("metadata")
        self.require_served(kind)
        values = [mapping(metadata).get("name"), mapping(metadata).get("namespace", "")]
        if not values[0] or not all(isinstance(value, str) for value in values):
            raise self._refusal(kind, manifest, None) or ApiError("name is required", BAD_REQUEST)
        return identity(manifest)

    def _require_admitted(
        self, kind: GroupVersionKind, manifest: Mapping[str, Any], live: Manifest | None
    ) -> None:
        """Raises ApiError if validation or a webhook refuses the object."""
        if (error := self._refusal(kind, manifest, live)) is not None:
            raise error
        if why := webhooks.refusal(self, plain(manifest), live):
            raise ApiError(why, FORBIDDEN)

    def _refusal(
        self, kind: GroupVersionKind, manifest: Mapping[str, Any], live: Manifest | None
    ) -> ApiError | None:
        """The reason that validation refuses the object; None if it does not."""
        declarations = discovery.declarations(self)
        # A secret that stays as it is is no change.
        known = None if live is None else self.world.resolve_hashes(live, plain(manifest))
        if declarations.serves(kind):
            return refusal(manifest, known, declarations, self.get)
        if kind == RELEASE:
            return None
        return custom_refusal(manifest, discovery.schema(self, kind), declarations)

    def _apply_webhooks(self, pod: Mapping[str, Any]) -> Mapping[str, Any]:
        """A pod that a user creates, as the mutating webhooks leave it."""
        try:
            return webhooks.mutated(self, pod, by_user=True)
        except DeniedError as denied:
            raise ApiError(str(denied)) from denied

    def _store(self, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        self.put(manifest)
        for controller in controllers():
            controller.after_store(self, manifest, live)

    def _store_if_missing(self, manifest: Mapping[str, Any]) -> None:
        if self.get(*identity(manifest)) is None:
            self._store(manifest, None)

    def _reconciled(self, manifest: Mapping[str, Any]) -> Manifest:
        """The object after all controllers have reconciled, with the sender's own secrets in plain form."""
        self._reconcile()
        stored = self.get(*identity(manifest))
        assert stored is not None, "it has been stored"
        return self.world.resolve_hashes(stored, plain(manifest))

    def _reconcile(self) -> None:
        for controller in controllers():
            controller.reconcile(self)
        while self.changes:
            before, after = self.changes.pop(0)
            for controller in controllers():
                for changed in controller.changed(self, before, after):
                    live = self.get(*identity(changed))
                    self._store(changed, live)


def open_cluster(world: World, id_: str) -> SimulatedCluster:
    """The cluster of this id, as the world opens it."""
    return world.open_cluster(id_) if world.open_cluster else SimulatedCluster(world, id_)


@before_delete(EXTENSION)
def _keep_definitions(world: World, extension: AzureResource) -> None:
    """Definitions of an extension's kinds outlast it (https://learn.microsoft.com/azure/aks/dapr); a look at
    the cluster makes them.
    """
    cluster_id = extension.id.rsplit("/providers/", 1)[0]
    if world.get(cluster_id) is not None:
        open_cluster(world, cluster_id)
