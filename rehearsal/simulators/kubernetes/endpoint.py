"""Addresses of API servers: the cluster behind one, and why a client does not reach it."""

from __future__ import annotations

from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from rehearsal.simulators.azure.containerservice.kms import lacks_a_key
from rehearsal.simulators.azure.containerservice.private_clusters import connection_error
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster, open_cluster
from rehearsal.simulators.world import AzureResource, World


def cluster_at(world: World, server: str) -> SimulatedCluster | None:
    """The cluster whose API server has this address; None if it does not exist or is not reached."""
    cluster, host = _cluster_of(world, server)
    return open_cluster(world, cluster.id) if cluster and not _why(world, cluster, host) else None


def why_unreachable(world: World, server: str) -> str:
    """The reason that an existing cluster is not reached; empty if it is reached or does not exist."""
    cluster, host = _cluster_of(world, server)
    return _why(world, cluster, host) if cluster else ""


def _why(world: World, cluster: AzureResource, host: str) -> str:
    refused = f"dial tcp: {host}:443: connect: connection refused" if lacks_a_key(world, cluster) else ""
    return connection_error(world, cluster, host) or refused


def _cluster_of(world: World, server: str) -> tuple[AzureResource | None, str]:
    host = server.split("://", 1)[-1].split("/")[0].split(":")[0]
    named = (
        cluster
        for cluster in world.of_type(CLUSTER)
        if host in (cluster.properties.get("fqdn"), cluster.properties.get("privateFQDN"))
    )
    return (next(named, None) if host else None), host
