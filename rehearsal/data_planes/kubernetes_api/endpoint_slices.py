"""EndpointSlices: the pods behind each Service, as the control plane writes them.

https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rehearsal.data_planes.kubernetes_api.objects import created_at
from rehearsal.data_planes.kubernetes_api.pods import pods
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import Manifest
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster

ENDPOINT_SLICE: Final = GroupVersionKind("discovery.k8s.io", "v1", "EndpointSlice")
_SERVICE: Final = GroupVersionKind("", "v1", "Service")


def endpoint_slices(cluster: SimulatedCluster, namespace: str | None) -> Iterator[Manifest]:
    """One slice per Service with a selector; the control plane makes none for another one."""
    for service in cluster.all_of(_SERVICE, namespace):
        metadata, selector = service["metadata"], mapping(mapping(service.get("spec")).get("selector"))
        if not selector:
            continue
        behind = [
            pod
            for pod in pods(cluster, metadata["namespace"])
            if selector.items() <= mapping(pod["metadata"].get("labels")).items()
        ]
        name = str(metadata["name"])
        yield {
            "apiVersion": ENDPOINT_SLICE.api_version,
            "kind": ENDPOINT_SLICE.name,
            "metadata": {
                "name": f"{name}-{cluster.world.hex(5, str(metadata.get('uid')), 'slice')}",
                "namespace": metadata["namespace"],
                "labels": {"kubernetes.io/service-name": name},
                "creationTimestamp": created_at(cluster.world, service),
            },
            "addressType": "IPv4",
            "endpoints": [_endpoint(pod) for pod in behind],
            "ports": mappings(mapping(service.get("spec")).get("ports")),
        }


def _endpoint(pod: Manifest) -> Manifest:
    status = mapping(pod.get("status"))
    conditions = {str(entry.get("type")): entry.get("status") for entry in mappings(status.get("conditions"))}
    ready = conditions.get("Ready") == "True"
    return {
        "addresses": [str(status.get("podIP"))],
        "conditions": {"ready": ready, "serving": ready, "terminating": False},
        "targetRef": {
            "kind": "Pod",
            "name": pod["metadata"]["name"],
            "namespace": pod["metadata"]["namespace"],
        },
    }
