"""The application routing add-on: what it makes of an Ingress, and what its identity needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.each import each
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import SECRETS_USER, Azure, Kubernetes, manifest
from tests.support.mounting import ADDON, VAULT

INGRESS = "networking.k8s.io/v1:Ingress"
_URI = "https://kv-one.vault.azure.net/certificates/shop-tls"


def _ingress(uri: str = _URI, class_name: str = "webapprouting.kubernetes.azure.com") -> dict[str, Any]:
    annotations = {"kubernetes.azure.com/tls-cert-keyvault-uri": uri}
    service = {"name": "web", "port": {"number": 80}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": {"service": service}}]
    rules = [{"host": "shop.example.com", "http": {"paths": paths}}]
    spec = {"ingressClassName": class_name, "rules": rules}
    made = manifest("networking.k8s.io/v1", "Ingress", "web", "demo", spec=spec)
    return {**made, "metadata": {**made["metadata"], "annotations": annotations}}


def _made(azure: Azure) -> list[str]:
    (objects,) = azure.world.kubernetes.values()
    return sorted(key for key in objects if key.endswith("/keyvault-web"))


DEPLOYMENT, SECRET, CLASS = (
    "apps/Deployment/demo/keyvault-web",
    "core/Secret/demo/keyvault-web",
    "secrets-store.csi.x-k8s.io/SecretProviderClass/demo/keyvault-web",
)


@each(
    "case, more, granted, makes",
    [
        ("granted", {}, True, [DEPLOYMENT, SECRET, CLASS]),
        ("not granted", {}, False, [DEPLOYMENT, CLASS]),
        ("another class", {"class_name": "nginx"}, True, []),
        ("no certificate", {"uri": "https://kv-one.vault.azure.net"}, True, []),
    ],
)
def test_the_add_on_syncs_the_certificate_that_its_identity_may_read(
    case: str, more: dict[str, Any], granted: bool, makes: list[str], tmp_path: Path
) -> None:
    azure = Azure(tmp_path / case)
    azure.group()
    profile = {"webAppRouting": {"enabled": True}}
    cluster = azure.cluster(addonProfiles=ADDON, ingressProfile=profile).outputs
    azure.vault(enableRbacAuthorization=True)
    identity = cluster["ingressProfile"]["webAppRouting"]["identity"]
    assert identity["resourceId"].endswith("/webapprouting-aks-one")
    if granted:
        azure.assignment(
            scope=f"{VAULT}/secrets/shop-tls",
            roleDefinitionId=SECRETS_USER,
            principalId=identity["objectId"],
            principalType="ServicePrincipal",
            roleAssignmentName="11111111-2222-4333-8444-555555555555",
        )
    kubernetes = Kubernetes(azure, kubeconfig_of(azure))
    kubernetes.namespace()
    ingress = kubernetes.create(INGRESS, _ingress(**more))
    assert _made(azure) == makes
    kubernetes.delete(INGRESS, ingress)
    assert _made(azure) == [], "what the add-on makes belongs to the Ingress"
