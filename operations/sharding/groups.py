"""Groups of workloads that move together, and their stacks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx

from stacks.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings


@dataclass(frozen=True)
class Shard:
    """A stack that is to be made, and its workloads in the order of the list."""

    stack: str
    workloads: Sequence[WorkloadSettings]


def shards(settings: Settings, count: int) -> list[Shard]:
    """At most `count` stacks of nearly the same size. Workloads of one namespace or one identity stay
    together: a namespace belongs to one team, and an identity moves as a whole. So do workloads of which one
    comes after the other.
    """
    bins: list[list[WorkloadSettings]] = [[] for _ in range(count)]
    for together in sorted(_inseparable(settings.workloads), key=len, reverse=True):
        min(bins, key=len).extend(together)
    order = {workload.name: number for number, workload in enumerate(settings.workloads)}
    filled = [sorted(each, key=lambda workload: order[workload.name]) for each in bins if each]
    filled.sort(key=lambda each: order[each[0].name])
    return [Shard(f"{settings.stack}-{number}", each) for number, each in enumerate(filled, 1)]


def _inseparable(workloads: Sequence[WorkloadSettings]) -> list[list[WorkloadSettings]]:
    graph: nx.Graph[str] = nx.Graph()
    by_name = {workload.name: workload for workload in workloads}
    for workload in workloads:
        # Neither a namespace nor an identity begins so, and no workload has a space in its name.
        graph.add_edge(workload.name, f"namespace {workload.namespace}")
        graph.add_edge(workload.name, f"identity {workload.identity_name}")
        graph.add_edges_from((workload.name, other) for other in workload.after)
    return [
        [workload for name, workload in by_name.items() if name in together]
        for together in nx.connected_components(graph)
    ]
