"""Section ``kubernetes`` of a --cloud file: objects in a cluster, and operators' Helm releases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.store import RELEASE, identity
from rehearsal.simulators.kubernetes.apiserver.validation.names import name_failures
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster, open_cluster
from rehearsal.simulators.kubernetes.controllers.namespaces import BUILT_IN
from rehearsal.simulators.kubernetes.registry import controllers
from rehearsal.simulators.nearest import nearest
from rehearsal.simulators.seed_document import SeedError, require_keys, require_list
from rehearsal.simulators.world import World
from rehearsal.yaml_faults import kind_of

_CLUSTER_ID = re.compile(
    r"(?i)/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ContainerService/managedClusters/[^/]+"
)


def add_kubernetes_objects(world: World, entry: Mapping[str, Any]) -> None:
    """The objects and releases of one entry. Raises SeedError."""
    require_keys(entry, "cluster", "objects", "releases")
    cluster = str(entry["cluster"])
    manifests = [
        *((f"objects[{index}]", manifest) for index, manifest in enumerate(require_list(entry, "objects"))),
        *_release_objects(entry),
    ]
    if world.get(cluster) is None:
        if not _CLUSTER_ID.fullmatch(cluster):
            raise SeedError(
                f"the cluster {cluster} does not exist; list it under azure, or use the id of a cluster "
                "that the stack creates"
            )
        # A cluster that the stack creates gets the objects at once: operators that are installed elsewhere.
        world.pending_objects[cluster.lower()] = [manifest for _, manifest in manifests]
        return
    target = open_cluster(world, cluster)
    for path, manifest in manifests:
        try:
            _add_object(target, manifest)
        except (SeedError, ApiError) as error:
            raise SeedError(f"{path}: {error}") from error


def _release_objects(entry: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The release of each operator, and its namespace unless an entry of `objects` is that."""
    listed = {
        mapping(manifest.get("metadata")).get("name")
        for manifest in mappings(require_list(entry, "objects"))
        if manifest.get("kind") == "Namespace"
    }
    charts = sorted(chart for controller in controllers() for chart in controller.charts)
    for index, release in enumerate(require_list(entry, "releases")):
        path = f"releases[{index}]"
        if not isinstance(release, Mapping):
            raise SeedError(
                f"{path}: should be a mapping with chart and namespace, but it is {kind_of(release)}"
            )
        try:
            require_keys(release, "chart", "namespace", "name", "version", "values")
        except SeedError as error:
            raise SeedError(f"{path}: {error}") from error
        chart, namespace = str(release["chart"]), str(release["namespace"])
        if chart not in charts:
            raise SeedError(f"{path}: no operator has the chart '{chart}'{nearest(chart, charts)}")
        if namespace not in (*BUILT_IN, *listed):
            listed.add(namespace)
            yield path, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        yield (
            path,
            {
                "apiVersion": RELEASE.api_version,
                "kind": RELEASE.name,
                "metadata": {"name": str(release.get("name", chart)), "namespace": namespace},
                "spec": {
                    "chart": chart,
                    "version": str(release.get("version", "")),
                    "values": dict(release.get("values") or {}),
                },
            },
        )


def _add_object(target: SimulatedCluster, manifest: Any) -> None:
    if not isinstance(manifest, Mapping):
        raise SeedError(f"should be a mapping, but it is {kind_of(manifest)}")
    metadata = manifest.get("metadata")
    if not isinstance(metadata, Mapping):
        raise SeedError("metadata should be a mapping with at least a name")
    texts = {
        "apiVersion": manifest.get("apiVersion"),
        "kind": manifest.get("kind"),
        "metadata.name": metadata.get("name"),
    }
    texts |= {"metadata.namespace": metadata["namespace"]} if "namespace" in metadata else {}
    if wrong := [name for name, text in texts.items() if not isinstance(text, str) or not text]:
        raise SeedError(f"{wrong[0]} should be a text, but it is {_format(texts[wrong[0]])}")
    if failures := list(name_failures(manifest)):
        raise SeedError(failures[0].reason)
    kind, namespace, name = identity(manifest)
    target.require_served(kind)
    if target.is_namespaced(kind) != bool(namespace):
        remedy = "remove metadata.namespace: the kind has none" if namespace else "add its metadata.namespace"
        raise SeedError(f"the {kind.name} '{name}': {remedy}")
    # An edited file replaces the objects that it lists again.
    exists = target.get(kind, namespace, name) is not None
    (target.replace if exists else target.create)(manifest)


def _format(value: Any) -> str:
    return "missing" if value is None else repr(value)
