"""The cluster, created or existing."""

from components.cluster.aks_cluster import AksCluster
from components.cluster.base import Cluster, ExistingCluster, ExistingClusterArgs
from stacks.args.cluster import cluster_args
from stacks.context import SharedResources, StackContext


def make_cluster(
    context: StackContext, existing: ExistingClusterArgs | None, shared: SharedResources
) -> Cluster:
    """The cluster of section ``cluster``, or ``existing`` as the preflight read it."""
    if existing:
        opts = context.subscriptions.options(context.cluster_subscription_id)
        return ExistingCluster("cluster", existing, opts)
    return AksCluster("cluster", cluster_args(context, shared))
