"""A modelled deployment: what no order of the creates can beat, what this program's graph needs, and what the
tutorials' order needs.

The real engine creates every resource against simulators that wait as long as Azure does, on a scale.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import networkx as nx

from aks_secrets_testing.builds import build
from aks_secrets_testing.registrations import Registration
from aks_secrets_testing.stacks import as_config
from benchmarks.engine_runs import Bench
from benchmarks.latencies import LATENCIES, seconds_of
from benchmarks.stack import config_of
from benchmarks.variants import THIS, VARIANTS

PARALLEL: Final = 64
_START: Final = ""


@dataclass(frozen=True)
class Bounds:
    """The shortest times that the graph of a deployment allows, in seconds of Azure."""

    critical_path: float
    work: float
    """All creates, one after the other: the tutorials' order."""

    def least(self, parallel: int = PARALLEL) -> float:
        """The time that no order can beat."""
        return max(self.critical_path, self.work / parallel)


def bounds(resources: Iterable[Registration]) -> Bounds:
    """The bounds of what a program has registered."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    work = 0.0
    for resource in resources:
        seconds = seconds_of(resource.type)
        work += seconds
        provider = resource.provider.rpartition("::")[0]
        for before in {_START, *resource.dependencies, *filter(None, [provider])}:
            graph.add_edge(before, resource.urn, seconds=seconds)
    return Bounds(nx.dag_longest_path_length(graph, weight="seconds"), work)


def registered(workloads: int) -> list[Registration]:
    """The registrations of the measured stack by this program, on Pulumi's mocks."""
    from stacks import STACKS
    from stacks.settings import load

    async def program() -> Any:
        settings = load()
        return await STACKS[settings.composition](settings)

    return build(program, config=as_config(config_of(workloads))).resources


def model(bench: Bench, workloads: int, scale: float) -> dict[str, Any]:
    """The modelled deployment as JSON, in seconds of Azure."""
    limits = bounds(registered(workloads))
    latency = {token: value.seconds * scale for token, value in LATENCIES.items()}
    run = bench.run(VARIANTS[THIS], workloads, "up", latency=latency, parallel=PARALLEL)
    return {
        "workloads": workloads,
        "parallel": PARALLEL,
        "scale": scale,
        "critical_path_seconds": round(limits.critical_path, 1),
        "work_seconds": round(limits.work, 1),
        "bound_seconds": round(limits.least(), 1),
        "modelled_seconds": round(run.wall_seconds / scale, 1),
        "one_after_another_seconds": round(limits.work, 1),
    }
