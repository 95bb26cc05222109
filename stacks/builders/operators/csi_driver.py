"""The Secrets Store CSI driver with the Azure provider: add-on of AKS, Helm charts, or existing."""

from components.operators import Operator
from components.operators.csi_driver import CsiDriver, CsiDriverArgs
from stacks.args.copy_fields import FieldCopy
from stacks.builders.operators.registry import OperatorContext, maker
from stacks.context import InstalledOperator
from stacks.settings.model.csi_driver import CsiDriverInstall, CsiDriverSettings

_copy_chart = FieldCopy(CsiDriverSettings, CsiDriverArgs, computed=("windows",), unused=("install",))


@maker(Operator.CSI_DRIVER)
def make_csi_driver(context: OperatorContext) -> InstalledOperator | None:
    """The driver of section ``operators.csi_driver``; the add-on is part of the cluster."""
    driver = context.settings.operators.csi_driver
    if driver is None:
        return None
    if driver.install is CsiDriverInstall.EXISTING:
        return InstalledOperator()
    if driver.install is CsiDriverInstall.ADDON:
        return InstalledOperator(depends_on=context.cluster.delete_with)
    args = _copy_chart(driver, windows=context.cluster.windows)
    return InstalledOperator(depends_on=CsiDriver("csi-driver", args, context.opts).release)
