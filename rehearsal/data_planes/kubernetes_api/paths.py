"""Paths of the Kubernetes API, and the kinds that they name.

https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rehearsal.data_planes.kubernetes_api.status import not_served
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.apiserver import discovery
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster

_ROOT: Final = r"/(?:api/(?P<core>v1)|apis/(?P<group>[^/]+)/(?P<version>[^/]+))"
_PATTERN: Final = re.compile(
    _ROOT
    + r"(?:/namespaces/(?P<namespace>[^/]+)(?=/[^/]))?/(?P<plural>[^/]+)(?:/(?P<name>[^/]+)(?P<rest>/.*)?)?"
)
_NO_OBJECTS: Final = re.compile(r".*(?:List|Options|Status|Event|Review|Scale|Eviction|Binding|Request)")
"""Names of declared types that are no stored objects; the exceptions follow."""
_OBJECTS: Final = frozenset(
    (
        "Event",
        "RoleBinding",
        "ClusterRoleBinding",
        "ValidatingAdmissionPolicyBinding",
        "CertificateSigningRequest",
    )
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """Subject of a request."""

    kind: GroupVersionKind
    plural: str
    namespaced: bool
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    """`token`, `portforward`; `proxy` with the path behind it."""

    @property
    def group(self) -> str:
        return self.kind.group


def parse(cluster: SimulatedCluster, path: str) -> Target:
    """Raises RefusedError if the cluster does not serve the resource."""
    match = _PATTERN.fullmatch(path)
    if match is None:
        raise not_served()
    group, version = match["group"] or "", match["core"] or match["version"]
    # `/api/v1/namespaces/shop` is an object, and `/api/v1/namespaces/shop/pods` a list in it.
    for kind, namespaced in kinds(cluster):
        if (kind.group, kind.version, plural_of(kind)) == (group, version, match["plural"]):
            if match["namespace"] and not namespaced:
                break
            return Target(
                kind=kind,
                plural=match["plural"],
                namespaced=namespaced,
                namespace=match["namespace"] or "",
                name=match["name"] or "",
                subresource=(match["rest"] or "").removeprefix("/"),
            )
    raise not_served()


def plural_of(kind: GroupVersionKind) -> str:
    return kind.plural.partition(".")[0]


def kinds(cluster: SimulatedCluster) -> Iterator[tuple[GroupVersionKind, bool]]:
    """The kinds that the cluster serves, each with whether it is namespaced."""
    for kind in discovery.declarations(cluster).kinds:
        if kind.name in _OBJECTS or not _NO_OBJECTS.fullmatch(kind.name):
            yield kind, discovery.is_namespaced(cluster, kind)
    for custom in discovery.custom_kinds(cluster):
        for version in custom.versions:
            yield GroupVersionKind(custom.group, version, custom.name), custom.namespaced
