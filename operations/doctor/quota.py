"""vCPU quota: for the pools as the first `up` makes them, and the nodes that an upgrade adds.

An upgrade adds a tenth of a pool, and one node at least:
https://learn.microsoft.com/azure/aks/upgrade-aks-node-pools-rolling (max surge)
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations.azure.api_versions import COMPUTE_USAGES, CONTAINER_SERVICE
from operations.azure.documents import number_at, objects_at, text_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.doctor.vm_sizes import cores, pools_of, size_of
from stacks.settings.model.node_pools import PoolSettings, UserPoolSettings

_REGIONAL, _SPOT = "cores", "lowPriorityCores"
_SUBJECT: Final = "vCPU quota"


@dataclass
class _Need:
    """vCPUs that the stack needs of one quota, beyond what runs."""

    nodes: int = 0
    surge: int = 0
    growth: int = 0
    """The nodes that the autoscaler may add later."""


@family(asks_azure=True)
def quota_suffices(examination: Examination) -> Iterator[Check]:
    """The quotas of each VM family, of spot VMs and of the region suffice, with the nodes of an upgrade."""
    if pools_of(examination):
        yield Check(_SUBJECT, "pools and one upgrade", lambda: _quota(examination))


def _quota(examination: Examination) -> Iterable[Finding]:
    path = (
        f"{examination.subscription}/providers/Microsoft.Compute/locations/"
        f"{examination.settings.location}/usages"
    )
    usages = {
        text_at(usage, "name", "value").lower(): usage
        for usage in examination.reads.pages(path, COMPUTE_USAGES)
    }
    for name, need in _needs(examination).items():
        yield _finding(examination, name, need, usages.get(name.lower()))


def _needs(examination: Examination) -> Mapping[str, _Need]:
    needs: dict[str, _Need] = defaultdict(_Need)
    running = _running(examination)
    for _, pool in pools_of(examination):
        sku = size_of(examination, pool.vm_size)
        if sku is None:  # the family of sizes has the finding
            continue
        spot = isinstance(pool, UserPoolSettings) and pool.spot
        present = running.get(pool.name.lower(), 0)
        for name in (_SPOT,) if spot else (text_at(sku, "family"), _REGIONAL):
            _add(needs[name], pool, cores(sku), present)
    return needs


def _add(need: _Need, pool: PoolSettings, size: int, present: int) -> None:
    initial = max(pool.initial_nodes, present)
    need.nodes += (initial - present) * size
    need.surge += max(1, math.ceil(initial / 10)) * size
    need.growth += max(0, pool.max_nodes - initial) * size


def _running(examination: Examination) -> Mapping[str, int]:
    """Nodes that the stack's cluster has already, by pool: the usage counts them."""
    cluster = examination.reads.get_if_exists(examination.cluster_id, CONTAINER_SERVICE)
    pools = objects_at(cluster, "properties", "agentPoolProfiles")
    return {text_at(pool, "name").lower(): number_at(pool, "count") or 0 for pool in pools}


def _finding(examination: Examination, name: str, need: _Need, usage: Mapping[str, Any] | None) -> Finding:
    title = {_REGIONAL: "region", _SPOT: "spot"}.get(name, name)
    limit, used = number_at(usage, "limit"), number_at(usage, "currentValue")
    if limit is None or used is None:
        text = f"Azure lists no quota {name} in {examination.settings.location}"
        return Finding(_SUBJECT, title, "unknown", text, _listing(examination))
    needed = need.nodes + need.surge
    free = limit - used
    parts = f"{need.nodes} for nodes, {need.surge} for an upgrade"
    if needed > free:
        text = f"{needed} vCPUs are needed ({parts}), and {free} of {limit} are free"
        return Finding(_SUBJECT, title, "wrong", text, _raise(examination, name, used + needed))
    text = f"{needed} vCPUs are needed ({parts}); {free} of {limit} are free"
    if needed + need.growth > free:
        text += f"; the pools at their max_count need {need.growth} more than is left"
        return Finding(_SUBJECT, title, "fine", text, _raise(examination, name, used + needed + need.growth))
    return Finding(_SUBJECT, title, "fine", text)


def _raise(examination: Examination, name: str, value: int) -> str:
    scope = (
        f"{examination.subscription}/providers/Microsoft.Compute/locations/{examination.settings.location}"
    )
    return (
        f"az quota update --resource-name {name} --scope {scope} --limit-object value={value}"
        " (az extension add --name quota), or choose smaller pools"
    )


def _listing(examination: Examination) -> str:
    return f"az vm list-usage --location {examination.settings.location} --output table"
