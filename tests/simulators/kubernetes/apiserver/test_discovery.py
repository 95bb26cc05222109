"""Kinds that a cluster serves: definitions, charts and add-ons."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.kubernetes.api.kinds import chart_name
from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, Kubernetes, manifest
from tests.support.manifests import ESO_RELEASE, RELEASE

STORE = "external-secrets.io/v1:SecretStore"


def store(**more: Any) -> dict[str, Any]:
    spec = {"provider": {"azurekv": {"vaultUrl": "https://x.vault.azure.net"}}}
    return manifest("external-secrets.io/v1", "SecretStore", "vault", "demo", spec=spec, **more)


def test_a_custom_resource_needs_its_definition(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    with pytest.raises(
        ProviderError,
        match=r'CRDs have been created: no matches for kind "SecretStore" in version '
        r'"external-secrets.io/v1"',
    ):
        kubernetes.create(STORE, store())


def test_a_chart_installs_its_definitions(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    kubernetes.create(RELEASE, ESO_RELEASE)
    kubernetes.create(STORE, store())


def test_a_chart_serves_only_its_versions(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    kubernetes.create(RELEASE, ESO_RELEASE)
    old = manifest("external-secrets.io/v1beta1", "SecretStore", "vault", "demo", spec={})
    with pytest.raises(ProviderError, match="v1beta1"):
        kubernetes.create("external-secrets.io/v1beta1:SecretStore", old)


def test_a_definition_object_serves_its_kind(kubernetes: Kubernetes) -> None:
    names = {"kind": "Widget", "plural": "widgets"}
    spec = {
        "group": "x.io",
        "names": names,
        "scope": "Cluster",
        "versions": [{"name": "v1", "served": True, "storage": True}],
    }
    definition = manifest("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.x.io", spec=spec)
    kubernetes.create("apiextensions.k8s.io/v1:CustomResourceDefinition", definition)
    made = kubernetes.create("x.io/v1:Widget", manifest("x.io/v1", "Widget", "one"))
    assert made.id == "one"


def test_the_key_vault_add_on_serves_secret_provider_classes(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    desired = manifest("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass", "app", "demo", spec={})
    with pytest.raises(ProviderError, match="no matches for kind"):
        kubernetes.create("secrets-store.csi.x-k8s.io/v1:SecretProviderClass", desired)
    cluster = next(azure.world.of_type("azure-native:containerservice:ManagedCluster"))
    cluster.properties["addonProfiles"] = {"azureKeyvaultSecretsProvider": {"enabled": True}}
    kubernetes.create("secrets-store.csi.x-k8s.io/v1:SecretProviderClass", desired)


def test_a_chart_is_known_by_its_last_name() -> None:
    assert chart_name("oci://example.org/charts/dapr") == "dapr"
