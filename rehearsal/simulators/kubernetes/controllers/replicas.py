"""What the controllers of pods leave in a cluster: an event, if pods are refused; a revision, if pods are of an older template.

Pure: the cluster is asked through `Lookup`. An object has at most one of each. Whoever deletes the pods of an older
template by hand, deletes the revision here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.events import EVENT, record_name
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.apiserver.admission import Lookup, Manifest, Mutate, failed_create
from rehearsal.simulators.wire import plain

REVISION: Final = GroupVersionKind("apps", "v1", "ControllerRevision")


def events_and_revisions(
    manifest: Manifest, sealed: Manifest, live: Manifest | None, minor: int, look: Lookup, mutate: Mutate
) -> tuple[list[dict[str, Any]], bool]:
    """What there is after this was stored in the place of `live`, and whether new pods are made.

    Pods that run stay, whatever their namespace says since.
    """
    kind, metadata = GroupVersionKind.of(manifest), mapping(manifest.get("metadata"))
    namespace, name = metadata.get("namespace", ""), metadata.get("name", "")
    place = {"name": record_name(kind, name), "namespace": namespace}
    if live is not None and look(EVENT, namespace, place["name"]) is None:
        revision = look(REVISION, namespace, place["name"])
        running = mapping(revision["data"] if revision else live.get("spec")).get("template")
        if plain(running) == plain(mapping(sealed.get("spec")).get("template")):
            return [], False
        if _on_delete(sealed):
            kept = {
                "apiVersion": REVISION.api_version,
                "kind": REVISION.name,
                "metadata": place,
                "revision": 1,
            }
            return [{**kept, "data": {"template": running}}], False
    if message := failed_create(manifest, minor, look, mutate):
        about = {"apiVersion": kind.api_version, "kind": kind.name, "namespace": namespace, "name": name}
        event = {"apiVersion": "v1", "kind": "Event", "metadata": place, "involvedObject": about}
        return [{**event, "type": "Warning", "reason": "FailedCreate", "message": message}], False
    return [], True


def _on_delete(owner: Mapping[str, Any]) -> bool:
    """https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/ and .../workloads/controllers/statefulset/#update-strategies"""
    return mapping(mapping(owner.get("spec")).get("updateStrategy")).get("type") == "OnDelete"
