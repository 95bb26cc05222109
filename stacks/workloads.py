"""Composition workloads: workloads and identities on an existing cluster and vault, or on a platform."""

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
from stacks.outputs.access import workload_outputs
from stacks.outputs.common import common_outputs
from stacks.preflight.run import run_preflight
from stacks.settings import Settings


async def workloads(settings: Settings) -> Mapping[str, Any]:
    """For each workload, the trust chain from an existing cluster to existing vaults."""
    preflight = await run_preflight(settings)
    context, platform = preflight.context, preflight.platform
    shared = make_shared_resources(context)
    cluster = make_cluster(context, preflight.existing_cluster, shared)
    identities = await make_identities(context, cluster, shared)
    vaults = await make_vaults(context, identities, shared)
    namespaces = make_namespaces(context, cluster)
    operators = (
        platform.installed_operators if platform else make_operators(context, cluster, namespaces, identities)
    )
    chain = WorkloadContext(context, cluster, vaults, identities, namespaces, operators)
    bundles = await make_workloads(chain)
    return {
        **workload_outputs(chain, bundles),
        **common_outputs(context, cluster, vaults, identities),
    }
