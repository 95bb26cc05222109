"""The registry of makers: one function per operator, and the loop over them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import pulumi
from pulumi import ResourceOptions

from components.cluster.base import Cluster
from components.identity.principal import VaultPrincipal
from components.operators import Operator
from stacks.builders.shared import in_cluster
from stacks.context import InstalledOperator, StackContext
from stacks.settings import Settings
from stacks.settings.model.operator_section import operator_identity


@dataclass(frozen=True, kw_only=True)
class OperatorContext:
    """The parts from which an operator is built."""

    settings: Settings
    cluster: Cluster
    namespaces: Mapping[str, pulumi.Resource]
    """Namespaces that this stack creates, by name."""
    azure_opts: ResourceOptions | None
    """Options of a component in Azure, beside the cluster. None: it needs none."""
    identity: VaultPrincipal | None
    """Principal as which the operator reads the vaults. None: it reads none, or as the workloads."""
    installed: Mapping[Operator, InstalledOperator]
    """The operators before this one, in the order of ``Operator``."""

    @property
    def opts(self) -> ResourceOptions:
        """Options of a component in the cluster."""
        return in_cluster(self.cluster)

    def namespace_resources(self, names: Iterable[str]) -> list[pulumi.Resource]:
        """Those of these namespaces that the stack creates; a chart with Roles there depends on them."""
        return [self.namespaces[name] for name in names if name in self.namespaces]


Maker = Callable[[OperatorContext], InstalledOperator | None]
_MAKERS: dict[Operator, Maker] = {}


def maker(operator: Operator) -> Callable[[Maker], Maker]:
    """Register the function that installs an operator. It returns None if there is no section for it."""

    def register(make: Maker) -> Maker:
        if operator in _MAKERS:
            raise ValueError(f"two makers are registered for {operator}")
        _MAKERS[operator] = make
        return make

    return register


def makers() -> Mapping[Operator, Maker]:
    """The registered makers, in the order of ``Operator``: Reloader depends on the CSI driver."""
    return {operator: _MAKERS[operator] for operator in Operator}


def make_operators(
    context: StackContext,
    cluster: Cluster,
    namespaces: Mapping[str, pulumi.Resource],
    identities: Mapping[str, VaultPrincipal],
) -> dict[Operator, InstalledOperator]:
    """The operators of section ``operators``, installed by the stack or existing."""
    installed: dict[Operator, InstalledOperator] = {}
    for operator, make in makers().items():
        identity = identities.get(operator_identity(operator))
        operator_context = OperatorContext(
            settings=context.settings,
            cluster=cluster,
            namespaces=namespaces,
            azure_opts=context.subscriptions.options(context.cluster_subscription_id),
            identity=identity,
            installed=dict(installed),
        )
        if result := make(operator_context):
            installed[operator] = replace(result, identity=identity)
    return installed
