"""The controller of akv2k8s: its Helm chart, or existing."""

from components.operators import Operator
from components.operators.akv2k8s import RELEASE, Akv2k8s, Akv2k8sArgs
from stacks.args.copy_fields import FieldCopy
from stacks.builders.operators.registry import OperatorContext, maker
from stacks.context import InstalledOperator
from stacks.settings.model.akv2k8s import Akv2k8sSettings

_copy_chart = FieldCopy(
    Akv2k8sSettings,
    Akv2k8sArgs,
    computed=("client_id", "resync_seconds", "among_windows", "depends_on"),
    unused=("install", "identity", "resync_period"),
)


@maker(Operator.AKV2K8S)
def make_akv2k8s(context: OperatorContext) -> InstalledOperator | None:
    """The controller of section ``operators.akv2k8s``."""
    section = context.settings.operators.akv2k8s
    if section is None:
        return None
    account, identity = section.service_account, context.identity
    if account is None or identity is None:
        return InstalledOperator()
    args = _copy_chart(
        section,
        client_id=identity.client_id,
        resync_seconds=section.resync_seconds,
        among_windows=context.cluster.windows,
        depends_on=identity.trust_of(account),
    )
    return InstalledOperator(depends_on=Akv2k8s(RELEASE, args, context.opts).release)
