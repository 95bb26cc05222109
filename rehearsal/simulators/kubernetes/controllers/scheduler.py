"""The scheduler: node selectors and taints, held against the node pools of the cluster.

https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodeselector and
taint-and-toleration. Not simulated: node affinity, capacity, zones, and labels that only a node itself sets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.azure.containerservice.clusters import POOL
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.store import ObjectStore

OS: Final = "kubernetes.io/os"
_REPELS: Final = ("NoSchedule", "NoExecute")
_OF_NODES: Final = ("kubernetes.io/", "k8s.io/", "kubernetes.azure.com/")


@dataclass(frozen=True)
class Nodes:
    """The nodes of one pool."""

    labels: Mapping[str, str]
    taints: tuple[str, ...]
    count: int


def refusal(objects: ObjectStore, pod: Mapping[str, Any]) -> str:
    """The reason that no node takes the pod, in the scheduler's words; empty: one does, or no pool is known.

    pkg/scheduler/framework of kubernetes: FitError, with the reasons of NodeAffinity and TaintToleration.
    """
    spec, nodes = mapping(pod.get("spec")), list(nodes_of(objects))
    reasons = Counter[str]()
    for pool in nodes:
        if not (why := _misfit(spec, pool)):
            return ""
        reasons[why] += pool.count
    if not nodes:
        return ""
    total = sum(reasons.values())
    causes = ", ".join(f"{count} {why}" for why, count in sorted(reasons.items()))
    help_ = f"preemption: 0/{total} nodes are available: {total} Preemption is not helpful for scheduling."
    return f"0/{total} nodes are available: {causes}. {help_}"


def runs_on(pod: Mapping[str, Any]) -> str:
    """Operating system of the node that takes the pod."""
    return str(mapping(mapping(pod.get("spec")).get("nodeSelector")).get(OS, "linux"))


def nodes_of(objects: ObjectStore) -> Iterator[Nodes]:
    cluster = objects.world.get(objects.id)
    pools = [
        mapping(profile) for profile in (cluster.properties.get("agentPoolProfiles") or () if cluster else ())
    ]
    pools += [
        {**pool.properties, "name": pool.id.rsplit("/", 1)[1]}
        for pool in objects.world.of_type(POOL, below=objects.id)
    ]
    for pool in pools:
        grows = pool.get("enableAutoScaling") and (pool.get("maxCount") or 0) > 0
        if count := pool.get("count", 1) or (1 if grows else 0):
            labels = {
                OS: str(pool.get("osType") or "Linux").lower(),
                **dict.fromkeys(("agentpool", "kubernetes.azure.com/agentpool"), str(pool.get("name"))),
                "kubernetes.azure.com/mode": str(pool.get("mode") or "User").lower(),
                **mapping(pool.get("nodeLabels")),
            }
            yield Nodes(labels, tuple(pool.get("nodeTaints") or ()), count)


def _misfit(spec: Mapping[str, Any], pool: Nodes) -> str:
    for key, value in mapping(spec.get("nodeSelector")).items():
        known = key in pool.labels or not any(owner in key for owner in _OF_NODES)
        if known and pool.labels.get(key) != value:
            return "node(s) didn't match Pod's node affinity/selector"
    tolerations = mappings(spec.get("tolerations"))
    for taint in pool.taints:
        label, effect = taint.rsplit(":", 1)
        key, _, value = label.partition("=")
        if effect in _REPELS and not any(_tolerates(t, key, value, effect) for t in tolerations):
            return f"node(s) had untolerated taint {{{key}: {value}}}"
    return ""


def _tolerates(toleration: Mapping[str, Any], key: str, value: str, effect: str) -> bool:
    if toleration.get("effect") not in (None, "", effect):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", key)
    return toleration.get("key") == key and toleration.get("value", "") == value
