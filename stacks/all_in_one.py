"""Composition all-in-one: cluster, vault, identities and workloads in one stack."""

from collections.abc import Mapping
from typing import Any

from stacks.builders import shared as steps
from stacks.builders.identities import make_readers
from stacks.builders.namespaces import isolated_namespaces, make_namespaces
from stacks.builders.operators import make_operators
from stacks.builders.vaults import make_vaults
from stacks.builders.workloads import Site, make_workloads
from stacks.outputs import access as outputs
from stacks.outputs.platform import platform_of
from stacks.preflight.run import look
from stacks.settings import Settings


async def all_in_one(settings: Settings) -> Mapping[str, Any]:
    """A cluster, a vault, and for each workload the chain from the one to the other."""
    found = await look(settings)
    group = steps.make_group(settings, found.facts.resource_group)
    around = steps.make_around(settings, found.facts, group)
    cluster = steps.make_cluster(settings, found, group, around)
    readers = await make_readers(settings, found.facts, cluster, group)
    vaults = make_vaults(settings, found.facts, group, readers, around)
    namespaces = make_namespaces(settings, cluster)
    operators = make_operators(settings, cluster, group, namespaces, steps.in_cluster(cluster))
    isolated, dapr = isolated_namespaces(settings), steps.dapr_namespace(settings)
    site = Site(cluster, vaults, readers, namespaces, operators, isolated, dapr)
    workloads = await make_workloads(settings, site)
    return {
        **outputs.of_workloads(settings, found.facts, site, workloads),
        "platform": platform_of(settings, found.facts, cluster, vaults, operators),
        **outputs.of_grants(settings, cluster, vaults, readers),
        **outputs.of_kubeconfig(settings, cluster),
    }
