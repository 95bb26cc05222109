"""A Helm chart in its own namespace, as which operators are installed.

``helm.v3.Release`` only: unlike ``Chart`` it works with a kubeconfig that is unknown at the first preview
(pulumi-kubernetes#3027).
"""

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions
from pulumi_kubernetes import helm  # loaded when a chart is made: it takes requests and a YAML parser along

from components.namespace import PodSecurityLevel, make_namespace

ON_LINUX = {"kubernetes.io/os": "linux"}
"""Node selector for charts without one, in clusters that also have Windows nodes."""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart, its repository and its version."""

    name: str
    repository: str
    version: str
    """Exact version; without one Helm installs the newest."""


def install(
    parent: pulumi.ComponentResource,
    name: str,
    chart: Chart,
    namespace: str,
    values: dict[str, Any],
    *,
    level: PodSecurityLevel = PodSecurityLevel.BASELINE,
    depends_on: list[pulumi.Resource] | None = None,
) -> "helm.v3.Release":
    """The namespace with its Pod Security level, and the release."""
    own_namespace = make_namespace(
        f"{name}-namespace", namespace, ResourceOptions(parent=parent), enforce=level, warn=level
    )
    return helm.v3.Release(
        f"{name}-release",
        name=name,  # Pulumi would generate a name, which `helm list` shows
        chart=chart.name,
        version=chart.version,
        repository_opts=helm.v3.RepositoryOptsArgs(repo=chart.repository),
        namespace=namespace,
        values=values,
        # Roll back a failed release: otherwise the next one finds the name in use (pulumi-kubernetes#2758).
        atomic=True,
        cleanup_on_fail=True,
        timeout=600,
        opts=ResourceOptions(parent=parent, depends_on=[own_namespace, *(depends_on or [])]),
    )
