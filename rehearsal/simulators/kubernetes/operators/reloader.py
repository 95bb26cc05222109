"""Stakater Reloader with the strategy `annotations`: new pods when a Secret or a mounted object changes.

stakater/Reloader v1.4.21, internal/pkg/handler/upgrade.go, pkg/common/common.go,
internal/pkg/controller/controller.go; the chart's values.yaml. New and deleted objects do not count as
changes (reloadOnCreate, reloadOnDelete are off by default, and not simulated).
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.controller import Controller, register
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind, chart_name
from rehearsal.simulators.kubernetes.api.store import RELEASE, SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.csi.kinds import CLASS, POD_STATUS

CHART: Final = "reloader"
LAST_RELOADED: Final = "reloader.stakater.com/last-reloaded-from"
OWNERS: Final = tuple(
    GroupVersionKind("apps", "v1", name) for name in ("Deployment", "DaemonSet", "StatefulSet")
)
_TYPES: Final = {
    SECRET.name: ("SECRET", "secret"),
    POD_STATUS.name: ("SECRETPROVIDERCLASS", "secretproviderclass"),
}


@register
class Reloader(Controller):
    """Reloader, by its Helm chart."""

    # appVersion of deployments/kubernetes/chart/reloader/Chart.yaml at chart-v2.2.16
    chart_version = "2.2.16"
    plays = frozenset({"reloader 1.4.21"})
    charts = frozenset({CHART})

    def before_apply(
        self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest, *, force: bool
    ) -> Mapping[str, Any]:
        return kept(manifest, live)

    def changed(self, objects: ObjectStore, before: Manifest, after: Manifest) -> Iterable[Manifest]:
        return to_reload(objects, after) if content(before) != content(after) else ()


def content(manifest: Mapping[str, Any]) -> list[str] | None:
    """The content of an object that Reloader compares; None if it does not watch the kind."""
    if GroupVersionKind.of(manifest) == SECRET:
        parts = [mapping(manifest.get(name)) or {name: manifest.get(name)} for name in ("data", "stringData")]
        return sorted(f"{key}={value}" for part in parts for key, value in part.items() if value is not None)
    if GroupVersionKind.of(manifest) == POD_STATUS:
        status = mapping(manifest.get("status"))
        mounted = [f"{item.get('id')}={item.get('version')}" for item in mappings(status.get("objects"))]
        return sorted([*mounted, f"SecretProviderClassName={status.get('secretProviderClassName')}"])
    return None


def to_reload(objects: ObjectStore, changed: Manifest) -> list[Manifest]:
    """Owners of pods in the namespace that reload for this object, with Reloader's annotation."""
    namespace, kind = changed["metadata"]["namespace"], changed["kind"]
    if not _watches(objects, namespace, kind):
        return []
    hash_ = hashlib.sha1(";".join(content(changed) or []).encode(), usedforsecurity=False).hexdigest()
    name, annotations = changed["metadata"]["name"], mapping(changed["metadata"].get("annotations"))
    if kind == POD_STATUS.name:
        name = str(changed["status"]["secretProviderClassName"])
        annotations = mapping(
            mapping((objects.get(CLASS, namespace, name) or {}).get("metadata")).get("annotations")
        )
    if annotations.get("reloader.stakater.com/ignore") == "true":
        return []
    type_, prefix = _TYPES[kind]
    reloaded: list[Manifest] = []
    for owner in (owner for owner_kind in OWNERS for owner in objects.all_of(owner_kind, namespace)):
        template = mapping(mapping(owner.get("spec")).get("template"))
        known = mapping(mapping(template.get("metadata")).get("annotations"))
        last = str(known.get(LAST_RELOADED, ""))
        if kind == POD_STATUS.name and name in last and hash_ in last:
            continue  # reloaded for another pod of the same class (secretProviderClassAnnotationReloaded)
        if container := _container_to_reload(owner, template, prefix, name, annotations):
            source = {
                "type": type_,
                "name": name,
                "namespace": namespace,
                "hash": hash_,
                "containerRefs": [container],
            }
            reloaded.append(_annotated(owner, json.dumps({**source, "observedAt": int(time.time())})))
    return reloaded


def kept(manifest: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """The applied object with Reloader's annotation: server-side apply removes only fields of the applier.

    https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
    """
    last = mapping(
        mapping(mapping(mapping(live.get("spec")).get("template")).get("metadata")).get("annotations")
    ).get(LAST_RELOADED)
    readable = isinstance(mapping(manifest.get("spec")).get("template"), Mapping)
    return (
        _annotated(manifest, last)
        if isinstance(last, str) and readable and GroupVersionKind.of(manifest) in OWNERS
        else manifest
    )


def _watches(objects: ObjectStore, namespace: str, kind: str) -> bool:
    """Whether a release of Reloader watches this kind in this namespace, with the simulated strategy."""
    world = objects.world
    for release in objects.all_of(RELEASE):
        if chart_name(release["spec"]["chart"]) != CHART:
            continue
        values = mapping(mapping(release["spec"].get("values")).get("reloader"))
        names = values.get("namespaces") or []
        here = values.get("watchGlobally", True) or release["metadata"]["namespace"] == namespace
        here = here or any(
            world.matches(name, namespace) for name in (names if isinstance(names, list) else [names])
        )
        looks = (
            values.get("enableCSIIntegration", False) is True
            if kind == POD_STATUS.name
            else not values.get("ignoreSecrets")
        )
        if here and looks and world.matches(values.get("reloadStrategy"), "annotations"):
            return True
    return False


def _container_to_reload(
    owner: Manifest, template: Mapping[str, Any], prefix: str, name: str, source: Mapping[str, Any]
) -> str:
    """Name of the container that Reloader records; empty if it leaves the owner alone.

    ShouldReload, getContainerUsingResource.
    """
    keys = (
        f"{prefix}.reloader.stakater.com/reload",
        f"{prefix}.reloader.stakater.com/auto",
        "reloader.stakater.com/auto",
    )
    search = "reloader.stakater.com/search"
    annotations = mapping(owner["metadata"].get("annotations"))
    if not any(key in annotations for key in (*keys, search)):
        annotations = mapping(mapping(template.get("metadata")).get("annotations"))
    containers = mappings(mapping(template.get("spec")).get("containers"))
    using = next((c for c in containers if _uses(c, template, prefix, name)), None)
    named = [value.strip() for value in str(annotations.get(keys[0], "")).split(",") if value.strip()]
    if any(re.fullmatch(value, name) for value in named):
        using = using or (containers[0] if containers else None)
        return str(using.get("name")) if using else ""
    matches = annotations.get(search) == "true" and source.get("reloader.stakater.com/match") == "true"
    auto = any(annotations.get(key) == "true" for key in keys[1:])
    return str(using.get("name")) if using and (auto or matches) else ""


def _uses(container: Mapping[str, Any], template: Mapping[str, Any], prefix: str, name: str) -> bool:
    mounts = {mount.get("name") for mount in mappings(container.get("volumeMounts"))}
    for volume in mappings(mapping(template.get("spec")).get("volumes")):
        if volume.get("name") not in mounts:
            continue
        if prefix == "secretproviderclass":
            uses = (
                mapping(mapping(volume.get("csi")).get("volumeAttributes")).get("secretProviderClass") == name
            )
        else:
            projected = [
                mapping(source.get("secret")).get("name")
                for source in mappings(mapping(volume.get("projected")).get("sources"))
            ]
            uses = name in (mapping(volume.get("secret")).get("secretName"), *projected)
        if uses:
            return True
    if prefix == "secretproviderclass":
        return False
    env = [
        mapping(mapping(variable.get("valueFrom")).get("secretKeyRef")).get("name")
        for variable in mappings(container.get("env"))
    ]
    return name in (
        *env,
        *(mapping(source.get("secretRef")).get("name") for source in mappings(container.get("envFrom"))),
    )


def _annotated(owner: Mapping[str, Any], last: str) -> Manifest:
    spec = mapping(owner.get("spec"))
    template = mapping(spec.get("template"))
    metadata = template.get("metadata") or {}
    if not isinstance(metadata, Mapping) or not isinstance(metadata.get("annotations") or {}, Mapping):
        return dict(owner)  # the metadata are one hash
    annotations = {**(metadata.get("annotations") or {}), LAST_RELOADED: last}
    return {
        **owner,
        "spec": {**spec, "template": {**template, "metadata": {**metadata, "annotations": annotations}}},
    }
