"""Identities with which the Azure provider reads, and their rights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.operators import csi
from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, manifest
from tests.support.manifests import DEPLOYMENT
from tests.support.mounting import (
    CERTIFICATE_USER,
    FAILED,
    FAILED_READ,
    OWNER,
    READER,
    ROLE,
    SECRETS_OFFICER,
    VAULT,
    VOLUME,
    MountScene,
    mounting,
    reasons,
    refused,
)

CRDS = Path(csi.__file__).parent / "crds"
CREDENTIAL = (
    "ClientAssertionCredential authentication failed. {code}: No matching federated identity record found "
    "for presented assertion {what}. "
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. "
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
)


def test_the_identity_trusts_the_account_of_the_pod(scene: MountScene) -> None:
    scene.class_of()
    scene.kubernetes.service_account("other")
    subject = "subject 'system:serviceaccount:demo:other'"
    desired = mounting(serviceAccountName="other")
    assert refused(scene, desired) == FAILED_READ + CREDENTIAL.format(code="AADSTS700213", what=subject)
    scene.azure.credential("other", issuer=scene.issuer, subject="system:serviceaccount:demo:other")
    desired["metadata"]["name"] = "other"
    scene.kubernetes.create(DEPLOYMENT, desired)


@pytest.mark.parametrize(
    ("change", "code", "what"),
    [
        ({"issuer": "https://issuer.example/"}, "AADSTS700211", "issuer '{issuer}'"),
        (
            {"audiences": ["api://AzureADTokenExchangeChina"]},
            "AADSTS700212",
            "audience 'api://AzureADTokenExchange'",
        ),
    ],
)
def test_the_identity_trusts_the_issuer_and_the_audience(
    azure: Azure, change: dict[str, Any], code: str, what: str
) -> None:
    scene = MountScene(azure)
    scene.grant()
    (credential,) = [
        resource
        for resource in azure.world.azure.values()
        if "/federatedidentitycredentials/" in resource.id.lower()
    ]
    credential.properties = {**credential.properties, **change}
    scene.class_of()
    assert refused(scene) == FAILED_READ + CREDENTIAL.format(code=code, what=what.format(issuer=scene.issuer))


def test_the_identity_exists(scene: MountScene) -> None:
    scene.class_of(clientID="00000000-0000-4000-8000-000000000000")
    assert (
        "AADSTS700016: Application with identifier '00000000-0000-4000-8000-000000000000' was not found"
        in refused(scene)
    )


@pytest.mark.parametrize(
    ("role", "scope", "desired", "allowed"),
    [
        (ROLE + "/4633458b-17de-408a-b874-0445c86b69e6", VAULT, {}, True),
        (SECRETS_OFFICER, VAULT, {}, True),
        (CERTIFICATE_USER, VAULT, {}, True),
        (READER, VAULT, {}, False),
        (OWNER, VAULT, {}, False),
        (SECRETS_OFFICER, f"{VAULT}/secrets/dbx", {}, False),
        (SECRETS_OFFICER, VAULT, {"objectType": "key"}, False),
        (SECRETS_OFFICER, VAULT, {"objectType": "cert"}, False),
        (CERTIFICATE_USER, f"{VAULT}/keys/db", {"objectType": "key"}, True),
        (CERTIFICATE_USER, f"{VAULT}/certificates/db", {"objectType": "cert"}, True),
        (READER, VAULT, {"objectType": "cert"}, True),
        (SECRETS_OFFICER, f"{VAULT}/secrets/db", {"objectVersionHistory": 2}, True),
    ],
)
def test_what_a_role_lets_a_pod_read(
    azure: Azure, role: str, scope: str, desired: dict[str, Any], allowed: bool
) -> None:
    scene = MountScene(azure)
    scene.grant(role, scope)
    requested = {"objectName": "db", "objectType": "secret", **desired}
    scene.class_of(requested)
    if allowed:
        scene.kubernetes.create(DEPLOYMENT, mounting())
        return
    action = {"secret": "secrets/getSecret/action", "key": "keys/read", "cert": "certificates/read"}[
        str(requested["objectType"])
    ]
    collection = {"secret": "secrets", "key": "keys", "cert": "certificates"}[str(requested["objectType"])]
    message = refused(scene)
    assert (
        "RESPONSE 403: 403 Forbidden ERROR CODE: Forbidden Caller is not authorized to perform action on "
        "resource." in message
    )
    assert f"oid={scene.identity['principalId']};" in message
    assert (
        f"Action: 'Microsoft.KeyVault/vaults/{action}' Resource: '{VAULT.lower()}/{collection}/db' "
        "Assignment: (not found)" in message
    )


@pytest.mark.parametrize(
    ("verbs", "history", "missing"),
    [(["get"], 0, None), (["list"], 0, "get"), (["get"], 2, "list"), (["all"], 2, None)],
)
def test_access_policies_where_the_vault_has_them(
    azure: Azure, verbs: list[str], history: int, missing: str | None
) -> None:
    scene = MountScene(azure, enableRbacAuthorization=False)
    scene.grant(SECRETS_OFFICER, VAULT)  # without effect here
    (vault,) = [resource for resource in azure.world.azure.values() if resource.id.lower() == VAULT.lower()]
    vault.properties["properties"]["accessPolicies"] = [
        {"objectId": scene.identity["principalId"], "tenantId": "x", "permissions": {"secrets": verbs}}
    ]
    scene.class_of({"objectName": "db", "objectType": "secret", "objectVersionHistory": history})
    if missing is None:
        scene.kubernetes.create(DEPLOYMENT, mounting())
    else:
        assert (
            f"does not have secrets {missing} permission on key vault 'kv-one;location=westeurope'"
            in refused(scene)
        )


def test_identities_of_the_nodes_need_no_account(scene: MountScene) -> None:
    addon = scene.cluster["addonProfiles"]["azureKeyvaultSecretsProvider"]["identity"]
    mode = {"clientID": None, "useVMManagedIdentity": "true"}
    scene.class_of(**mode, userAssignedIdentityID=addon["clientId"])
    assert f"oid={addon['objectId']};" in refused(scene)
    scene.azure.assignment(
        scope=VAULT,
        roleDefinitionId=SECRETS_OFFICER,
        principalId=addon["objectId"],
        principalType="ServicePrincipal",
        roleAssignmentName="21111111-2222-4333-8444-555555555555",
    )
    scene.kubernetes.create(DEPLOYMENT, {**mounting(), "metadata": {"name": "other", "namespace": "demo"}})


@pytest.mark.parametrize(
    ("identity", "says"),
    [
        ("", "Multiple user assigned identities exist"),
        ("id-app", "the requested identity isn't assigned to this resource: Identity not found"),
    ],
)
def test_an_identity_that_no_node_has_is_not_found(scene: MountScene, identity: str, says: str) -> None:
    identity_id = scene.identity["clientId"] if identity else ""
    scene.class_of(clientID=None, useVMManagedIdentity="true", userAssignedIdentityID=identity_id)
    assert f"{FAILED_READ}ManagedIdentityCredential authentication failed. {says}" in refused(scene)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (("clientid", "clientsecret"), None),
        (("clientid",), "failed to build auth config for mode None: could not find clientsecret in secrets"),
        (
            ("id", "clientsecret"),
            "failed to build auth config for mode None: could not find clientid in secrets",
        ),
    ],
)
def test_a_service_principal_comes_from_a_secret(
    scene: MountScene, keys: tuple[str, ...], says: str | None
) -> None:
    scene.class_of(clientID=None)
    volume = {**VOLUME, "csi": {**VOLUME["csi"], "nodePublishSecretRef": {"name": "principal"}}}
    desired = mounting(volume=volume)
    missing = reasons(scene, desired)[-1]
    assert missing.startswith(f"{FAILED}fetching NodePublishSecretRef demo/principal failed: ")
    scene.kubernetes.create(
        "core/v1:Secret", manifest("v1", "Secret", "principal", "demo", stringData=dict.fromkeys(keys, "x"))
    )
    desired["metadata"]["name"] = "other"
    if says is None:
        scene.kubernetes.create(DEPLOYMENT, desired)
    else:
        with pytest.raises(InitFailedError) as failed:
            scene.kubernetes.create(DEPLOYMENT, desired)
        assert failed.value.reasons[-1].endswith(says)


def define_pod_identity(scene: MountScene) -> None:
    """Definitions of AAD Pod Identity, which no chart here installs."""
    (id_,) = scene.azure.world.kubernetes
    for file in ("azureidentities", "azureidentitybindings"):
        SimulatedCluster(scene.azure.world, id_).create(yaml.safe_load((CRDS / f"{file}.yaml").read_text()))


@pytest.mark.parametrize(
    ("label", "selector", "identity", "matches"),
    [
        ("app", "app", "app", True),
        ("other", "app", "app", False),
        ("app", "app", "none", False),
        (None, None, "app", False),
    ],
    ids=["bound", "another label", "another identity", "no label"],
)
def test_pod_identity_goes_by_the_label(
    scene: MountScene, label: str | None, selector: str | None, identity: str, matches: bool
) -> None:
    define_pod_identity(scene)
    spec: dict[str, Any] = {"type": 0, "clientID": scene.identity["clientId"]}
    made = manifest("aadpodidentity.k8s.io/v1", "AzureIdentity", "app", "demo", spec=spec)
    with pytest.raises(ProviderError, match=r"\.spec\.type: expected numeric"):
        scene.kubernetes.create(
            "aadpodidentity.k8s.io/v1:AzureIdentity", {**made, "spec": {**spec, "type": "0"}}
        )
    scene.kubernetes.create("aadpodidentity.k8s.io/v1:AzureIdentity", made)
    binding = {"azureIdentity": identity, **({"selector": selector} if selector else {})}
    desired = manifest("aadpodidentity.k8s.io/v1", "AzureIdentityBinding", "app", "demo", spec=binding)
    scene.kubernetes.create("aadpodidentity.k8s.io/v1:AzureIdentityBinding", desired)
    scene.class_of(clientID=None, usePodIdentity="true")
    pod = mounting()
    if label:
        pod["spec"]["template"]["metadata"]["labels"]["aadpodidbinding"] = label
    if matches:
        scene.kubernetes.create(DEPLOYMENT, pod)
    else:
        assert refused(scene, pod) == f"{FAILED_READ}nmi response failed with status code: 404"
