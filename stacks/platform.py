"""Composition platform: cluster, vault, operators and namespaces, for stacks of workloads to stand on."""

from collections.abc import Mapping
from typing import Any

from stacks.builders import shared as steps
from stacks.builders.namespaces import make_namespaces
from stacks.builders.operators import make_operators
from stacks.builders.vaults import make_vaults
from stacks.outputs import access as outputs
from stacks.outputs.platform import platform_of
from stacks.preflight.run import look
from stacks.settings import Settings


async def platform(settings: Settings) -> Mapping[str, Any]:
    """Everything that workloads share, and none of them."""
    found = await look(settings)
    group = steps.make_group(settings, found.facts.resource_group)
    around = steps.make_around(settings, found.facts, group)
    cluster = steps.make_cluster(settings, found, group, around)
    vaults = make_vaults(settings, found.facts, group, {}, around)
    namespaces = make_namespaces(settings, cluster)
    operators = make_operators(settings, cluster, group, namespaces, steps.in_cluster(cluster))
    return {
        "platform": platform_of(settings, found.facts, cluster, vaults, operators),
        **outputs.of_grants(settings, cluster, vaults, {}),
        **outputs.of_kubeconfig(settings, cluster),
    }
