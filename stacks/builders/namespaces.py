"""The namespaces of the settings, and their default-deny NetworkPolicies."""

import pulumi
from pulumi import ResourceOptions

from components.cluster.base import Cluster
from components.namespace import deny_all, make_namespace
from stacks.builders.shared import in_cluster
from stacks.context import StackContext


def make_namespaces(context: StackContext, cluster: Cluster) -> dict[str, pulumi.Resource]:
    """The namespaces by name, except those that exist or that the platform's stack creates."""
    resources: dict[str, pulumi.Resource] = {}
    for name, namespace in context.settings.namespaces_by_name.items():
        if namespace.existing or name in context.platform_namespaces:
            continue
        opts = in_cluster(cluster)
        if namespace.release:
            opts = ResourceOptions.merge(opts, ResourceOptions(retain_on_delete=True))
        resources[name] = make_namespace(
            f"namespace-{name}",
            name,
            opts,
            enforce=namespace.enforce,
            warn=namespace.warn,
            labels={**context.settings.labels, **namespace.labels},
            annotations=namespace.annotations,
        )
        if namespace.isolated:
            opts = ResourceOptions.merge(in_cluster(cluster), ResourceOptions(depends_on=[resources[name]]))
            deny_all(f"namespace-{name}-default-deny", name, opts)
    return resources
