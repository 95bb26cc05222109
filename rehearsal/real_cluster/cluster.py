"""A cluster of the rehearsal behind a real API server: `--cluster real`.

Every write goes to the real server by server-side apply, whose refusals are what a person sees, and real
controllers make the pods. Operators, charts, mounts and nodes stay simulated: they act on the objects as the
real server has stored them, in the world beside it.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rehearsal.real_cluster import owners
from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.definitions import definition_for, restored_definition
from rehearsal.real_cluster.nodes import look_after_pods
from rehearsal.simulators.kubernetes.api.errors import ApiError, NoMatchError
from rehearsal.simulators.kubernetes.api.events import EVENT, REVISION, record_name
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import (
    NAMESPACE,
    POD,
    RELEASE,
    SERVICE_ACCOUNT,
    Manifest,
    identity,
)
from rehearsal.simulators.kubernetes.apiserver import webhooks
from rehearsal.simulators.kubernetes.apiserver.admission import FORBIDDEN, OWNERS
from rehearsal.simulators.kubernetes.apiserver.discovery import DEFINITION
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.wire import mark_secret_texts, plain
from rehearsal.simulators.world import World

SETTLE_SECONDS: Final = 30
_NOT_FOUND: Final = 404
_OF_SERVER: Final = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink")
_BESIDE: Final = (POD, EVENT, REVISION, RELEASE)
"""Kinds whose objects the simulated parts make, and a real server does not get from here."""


class RealCluster(SimulatedCluster):
    """A cluster whose API server is real."""

    def __init__(
        self,
        world: World,
        id_: str,
        connect: Callable[[RealCluster], Client],
        definitions: Sequence[Path] = (),
    ) -> None:
        self._connect, self._definitions = connect, definitions
        self._force = False
        self._applied: Manifest = {}
        super().__init__(world, id_)

    @property
    def client(self) -> Client:
        return self._connect(self)

    def _planted(self, manifest: Mapping[str, Any]) -> Mapping[str, Any]:
        is_definition = GroupVersionKind.of(manifest) == DEFINITION
        return restored_definition(dict(manifest), self._definitions) if is_definition else manifest

    def require_served(self, kind: GroupVersionKind) -> None:
        if kind == RELEASE or self.client.serves(kind):
            return
        super().require_served(kind)  # by an operator that a chart, an add-on or an extension has installed
        self.client.apply(definition_for(self, kind, self._definitions), force=True)
        self._wait(lambda: self.client.serves(kind), f"the API server does not serve {kind.name}")

    def create(self, manifest: Mapping[str, Any]) -> Manifest:
        created = super().create(manifest)
        kind, _, name = identity(created)
        if kind == NAMESPACE:
            # Pods that come before the controller has made it would be refused, and tried again later.
            place = (SERVICE_ACCOUNT, name, "default")
            self._wait(lambda: self.client.get(*place) is not None, f"{name} has no default ServiceAccount")
        elif kind == POD:
            look_after_pods(self.client, created["metadata"]["namespace"], {})
        return created

    def replace(self, manifest: Mapping[str, Any], *, force: bool = False) -> Manifest:
        self._force = force
        try:
            return super().replace(manifest, force=force)
        finally:
            self._force = False

    def delete(self, kind: GroupVersionKind, namespace: str, name: str, *, orphan: bool = False) -> None:
        super().delete(kind, namespace, name, orphan=orphan)
        if kind in (RELEASE, EVENT, REVISION):
            return
        object_ = {
            "apiVersion": kind.api_version,
            "kind": kind.name,
            "metadata": {"name": name, "namespace": namespace},
        }
        options = {"propagationPolicy": "Orphan" if orphan else "Background"}
        try:
            self.client.request("DELETE", self.client.path_of(object_), options)
        except NoMatchError:
            return
        except ApiError as error:
            if error.code != _NOT_FOUND:
                raise
        inside = name if kind == NAMESPACE else namespace

        def is_gone() -> bool:
            if inside:
                look_after_pods(self.client, inside, {})
            return self.client.get(kind, namespace, name) is None

        self._wait(is_gone, f"{kind.plural} {name} is not gone")

    def await_pods(self) -> None:
        """Wait until a new server's controllers have made the pods of every owner, or cannot."""
        for manifest in restored(self):
            if identity(manifest)[0].name in OWNERS:
                self.refused_pods(manifest)

    def refused_pods(self, owner: Manifest) -> str | None:
        """The real controllers' refusal of the owner's pods; empty: none. They act within a second."""
        kind, namespace, name = identity(owner)
        message = ""

        def is_known() -> bool:
            nonlocal message
            look_after_pods(self.client, namespace, self._waiting(namespace))
            live = self.client.get(kind, namespace, name)
            if live is None or not owners.is_observed(live):
                return False
            if owners.has_no_pods(live) or owners.pods_of(self.client, live):
                return True
            message = owners.refusal(self.client, live)
            return bool(message)

        self._wait(is_known, f"the controllers have made no pod of {kind.name} {namespace}/{name}")
        return message

    def made_pod(self, owner: Manifest) -> Manifest | None:
        live = self.client.get(*identity(owner))
        pods = owners.pods_of(self.client, live) if live else []
        return pods[0] if pods else None

    def _require_admitted(
        self, kind: GroupVersionKind, manifest: Mapping[str, Any], live: Manifest | None
    ) -> None:
        if kind == RELEASE:
            super()._require_admitted(kind, manifest, live)
            return
        sent = sendable(plain(manifest))
        self.client.apply(sent, force=self._force, dry_run=True)
        if why := webhooks.refusal(self, plain(manifest), live):
            raise ApiError(why, FORBIDDEN)
        self._applied = self.client.apply(sent, force=self._force)

    def _store_if_missing(self, manifest: Mapping[str, Any]) -> None:
        kind = identity(manifest)[0]
        if self.get(*identity(manifest)) is None and kind != DEFINITION:
            self.client.apply(sendable(manifest), force=True)
        super()._store_if_missing(manifest)

    def _store(self, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        super()._store(self._as_stored(manifest), live)

    def _as_stored(self, manifest: Mapping[str, Any]) -> Mapping[str, Any]:
        """The object as the real server has stored it, with the sender's secrets marked."""
        kind, applied = GroupVersionKind.of(manifest), self._applied
        if not applied or identity(applied) != identity(plain(manifest)):
            return manifest
        self._applied = {}
        if kind.name == "Secret" or kind == DEFINITION:
            return manifest
        metadata = {key: value for key, value in applied["metadata"].items() if key not in _OF_SERVER}
        if (fields := mapping(manifest.get("metadata")).get("managedFields")) is not None:
            metadata["managedFields"] = fields
        stored = {key: value for key, value in applied.items() if key != "status"}
        return mark_secret_texts({**stored, "metadata": metadata}, manifest)

    def _reconciled(self, manifest: Mapping[str, Any]) -> Manifest:
        result = super()._reconciled(manifest)
        kind, namespace, name = identity(plain(manifest))
        if kind.name in OWNERS and kind.group in ("apps", "batch"):
            self._settle(kind, namespace, name)
        return result

    def _settle(self, kind: GroupVersionKind, namespace: str, name: str) -> None:
        """The pods get the status that the simulated kubelet has found, and the owner's rollout ends."""

        def is_over() -> bool:
            waiting = self._waiting(namespace)
            look_after_pods(self.client, namespace, waiting)
            live = self.client.get(kind, namespace, name)
            return name in waiting or live is None or owners.has_no_pods(live) or owners.is_settled(live)

        self._wait(is_over, f"the rollout of {kind.name} {namespace}/{name} does not end")

    def _waiting(self, namespace: str) -> dict[str, tuple[str, str]]:
        """Name of each owner whose pods do not start → reason and message, as the simulated parts found."""
        names = {
            name: event
            for event in self.all_of(EVENT, namespace)
            for kind in OWNERS
            if (name := _owner_in(event, kind))
        }
        return {name: (str(event["reason"]), str(event["message"])) for name, event in names.items()}

    def _wait(self, condition: Callable[[], bool], problem: str) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise ApiError(f"{problem} after {SETTLE_SECONDS} s", 504)
            time.sleep(0.03)


def restored(objects: SimulatedCluster) -> list[Manifest]:
    """The objects of an earlier operation, in the order in which a new server takes them. Values of Secrets
    are made up: only their hashes are known.
    """
    everything = [manifest for key in _keys(objects) if (manifest := objects.get(*key)) is not None]
    kept = [
        manifest for manifest in everything if identity(manifest)[0] not in _BESIDE or _is_alone(manifest)
    ]
    return [owners.anew(sendable(manifest)) for manifest in sorted(kept, key=_rank)]


def _is_alone(manifest: Manifest) -> bool:
    """Whether it is a pod that no controller makes."""
    return identity(manifest)[0] == POD and "ownerReferences" not in manifest["metadata"]


def _keys(objects: SimulatedCluster) -> list[tuple[GroupVersionKind, str, str]]:
    return [identity(manifest) for manifest in objects.world.kubernetes[objects.id.lower()].values()]


def _rank(manifest: Manifest) -> int:
    kind = identity(manifest)[0]
    first = (NAMESPACE.name, DEFINITION.name)
    return first.index(kind.name) if kind.name in first else 3 if kind.name in (*OWNERS, POD.name) else 2


def sendable(manifest: Mapping[str, Any]) -> Manifest:
    """The object as a client can send it: without fields of the server, with a stand-in for each hash."""
    metadata = {
        key: value
        for key, value in mapping(manifest.get("metadata")).items()
        if key not in (*_OF_SERVER, "ownerReferences")
    }
    if not isinstance(manifest.get("metadata"), Mapping):
        return dict(manifest)
    is_secret = GroupVersionKind.of(manifest).name == "Secret"
    sent = {
        key: _stand_ins(value, encoded=is_secret and key == "data")
        for key, value in manifest.items()
        if key != "status"
    }
    return {**sent, "metadata": _stand_ins(metadata)}


def _stand_ins(value: Any, *, encoded: bool = False) -> Any:
    if isinstance(value, Mapping):
        return {key: _stand_ins(item, encoded=encoded) for key, item in value.items()}
    if isinstance(value, list):
        return [_stand_ins(item) for item in value]
    if is_hashed(value) and encoded:
        return base64.b64encode(b"stand-in").decode()
    return value


def _owner_in(event: Mapping[str, Any], kind: str) -> str:
    """Name of the owner of this kind that a record is about; empty if it is about another."""
    name = str(mapping(event.get("metadata")).get("name", ""))
    suffix = record_name(GroupVersionKind("", "", kind), "")
    return name.removesuffix(suffix) if name.endswith(suffix) else ""
