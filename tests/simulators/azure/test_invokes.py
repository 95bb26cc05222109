"""Functions of azure-native: credentials of a cluster, get* of a resource, the client's configuration."""

from __future__ import annotations

import base64

import pytest
import yaml

from rehearsal.simulators.provider import ProviderError
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import Azure


def test_a_user_kubeconfig_without_entra_holds_a_credential(azure: Azure) -> None:
    azure.cluster()
    document = yaml.safe_load(kubeconfig_of(azure))
    assert set(document["users"][0]["user"]) == {"client-certificate-data", "client-key-data", "token"}
    assert document["clusters"][0]["cluster"]["server"].endswith(":443")


def test_a_user_kubeconfig_with_entra_holds_none(azure: Azure) -> None:
    azure.cluster(aadProfile={"managed": True})
    user = yaml.safe_load(kubeconfig_of(azure))["users"][0]["user"]
    assert list(user) == ["exec"]
    assert user["exec"]["command"] == "kubelogin"


def test_admin_credentials_are_refused_without_local_accounts(azure: Azure) -> None:
    azure.cluster(disableLocalAccounts=True, aadProfile={"managed": True})
    with pytest.raises(ProviderError, match=r"Status=400.*disable local accounts"):
        azure.invoke(
            "containerservice:listManagedClusterAdminCredentials",
            resourceGroupName="rg",
            resourceName="aks-one",
        )


def test_admin_credentials_are_a_kubeconfig_with_local_accounts(azure: Azure) -> None:
    azure.cluster()
    credentials = azure.invoke(
        "containerservice:listManagedClusterAdminCredentials", resourceGroupName="rg", resourceName="aks-one"
    )
    assert credentials["kubeconfigs"][0]["name"] == "clusterAdmin"
    assert b"aks-one" in base64.b64decode(credentials["kubeconfigs"][0]["value"])


def test_the_client_is_a_user_of_the_azure_cli(azure: Azure) -> None:
    me = azure.invoke("authorization:getClientConfig")
    assert me["clientId"] == "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
    assert azure.world.directory[me["objectId"]].type == "User"


def test_a_getter_returns_an_existing_resource(azure: Azure) -> None:
    made = azure.identity()
    identity = azure.invoke(
        "managedidentity:getUserAssignedIdentity", resourceGroupName="rg", resourceName="id-app"
    )
    assert identity["clientId"] == made.outputs["clientId"]
    assert identity["id"] == made.id


def test_a_getter_reports_a_missing_resource_as_arm_does(azure: Azure) -> None:
    with pytest.raises(ProviderError, match=r'Code="ResourceNotFound".*Microsoft.KeyVault/vaults/none'):
        azure.invoke("keyvault:getVault", resourceGroupName="rg", vaultName="none")
    with pytest.raises(ProviderError, match="ResourceGroupNotFound"):
        azure.invoke("keyvault:getVault", resourceGroupName="none", vaultName="none")


def test_an_unknown_function_is_an_error(azure: Azure) -> None:
    with pytest.raises(ProviderError, match="does not simulate the function"):
        azure.invoke("web:listWebAppHostKeys")
