"""A Helm chart in a namespace of its own: what all operators are.

``helm.v3.Release`` and nothing else: it stands a kubeconfig that is unknown at the first preview (pulumi-kubernetes#3027).
"""

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import ResourceOptions
from pulumi_kubernetes import helm

from components.namespace import PodSecurityLevel, make_namespace

ON_LINUX = {"kubernetes.io/os": "linux"}
"""Node selector of a chart that has none of its own, for clusters with Windows nodes too."""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Where a chart comes from."""

    name: str
    repository: str
    version: str
    """Exactly this one: a chart without a version is another one tomorrow."""


def install(
    parent: pulumi.ComponentResource,
    name: str,
    chart: Chart,
    namespace: str,
    values: dict[str, Any],
    *,
    level: PodSecurityLevel = PodSecurityLevel.BASELINE,
    depends_on: list[pulumi.Resource] | None = None,
) -> helm.v3.Release:
    """The namespace with its Pod Security level, and the release in it."""
    home = make_namespace(
        f"{name}-namespace", namespace, ResourceOptions(parent=parent), enforce=level, warn=level
    )
    return helm.v3.Release(
        f"{name}-release",
        name=name,  # without one Pulumi makes one up, and `helm list` shows it
        chart=chart.name,
        version=chart.version,
        repository_opts=helm.v3.RepositoryOptsArgs(repo=chart.repository),
        namespace=namespace,
        values=values,
        # A release that failed half-way is taken back: else the next one finds the name in use (pulumi-kubernetes#2758).
        atomic=True,
        cleanup_on_fail=True,
        timeout=600,
        opts=ResourceOptions(parent=parent, depends_on=[home, *(depends_on or [])]),
    )
