"""The workloads, each created by the bundle of its technique."""

from collections.abc import Mapping
from dataclasses import replace

import pulumi

from components.workloads import WORKLOADS, Technique, Workload, WorkloadArgs
from stacks.args.workload import workload_args
from stacks.builders.shared import drain_registrations, in_cluster
from stacks.context import WorkloadContext
from stacks.settings.model.workloads import WorkloadSettings


async def make_workloads(context: WorkloadContext) -> dict[str, Workload]:
    """The workloads by name."""
    workloads: dict[str, Workload] = {}
    pushed: dict[tuple[str | None, str], pulumi.Resource] = {}
    every = {workload.name: workload_args(workload, context) for workload in context.stack.settings.workloads}
    shared = _make_shared(context, every)
    for workload in context.stack.settings.workloads_in_order:
        bundle = WORKLOADS[workload.technique]
        owners = [owner for name in workload.after for owner in workloads[name].pod_owner]
        args = replace(
            every[workload.name],
            pods_depend_on=owners,
            shared=shared.get(workload.name, {}),
            pushed=[pushed[key] for key in _listed(workload) if key in pushed],
        )
        workloads[workload.name] = bundle(workload.name, args, in_cluster(context.cluster))
        pushed |= workloads[workload.name].pushed
        await drain_registrations()
    return {workload.name: workloads[workload.name] for workload in context.stack.settings.workloads}


def _make_shared(
    context: WorkloadContext, every: Mapping[str, WorkloadArgs]
) -> Mapping[str, Mapping[str, pulumi.Resource]]:
    """The objects that workloads of one technique share, by workload."""
    by_technique: dict[Technique, dict[str, WorkloadArgs]] = {}
    for item in context.stack.settings.workloads:
        by_technique.setdefault(item.technique, {})[item.name] = every[item.name]
    shared: dict[str, Mapping[str, pulumi.Resource]] = {}
    for technique, args in by_technique.items():
        shared |= WORKLOADS[technique].make_shared(args, in_cluster(context.cluster))
    return shared


def _listed(workload: WorkloadSettings) -> list[tuple[str | None, str]]:
    """The objects that a workload reads, each once."""
    return list(dict.fromkeys(secret.object_key for secret in workload.secrets))
