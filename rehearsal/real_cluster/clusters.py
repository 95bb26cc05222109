"""The real servers of one world: one for each of its clusters, started when something asks for it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rehearsal.data_planes.issuers import issuer_of, signing_key
from rehearsal.real_cluster.client import Client
from rehearsal.real_cluster.cluster import RealCluster, restored
from rehearsal.real_cluster.definitions import declared, restored_definition
from rehearsal.real_cluster.nodes import register_nodes
from rehearsal.real_cluster.server import RealServer, running
from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.api.store import identity
from rehearsal.simulators.kubernetes.apiserver.discovery import DEFINITION
from rehearsal.simulators.world import AzureResource, World


class RealClusters:
    """Opens the clusters of a world. `servers` end with the stack of contexts that it is given.

    `definitions`: folders with definitions of real operators, which come before those of the simulated ones.
    """

    def __init__(self, world: World, contexts: ExitStack, definitions: Sequence[Path] = ()) -> None:
        self.world, self._contexts, self._definitions = world, contexts, definitions
        self.servers: dict[str, RealServer] = {}
        """Id of a cluster and number of its creation → its server."""
        self._clients: dict[str, Client] = {}
        self._lock = threading.RLock()

    def open(self, id_: str) -> RealCluster:
        return RealCluster(self.world, id_, self._client, self._definitions)

    def server_of(self, cluster: RealCluster) -> RealServer:
        """The running server of a cluster."""
        self._client(cluster)
        return self.servers[_key(self._resource(cluster))]

    def _resource(self, cluster: RealCluster) -> AzureResource:
        resource = self.world.get(cluster.id)
        assert resource is not None, "a cluster that is gone has no address"
        return resource

    def _client(self, cluster: RealCluster) -> Client:
        resource = self._resource(cluster)
        key = _key(resource)
        with self._lock:
            if key not in self._clients:
                issuer = issuer_of(resource)
                server = self._contexts.enter_context(running(issuer.url, signing_key(issuer.key_id)))
                self.servers[key], self._clients[key] = server, server.client()
                self._restore(self._clients[key], cluster)
            return self._clients[key]

    def _restore(self, client: Client, cluster: RealCluster) -> None:
        """A new server gets the nodes, and what an earlier operation has left in the world."""
        register_nodes(client, cluster)
        for manifest in restored(cluster):
            kind = identity(manifest)[0]
            if kind == DEFINITION:
                manifest = restored_definition(manifest, self._definitions)
            try:
                cluster.require_served(kind)
                client.apply(declared(manifest, self._definitions), force=True)
            except ApiError:
                # A Secret of a type that made-up values do not fit; the program's next write of it does.
                continue


def _key(resource: AzureResource) -> str:
    return f"{resource.id.lower()}#{resource.serial}"
