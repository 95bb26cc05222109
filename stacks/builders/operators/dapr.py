"""Dapr's control plane: its Helm chart, the AKS extension, or existing."""

from components.operators import Operator
from components.operators.dapr import CHART, Dapr, DaprArgs, DaprExtension, DaprExtensionArgs
from stacks.args.copy_fields import FieldCopy
from stacks.builders.operators.registry import OperatorContext, maker
from stacks.context import InstalledOperator
from stacks.settings.model.dapr_operator import DaprInstall, DaprOperatorSettings

_copy_chart = FieldCopy(DaprOperatorSettings, DaprArgs, computed=("version",), unused=("install", "settings"))


@maker(Operator.DAPR)
def make_dapr(context: OperatorContext) -> InstalledOperator | None:
    """The control plane of section ``operators.dapr``."""
    dapr = context.settings.operators.dapr
    if dapr is None:
        return None
    if dapr.install is DaprInstall.EXISTING:
        return InstalledOperator(namespace=dapr.namespace)
    if dapr.install is DaprInstall.HELM:
        args = _copy_chart(dapr, version=dapr.version or CHART.version)
        return InstalledOperator(
            depends_on=Dapr("dapr", args, context.opts).release, namespace=dapr.namespace
        )
    extension = DaprExtensionArgs(
        cluster=context.cluster,
        version=dapr.version or "",
        high_availability=dapr.high_availability,
        settings=dapr.settings,
    )
    installed = DaprExtension("dapr", extension, context.azure_opts)
    return InstalledOperator(depends_on=installed.extension, namespace=dapr.namespace)
