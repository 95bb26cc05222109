"""The workloads of each identity: those that read as it, and those whose ServiceAccount names it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from trust.chain import Chain
from trust.graph import Graph
from trust.nodes.azure import Identity
from trust.requests import Delivery
from trust.techniques import deliveries
from trust.workloads import Workload

_Answer = TypeVar("_Answer")


def once(make: Callable[[Chain], _Answer]) -> Callable[[Chain], _Answer]:
    """Keeps the answer about a chain, for as long as its graph lives."""
    answers: WeakKeyDictionary[Graph, _Answer] = WeakKeyDictionary()

    @wraps(make)
    def kept(chain: Chain) -> _Answer:
        if chain.graph not in answers:
            answers[chain.graph] = make(chain)
        return answers[chain.graph]

    return kept


@once
def delivered(chain: Chain) -> list[tuple[Workload, list[Delivery]]]:
    """Each workload with the ways in which it gets values of vaults."""
    return [(workload, deliveries(chain, workload)) for workload in chain.workloads]


@once
def federated(chain: Chain) -> list[Workload]:
    """The workloads whose ServiceAccount names an identity."""
    return [
        workload
        for workload in chain.workloads
        if workload.service_account and workload.service_account.client_id != ""
    ]


@once
def _of_identities(chain: Chain) -> Mapping[str, list[Workload]]:
    of: dict[str, dict[str, Workload]] = defaultdict(dict)
    for workload, ways in delivered(chain):
        for reader in (reader for way in ways for reader in way.readers):
            if reader.identity:
                of[reader.identity.node.urn][workload.node.urn] = workload
    for workload in federated(chain):
        account = workload.service_account
        identity = chain.identity_by_client_id(account.client_id) if account else None
        if identity:
            of[identity.node.urn][workload.node.urn] = workload
    return {urn: list(workloads.values()) for urn, workloads in of.items()}


def workloads_of_identity(chain: Chain, identity: Identity) -> list[Workload]:
    """The workloads that read as an identity."""
    return _of_identities(chain).get(identity.node.urn, [])


@once
def readers(chain: Chain) -> list[tuple[Identity, list[Workload]]]:
    """Each identity as which workloads read, with these workloads."""
    pairs = ((identity, workloads_of_identity(chain, identity)) for identity in chain.identities)
    return [(identity, workloads) for identity, workloads in pairs if workloads]
