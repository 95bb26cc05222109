"""External Secrets Operator: its Helm chart, or existing."""

from components.operators import Operator
from components.operators.external_secrets import ExternalSecrets, ExternalSecretsArgs
from stacks.args.copy_fields import FieldCopy
from stacks.args.workload import resources
from stacks.builders.operators.registry import OperatorContext, maker
from stacks.context import InstalledOperator
from stacks.settings.model.external_secrets_operator import (
    ExternalSecretsInstall,
    ExternalSecretsOperatorSettings,
)

_copy_chart = FieldCopy(
    ExternalSecretsOperatorSettings,
    ExternalSecretsArgs,
    computed=("resources", "among_windows", "depends_on"),
    unused=("install",),
)


@maker(Operator.EXTERNAL_SECRETS)
def make_external_secrets(context: OperatorContext) -> InstalledOperator | None:
    """The operator of section ``operators.external_secrets``."""
    operator = context.settings.operators.external_secrets
    if operator is None:
        return None
    scope = operator.scoped_namespace
    if operator.install is ExternalSecretsInstall.EXISTING:
        return InstalledOperator(scoped_namespace=scope, pushes_secrets=True)
    args = _copy_chart(
        operator,
        resources=resources(operator.resources),
        among_windows=context.cluster.windows,
        depends_on=context.namespace_resources([scope] if scope else []),
    )
    chart = ExternalSecrets("external-secrets", args, context.opts)
    return InstalledOperator(
        depends_on=chart.release,
        account=chart.account,
        scoped_namespace=scope,
        pushes_secrets=operator.pushes_secrets,
    )
