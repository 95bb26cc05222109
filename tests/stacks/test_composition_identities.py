"""Composition all-in-one: identities, people, and what they are granted."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from aks_secrets_testing.builds import AZURE_CLI, DEPLOYER
from tests.stacks.composing import DB, DB_AGAIN, DRIVER, compose, roles, runs, workload


def test_two_workloads_that_share_an_identity_and_a_secret_get_one_grant_and_a_chain_of_two() -> None:
    shared = {
        "workloads": [workload("a", DB, identity="readers"), workload("b", DB_AGAIN, identity="readers")]
    }
    built = compose(shared | {"identities": [{"name": "readers"}]})
    assert roles(built, "readers") == {("KEY_VAULT_SECRETS_USER", "/secrets/db")}
    first, second = built.of_type("FederatedIdentityCredential")
    assert first.urn in second.dependencies
    assert len(built.of_type("UserAssignedIdentity")) == 2  # the cluster's own, and the shared one
    clients = {
        resource.inputs["metadata"]["annotations"]["azure.workload.identity/client-id"]
        for resource in built.of_type("ServiceAccount")
    }
    assert clients == {"<readers-identity.clientId>"}


def test_workloads_apart_have_identities_apart() -> None:
    built = compose({"workloads": [workload("a", DB), workload("b", {"name": "key", "from": "random"})]})
    assert roles(built, "a") == {("KEY_VAULT_SECRETS_USER", "/secrets/db")}
    assert roles(built, "b") == {("KEY_VAULT_SECRETS_USER", "/secrets/key")}


def test_a_secret_that_two_workloads_read_is_written_once() -> None:
    built = compose({"workloads": [workload("a", DB), workload("b", DB_AGAIN)]})
    assert [resource.inputs["secretName"] for resource in built.of_type("Secret")] == ["db"]
    assert built.single("Secret").urn in built.single("RoleAssignment", "b/secrets/db").dependencies


def test_listing_takes_one_right_to_all_secrets_and_leaves_certificates_apart() -> None:
    certificate = {"name": "web-tls", "type": "cert", "from": "existing"}
    built = compose({"workloads": [workload("a", DB, certificate, scope="vault")]})
    assert roles(built, "a") == {
        ("KEY_VAULT_SECRETS_USER", ""),
        ("KEY_VAULT_CERTIFICATE_USER", "/certificates/web-tls"),
    }
    rows = {
        row["secret"]: row["scope"].split("/vaults/")[1].split("/", 1)[1:] for row in built.outputs["access"]
    }
    assert rows == {"db": [], "*": [], "web-tls": ["certificates/web-tls"]}


def test_access_tells_what_sharing_an_identity_opens() -> None:
    """An identity has the rights of all its workloads, so each of them has a row, listed or not."""
    shared = [workload("a", DB, identity="readers"), workload("b", identity="readers", scope="vault")]
    built = compose({"workloads": shared, "identities": [{"name": "readers"}]})
    rows = {(row["workload"], row["secret"], row["asked"]) for row in built.outputs["access"]}
    assert rows == {("a", "db", True), ("a", "*", False), ("b", "*", True)}
    shared[1]["scope"] = "object"
    apart = compose({"workloads": shared, "identities": [{"name": "readers"}]})
    assert {(row["workload"], row["secret"], row["asked"]) for row in apart.outputs["access"]} == {
        ("a", "db", True),
        ("b", "db", False),
    }


_PRINCIPAL = {
    "client_id": "aaaaaaaa-0000-4000-8000-000000000001",
    "object_id": "aaaaaaaa-0000-4000-8000-000000000002",
    "config_key": "sp",
}


def test_workloads_of_one_service_principal_share_its_grants() -> None:
    """ARM refuses a second assignment of one role to one principal at one scope."""
    by_secret = {"technique": "csi", "access": "service-principal", "service_principal": _PRINCIPAL}
    changes = {
        "workloads": [runs(**by_secret, secrets=[DB]), runs(**by_secret, name="b", secrets=[DB_AGAIN])],
        **DRIVER,
    }
    built = compose({**changes, "secret-values:sp": "x"}, secret_keys=("secret-values:sp",))
    assert (
        len([resource for resource in built.of_type("RoleAssignment") if "/secrets/" in resource.name]) == 1
    )


def test_the_addons_identity_is_one_and_is_granted_what_all_of_them_read() -> None:
    by_node = {"technique": "csi", "access": "user-assigned-vm"}
    built = compose(
        {
            "workloads": [runs(**by_node, secrets=[DB]), runs(**by_node, name="b", secrets=[DB_AGAIN])],
            **DRIVER,
        }
    )
    (grant,) = (resource for resource in built.of_type("RoleAssignment") if "/secrets/" in resource.name)
    assert grant.inputs["principalId"] == "<addon.objectId>"
    assert built.of_type("UserAssignedIdentity") == [built.single("UserAssignedIdentity", "cluster-identity")]
    row = built.outputs["access"][0]
    assert (row["access"], row["subject"], row["identity"], row["clientId"]) == (
        "user-assigned-vm",
        None,
        "azurekeyvaultsecretsprovider-aks-dev",
        "<addon.clientId>",
    )


def test_a_service_principals_secret_is_a_pulumi_secret() -> None:
    workload = runs(technique="csi", access="service-principal", service_principal=_PRINCIPAL, secrets=[DB])
    changes = {"workloads": [workload], **DRIVER, "secret-values:sp": "canary-7f3a"}
    built = compose(changes, secret_keys=("secret-values:sp",))
    secret = built.single("Secret", "web-service-principal")
    assert secret.is_secret("stringData")
    assert secret.plain()["stringData"] == {
        "clientid": _PRINCIPAL["client_id"],
        "clientsecret": "canary-7f3a",
    }
    (grant,) = (resource for resource in built.of_type("RoleAssignment") if "/secrets/" in resource.name)
    assert grant.inputs["principalId"] == _PRINCIPAL["object_id"]
    assert "canary" not in json.dumps(built.outputs)


def test_access_policies_name_those_who_read() -> None:
    """Part of the vault itself: a list beside it would be emptied by the vault's next update."""
    whole = {"scope": "vault"}
    tls = {"name": "tls", "type": "cert", "from": "existing"}
    built = compose(
        {
            "vault": {"authorization": "access-policy"},
            "workloads": [workload("a", DB, **whole), workload("b", tls, **whole)],
            "people": {"current": True},
        }
    )
    vault = built.single("Vault").inputs["properties"]
    assert vault["enableRbacAuthorization"] is False
    policies = {resource["objectId"]: resource["permissions"] for resource in vault["accessPolicies"]}
    assert policies == {
        DEPLOYER: {
            "secrets": ["get", "list", "set", "delete", "recover", "backup", "restore"],
            "keys": [],
            "certificates": [],
        },
        "<a-identity.principalId>": {"secrets": ["get", "list"], "keys": [], "certificates": []},
        "<b-identity.principalId>": {"secrets": ["get", "list"], "keys": [], "certificates": ["get"]},
    }
    # Published for the stacks of teams, whose policies the next update of this one would remove.
    assert built.outputs["platform"]["vault"]["keepsPolicies"] is True
    # The role assignments are there beside them, for the day on which the vault moves to RBAC.
    assert len([resource for resource in built.of_type("RoleAssignment") if "/secrets" in resource.name]) == 2
    assert {(row["role"], row["scope"].rsplit("/", 2)[1]) for row in built.outputs["access"]} == {
        ("access policy", "vaults")
    }


def test_with_rbac_the_vault_has_no_policies() -> None:
    vault = compose({"workloads": [workload("a", DB)]}).single("Vault").inputs["properties"]
    assert vault["enableRbacAuthorization"] is True
    assert "accessPolicies" not in vault


def test_pods_come_after_the_vault_that_names_them() -> None:
    built = compose(
        {
            "vault": {"authorization": "access-policy"},
            "workloads": [runs(scope="vault", secrets=[DB_AGAIN])],
        }
    )
    assert built.single("Vault").urn in built.single("Deployment").dependencies


@pytest.mark.parametrize("kind", ["Deployment", "Pod"])
def test_pods_whose_rights_somebody_else_grants_are_not_waited_for(kind: str) -> None:
    """The output ``grants`` comes only after the update, which would wait for pods without their rights."""
    workload = runs(kind=kind, technique="csi", port=80, service={"type": "LoadBalancer"}, secrets=[DB])
    for grants, annotation in (("external", "true"), ("managed", None)):
        built = compose({"grants": grants, "workloads": [workload], **DRIVER})
        for resource in (built.single(kind), built.single("Service")):
            assert (
                resource.plain()["metadata"].get("annotations", {}).get("pulumi.com/skipAwait") == annotation
            )


def test_people_manage_secrets_each_once() -> None:
    built = compose(
        {
            "people": {
                "users": [DEPLOYER],
                "service_principals": ["55555555-5555-5555-5555-555555555555"],
                "current": True,
            }
        }
    )
    officers = {
        r.inputs["principalId"]: r.inputs["principalType"]
        for r in built.of_type("RoleAssignment")
        if "officer" in r.name
    }
    assert officers == {DEPLOYER: "User", "55555555-5555-5555-5555-555555555555": "ServicePrincipal"}


@pytest.mark.parametrize(
    ("client", "configured", "kind"),
    [
        (AZURE_CLI, None, "User"),
        ("66666666-6666-6666-6666-666666666666", None, "ServicePrincipal"),
        (AZURE_CLI, "ServicePrincipal", "ServicePrincipal"),
    ],
)
def test_the_deployer_is_what_the_sign_in_or_the_settings_say(
    monkeypatch: pytest.MonkeyPatch, client: str, configured: str | None, kind: str
) -> None:
    monkeypatch.setattr("aks_secrets_testing.answers.AZURE_CLI", client)
    built = compose({"people": {"current": True, **({"current_type": configured} if configured else {})}})
    assert built.single("RoleAssignment", "vault/officer/deployer").inputs["principalType"] == kind
    assert built.single("RoleAssignment", "cluster-deployer").inputs["principalType"] == kind


def test_somebody_listed_in_another_case_is_not_granted_twice() -> None:
    built = compose({"people": {"users": [DEPLOYER.upper()], "current": True}})
    assert len([resource for resource in built.of_type("RoleAssignment") if "officer" in resource.name]) == 1


def test_a_team_of_deployers_can_do_without_a_grant_of_its_own() -> None:
    built = compose(
        {"cluster.entra": {"grant_deployer": False, "admin_groups": ["55555555-5555-5555-5555-555555555555"]}}
    )
    assert built.of_type("RoleAssignment") == []


def test_external_grants_name_every_assignment_that_somebody_has_to_make() -> None:
    built = compose({"grants": "external", "workloads": [workload("a", DB)], "people": {"current": True}})
    assert built.of_type("RoleAssignment") == []
    owed = {(grant["principal"], grant["role"]) for grant in built.outputs["grants"]}
    assert owed == {
        ("deployer", "Azure Kubernetes Service RBAC Cluster Admin"),
        ("deployer", "Key Vault Secrets Officer"),
        ("a", "Key Vault Secrets User"),
    }


EXTERNAL: dict[str, Any] = {"grants": "external", "workloads": [workload("a", DB)]}
LOOKUP = "azure-native:authorization:getRoleAssignment"


def test_missing_grants_are_a_warning_with_their_commands() -> None:
    (warning,) = (text for text in compose(EXTERNAL).warnings if text.startswith("grants:"))
    assert warning.startswith("grants: 2 of 2 role assignments that the stack needs do not exist")
    assert warning.count("az role assignment create --name ") == 2


def test_grants_that_exist_are_read_and_cost_no_warning() -> None:
    """Read under the name that the program would give, they leave its hands and stay in Azure."""

    def exists(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"id": f"{arguments['scope']}/roleAssignments/{arguments['roleAssignmentName']}"}

    built = compose(EXTERNAL, answers={LOOKUP: exists})
    assert [grant["exists"] for grant in built.outputs["grants"]] == [True, True]
    assert [type_ for type_, _ in built.read] == ["azure-native:authorization:RoleAssignment"] * 2
    assert not any(text.startswith("grants:") for text in built.warnings)


def test_grants_that_may_not_be_read_are_neither_missing_nor_there() -> None:
    built = compose(EXTERNAL, answers={LOOKUP: Exception('Status=403 Code="AuthorizationFailed"')})
    assert [grant["exists"] for grant in built.outputs["grants"]] == [None, None]
    (warning,) = (text for text in built.warnings if text.startswith("grants:"))
    assert "2 of 2 role assignments cannot be read" in warning


def test_a_lookup_that_fails_otherwise_stops_the_update() -> None:
    """To take it for a missing role assignment would delete one that the program has made."""
    with pytest.raises(Exception, match="Status=429"):
        compose(EXTERNAL, answers={LOOKUP: Exception("Status=429 too many requests")})


def test_people_with_rights_on_a_whole_vault_are_an_output() -> None:
    """They read every secret, and stand in no row of ``access``."""
    group = "66666666-7777-4888-8999-000000000000"
    built = compose({"people": {"current": True, "groups": [group]}})
    assert [(row["principal"], row["principalId"], row["role"]) for row in built.outputs["people"]] == [
        (f"group-{group}", group, "Key Vault Secrets Officer"),
        ("deployer", DEPLOYER, "Key Vault Secrets Officer"),
    ]
    assert "people" not in compose({}).outputs
