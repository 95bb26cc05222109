"""Kinds: group, version, plural and scope, and the CustomResourceDefinitions that serve the custom ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.sdk_schema import resource_type

CLUSTER_SCOPED: Final = frozenset(
    {
        *(
            "Namespace",
            "Node",
            "PersistentVolume",
            "ClusterRole",
            "ClusterRoleBinding",
            "StorageClass",
            "CSIDriver",
        ),
        *("CSINode", "VolumeAttachment", "PriorityClass", "IngressClass", "RuntimeClass", "APIService"),
        *("CustomResourceDefinition", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"),
        *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "CertificateSigningRequest"),
        *("FlowSchema", "PriorityLevelConfiguration", "ClusterTrustBundle", "DeviceClass"),
    }
)


@dataclass(frozen=True)
class GroupVersionKind:
    """A group, version and kind."""

    group: str
    version: str
    name: str

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> GroupVersionKind:
        group, _, version = str(manifest.get("apiVersion", "")).rpartition("/")
        return cls(group, version, str(manifest.get("kind", "")))

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def plural(self) -> str:
        """The resource name in messages of the API server: `serviceaccounts`, `deployments.apps`."""
        plural = _plural(self.name.lower())
        return f"{plural}.{self.group}" if self.group else plural

    @property
    def is_built_in(self) -> bool:
        return resource_type(f"kubernetes:{self.group or 'core'}/{self.version}:{self.name}") is not None


@dataclass(frozen=True)
class CustomKind:
    """A kind that a CustomResourceDefinition serves."""

    group: str
    versions: tuple[str, ...]
    name: str
    namespaced: bool = True


def chart_name(chart: str) -> str:
    """`oci://host/charts/dapr` and `./charts/dapr` are `dapr`."""
    return chart.rstrip("/").rsplit("/", 1)[-1]


def definition_of(kind: CustomKind) -> dict[str, Any]:
    """CustomResourceDefinition of a kind, without a schema: the file in `crds/` of the operator has that."""
    plural = GroupVersionKind(kind.group, kind.versions[0], kind.name).plural.partition(".")[0]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{kind.group}"},
        "spec": {
            "group": kind.group,
            "names": {"kind": kind.name, "plural": plural},
            "scope": "Namespaced" if kind.namespaced else "Cluster",
            "versions": [
                {"name": version, "served": True, "storage": version == kind.versions[0]}
                for version in kind.versions
            ],
        },
    }


def defined_by(definitions: Iterable[Mapping[str, Any]]) -> Iterable[CustomKind]:
    """Kinds of CustomResourceDefinition objects."""
    for definition in definitions:
        spec = definition.get("spec") or {}
        versions = tuple(v["name"] for v in spec.get("versions") or [] if v.get("served", True))
        name = (spec.get("names") or {}).get("kind", "")
        yield CustomKind(spec.get("group", ""), versions, name, spec.get("scope") != "Cluster")


def _plural(name: str) -> str:
    """UnsafeGuessKindToResource in k8s.io/apimachinery, pkg/api/meta/restmapper.go."""
    if name == "endpoints":
        return name
    if name.endswith("s"):
        return f"{name}es"
    return f"{name[:-1]}ies" if name.endswith("y") and name[-2] not in "aeiou" else f"{name}s"
