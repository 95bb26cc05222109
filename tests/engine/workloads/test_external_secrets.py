"""An ExternalSecret whose identity has no right to the secret yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.simulators.azure import arm
from tests.engine.workloads.test_kubernetes import op_of
from tests.support.forks import Forks
from tests.support.small_program import Program, errors, program

pytestmark = pytest.mark.engine

WORKLOAD = """
import base64

import pulumi
import pulumi_kubernetes as k8s
from pulumi_azure_native import authorization, containerservice, keyvault, managedidentity, resources

TENANT = "{tenant}"
ROLE = "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"
group = resources.ResourceGroup("group", resource_group_name="rg-test")
cluster = containerservice.ManagedCluster(
    "cluster", resource_group_name=group.name, resource_name_="aks-test", dns_prefix="test",
        identity={{"type": "SystemAssigned"}},
    oidc_issuer_profile={{"enabled": True}},
    agent_pool_profiles=[{{"name": "system", "mode": "System", "count": 1, "vm_size": "Standard_D2s_v5"}}])
vault = keyvault.Vault("vault", resource_group_name=group.name, vault_name="kv-test", properties={{
    "tenant_id": TENANT, "sku": {{"family": "A", "name": "standard"}}, "enable_rbac_authorization": True}})
secret = keyvault.Secret("secret", resource_group_name=group.name, vault_name=vault.name, secret_name="db",
    properties={{"value": pulumi.Output.secret("hunter2")}})
identity = managedidentity.UserAssignedIdentity("identity", resource_group_name=group.name,
    resource_name_="id-test")
trust = managedidentity.FederatedIdentityCredential("trust", resource_group_name=group.name,
    resource_name_=identity.name,
    federated_identity_credential_resource_name="app", issuer=cluster.oidc_issuer_profile.issuer_url,
    subject="system:serviceaccount:demo:app", audiences=["api://AzureADTokenExchange"])
needs = [trust, secret]
if pulumi.Config().require_bool("granted"):
    needs.append(authorization.RoleAssignment("grant", scope=vault.id, principal_id=identity.principal_id,
        principal_type="ServicePrincipal", role_definition_id=ROLE,
        role_assignment_name="11111111-2222-4333-8444-555555555555"))
credentials = containerservice.list_managed_cluster_user_credentials_output(
    resource_group_name=group.name, resource_name=cluster.name)
kubeconfig = pulumi.Output.secret(credentials.kubeconfigs[0].value).apply(
    lambda v: base64.b64decode(v).decode())
provider = k8s.Provider("kubernetes", kubeconfig=kubeconfig, cluster_identifier=cluster.id)
on = pulumi.ResourceOptions(provider=provider)
namespace = k8s.core.v1.Namespace("namespace", metadata={{"name": "demo"}}, opts=on)
account = k8s.core.v1.ServiceAccount("account", opts=on, metadata={{"name": "app",
    "namespace": namespace.metadata.name,
    "annotations": {{"azure.workload.identity/client-id": identity.client_id}}}})
release = k8s.helm.v3.Release("eso", chart="external-secrets", name="eso", namespace="eso",
    create_namespace=True, opts=on)
wait = {{"pulumi.com/waitFor": "condition=Ready"}}
store = k8s.apiextensions.CustomResource("store", api_version="external-secrets.io/v1", kind="SecretStore",
    metadata={{"name": "azure", "namespace": namespace.metadata.name, "annotations": wait}},
    spec={{"provider": {{"azurekv": {{"authType": "WorkloadIdentity", "tenantId": TENANT,
        "vaultUrl": vault.properties.vault_uri,
        "serviceAccountRef": {{"name": account.metadata.name}}}}}}}},
    opts=pulumi.ResourceOptions(provider=provider, depends_on=[release, *needs]))
k8s.apiextensions.CustomResource("external", api_version="external-secrets.io/v1", kind="ExternalSecret",
    metadata={{"name": "db", "namespace": namespace.metadata.name, "annotations": wait}},
    spec={{"secretStoreRef": {{"name": "azure"}}, "data": [{{"secretKey": "password",
        "remoteRef": {{"key": "db"}}}}]}},
    opts=pulumi.ResourceOptions(provider=provider, depends_on=[store]))
"""


def with_grant(workload: Program, value: bool) -> None:
    text = f"config:\n  azure-native:location: westeurope\n  app:granted: {str(value).lower()}\n"
    (workload.folder / "Pulumi.dev.yaml").write_text(text)


def test_an_external_secret_without_a_grant_is_kept_and_mended_by_the_grant(
    tmp_path: Path, forks: Forks
) -> None:
    workload = program(tmp_path / "program", WORKLOAD.format(tenant=arm.TENANT), forks=forks)
    with_grant(workload, False)
    made = workload.document("up", succeeds=False)
    assert "failed to fully initialize or become live: timed out waiting for the condition" in errors(made)
    assert "Caller is not authorized to perform action on resource." in errors(made)
    assert op_of(made, "store") == "create"

    with_grant(workload, True)
    mended = workload.document("up")
    assert op_of(mended, "external") == "update"
    assert set(workload.document("up")["summary"]) == {"same"}
    assert "hunter2" not in "".join(workload.printed)
    assert set(workload.document("destroy")["summary"]) == {"delete"}
    assert workload.world()["kubernetes"] == {}
