"""What techniques need in the cluster once, as the settings say."""

from collections.abc import Mapping

import pulumi
from pulumi import ResourceOptions

from components.cluster import AksCluster
from components.operators import Operator
from components.operators.csi_driver import CsiDriver, CsiDriverArgs
from components.operators.reloader import Reloader, ReloaderArgs
from components.workloads import WORKLOADS
from stacks.settings import Settings
from stacks.settings.operators import CsiDriverSettings, Install


def make_operators(
    settings: Settings, cluster: AksCluster, namespaces: Mapping[str, pulumi.Resource], in_cluster: ResourceOptions
) -> dict[Operator, pulumi.Resource]:
    """Operator → what has to be there before anything that it serves. One that exists already is not among them."""
    made: dict[Operator, pulumi.Resource] = {}
    said = settings.operators
    if said.csi_driver and (driver := _csi_driver(said.csi_driver, cluster, in_cluster)):
        made[Operator.CSI_DRIVER] = driver
    if said.reloader and not said.reloader.existing:
        reloading = [workload for workload in settings.workloads if workload.reload]
        watched = sorted({workload.namespace for workload in reloading})
        args = ReloaderArgs(
            namespaces=watched,
            namespace=said.reloader.namespace,
            version=said.reloader.version,
            mounted_objects=any(WORKLOADS[workload.technique].needs is Operator.CSI_DRIVER for workload in reloading),
            # The chart makes a Role in each of them.
            after=[*made.values(), *(namespaces[name] for name in watched if name in namespaces)],
        )
        made[Operator.RELOADER] = Reloader("reloader", args, in_cluster).release
    return made


def _csi_driver(settings: CsiDriverSettings, cluster: AksCluster, in_cluster: ResourceOptions) -> pulumi.Resource | None:
    if settings.install is Install.EXISTING:
        return None
    if settings.install is Install.ADDON:
        return cluster.managed_cluster
    args = CsiDriverArgs(
        namespace=settings.namespace,
        version=settings.version,
        rotation=settings.rotation,
        poll_interval=settings.poll_interval,
    )
    return CsiDriver("csi-driver", args, in_cluster).release
