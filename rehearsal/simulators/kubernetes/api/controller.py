"""Controllers: the parts of the simulated cluster, with everything that one can do, and their register.

Kubernetes' own controllers (controllers/) and the operators (operators/) are both such parts. The API server
and the kubelet call every registered controller and know none of them by name. How to add an operator:
operators/__init__.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

from rehearsal.simulators.kubernetes.api.kinds import CustomKind, GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore
from rehearsal.simulators.world import World


class Controller:
    """A part of the cluster that reacts to objects and pods. Each method does nothing by default.

    `objects` are the objects of the cluster. A method that may refuse says which error it raises; the message
    is the real component's own.
    """

    order: ClassVar[int] = 50
    """Controllers are called from the lowest to the highest; equal ones by the name of their module."""

    plays: ClassVar[frozenset[str]] = frozenset()
    """The components that it plays, with their versions: `dapr 1.18.3`. Kubernetes' own controllers name
    none: they play those of the cluster's version.
    """
    chart_version: ClassVar[str] = ""
    """The version of its chart that brings these components. Empty: the program pins no chart of it."""

    # What installs it

    charts: ClassVar[frozenset[str]] = frozenset()
    """Names of the Helm charts that install it."""
    addons: ClassVar[frozenset[str]] = frozenset()
    """AKS add-ons that install it: keys of `addonProfiles`."""
    extension_types: ClassVar[frozenset[str]] = frozenset()
    """AKS extensions that install it, in lower case."""
    extension_namespace: ClassVar[str] = ""
    """Namespace in which an extension installs it if `scope` names none."""
    custom_kinds: ClassVar[tuple[CustomKind, ...]] = ()
    """Kinds that it brings. Their schemas are the CustomResourceDefinitions in `crds/` beside its module."""

    def kinds_of_release(self, values: Mapping[str, Any]) -> Iterable[CustomKind]:
        """Kinds that a release of its chart brings with these values. Texts among them may be hashes."""
        return self.custom_kinds

    def keeps_definitions(self, world: World, values: Mapping[str, Any]) -> bool:
        """Whether the definitions of a release with these values outlast the release."""
        return False

    def reports_status(self, kind: GroupVersionKind) -> bool:
        """Whether it writes a status to objects of this kind, so that a client can wait for one."""
        return False

    def returned_status(self, world: World, manifest: Manifest) -> Mapping[str, Any] | None:
        """The status of an object of its own as a GET returns it, with the times that the cluster does not
        store. None: it is not its object.
        """
        return None

    def field_manager(self, secret: Mapping[str, Any]) -> str:
        """Its name as the manager of a Secret's data, by the Secret's metadata. Empty: not its Secret."""
        return ""

    def runs_as(self, objects: ObjectStore) -> tuple[str, str] | None:
        """Namespace and name of the ServiceAccount that its chart makes, whose tokens a client may request.
        None: it is not installed, or it reads nothing as itself.
        """
        return None

    # Requests to the API server

    def admit(self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> str:
        """The reason that a create or an update of this object is refused; empty if it is not.

        `live`: None on a create.
        """
        return ""

    def before_apply(
        self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest, *, force: bool
    ) -> Mapping[str, Any]:
        """The object to store when `manifest` is applied to `live`: with the controller's own fields.

        Raises ConflictError if the apply sets a field of another manager, unless `force` is set.
        """
        return manifest

    def before_delete(self, objects: ObjectStore, live: Manifest) -> None:
        """Raises ApiError if the object cannot be deleted."""

    def mutate_pod(
        self,
        objects: ObjectStore,
        pod: Mapping[str, Any],
        requested: Mapping[str, Any],
        *,
        by_user: bool,
    ) -> Mapping[str, Any]:
        """The pod as this mutating webhook leaves it.

        `pod` has the changes of the webhooks before, `requested` has none. `by_user`: a client creates the
        pod, and no controller does. Raises DeniedError.
        """
        return pod

    # Reactions

    def after_store(self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        """An object has been stored. `manifest` has its secrets still marked; `live`: None if it is new."""

    def after_delete(self, objects: ObjectStore, deleted: Manifest) -> None:
        """An object has been removed."""

    def reconcile(self, objects: ObjectStore) -> None:
        """Something in the cluster may have changed."""

    def changed(self, objects: ObjectStore, before: Manifest, after: Manifest) -> Iterable[Manifest]:
        """Objects to update because an object has been overwritten.

        Called after all controllers have reconciled.
        """
        return ()

    def try_again(self, objects: ObjectStore) -> None:
        """Time has passed, and what has failed is due again, other than what `reconcile` tries by itself."""

    def poll(self, objects: ObjectStore) -> None:
        """Every poll and refresh interval is over."""

    # Pods on the nodes

    csi_driver: ClassVar[str] = ""
    """Name of the CSI driver that it runs on the nodes."""

    def mount(self, objects: ObjectStore, pod: Manifest, volume: Mapping[str, Any]) -> list[str]:
        """Mount a volume of its CSI driver; returns warnings. Raises MountError."""
        return []

    def start_containers(self, objects: ObjectStore, pod: Manifest) -> None:
        """Start the containers that it has injected into the pod. Raises ContainerError."""

    def endless_container(self, pod: Manifest) -> tuple[str, str] | None:
        """Name of a container that keeps the pod of a Job from completing, and why; None if there is none."""
        return None

    def stop_containers(self, objects: ObjectStore, pod: Manifest) -> None:
        """The containers of the pod have ended."""

    def unmount(self, objects: ObjectStore, pod: Manifest) -> None:
        """The pod is gone, and its volumes with it."""

    def crds(self) -> Path:
        """Folder of its CustomResourceDefinitions; it need not exist."""
        return Path(str(sys.modules[type(self).__module__].__file__)).parent / "crds"


_Controller = TypeVar("_Controller", bound=Controller)
REGISTERED: Final[list[Controller]] = []


def register(controller: type[_Controller]) -> type[_Controller]:
    """Register a class as a controller of every simulated cluster."""
    REGISTERED.append(controller())
    return controller
