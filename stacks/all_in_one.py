"""Composition all-in-one: cluster, vault, identities and workloads in one stack."""

from collections.abc import Mapping
from typing import Any

from stacks import outputs, steps
from stacks.look import look
from stacks.operators import make_operators
from stacks.platform_output import platform_of
from stacks.settings import Settings


async def all_in_one(settings: Settings) -> Mapping[str, Any]:
    """A cluster, a vault, and for each workload the chain from the one to the other."""
    found = await look(settings)
    group = steps.make_group(settings, found.facts.resource_group)
    around = steps.make_around(settings, found.facts, group)
    cluster = steps.make_cluster(settings, found, group, around)
    readers = await steps.make_readers(settings, found.facts, cluster, group)
    vaults = steps.make_vaults(settings, found.facts, group, readers, around)
    namespaces = steps.make_namespaces(settings, cluster)
    operators = make_operators(settings, cluster, group, namespaces, steps.in_cluster(cluster))
    isolated, dapr = steps.isolated_namespaces(settings), steps.dapr_namespace(settings)
    site = steps.Site(cluster, vaults, readers, namespaces, operators, isolated, dapr)
    workloads = await steps.make_workloads(settings, site)
    return {
        **outputs.of_workloads(settings, found.facts, site, workloads),
        "platform": platform_of(settings, found.facts, cluster, vaults, operators),
        **outputs.of_grants(settings, cluster, vaults, readers),
        **outputs.of_kubeconfig(settings, cluster),
    }
