"""The process of the simulators, with a real API server in each cluster of their worlds.

Its requests are those of rehearsal/simulators/__main__.py.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

from rehearsal.real_cluster.clusters import RealClusters
from rehearsal.simulators import __main__ as process
from rehearsal.simulators.world import World


def open_real_clusters(world: World, others: ExitStack) -> None:
    world.open_cluster = RealClusters(world, others).open


if __name__ == "__main__":
    process.main(partial(process.serve_world, prepare=open_real_clusters))
    process.end()
