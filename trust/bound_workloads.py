"""The workloads that sign in by an identity binding, found from what their pods and objects name."""

from __future__ import annotations

from trust.chain import Chain
from trust.nodes.azure import Identity
from trust.readers import BY_BINDING, Reader
from trust.techniques import deliveries
from trust.workloads import Workload


def by_binding(reader: Reader) -> bool:
    """Whether the reader signs in by the cluster's token proxy."""
    return any(link.what == BY_BINDING for link in reader.links)


def bound_workloads(chain: Chain) -> list[tuple[Workload, Identity]]:
    """The workloads that sign in by the token proxy, each with its identity."""
    return chain.once("bound workloads", lambda: _bound(chain))


def _bound(chain: Chain) -> list[tuple[Workload, Identity]]:
    pairs = {
        (workload.node.urn, reader.identity.node.urn): (workload, reader.identity)
        for workload in chain.workloads
        for way in deliveries(chain, workload)
        for reader in way.readers
        if reader.identity is not None and by_binding(reader)
    }
    return list(pairs.values())
