"""Composition platform: cluster, vault, operators and namespaces, for stacks of workloads to stand on."""

from collections.abc import Mapping
from typing import Any

from stacks import outputs, steps
from stacks.look import look
from stacks.operators import make_operators
from stacks.platform_output import platform_of
from stacks.settings import Settings


async def platform(settings: Settings) -> Mapping[str, Any]:
    """Everything that workloads share, and none of them."""
    found = await look(settings)
    group = steps.make_group(settings, found.facts.resource_group)
    around = steps.make_around(settings, found.facts, group)
    cluster = steps.make_cluster(settings, found, group, around)
    vaults = steps.make_vaults(settings, found.facts, group, {}, around)
    namespaces = steps.make_namespaces(settings, cluster)
    operators = make_operators(settings, cluster, group, namespaces, steps.in_cluster(cluster))
    return {
        "platform": platform_of(settings, found.facts, cluster, vaults, operators),
        **outputs.of_grants(settings, cluster, vaults, {}),
        **outputs.of_kubeconfig(settings, cluster),
    }
