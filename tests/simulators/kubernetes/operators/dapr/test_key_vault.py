"""The component secretstores.azure.keyvault: identities, versions and vaults."""

from __future__ import annotations

import pytest

from tests.support.acting import Azure
from tests.support.mounting import VAULT
from tests.support.sidecars import DaprScene


@pytest.fixture
def scene(azure: Azure) -> DaprScene:
    scene = DaprScene(azure)
    scene.component()
    return scene


def test_the_vault_s_refusal_is_500(azure: Azure) -> None:
    scene = DaprScene(azure, role=False)
    scene.component()
    scene.deploy()
    answer = scene.read()
    assert (answer.status, answer.code) == (500, "ERR_SECRET_GET")
    assert answer.message.startswith(
        "failed getting secret with key db from secret store vault: GET "
        "https://kv-one.vault.azure.net/secrets/db/\n"
    )
    assert "\nRESPONSE 403: 403 Forbidden\nERROR CODE: Forbidden\n" in answer.message
    assert "DeniedWithNoValidRBAC" in answer.message


def test_a_role_on_one_secret_is_enough_for_that_one_alone(azure: Azure) -> None:
    scene = DaprScene(azure, role=False)
    scene.grant(f"{VAULT}/secrets/db")
    scene.component()
    scene.deploy()
    assert (scene.read("db").status, scene.read("api").status) == (200, 500)


def test_the_identity_has_to_trust_the_account(scene: DaprScene) -> None:
    scene.account("other")
    scene.deploy(serviceAccountName="other")
    assert "\n\tWorkloadIdentityCredential authentication failed. FromAssertion(): " in scene.read().message
    assert "\nAADSTS700213: No matching federated identity" in scene.read().message
    assert "subject 'system:serviceaccount:demo:other'" in scene.read().message


def test_the_component_s_client_id_means_nothing_to_workload_identity(azure: Azure) -> None:
    scene = DaprScene(azure)
    other = azure.identity("id-other").outputs
    scene.component(azureClientId=other["clientId"])
    scene.deploy()
    assert scene.read().status == 200


def test_without_a_list_of_methods_the_nodes_identity_is_tried(azure: Azure) -> None:
    scene = DaprScene(azure)
    scene.component(azureAuthMethods=None)
    scene.deploy(labels={"app": "app"})
    nodes = scene.aks["identityProfile"]["kubeletidentity"]["clientId"]
    assert f"appid={nodes}" in scene.read().message


def test_a_wrong_vault_starts_well_and_fails_at_the_first_read(azure: Azure) -> None:
    scene = DaprScene(azure)
    scene.component(vaultName="kv-two")
    scene.deploy()
    assert scene.read().message.endswith("dial tcp: lookup kv-two.vault.azure.net: no such host")


def test_a_vault_may_be_named_by_its_host(azure: Azure) -> None:
    scene = DaprScene(azure)
    scene.component(vaultName="https://kv-one.vault.azure.net")
    scene.deploy()
    assert scene.read().status == 200


def test_a_version_can_be_asked_for(scene: DaprScene) -> None:
    scene.deploy()
    answer = scene.read(version="0" * 32)
    assert (answer.status, "404 Not Found" in answer.message) == (500, True)
