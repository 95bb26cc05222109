"""Stakater Reloader: restarts pods when a Secret or a mounted object changes."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_kubernetes import helm

from components.operators.helm_chart import ON_LINUX, Chart, install

CHART = Chart(name="reloader", repository="https://stakater.github.io/stakater-charts", version="2.2.16")


@dataclass(frozen=True, kw_only=True)
class ReloaderArgs:
    """Arguments of ``Reloader``."""

    namespaces: Sequence[str]
    """Namespaces of the workloads; Reloader gets a Role in each, and no ClusterRole (Reloader#1162)."""
    namespace: str = "reloader"
    version: str = CHART.version
    mounted_objects: bool = False
    """Reloader also watches objects that the CSI driver mounts."""
    among_windows: bool = False
    """The cluster has Windows nodes, which Reloader's pods must avoid."""
    depends_on: Sequence[pulumi.Resource] = ()
    """The CSI driver, whose CRDs have to exist when Reloader starts (reloader.go), and the namespaces."""


class Reloader(pulumi.ComponentResource):
    """Reloader for the namespaces of the stack's workloads.

    Creates: Namespace, Release.
    """

    name: Output[str | None]
    release: "helm.v3.Release"

    def __init__(self, name: str, args: ReloaderArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:Reloader", name, None, opts)
        values = {
            "reloader": {
                # Reloader sets an annotation on the pod template. By default it adds an environment variable,
                # which an `up` would remove.
                "reloadStrategy": "annotations",
                "watchGlobally": False,
                "namespaces": list(args.namespaces),
                "enableCSIIntegration": args.mounted_objects,
                **({"deployment": {"nodeSelector": ON_LINUX}} if args.among_windows else {}),
            }
        }
        chart = Chart(name=CHART.name, repository=CHART.repository, version=args.version)
        self.release = install(self, name, chart, args.namespace, values, depends_on=list(args.depends_on))
        self.name = self.release.name
        self.register_outputs({"name": self.name})
