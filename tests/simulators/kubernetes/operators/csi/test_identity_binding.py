"""The Azure provider with an identity binding: what the token proxy refuses, what the driver passes on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.azure.containerservice.test_identity_bindings import BINDING, binding
from tests.support.acting import Azure, manifest
from tests.support.manifests import DEPLOYMENT
from tests.support.mounting import FAILED_READ, MountScene, mounting, reasons, refused, with_csi_chart

ROLE, ROLE_BINDING = (
    f"rbac.authorization.k8s.io/v1:{kind}" for kind in ("ClusterRole", "ClusterRoleBinding")
)
REFUSED = "ClientAssertionCredential authentication failed. "


@pytest.fixture
def bound(azure: Azure) -> MountScene:
    """A pod that asks the token proxy, without a credential of its own."""
    scene = with_csi_chart(azure)
    credential = f"{azure.world.descendants(_identity_id(scene))[0].id}"
    azure.world.remove(credential)
    scene.class_of(useAzureTokenProxy="true")
    return scene


def _identity_id(scene: MountScene) -> str:
    return next(key for key in scene.azure.world.azure if key.endswith("/id-app"))


def allow(scene: MountScene, *, account: str = "app", client_id: str = "") -> None:
    rule = {
        "apiGroups": ["cid.wi.aks.azure.com"],
        "resources": [client_id or scene.identity["clientId"]],
        "verbs": ["use-managed-identity"],
    }
    scene.kubernetes.create(
        ROLE, manifest("rbac.authorization.k8s.io/v1", "ClusterRole", "use", rules=[rule])
    )
    scene.kubernetes.create(
        ROLE_BINDING,
        manifest(
            "rbac.authorization.k8s.io/v1",
            "ClusterRoleBinding",
            "use",
            roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "use"},
            subjects=[{"kind": "ServiceAccount", "name": account, "namespace": "demo"}],
        ),
    )


def test_a_pod_reads_by_binding_and_right_without_a_credential(bound: MountScene) -> None:
    bound.azure.create(BINDING, binding())
    allow(bound)
    bound.kubernetes.create(DEPLOYMENT, mounting())


def test_the_right_names_the_account_and_the_identity(bound: MountScene) -> None:
    bound.azure.create(BINDING, binding())
    allow(bound, account="other")
    client = bound.identity["clientId"]
    assert refused(bound) == (
        f'{FAILED_READ}{REFUSED}User "system:serviceaccount:demo:app" cannot use-managed-identity resource '
        f'"{client}" in API group "cid.wi.aks.azure.com" at the cluster scope'
    )


def test_the_cluster_needs_a_binding_and_the_identity_the_credential_of_aks(bound: MountScene) -> None:
    allow(bound)
    client = bound.identity["clientId"]
    assert (
        refused(bound)
        == f"{FAILED_READ}{REFUSED}the cluster has no identity binding for client id '{client}'"
    )
    bound.azure.create(BINDING, binding())
    bound.azure.world.remove(f"{_identity_id(bound)}/federatedIdentityCredentials/aks-identity-binding")
    again: dict[str, Any] = mounting()
    again["metadata"]["name"] = "again"
    last = reasons(bound, again)[-1]
    assert last.endswith("the identity has no federated credential 'aks-identity-binding'")


def test_the_driver_passes_on_a_token_for_the_proxy(azure: Azure) -> None:
    scene = with_csi_chart(azure, tokenRequests=[{"audience": "api://AzureADTokenExchange"}])
    scene.class_of(useAzureTokenProxy="true")
    assert refused(scene) == (
        "failed to build auth config for mode AzureTokenProxy: failed to parse service account token for"
        " identity binding, error: token for audience api://AKSIdentityBinding not found"
    )


def test_the_provider_of_the_addon_does_not_know_the_token_proxy(scene: MountScene) -> None:
    """It asks Entra, as if the parameter were not there: the credential of the pod is still needed."""
    scene.class_of(useAzureTokenProxy="true")
    scene.kubernetes.create(DEPLOYMENT, mounting())
