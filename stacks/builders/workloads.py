"""The workloads, each created by the bundle of its technique."""

from components.workloads import WORKLOADS, Workload
from stacks.args.workload import workload_args
from stacks.builders.shared import drain_registrations, in_cluster
from stacks.context import WorkloadContext


async def make_workloads(context: WorkloadContext) -> dict[str, Workload]:
    """The workloads by name."""
    workloads: dict[str, Workload] = {}
    for workload in context.stack.settings.workloads_in_order:
        bundle = WORKLOADS[workload.technique]
        owners = [owner for name in workload.after for owner in workloads[name].pod_owner]
        args = workload_args(workload, context, pods_depend_on=owners)
        workloads[workload.name] = bundle(workload.name, args, in_cluster(context.cluster))
        await drain_registrations()
    return {workload.name: workloads[workload.name] for workload in context.stack.settings.workloads}
