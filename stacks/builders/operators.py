"""What techniques need in the cluster once, as the settings say."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from components.cluster.base import Cluster
from components.identity.workload_identity import ServiceAccount
from components.operators import Operator
from components.operators.csi_driver import CsiDriver, CsiDriverArgs
from components.operators.dapr import CHART as DAPR_CHART
from components.operators.dapr import Dapr, DaprArgs, DaprExtension, DaprExtensionArgs
from components.operators.external_secrets import ExternalSecrets, ExternalSecretsArgs
from components.operators.reloader import Reloader, ReloaderArgs
from components.workloads import WORKLOADS
from stacks.args import workload as workload_parts
from stacks.settings import Settings
from stacks.settings.model.csi_driver import CsiDriverInstall
from stacks.settings.model.dapr_operator import DaprInstall
from stacks.settings.model.external_secrets_operator import ExternalSecretsInstall
from stacks.settings.model.workloads import WorkloadSettings


@dataclass(frozen=True, kw_only=True)
class Served:
    """An operator of this stack, as workloads see it."""

    after: pulumi.Resource | None = None
    """What has to be there before anything that it serves; None: it is."""
    account: ServiceAccount | None = None
    """Whom workloads have to let act as their ServiceAccount."""


@dataclass(frozen=True)
class _Site:
    """Where operators go, and for whom."""

    settings: Settings
    cluster: Cluster
    group: pulumi.Input[str]
    namespaces: Mapping[str, pulumi.Resource]
    in_cluster: ResourceOptions

    def after(self, names: Iterable[str]) -> list[pulumi.Resource]:
        """The namespaces of these names that the stack makes: charts put Roles there."""
        return [self.namespaces[name] for name in names if name in self.namespaces]


def make_operators(
    settings: Settings,
    cluster: Cluster,
    group: pulumi.Input[str],
    namespaces: Mapping[str, pulumi.Resource],
    in_cluster: ResourceOptions,
) -> dict[Operator, Served]:
    """Operator → what workloads have to know of it. One that exists already is not among them."""
    site = _Site(settings, cluster, group, namespaces, in_cluster)
    made: dict[Operator, Served] = {}
    for operator, make in _MAKERS.items():
        if served := make(site):
            made[operator] = served
    if reloader := _reloader(site, made.get(Operator.CSI_DRIVER)):
        made[Operator.RELOADER] = reloader
    return made


def _namespaces_of(workloads: Iterable[WorkloadSettings]) -> list[str]:
    return sorted({workload.namespace for workload in workloads})


def _csi_driver(site: _Site) -> Served | None:
    said = site.settings.operators.csi_driver
    if said is None or said.install is CsiDriverInstall.EXISTING:
        return None
    if said.install is CsiDriverInstall.ADDON:
        return Served(after=site.cluster.owned)
    args = CsiDriverArgs(
        namespace=said.namespace,
        version=said.version,
        rotation=said.rotation,
        poll_interval=said.poll_interval,
        windows=site.cluster.windows,
    )
    return Served(after=CsiDriver("csi-driver", args, site.in_cluster).release)


def _external_secrets(site: _Site) -> Served | None:
    said = site.settings.operators.external_secrets
    if said is None or said.install is ExternalSecretsInstall.EXISTING:
        return None
    args = ExternalSecretsArgs(
        scoped_namespace=said.scoped_namespace,
        cluster_wide=said.cluster_wide,
        namespace=said.namespace,
        version=said.version,
        replicas=said.replicas,
        resources=workload_parts.resources(said.resources),
        among_windows=site.cluster.windows,
        after=site.after([said.scoped_namespace] if said.scoped_namespace else []),
    )
    operator = ExternalSecrets("external-secrets", args, site.in_cluster)
    return Served(after=operator.release, account=operator.account)


def _dapr(site: _Site) -> Served | None:
    said = site.settings.operators.dapr
    if said is None or said.install is DaprInstall.EXISTING:
        return None
    if said.install is DaprInstall.HELM:
        args = DaprArgs(
            namespace=said.namespace,
            version=said.version or DAPR_CHART.version,
            high_availability=said.high_availability,
            scheduler=said.scheduler,
        )
        return Served(after=Dapr("dapr", args, site.in_cluster).release)
    extension = DaprExtensionArgs(
        resource_group_name=site.group,
        cluster=site.cluster,
        version=said.version or "",
        high_availability=said.high_availability,
        settings=said.settings,
    )
    return Served(after=DaprExtension("dapr", extension).extension)


def _reloader(site: _Site, driver: Served | None) -> Served | None:
    said = site.settings.operators.reloader
    if said is None or said.existing:
        return None
    reloading = [workload for workload in site.settings.workloads if workload.reload]
    watched = _namespaces_of(reloading)
    args = ReloaderArgs(
        namespaces=watched,
        namespace=said.namespace,
        version=said.version,
        among_windows=site.cluster.windows,
        mounted_objects=any(
            WORKLOADS[workload.technique].needs is Operator.CSI_DRIVER for workload in reloading
        ),
        after=[*([driver.after] if driver and driver.after else []), *site.after(watched)],
    )
    return Served(after=Reloader("reloader", args, site.in_cluster).release)


_MAKERS: Mapping[Operator, Callable[[_Site], Served | None]] = {
    Operator.CSI_DRIVER: _csi_driver,
    Operator.EXTERNAL_SECRETS: _external_secrets,
    Operator.DAPR: _dapr,
}
