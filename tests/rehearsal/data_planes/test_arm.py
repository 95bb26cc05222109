"""Azure's own management clients read the simulated Azure."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential, WorkloadIdentityCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.containerservice import ContainerServiceClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.resource.resources import ResourceManagementClient

from rehearsal.data_planes.faults import CannedAnswer
from rehearsal.data_planes.issuers import issuer_of
from rehearsal.data_planes.planes import Planes
from rehearsal.simulators.azure.arm import DEPLOYER, SUBSCRIPTION
from tests.rehearsal.data_planes.worlds import (
    CLIENT,
    CLUSTER,
    ISSUER,
    NETWORK,
    OFFICER,
    PRINCIPAL,
    VAULT,
    signed_in,
)

pytestmark = pytest.mark.servers


@pytest.fixture
def planes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Planes]:
    with signed_in(tmp_path, monkeypatch) as served:
        yield served


def client(kind: Any, **options: Any) -> Any:
    return kind(DefaultAzureCredential(), SUBSCRIPTION, **options)


def test_a_cluster_has_its_issuer_and_all_its_pools(planes: Planes) -> None:
    cluster = client(ContainerServiceClient).managed_clusters.get("rg", "aks-planes")
    assert cluster.oidc_issuer_profile.issuer_url.endswith("/")
    assert cluster.kubernetes_version == "1.35"
    assert cluster.aad_profile.managed is True
    assert [(pool.name, pool.count, pool.vm_size) for pool in cluster.agent_pool_profiles] == [
        ("system", 2, "Standard_D4ds_v5"),
        ("user", 3, "Standard_D2s_v5"),
    ]
    assert cluster.identity_profile["kubeletidentity"].client_id
    (pool,) = client(ContainerServiceClient).agent_pools.list("rg", "aks-planes")
    assert (pool.name, pool.count, pool.mode) == ("user", 3, "User")
    (listed,) = client(ContainerServiceClient).managed_clusters.list_by_resource_group("rg")
    assert listed.fqdn == cluster.fqdn


def test_the_kubeconfig_trusts_the_authority_of_the_servers(planes: Planes) -> None:
    answer = client(ContainerServiceClient).managed_clusters.list_cluster_user_credentials("rg", "aks-planes")
    document = yaml.safe_load(answer.kubeconfigs[0].value)
    (cluster,) = document["clusters"]
    assert cluster["cluster"]["server"].endswith(".azmk8s.io:443")
    authority = base64.b64decode(cluster["cluster"]["certificate-authority-data"])
    assert authority == planes.proxy.authority.cert_pem.bytes()
    (user,) = document["users"]
    assert user["user"]["exec"]["command"] == "kubelogin"


def test_a_vault_says_how_it_authorizes(planes: Planes) -> None:
    vault = client(KeyVaultManagementClient).vaults.get("rg", "kv-planes")
    assert vault.properties.enable_rbac_authorization is True
    assert vault.properties.vault_uri == "https://kv-planes.vault.azure.net/"
    assert vault.properties.sku.name == "standard"
    secret = client(KeyVaultManagementClient).secrets.get("rg", "kv-planes", "api-key")
    assert secret.properties.secret_uri.endswith("/secrets/api-key")
    assert secret.properties.value is None
    (listed,) = client(KeyVaultManagementClient).vaults.list_by_subscription()
    assert listed.name == "kv-planes"


def test_an_identity_has_its_credentials(planes: Planes) -> None:
    identities = client(ManagedServiceIdentityClient)
    assert identities.user_assigned_identities.get("rg", "id-orders").principal_id == PRINCIPAL
    (credential,) = identities.federated_identity_credentials.list("rg", "id-orders")
    assert (credential.issuer, credential.subject, credential.audiences) == (
        ISSUER,
        "system:serviceaccount:shop:orders",
        ["api://AzureADTokenExchange"],
    )


def test_a_network_has_its_subnets(planes: Planes) -> None:
    from azure.mgmt.network import NetworkManagementClient  # its import takes as long as all others of Azure

    network = client(NetworkManagementClient).virtual_networks.get("rg", "vnet")
    assert network.address_space.address_prefixes == ["10.0.0.0/16"]
    assert [(row.name, row.address_prefix) for row in network.subnets] == [("nodes", "10.0.0.0/22")]
    assert client(NetworkManagementClient).subnets.get("rg", "vnet", "nodes").id == f"{NETWORK}/subnets/nodes"


def test_role_assignments_are_listed_around_a_scope(planes: Planes) -> None:
    assignments = client(AuthorizationManagementClient).role_assignments
    own = {row.name: row for row in assignments.list_for_scope(VAULT, filter="atScope()")}
    # the deployer's own role at the subscription, and that on the vault; not that on its secret
    assert {row.principal_id for row in own.values()} == {DEPLOYER}
    assert sorted(row.scope for row in own.values()) == sorted([VAULT, f"/subscriptions/{SUBSCRIPTION}"])
    everything = list(assignments.list_for_scope(VAULT))
    assert len(everything) == 3
    (reader,) = assignments.list_for_scope(VAULT, filter=f"principalId eq '{PRINCIPAL}'")
    assert reader.scope == f"{VAULT}/secrets/api-key"
    assert reader.principal_type == "ServicePrincipal"
    of_secret = assignments.list_for_scope(f"{VAULT}/secrets/api-key", filter="atScope()")
    assert len(list(of_secret)) == 3


def test_a_role_definition_has_its_permissions(planes: Planes) -> None:
    definitions = client(AuthorizationManagementClient).role_definitions
    officer = definitions.get_by_id(OFFICER)
    assert officer.role_name == "Key Vault Secrets Officer"
    assert officer.permissions[0].data_actions == ["Microsoft.KeyVault/vaults/secrets/*"]
    (owner,) = definitions.list(f"/subscriptions/{SUBSCRIPTION}", filter="roleName eq 'Owner'")
    assert owner.permissions[0].actions == ["*"]


def test_permissions_are_those_of_the_callers_roles(planes: Planes) -> None:
    permissions = client(AuthorizationManagementClient).permissions
    rows = list(permissions.list_for_resource_group("rg"))
    assert [row.actions for row in rows] == [["*"]]


def test_groups_and_resources_are_listed(planes: Planes) -> None:
    resources = client(ResourceManagementClient)
    assert resources.resource_groups.get("rg").tags == {"stack": "dev"}
    assert resources.resource_groups.check_existence("rg") is True
    assert resources.resource_groups.check_existence("other") is False
    kinds = {row.type for row in resources.resources.list_by_resource_group("rg")}
    assert {"Microsoft.KeyVault/vaults", "Microsoft.ContainerService/managedClusters"} <= kinds
    vaults = resources.resources.list(filter="resourceType eq 'Microsoft.KeyVault/vaults'")
    assert [row.id for row in vaults] == [VAULT]
    assert resources.resources.get_by_id(CLUSTER, api_version="2025-05-01").location == "westeurope"


def test_what_is_not_there_is_not_found(planes: Planes) -> None:
    vaults = client(KeyVaultManagementClient).vaults
    with pytest.raises(ResourceNotFoundError, match=r"ResourceNotFound.*kv-other' under resource group 'rg'"):
        vaults.get("rg", "kv-other")
    with pytest.raises(ResourceNotFoundError, match="ResourceGroupNotFound"):
        vaults.get("other", "kv-planes")
    with pytest.raises(ResourceNotFoundError, match="ResourceNotFound"):
        list(client(ManagedServiceIdentityClient).federated_identity_credentials.list("rg", "other"))
    with pytest.raises(ResourceNotFoundError, match="ResourceGroupNotFound"):
        list(client(ContainerServiceClient).managed_clusters.list_by_resource_group("other"))


def test_an_unknown_subscription_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = [{"id": SUBSCRIPTION, "name": "shop", "state": "Warned"}]
    with signed_in(tmp_path, monkeypatch, subscriptions=cloud):
        other = SUBSCRIPTION.replace("5b5c", "5b5d")
        groups = ResourceManagementClient(DefaultAzureCredential(), other).resource_groups
        with pytest.raises(ResourceNotFoundError, match=f"SubscriptionNotFound.*'{other}'"):
            list(groups.list())
        assert list(client(ResourceManagementClient).resource_groups.list())


def test_a_role_that_does_not_suffice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with signed_in(tmp_path, monkeypatch, subscriptions=[{"roles": ["Reader"]}]):
        clusters = client(ContainerServiceClient).managed_clusters
        assert clusters.get("rg", "aks-planes").name == "aks-planes"
        with pytest.raises(HttpResponseError) as refused:
            clusters.list_cluster_user_credentials("rg", "aks-planes")
    error: Any = refused.value.error
    assert (refused.value.status_code, error.code) == (403, "AuthorizationFailed")
    action = "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"
    assert f"'{DEPLOYER}' does not have authorization to perform action '{action}' over" in error.message
    assert f"over scope '{CLUSTER}'" in error.message


def test_an_identity_without_a_role_reads_nothing(planes: Planes, tmp_path: Path) -> None:
    cluster = planes.world.get(CLUSTER)
    assert cluster is not None
    token_file = tmp_path / "token"
    token_file.write_text(issuer_of(cluster).token("system:serviceaccount:shop:orders"))
    signed = WorkloadIdentityCredential(
        tenant_id=planes.entra.tenant, client_id=CLIENT, token_file_path=str(token_file)
    )
    with pytest.raises(HttpResponseError, match="AuthorizationFailed"):
        ContainerServiceClient(signed, SUBSCRIPTION).managed_clusters.get("rg", "aks-planes")


def test_a_throttled_request_says_when_to_come_again(planes: Planes) -> None:
    # https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
    body = {"error": {"code": "TooManyRequests", "message": "The request is being throttled."}}
    planes.faults.answers.append(
        CannedAnswer(host="management.azure.com", status=429, body=body, headers={"Retry-After": "17"})
    )
    vaults = client(KeyVaultManagementClient, retry_total=0).vaults
    with pytest.raises(HttpResponseError, match="TooManyRequests") as refused:
        vaults.get("rg", "kv-planes")
    response: Any = refused.value.response
    assert response.headers["Retry-After"] == "17"
