"""The vault: its defaults, seeded secrets, and the role that reads each object."""

from typing import Any

import pytest

from aks_secrets_testing.builds import DEPLOYER, Build, build
from components.authorization.role_assignments import Principal
from components.authorization.roles import ObjectType, PrincipalType, Role
from components.key_vault.access_policies import AccessPolicy, Authorization
from components.key_vault.network_rules import Bypass, DefaultAction, VaultNetwork
from components.key_vault.secrets import Manage, RandomValue, SeededSecret
from tests.support import samples

_RANDOM = SeededSecret(name="db-password", value=RandomValue(length=40, special=False))


def test_role_assignments_decide_and_nothing_else() -> None:
    properties = build(samples.vault).single("Vault").inputs["properties"]
    assert properties["enableRbacAuthorization"] is True
    assert "accessPolicies" not in properties


def test_purge_protection_is_true_or_absent() -> None:
    assert build(samples.vault).single("Vault").inputs["properties"]["enablePurgeProtection"] is True
    off = build(lambda: samples.vault(purge_protection=False)).single("Vault").inputs["properties"]
    assert "enablePurgeProtection" not in off


def test_network_and_public_access_are_always_sent() -> None:
    properties = build(samples.vault).single("Vault").inputs["properties"]
    assert properties["publicNetworkAccess"] == "Enabled"
    assert properties["networkAcls"] == {
        "defaultAction": "Allow",
        "bypass": "AzureServices",
        "ipRules": [],
        "virtualNetworkRules": [],
    }


def test_addresses_of_network_rules_become_ranges() -> None:
    network = VaultNetwork(
        default_action=DefaultAction.DENY,
        bypass=Bypass.NONE,
        ip_rules=["20.50.2.7"],
        subnet_ids=[samples.SUBNET],
        public_access=True,
    )
    acls = build(lambda: samples.vault(network=network)).single("Vault").inputs["properties"]["networkAcls"]
    assert acls == {
        "defaultAction": "Deny",
        "bypass": "None",
        "ipRules": [{"value": "20.50.2.7/32"}],
        "virtualNetworkRules": [{"id": samples.SUBNET}],
    }


def test_without_public_access_the_rules_deny_too() -> None:
    properties = (
        build(lambda: samples.vault(network=VaultNetwork(public_access=False)))
        .single("Vault")
        .inputs["properties"]
    )
    assert (properties["publicNetworkAccess"], properties["networkAcls"]["defaultAction"]) == (
        "Disabled",
        "Deny",
    )


def test_a_seeded_secret_is_written_once_and_never_over_a_rotation() -> None:
    secret = build(lambda: samples.vault(secrets=[_RANDOM])).single("Secret")
    assert secret.ignore_changes == ("properties", "tags")
    assert secret.import_id == ""


def test_a_rotated_value_is_drawn_anew_and_written_alone() -> None:
    value = RandomValue(length=40, rotated="2026-11-30T10:00:00+00:00")
    rotated = build(lambda: samples.vault(secrets=[SeededSecret(name="db-password", value=value)]))
    assert rotated.single("RandomPassword").inputs["keepers"] == {"rotated": "2026-11-30T10:00:00+00:00"}
    assert rotated.single("Secret").ignore_changes == (
        "properties.contentType",
        "properties.attributes",
        "tags",
    )
    assert "keepers" not in build(lambda: samples.vault(secrets=[_RANDOM])).single("RandomPassword").inputs


def test_manage_always_writes_every_change() -> None:
    always = SeededSecret(name="db-password", value="v", manage=Manage.ALWAYS)
    assert build(lambda: samples.vault(secrets=[always])).single("Secret").ignore_changes == ()


def test_a_recovery_brings_values_back_and_writes_none() -> None:
    always = SeededSecret(name="db-password", value="v", manage=Manage.ALWAYS)
    recovered = build(
        lambda: samples.vault(secrets=[always], recover=True).seed({"db-password": "/its/id"})
    ).single("Secret")
    assert recovered.ignore_changes == ("properties", "tags")


def test_a_secrets_name_ignores_case() -> None:
    """Key Vault ignores case. Pulumi would replace the secret, and write its first value over a
    rotation.
    """
    first, other = (
        build(
            lambda name=name: (
                samples.vault(secrets=[SeededSecret(name=name, value="v")])
                .read_grant(ObjectType.SECRET, name)
                .scope
            )
        )
        for name in ("DbPassword", "dbpassword")
    )
    assert (first.single("Secret").urn, first.single("Secret").plain()) == (
        other.single("Secret").urn,
        other.single("Secret").plain(),
    )
    assert first.outputs == other.outputs


def test_a_random_value_follows_its_settings_and_is_marked_secret() -> None:
    built = build(lambda: samples.vault(secrets=[_RANDOM]))
    made = built.single("RandomPassword", "vault/db-password")
    assert (made.inputs["length"], made.inputs["special"]) == (40, False)
    assert built.single("Secret").is_secret("properties")
    assert built.single("Secret").plain()["properties"]["value"] == "<vault/db-password.result>"


def test_dates_and_content_type_are_sent() -> None:
    dated = SeededSecret(name="dated", value="v", content_type="text/plain", not_before=1, expires=2)
    properties = build(lambda: samples.vault(secrets=[dated])).single("Secret").plain()["properties"]
    assert properties["contentType"] == "text/plain"
    assert properties["attributes"] == {"enabled": True, "notBefore": 1, "expires": 2}


def test_secrets_are_deleted_with_their_vault() -> None:
    built = build(lambda: samples.vault(secrets=[_RANDOM]))
    assert built.single("Secret").deleted_with == built.single("Vault").urn


def test_a_recovered_vault_brings_its_secrets_along() -> None:
    new = SeededSecret(name="new", value="v")
    built = build(
        lambda: samples.vault(secrets=[_RANDOM, new], recover=True).seed({"db-password": "/its/id"})
    )
    assert built.single("Vault").inputs["properties"]["createMode"] == "recover"
    assert built.single("Vault").ignore_changes == ("properties.createMode",)
    assert built.single("Vault").import_id == ""
    assert {secret.name: secret.import_id for secret in built.of_type("Secret")} == {
        "vault/db-password": "/its/id",
        "vault/new": "",
    }


def test_the_secrets_of_a_vault_to_recover_wait_for_it() -> None:
    assert build(lambda: samples.vault(secrets=[_RANDOM], recover=True)).of_type("Secret") == []


def test_a_vault_that_is_back_already_is_imported() -> None:
    """A person has recovered it by `az keyvault recover`: with `createMode` Azure finds no deleted vault."""
    vault = build(lambda: samples.vault(recover=True, recovered_id="/vaults/kv-shop")).single("Vault")
    assert vault.import_id == "/vaults/kv-shop"
    assert "createMode" not in vault.inputs["properties"]


def test_protection_is_on_the_vault_alone() -> None:
    built = build(lambda: samples.vault(secrets=[_RANDOM], officers=[samples.ADA], protect=True))
    assert [resource.type.split(":")[-1] for resource in built.resources if resource.protect] == ["Vault"]


def test_officers_manage_secrets_of_the_whole_vault_under_their_own_type() -> None:
    team = Principal("group-g", "g", PrincipalType.GROUP)
    built = build(lambda: samples.vault(officers=[samples.ADA, team]))
    grants = {resource.inputs["principalId"]: resource.inputs for resource in built.of_type("RoleAssignment")}
    assert {who: inputs["principalType"] for who, inputs in grants.items()} == {
        DEPLOYER: "User",
        "g": "Group",
    }
    for inputs in grants.values():
        assert inputs["scope"] == "/id/of/vault-vault"
        assert inputs["roleDefinitionId"].endswith(Role.KEY_VAULT_SECRETS_OFFICER.value)


@pytest.mark.parametrize(
    ("kind", "role", "scope"),
    [
        (ObjectType.SECRET, Role.KEY_VAULT_SECRETS_USER, "/id/of/vault-vault/secrets/web"),
        (ObjectType.CERT_KEY_PAIR, Role.KEY_VAULT_SECRETS_USER, "/id/of/vault-vault/secrets/web"),
        (ObjectType.CERT, Role.KEY_VAULT_CERTIFICATE_USER, "/id/of/vault-vault/certificates/web"),
        (ObjectType.KEY, Role.KEY_VAULT_CERTIFICATE_USER, "/id/of/vault-vault/keys/web"),
    ],
)
def test_an_object_is_read_with_the_least_role_at_its_own_scope(
    kind: ObjectType, role: Role, scope: str
) -> None:
    built = build(lambda: (grant := samples.vault().read_grant(kind, "web"), grant.scope)[1])
    assert built.outputs == scope
    resource: list[Role] = []
    build(lambda: resource.append(samples.vault().read_grant(kind, "web").role))
    assert resource == [role]


def test_listing_needs_the_right_to_secrets_and_no_other_at_vault_scope() -> None:
    resource: list[Role] = []
    build(lambda: resource.append(samples.vault().list_grant().role))
    assert resource == [Role.KEY_VAULT_SECRETS_USER]


# ----------------------------------------------------------------------------------------------------------
# one that exists already


def _adopted(**args: Any) -> Build:
    return build(
        lambda: samples.vault(
            existing_id=samples.VAULT, vault_name="kv-platform", resource_group_name="rg-platform", **args
        )
    )


def test_an_existing_vault_is_read_and_never_changed() -> None:
    built = _adopted(secrets=[SeededSecret(name="db", value="canary")])
    assert [id_ for type_, id_ in built.read if type_.endswith(":Vault")] == [samples.VAULT]
    assert built.of_type("Vault") == []
    secret = next(
        resource for resource in built.of_type("Secret") if resource.type.startswith("azure-native:")
    )
    assert (secret.inputs["vaultName"], secret.inputs["resourceGroupName"]) == ("kv-platform", "rg-platform")
    assert secret.deleted_with == "", "it stays, so it takes nothing along"


def test_each_policy_of_an_existing_vault_is_its_own_resource() -> None:
    policies = [
        AccessPolicy(label=name, object_id=f"{name}-id", secrets=("get", "list")) for name in ("a", "b")
    ]
    built = _adopted(authorization=Authorization.ACCESS_POLICY, policies=policies, officers=[samples.ADA])
    officer, first, second = built.of_type("AccessPolicy")
    assert [resource.name for resource in (officer, first, second)] == [
        "vault/policy/officer/deployer",
        "vault/policy/a",
        "vault/policy/b",
    ]
    assert officer.urn in first.dependencies, "ARM refuses two writes at once"
    assert first.urn in second.dependencies
    assert second.inputs["policy"]["objectId"] == "b-id"
    assert second.replace_on_changes == ("policy.objectId",), (
        "azure-native would look for the new one in the list"
    )


def test_an_existing_rbac_vault_gets_no_policies() -> None:
    policies = [AccessPolicy(label="a", object_id="a-id", secrets=("get",))]
    assert _adopted(policies=policies).of_type("AccessPolicy") == []
