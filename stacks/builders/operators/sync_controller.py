"""Secrets Store Sync Controller: its Helm chart, or existing."""

from components.operators import Operator
from components.operators.sync_controller import SyncController, SyncControllerArgs
from stacks.args.copy_fields import FieldCopy
from stacks.builders.operators.registry import OperatorContext, maker
from stacks.context import InstalledOperator
from stacks.settings.model.sync_controller import SyncControllerInstall, SyncControllerSettings

_copy_chart = FieldCopy(SyncControllerSettings, SyncControllerArgs, unused=("install",))


@maker(Operator.SYNC_CONTROLLER)
def make_sync_controller(context: OperatorContext) -> InstalledOperator | None:
    """The controller of section ``operators.sync_controller``."""
    section = context.settings.operators.sync_controller
    if section is None:
        return None
    if section.install is SyncControllerInstall.EXISTING:
        return InstalledOperator()
    controller = SyncController("sync-controller", _copy_chart(section), context.opts)
    return InstalledOperator(depends_on=controller.release)
