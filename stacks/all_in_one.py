"""Composition all-in-one: cluster, vaults, identities and workloads in one stack."""

from collections.abc import Mapping
from typing import Any

from stacks.builders.cluster import make_cluster
from stacks.builders.identities import make_identities
from stacks.builders.namespaces import make_namespaces
from stacks.builders.operators import make_operators
from stacks.builders.shared import make_shared_resources
from stacks.builders.vaults import make_vaults
from stacks.builders.workloads import make_workloads
from stacks.context import WorkloadContext
from stacks.outputs.access import kubeconfig_output, workload_outputs
from stacks.outputs.common import common_outputs
from stacks.outputs.platform import platform_output
from stacks.preflight.run import run_preflight
from stacks.settings import Settings


async def all_in_one(settings: Settings) -> Mapping[str, Any]:
    """A cluster, a vault, and for each workload the trust chain from one to the other."""
    preflight = await run_preflight(settings)
    context = preflight.context
    shared = make_shared_resources(context)
    cluster = make_cluster(context, preflight.existing_cluster, shared)
    identities = await make_identities(context, cluster, shared)
    vaults = await make_vaults(context, identities, shared)
    namespaces = make_namespaces(context, cluster)
    operators = make_operators(context, cluster, namespaces, identities)
    chain = WorkloadContext(context, cluster, vaults, identities, namespaces, operators)
    workloads = await make_workloads(chain)
    return {
        **workload_outputs(chain, workloads),
        "platform": platform_output(context, cluster, vaults, operators),
        **common_outputs(context, cluster, vaults, identities),
        **kubeconfig_output(context, cluster),
    }
