"""The identity: its federated credentials, their order, and its role assignments."""

import pulumi
import pytest

from aks_secrets_testing.builds import ISSUER, build
from components.authorization.role_assignments import PlannedGrant
from components.authorization.roles import ObjectType, Role
from components.identity.principal import ServiceAccount
from components.identity.workload_identity import WorkloadIdentity, WorkloadIdentityArgs
from components.key_vault.secrets import RandomValue, SeededSecret
from tests.support import samples


def test_federated_subject_names_the_service_account() -> None:
    credential = build(samples.identity).single("FederatedIdentityCredential")
    assert credential.inputs["subject"] == "system:serviceaccount:shop:shop"
    assert credential.inputs["audiences"] == ["api://AzureADTokenExchange"]


def test_the_issuer_is_the_clusters_byte_for_byte() -> None:
    assert build(samples.identity).single("FederatedIdentityCredential").inputs["issuer"] == ISSUER


def test_the_credential_names_the_identity_it_belongs_to() -> None:
    credential = build(samples.identity).single("FederatedIdentityCredential")
    assert credential.inputs["resourceName"] == "id-shop"


def test_credentials_of_one_identity_are_written_one_after_the_other() -> None:
    accounts = [ServiceAccount("shop", name) for name in ("a", "b", "c")]
    built = build(lambda: samples.identity(service_accounts=accounts))
    first, second, third = built.of_type("FederatedIdentityCredential")
    assert first.urn in second.dependencies
    assert second.urn in third.dependencies


def test_identities_whose_names_would_read_alike_stay_apart() -> None:
    """A URN contains the type of the parent, not its name."""

    def program() -> None:
        aks = samples.cluster()
        for name, account in (
            ("shop", ServiceAccount("api-shop", "x")),
            ("shop-api", ServiceAccount("shop", "x")),
        ):
            args = WorkloadIdentityArgs(
                resource_group_name="rg",
                identity_name=f"id-{name}",
                subscription_id="s",
                cluster=aks,
                cluster_id=samples.CLUSTER,
                service_accounts=[account],
            )
            grant = PlannedGrant(
                label=f"secrets/{account.namespace}", role=Role.KEY_VAULT_SECRETS_USER, scope="/s"
            )
            WorkloadIdentity(name, args).role_assignments.grant([grant])

    assert len(build(program).of_type("FederatedIdentityCredential")) == 2


def test_twenty_credentials_are_the_most() -> None:
    accounts = [ServiceAccount("shop", f"a{index}") for index in range(21)]
    with pytest.raises(pulumi.RunError, match="21 federated credentials are too many"):
        build(lambda: samples.identity(service_accounts=accounts))


def test_a_role_assignment_sets_the_principal_type_and_has_a_stable_name() -> None:
    grants = [
        PlannedGrant(label="secrets/db", role=Role.KEY_VAULT_SECRETS_USER, scope="/vaults/kv/secrets/db")
    ]
    first, again = (
        build(lambda: samples.identity(grants=grants)).single("RoleAssignment", "shop/secrets/db").inputs
        for _ in range(2)
    )
    assert first["principalType"] == "ServicePrincipal"
    assert first["principalId"] == "<shop-identity.principalId>"
    assert first["roleAssignmentName"] == again["roleAssignmentName"]
    assert first["scope"] == "/vaults/kv/secrets/db"


def test_a_grant_waits_for_the_secret_at_its_scope() -> None:
    def program() -> None:
        vault = samples.vault(secrets=[SeededSecret(name="db", value=RandomValue())])
        samples.identity(grants=[vault.read_grant(ObjectType.SECRET, "db")])

    built = build(program)
    assert built.single("Secret").urn in built.single("RoleAssignment", "shop/secrets/db").dependencies


def test_external_grants_are_listed_and_not_created() -> None:
    grants = [
        PlannedGrant(label="secrets/db", role=Role.KEY_VAULT_SECRETS_USER, scope="/vaults/kv/secrets/db")
    ]
    built = build(lambda: len(samples.identity(grants=grants, grants_managed=False).role_assignments.grants))
    assert [
        resource.name for resource in built.of_type("RoleAssignment") if resource.name.startswith("shop")
    ] == []
    assert built.outputs == 1


def test_the_identity_carries_no_tags() -> None:
    assert "tags" not in build(samples.identity).single("UserAssignedIdentity", "shop-identity").inputs


def test_the_service_account_is_annotated_with_client_and_tenant_and_mounts_no_token() -> None:
    account = build(samples.workload).single("ServiceAccount")
    assert account.inputs["metadata"]["annotations"] == {
        "azure.workload.identity/client-id": "<shop-identity.clientId>",
        "azure.workload.identity/tenant-id": "<shop-identity.tenantId>",
    }
    assert "labels" not in account.inputs["metadata"]
    assert account.inputs["automountServiceAccountToken"] is False


def test_the_service_account_depends_on_its_namespace_and_is_deleted_with_the_cluster() -> None:
    built = build(samples.workload)
    assert built.single("Namespace").urn in built.single("ServiceAccount").dependencies
    assert built.single("Workload").deleted_with == built.single("ManagedCluster").urn


def test_an_existing_identity_gets_credentials_and_is_not_deleted() -> None:
    id_ = f"{samples.PLATFORM}/Microsoft.ManagedIdentity/userAssignedIdentities/id-readers"
    built = build(
        lambda: samples.identity(
            existing_id=id_, resource_group_name="rg-platform", identity_name="id-readers"
        )
    )
    assert ("azure-native:managedidentity:UserAssignedIdentity", id_) in built.read
    credential = built.single("FederatedIdentityCredential")
    assert credential.inputs["resourceGroupName"] == "rg-platform"
    assert credential.deleted_with == "", "the identity stays, so the credential has to be deleted"


def test_a_credential_in_an_existing_identity_names_its_cluster_and_is_never_renamed() -> None:
    """Another stack may let the same identity be used by a ServiceAccount of that name in its own cluster."""
    id_ = f"{samples.PLATFORM}/Microsoft.ManagedIdentity/userAssignedIdentities/id-readers"
    credential = build(lambda: samples.identity(existing_id=id_)).single("FederatedIdentityCredential")
    name = credential.inputs["federatedIdentityCredentialResourceName"]
    assert name.rsplit("-", 1)[0] == "shop-shop-aks-platform"
    assert credential.ignore_changes == ("federatedIdentityCredentialResourceName",)


def test_a_credential_in_an_identity_of_the_stack_needs_no_cluster_in_its_name() -> None:
    credential = build(samples.identity).single("FederatedIdentityCredential")
    assert credential.inputs["federatedIdentityCredentialResourceName"].rsplit("-", 1)[0] == "shop-shop"
    assert credential.ignore_changes == ()
