"""Identities with which the operator reads, and its rights to their tokens."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, Resource, manifest
from tests.support.eso import (
    SECRET,
    STORE,
    TENANT,
    EsoScene,
    external_secret,
    store,
    timed_out,
    waiting,
)
from tests.support.manifests import RELEASE
from tests.support.mounting import MountScene


@pytest.mark.parametrize(
    ("azure_kv", "annotations", "says"),
    [
        ({"serviceAccountRef": {"name": "nobody"}}, None, 'ServiceAccount "nobody" not found'),
        (
            {},
            {},
            "missing clientID: either serviceAccountRef or service account annotation "
            "'azure.workload.identity/client-id' is missing",
        ),
        ({"tenantId": None}, None, "missing tenantID in store config"),
        (
            {"serviceAccountRef": None},
            None,
            "missing environment variables. AZURE_CLIENT_ID, AZURE_TENANT_ID and "
            "AZURE_FEDERATED_TOKEN_FILE must be set",
        ),
        ({"authType": None}, None, "missing secretRef in provider config"),
    ],
    ids=["no account", "no client", "no tenant", "the operator's own", "a service principal"],
)
def test_a_store_says_what_its_account_lacks(
    azure: Azure, azure_kv: dict[str, Any], annotations: dict[str, str] | None, says: str
) -> None:
    scene = EsoScene(azure, annotations=annotations)
    assert timed_out(scene, STORE, store(**azure_kv)) == f"InvalidProviderConfig: {says}"
    assert scene.condition("SecretStore") == ("False", "InvalidProviderConfig", "unable to create client")


def test_one_tenant_is_enough(azure: Azure) -> None:
    scene = MountScene(azure)
    both = {
        "azure.workload.identity/client-id": scene.identity["clientId"],
        TENANT: scene.identity["tenantId"],
    }
    scene.kubernetes.create(RELEASE, {"chart": "external-secrets", "name": "eso", "namespace": "default"})
    account = manifest("v1", "ServiceAccount", "reader", "demo")
    account["metadata"]["annotations"] = both
    scene.kubernetes.create("core/v1:ServiceAccount", account)
    made = scene.kubernetes.create(STORE, store())
    events = [manifest_["message"] for manifest_ in scene.objects().values() if manifest_["kind"] == "Event"]
    assert events == [
        "multiple tenantID found. Check secretRef, 'spec.provider.azurekv.tenantId', and serviceAccountRef"
    ]
    scene.kubernetes.update(STORE, made, store(useAzureSDK=True))
    assert [
        manifest_["message"] for manifest_ in scene.objects().values() if manifest_["kind"] == "Event"
    ] == []


def test_entra_wants_the_subject_and_only_the_old_sdk_asks_at_once(azure: Azure) -> None:
    scene = EsoScene(azure)
    account = manifest("v1", "ServiceAccount", "stranger", "demo")
    account["metadata"]["annotations"] = {"azure.workload.identity/client-id": scene.identity["clientId"]}
    scene.kubernetes.create("core/v1:ServiceAccount", account)
    event = timed_out(scene, STORE, store(serviceAccountRef={"name": "stranger"}))
    assert "http call(https://login.microsoftonline.com/" in event
    assert "AADSTS700213" in event
    assert "system:serviceaccount:demo:stranger" in event
    scene.secret_of()
    there = Resource("demo/azure", store(), scene.the("SecretStore"))
    scene.kubernetes.update(STORE, there, store(serviceAccountRef={"name": "stranger"}, useAzureSDK=True))
    assert scene.condition("SecretStore")[0] == "True"
    assert "err: ClientAssertionCredential authentication failed. AADSTS700213" in scene.event()


def test_a_shared_identity_is_the_operators_own(azure: Azure) -> None:
    scene = MountScene(azure, addons=None)
    scene.grant()
    azure.credential("eso", issuer=scene.issuer, subject="system:serviceaccount:default:eso-external-secrets")
    account = {"annotations": {"azure.workload.identity/client-id": scene.identity["clientId"]}}
    values = {"podLabels": {"azure.workload.identity/use": "true"}, "serviceAccount": account}
    scene.kubernetes.create(
        RELEASE,
        {"chart": "external-secrets", "name": "eso", "namespace": "default", "values": values},
        name="eso",
    )
    desired = store(serviceAccountRef=None, tenantId=None)
    with pytest.raises(ProviderError, match="timed out"):
        scene.kubernetes.create(STORE, waiting(desired))
    webhook = {"chart": "workload-identity-webhook", "name": "wi", "namespace": "default"}
    scene.kubernetes.create(RELEASE, webhook, name="wi")
    scene.kubernetes.create(SECRET, waiting(external_secret()))


def _rights(scene: EsoScene, *names: str) -> None:
    rule = {
        "apiGroups": [""],
        "resources": ["serviceaccounts/token"],
        "verbs": ["create"],
        **({"resourceNames": list(names)} if names else {}),
    }
    role = manifest("rbac.authorization.k8s.io/v1", "Role", "tokens", "demo", rules=[rule])
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "tokens"}
    subject = {"kind": "ServiceAccount", "name": "operator", "namespace": "default"}
    binding = manifest(
        "rbac.authorization.k8s.io/v1", "RoleBinding", "tokens", "demo", roleRef=reference, subjects=[subject]
    )
    for kind, desired in (("Role", role), ("RoleBinding", binding)):
        scene.kubernetes.create(f"rbac.authorization.k8s.io/v1:{kind}", desired)


@pytest.mark.parametrize("names", [(), ("reader",)])
def test_an_operator_without_the_right_to_tokens_needs_a_role_for_each_account(
    azure: Azure, names: tuple[str, ...]
) -> None:
    scene = EsoScene(azure, rbac={"serviceAccountTokenCreate": False}, serviceAccount={"name": "operator"})
    scene.store()
    assert scene.event("SecretStore") == (
        'InvalidProviderConfig: serviceaccounts "reader" is forbidden: User '
        '"system:serviceaccount:default:external-secrets" cannot create '
        'resource "serviceaccounts/token" in API group "" in the namespace "demo"'
    )
    _rights(scene, *names)
    scene.secret_of()
    assert scene.made()["data"] == {"password": azure.world.keyed_hash("hunter2")}


def test_a_role_for_another_account_does_not_do(azure: Azure) -> None:
    scene = EsoScene(azure, rbac={"serviceAccountTokenCreate": False}, serviceAccount={"name": "operator"})
    _rights(scene, "somebody")
    scene.store()
    assert scene.condition("SecretStore")[0] == "False"
