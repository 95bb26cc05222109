"""Stakater Reloader: its Helm chart, or existing."""

from components.operators import Operator
from components.operators.reloader import Reloader, ReloaderArgs
from stacks.builders.operators.registry import OperatorContext, maker
from stacks.context import InstalledOperator


@maker(Operator.RELOADER)
def make_reloader(context: OperatorContext) -> InstalledOperator | None:
    """The controller of section ``operators.reloader``, which watches the workloads with `reload: true`."""
    reloader = context.settings.operators.reloader
    if reloader is None:
        return None
    if reloader.existing:
        return InstalledOperator()
    workloads = [workload for workload in context.settings.workloads if workload.reload]
    namespaces = sorted({workload.namespace for workload in workloads} | set(reloader.namespaces))
    driver = context.installed.get(Operator.CSI_DRIVER)
    args = ReloaderArgs(
        namespaces=namespaces,
        namespace=reloader.namespace,
        version=reloader.version,
        among_windows=context.cluster.windows,
        mounted_objects=context.settings.reloads_mounted_objects,
        depends_on=[
            *([driver.depends_on] if driver and driver.depends_on else []),
            *context.namespace_resources(namespaces),
        ],
    )
    release = Reloader("reloader", args, context.opts).release
    return InstalledOperator(depends_on=release, watched=tuple(namespaces))
