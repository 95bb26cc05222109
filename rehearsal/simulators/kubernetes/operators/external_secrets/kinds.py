"""Kinds of the External Secrets Operator, and their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.kinds import CustomKind, GroupVersionKind
from rehearsal.simulators.kubernetes.apiserver.custom_resources import defaulted, schemas_in

GROUP: Final = "external-secrets.io"
GENERATORS: Final = "generators.external-secrets.io"
STORE: Final = GroupVersionKind(GROUP, "v1", "SecretStore")
CLUSTER_STORE: Final = GroupVersionKind(GROUP, "v1", "ClusterSecretStore")
EXTERNAL_SECRET: Final = GroupVersionKind(GROUP, "v1", "ExternalSecret")
PUSH_SECRET: Final = GroupVersionKind(GROUP, "v1alpha1", "PushSecret")
PASSWORD: Final = GroupVersionKind(GENERATORS, "v1alpha1", "Password")
SIMULATED: Final = (STORE.name, CLUSTER_STORE.name, EXTERNAL_SECRET.name, PUSH_SECRET.name)
"""Names of the kinds that the simulated operator reconciles."""

# deploy/charts/external-secrets of external-secrets 2.9.0: v1 alone is served (external-secrets#4840)
CUSTOM_KINDS: Final = (
    CustomKind(GROUP, ("v1",), "ExternalSecret"),
    CustomKind(GROUP, ("v1",), "SecretStore"),
    CustomKind(GROUP, ("v1",), "ClusterSecretStore", namespaced=False),
    CustomKind(GROUP, ("v1",), "ClusterExternalSecret", namespaced=False),
    CustomKind(GROUP, ("v1alpha1",), "PushSecret"),
    CustomKind(GENERATORS, ("v1alpha1",), "Password"),
)
_CRDS: Final = Path(__file__).parent / "crds"


def is_simulated(kind: GroupVersionKind) -> bool:
    return kind.group == GROUP and kind.name in SIMULATED


def spec_of(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `spec` of an object, with the defaults of its schema."""
    name = str(manifest.get("kind"))
    # Another version than this one is served with the same fields.
    version = PUSH_SECRET.version if name == PUSH_SECRET.name else STORE.version
    schema = schemas_in(_CRDS).get(GroupVersionKind(GROUP, version, name)) or {}
    return mapping(
        defaulted(mapping(manifest.get("spec")), mapping(schema.get("properties")).get("spec") or {})
    )
