"""The endpoint of all API servers of a world: discovery, reads with selectors, and the way to actions.

https://kubernetes.io/docs/reference/using-api/api-concepts/
"""

from __future__ import annotations

import re
import time
from typing import Any, Final

from rehearsal.data_planes.kubernetes_api import actions, paths, reads, users
from rehearsal.data_planes.kubernetes_api.paths import Target
from rehearsal.data_planes.kubernetes_api.status import RefusedError, not_allowed
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER
from rehearsal.simulators.kubernetes.api.store import POD
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.endpoint import cluster_at
from rehearsal.simulators.world import AzureResource, World

_VERBS: Final = {"PATCH": "patch", "DELETE": "delete", "PUT": "update"}
_OPEN: Final = ("/version", "/healthz", "/livez", "/readyz")
"""Paths that need no user: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles"""

_INTERVAL: Final = 5
"""Seconds after which every poll and refresh interval of the operators is over: who waits for a rotation here
sees it come, and does not wait for minutes.
"""
_MINUTE: Final = 60
"""Simulated seconds that pass meanwhile, for rights that are on their way (a bad day's `propagation`)."""


class ApiServers:
    """The API servers of the clusters of a world, each at the cluster's host name."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._polled: dict[str, float] = {}
        """Id of a cluster → when its operators polled last. The first request begins an interval."""

    def hosts(self) -> set[str]:
        """Host names of the clusters that are reached from where `pulumi` runs."""
        with self.world.lock:
            names = {
                str(cluster.properties[name])
                for cluster in self.world.of_type(CLUSTER)
                for name in ("fqdn", "privateFQDN")
                if cluster.properties.get(name)
            }
            return {name for name in names if cluster_at(self.world, f"https://{name}") is not None}

    def answer(self, request: Request) -> Answer:
        with self.world.lock:
            try:
                cluster = cluster_at(self.world, f"https://{request.host}")
                resource = self.world.get(cluster.id) if cluster else None
                if cluster is None or resource is None:
                    raise RefusedError(503, "the server is currently unable to handle the request")
                self._let_operators_poll(cluster)
                answer = self._answer(cluster, resource, request)
            except RefusedError as error:
                return error.answer
            self.world.commit()
            return answer

    def _let_operators_poll(self, cluster: SimulatedCluster) -> None:
        now = time.monotonic()
        if now - self._polled.setdefault(cluster.id, now) >= _INTERVAL:
            self._polled[cluster.id] = now
            if self.world.awaits_rights():
                self.world.wait(_MINUTE)
                cluster.try_again()
            cluster.poll()

    def _answer(self, cluster: SimulatedCluster, resource: AzureResource, request: Request) -> Answer:
        if request.path in _OPEN and request.method == "GET":
            return _version(resource) if request.path == "/version" else Answer(status=200, text="ok")
        user = users.authenticated(cluster, resource, request)
        if (listing := _discovery(cluster, request)) is not None:
            return listing
        if request.path.startswith("/apis/authorization.k8s.io/v1/"):
            return actions.review(cluster, resource, user, request)
        target = paths.parse(cluster, request.path)
        verb = _verb(request, target)
        users.require(cluster, resource, user, verb, target)
        if target.subresource and target.subresource != "status":
            return actions.on_subresource(cluster, resource, target, request)
        match request.method:
            case "GET" if target.name:
                return Answer(status=200, body=reads.find(cluster, target))
            case "GET":
                return reads.listed(cluster, target, request)
            case "PATCH":
                return actions.patch(cluster, target, request)
            case "DELETE" if target.kind == POD and target.name:
                return actions.delete_pod(cluster, target)
            case _:
                raise not_allowed(request.method)


def _verb(request: Request, target: Target) -> str:
    """https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb"""
    if request.method == "GET":
        return "get" if target.name else "list"
    return _VERBS.get(request.method, "create")


def _version(resource: AzureResource) -> Answer:
    version = str(resource.properties.get("currentKubernetesVersion") or "1.35.2")
    _, minor, _ = version.split(".")
    body = {"major": "1", "minor": minor, "gitVersion": f"v{version}", "platform": "linux/amd64"}
    return Answer(status=200, body=body)


def _discovery(cluster: SimulatedCluster, request: Request) -> Answer | None:
    """https://kubernetes.io/docs/concepts/overview/kubernetes-api/#unaggregated-discovery"""
    served = list(paths.kinds(cluster))
    if request.path.rstrip("/") == "/api":
        addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": request.host}]
        body = {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}
        return Answer(status=200, body=body)
    if request.path.rstrip("/") == "/apis":
        groups: dict[str, dict[str, None]] = {}
        for kind, _ in served:
            if kind.group:
                groups.setdefault(kind.group, {})[kind.version] = None
        rows = [_group(name, list(versions)) for name, versions in groups.items()]
        return Answer(status=200, body={"kind": "APIGroupList", "apiVersion": "v1", "groups": rows})
    match = re.fullmatch(r"/(?:api/(v1)|apis/([^/]+)/([^/]+))/?", request.path)
    if match is None:
        return None
    group, version = match[2] or "", match[1] or match[3]
    rows = [
        {
            "name": paths.plural_of(kind),
            "singularName": kind.name.lower(),
            "namespaced": namespaced,
            "kind": kind.name,
            "verbs": ["get", "list", "watch", "patch", "delete"],
        }
        for kind, namespaced in served
        if (kind.group, kind.version) == (group, version)
    ]
    if not rows:
        # An unknown group is no Status: k8s.io/apiserver, pkg/server/mux/pathrecorder.go
        return Answer(status=404, text="404 page not found\n", headers={"Content-Type": "text/plain"})
    name = f"{group}/{version}" if group else version
    body = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": rows}
    return Answer(status=200, body=body)


def _group(name: str, versions: list[str]) -> dict[str, Any]:
    rows = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": rows, "preferredVersion": rows[0]}
