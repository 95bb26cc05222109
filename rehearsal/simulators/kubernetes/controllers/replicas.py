"""Owners of pods: their pods, the event about refused pods, and the revision of an older template.

An object has at most one event and one revision. A user who deletes the pods of an older template by hand
deletes the revision here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.controller import Controller, register
from rehearsal.simulators.kubernetes.api.events import EVENT, REVISION, event, forget_records, record_name
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import POD, Manifest, ObjectStore, identity
from rehearsal.simulators.kubernetes.apiserver import webhooks
from rehearsal.simulators.kubernetes.apiserver.admission import OWNERS, failed_create
from rehearsal.simulators.kubernetes.apiserver.discovery import declarations
from rehearsal.simulators.kubernetes.controllers import rollout
from rehearsal.simulators.wire import plain


@register
class PodController(Controller):
    """Starts pods and the pods of their owners, and stops them."""

    def after_store(self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        kind, namespace, name = identity(manifest)
        if kind == POD:
            if live is None or objects.get(EVENT, namespace, record_name(kind, name)):
                forget_records(objects, kind, namespace, name)
                pod = objects.get(kind, namespace, name)
                assert pod is not None, "it has been stored"
                rollout.start(objects, pod, kind, name)
        elif kind.name in OWNERS and declarations(objects).serves(kind):
            records, has_new_pods = events_and_revisions(objects, manifest, live)
            forget_records(objects, kind, namespace, name)
            for record in records:
                objects.put(record)
            owner = objects.get(kind, namespace, name)
            assert owner is not None, "it has been stored"
            if has_new_pods:
                rollout.roll_out(objects, owner)

    def after_delete(self, objects: ObjectStore, deleted: Manifest) -> None:
        kind = identity(deleted)[0]
        if kind == POD or kind.name in OWNERS:
            rollout.stop(objects, deleted)

    def try_again(self, objects: ObjectStore) -> None:
        for record in objects.all_of(EVENT):
            if GroupVersionKind.of(record["involvedObject"]) == POD:
                rollout.start_again(objects, record)


def events_and_revisions(
    objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None
) -> tuple[list[Manifest], bool]:
    """Records about an owner that has been stored in the place of `live`, and whether it makes new pods.

    Running pods stay, whatever their namespace requires since.
    """
    kind, namespace, name = identity(manifest)
    place = {"name": record_name(kind, name), "namespace": namespace}
    stored = objects.world.hashed(manifest)
    if live is not None and objects.get(EVENT, namespace, place["name"]) is None:
        revision = objects.get(REVISION, namespace, place["name"])
        running = mapping(revision["data"] if revision else live.get("spec")).get("template")
        if plain(running) == plain(mapping(stored.get("spec")).get("template")):
            return [], False
        if _is_on_delete(stored):
            kept = {
                "apiVersion": REVISION.api_version,
                "kind": REVISION.name,
                "metadata": place,
                "revision": 1,
            }
            return [{**kept, "data": {"template": running}}], False
    minor = declarations(objects).minor
    message = objects.refused_pods(stored)
    if message is None:
        message = failed_create(manifest, minor, objects.get, lambda pod: webhooks.mutated(objects, pod))
    if message:
        about = {"apiVersion": kind.api_version, "kind": kind.name, "namespace": namespace, "name": name}
        return [event(kind, namespace, name, about, "FailedCreate", message)], False
    return [], True


def _is_on_delete(owner: Mapping[str, Any]) -> bool:
    """https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/ and
    .../workloads/controllers/statefulset/#update-strategies
    """
    return mapping(mapping(owner.get("spec")).get("updateStrategy")).get("type") == "OnDelete"
