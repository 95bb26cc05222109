"""The namespaces of the settings, and their default-deny NetworkPolicies."""

import pulumi
from pulumi import ResourceOptions

from components.cluster.base import Cluster
from components.namespace import deny_all, make_namespace
from stacks.builders.shared import in_cluster
from stacks.settings import Settings


def make_namespaces(
    settings: Settings, cluster: Cluster, made_elsewhere: tuple[str, ...] = ()
) -> dict[str, pulumi.Resource]:
    """The namespaces of the settings that nobody else makes, by name."""
    made: dict[str, pulumi.Resource] = {}
    for name, said in settings.namespaces_by_name.items():
        if said.existing or name in made_elsewhere:
            continue
        opts = _kept(in_cluster(cluster), said.release)
        made[name] = make_namespace(f"namespace-{name}", name, opts, enforce=said.enforce, warn=said.warn)
        if said.isolated:
            within = ResourceOptions.merge(in_cluster(cluster), ResourceOptions(depends_on=[made[name]]))
            deny_all(f"namespace-{name}-default-deny", name, within)
    return made


def isolated_namespaces(settings: Settings) -> set[str]:
    """Those that are to let nobody through, as this stack says."""
    return {name for name, said in settings.namespaces_by_name.items() if said.isolated}


def _kept(opts: ResourceOptions, keep: bool) -> ResourceOptions:
    return ResourceOptions.merge(opts, ResourceOptions(retain_on_delete=True)) if keep else opts
