"""How values of a vault get to pods: one module per technique, found by a walk.

A module has ``NAME``, and ``requests(chain, workload)``: what the workload's objects of this technique name,
or None if it has none. A module with ``IS_FALLBACK`` answers for workloads for which no other one does.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache
from typing import Protocol, cast

from trust.chain import Chain
from trust.nodes.azure import Identity
from trust.readers import by_binding
from trust.requests import Delivery
from trust.workloads import Workload


class Technique(Protocol):
    """A module of this folder."""

    NAME: str
    IS_FALLBACK: bool

    @staticmethod
    def delivery(chain: Chain, workload: Workload) -> Delivery | None:
        """Delivery by the workload's objects of this technique. None: it has none."""
        ...


@cache
def techniques() -> Sequence[Technique]:
    """Every technique, those that only step in last."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [cast("Technique", importlib.import_module(f"{__name__}.{name}")) for name in names]
    return sorted(modules, key=lambda module: module.IS_FALLBACK)


def deliveries(chain: Chain, workload: Workload) -> list[Delivery]:
    """How the workload gets values of vaults."""
    delivered: list[Delivery] = []
    for technique in techniques():
        if technique.IS_FALLBACK and delivered:
            break
        if delivery := technique.delivery(chain, workload):
            delivered.append(delivery)
    return delivered


def bound_workloads(chain: Chain) -> list[tuple[Workload, Identity]]:
    """The workloads that sign in by an identity binding, each with its identity."""
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
