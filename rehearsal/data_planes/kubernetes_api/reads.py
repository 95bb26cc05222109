"""Reads of objects: one, or a list with selectors, in pages.

https://kubernetes.io/docs/reference/using-api/api-concepts/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.data_planes.kubernetes_api import pods
from rehearsal.data_planes.kubernetes_api.endpoint_slices import ENDPOINT_SLICE, endpoint_slices
from rehearsal.data_planes.kubernetes_api.objects import returned
from rehearsal.data_planes.kubernetes_api.paths import Target
from rehearsal.data_planes.kubernetes_api.status import not_found
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.kubernetes.api.events import EVENT
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.store import POD, Manifest
from rehearsal.simulators.kubernetes.apiserver.admission import OWNERS
from rehearsal.simulators.kubernetes.apiserver.discovery import declarations
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.operators.csi.kinds import POD_STATUS


def find(cluster: SimulatedCluster, target: Target) -> Manifest:
    """One object. Raises RefusedError."""
    for manifest in objects(cluster, target):
        if manifest["metadata"]["name"] == target.name:
            return manifest
    raise not_found(target.plural, target.group, target.name)


def objects(cluster: SimulatedCluster, target: Target) -> Iterator[Manifest]:
    """The objects of a kind, in the version of the request."""
    namespace = target.namespace or None
    if target.kind == POD:
        yield from pods.pods(cluster, namespace)
        return
    if (target.kind.group, target.kind.name) == (POD_STATUS.group, POD_STATUS.name):
        yield from pods.pod_statuses(cluster, namespace)
        return
    if target.kind == ENDPOINT_SLICE:
        yield from endpoint_slices(cluster, namespace)
        return
    served = declarations(cluster).serves(target.kind)
    stored = (
        pods.events(cluster, namespace) if target.kind == EVENT else cluster.all_of(target.kind, namespace)
    )
    for manifest in stored:
        if served and target.kind.name in OWNERS:
            yield pods.owner(cluster, manifest)
        else:
            yield {**returned(cluster.world, manifest), "apiVersion": target.kind.api_version}


def listed(cluster: SimulatedCluster, target: Target, request: Request) -> Answer:
    """A list with selectors, in pages if `limit` says so.

    https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
    """
    selected = [
        manifest
        for manifest in objects(cluster, target)
        if _has_labels(manifest, request.query.get("labelSelector", ""))
        and _has_fields(manifest, request.query.get("fieldSelector", ""))
    ]
    if request.query.get("watch") in ("true", "1"):
        # The watch ends at once, as one does whose timeout is over.
        lines = [json.dumps({"type": "ADDED", "object": manifest}) for manifest in selected]
        return Answer(status=200, text="".join(f"{line}\n" for line in lines))
    first = int(request.query.get("continue") or 0)
    limit = int(request.query.get("limit") or 0) or len(selected)
    page = selected[first : first + limit]
    metadata: dict[str, Any] = {"resourceVersion": "1"}
    if first + limit < len(selected):
        metadata |= {"continue": str(first + limit), "remainingItemCount": len(selected) - first - limit}
    body = {
        "kind": f"{target.kind.name}List",
        "apiVersion": target.kind.api_version,
        "metadata": metadata,
        "items": page,
    }
    return Answer(status=200, body=body)


def _has_labels(manifest: Manifest, selector: str) -> bool:
    """https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"""
    labels = mapping(manifest["metadata"].get("labels"))
    return all(
        _has_label(labels, part.strip()) for part in re.split(r",(?![^(]*\))", selector) if part.strip()
    )


def _has_label(labels: Mapping[str, Any], requirement: str) -> bool:
    if match := re.fullmatch(r"(\S+)\s+(in|notin)\s+\(([^)]*)\)", requirement):
        values = {value.strip() for value in match[3].split(",")}
        return (labels.get(match[1]) in values) is (match[2] == "in")
    if match := re.fullmatch(r"([^=!\s]+)\s*(!=|==?)\s*(\S*)", requirement):
        return (labels.get(match[1]) == match[3]) is (match[2] != "!=")
    return (requirement.lstrip("!") in labels) is not requirement.startswith("!")


def _has_fields(manifest: Manifest, selector: str) -> bool:
    """https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/"""
    for requirement in filter(None, selector.split(",")):
        path, operator, expected = re.split(r"(!=|==?)", requirement, maxsplit=1)
        value: Any = manifest
        for part in path.strip().split("."):
            value = mapping(value).get(part)
        if (str(value or "") == expected) is (operator == "!="):
            return False
    return True
