"""Access that the program did not make becomes rows, with the command that removes it."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tests.operations.verify import breaks
from tests.operations.verify.azure import MADE, MARKER, refusal
from tests.operations.verify.breaks import SOMEONE, vault_id
from tests.operations.verify.live import Live
from trust.graph import Graph, Node
from trust.nodes.fields import known

pytestmark = pytest.mark.servers

SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def test_a_foreign_grant_is_found_with_the_command_that_takes_it_away(live: Live):
    scope = f"{vault_id(live)}/secrets/greeting"
    live.azure.assign(SOMEONE, SECRETS_USER, scope, createdBy="ada@example.com")
    first = live.verify()[0]
    assert (first.subject, first.check, first.state) == ("kv-dev-3e45bb5d", "role assignments", "wrong")
    assert SOMEONE in first.text
    assert "reads secrets/greeting of kv-dev-3e45bb5d: Key Vault Secrets User, since " in first.text
    assert first.text.endswith("by ada@example.com")
    assert first.next_step == f"az role assignment delete --ids {live.azure.assignments[-1]['id']}"


@pytest.mark.parametrize("parts", [3, 5, 9], ids=["subscription", "resource group", "vault"])
def test_a_foreign_role_on_the_data_is_wrong_at_every_scope(parts: int, live: Live):
    scope = "/".join(vault_id(live).split("/")[:parts])
    live.azure.assign(SOMEONE, SECRETS_OFFICER, scope)
    (wrong,) = [finding for finding in live.verify() if finding.state == "wrong"]
    assert "reads every object of kv-dev-3e45bb5d: Key Vault Secrets Officer" in wrong.text


@pytest.mark.parametrize(("parts", "state"), [(3, "fine"), (5, "fine"), (9, "wrong")])
def test_an_owner_above_the_vault_is_told_and_one_at_the_vault_is_wrong(parts: int, state: str, live: Live):
    live.azure.assign(SOMEONE, OWNER, "/".join(vault_id(live).split("/")[:parts]))
    (finding,) = [entry for entry in live.verify() if SOMEONE in entry.text]
    assert (finding.state, "could take any right in kv-dev-3e45bb5d" in finding.text) == (state, True)


def test_many_owners_above_the_vault_take_one_line(live: Live):
    scope = "/".join(vault_id(live).split("/")[:3])
    for number in range(7):
        live.azure.assign(f"{number}{SOMEONE[1:]}", OWNER, scope)
    rows = [entry for entry in live.verify() if entry.check == "role assignments"]
    assert len(rows) == 1
    assert f"and 2 others could take any right in kv-dev-3e45bb5d: Owner at {scope}" in rows[0].text
    assert rows[0].next_step == f"az role assignment list --scope {scope} --role 'Owner'"


def test_a_role_that_reaches_no_object_is_no_news(live: Live):
    live.azure.assign(SOMEONE, READER, vault_id(live))
    assert {finding.state for finding in live.verify()} == {"fine"}


def test_a_custom_role_is_judged_by_its_permissions(live: Live):
    role = "11111111-2222-3333-4444-555555555555"
    live.azure.assign(SOMEONE, role, vault_id(live))
    definition = live.azure.assignments[-1]["properties"]["roleDefinitionId"].lower()
    actions = {"dataActions": ["Microsoft.KeyVault/vaults/secrets/*"], "actions": [], "notDataActions": []}
    live.azure.documents[definition] = {"properties": {"roleName": "vault people", "permissions": [actions]}}
    first = live.verify()[0]
    assert "reads every object of kv-dev-3e45bb5d: vault people" in first.text
    del live.azure.documents[definition]
    assert "has a role that may not be read" in live.verify()[0].text


def test_a_foreign_credential_is_found(live: Live):
    identity = next(id_ for id_ in live.azure.credentials if id_.endswith("-greeter"))
    live.azure.credentials[identity].append(
        {
            "name": "laptop",
            "properties": {"issuer": "https://evil.example/", "subject": "me", "audiences": ["a"]},
            "systemData": {"createdAt": MADE, "createdBy": "ada@example.com"},
        }
    )
    first = live.verify()[0]
    assert (first.subject, first.check, first.state) == ("id-aks-secrets-dev-greeter", "credentials", "wrong")
    assert first.text.startswith(
        "me of https://evil.example/ becomes id-aks-secrets-dev-greeter (laptop), since "
    )
    assert first.next_step == (
        "az identity federated-credential delete --name laptop --identity-name id-aks-secrets-dev-greeter"
        " --resource-group rg-aks-secrets-dev --yes"
    )


def test_a_foreign_access_policy_counts_where_policies_decide(live: Live):
    policy = {"objectId": SOMEONE, "permissions": {"secrets": ["Get", "List"]}}
    properties = live.azure.documents[vault_id(live).lower()]["properties"]
    properties["accessPolicies"] = [policy]
    assert {finding.state for finding in live.verify()} == {"fine"}, "Azure RBAC ignores policies"
    properties["enableRbacAuthorization"] = False
    wrong = {finding.check: finding for finding in live.verify() if finding.state == "wrong"}
    assert wrong["access policies"].text == f"principal {SOMEONE} may get, list secrets in kv-dev-3e45bb5d"
    assert wrong["access policies"].next_step == (
        f"az keyvault delete-policy --name kv-dev-3e45bb5d --object-id {SOMEONE}"
    )
    assert "enableRbacAuthorization is false, and the stack has true" in wrong["vault"].text


GROUP = "77777777-1c2b-4d3e-9f50-6a7b8c9d0e1f"


def test_a_foreign_grant_of_a_group_is_every_member_of_it(live: Live):
    live.azure.assign(GROUP, SECRETS_USER, vault_id(live), principalType="Group")
    assert (
        f"every member of group {GROUP} reads every object of kv-dev-3e45bb5d"
        in live.only("role assignments")[0].text
    )


def test_a_right_by_a_group_is_a_right(live: Live):
    breaks.no_role(live)
    identity = next(item for item in live.chain.identities if str(item.name).endswith("-billing"))
    principal = known(identity.principal_id)
    assert [each.state for each in live.only("grant billing-api-key")] == ["wrong"]
    live.azure.members[principal] = [principal, GROUP]
    live.azure.assign(GROUP, SECRETS_USER, f"{vault_id(live)}/secrets/billing-api-key", principalType="Group")
    (grant,) = live.only("grant billing-api-key")
    assert grant.state == "fine"
    assert grant.text.endswith(f"has Key Vault Secrets User as a member of group {GROUP}")


def eligible(role: str, scope: str, **more: object) -> dict[str, Any]:
    """https://learn.microsoft.com/rest/api/authorization/role-eligibility-schedule-instances/list-for-scope"""
    definition = f"/subscriptions/5b5c5c5b/providers/Microsoft.Authorization/roleDefinitions/{role}"
    properties = {
        "principalId": SOMEONE,
        "principalType": "User",
        "roleDefinitionId": definition,
        "scope": scope,
    }
    return {"id": "x", "properties": {**properties, **more}}


def test_an_eligible_role_is_told_as_what_could_be(live: Live):
    scope = vault_id(live)
    live.azure.eligible = [
        eligible(SECRETS_USER, f"{scope}/secrets/greeting", endDateTime="2027-01-01T00:00:00Z"),
        eligible(SECRETS_OFFICER, "/".join(scope.split("/")[:3])),
        eligible(READER, scope),
    ]
    findings = live.only("eligible roles")
    assert {each.state for each in findings} == {"fine"}
    first, second = [each.text for each in findings]
    assert first == (
        f"user {SOMEONE} could read secrets/greeting of kv-dev-3e45bb5d: eligible for Key Vault Secrets User"
        " until 2027-01-01 00:00 UTC"
    )
    assert "could read every object of kv-dev-3e45bb5d: eligible for Key Vault Secrets Officer" in second


@pytest.mark.parametrize(("status", "states"), [(400, []), (404, []), (403, ["unknown"])])
def test_a_directory_without_eligible_roles_is_no_line(status: int, states: list[str], live: Live):
    refused = refusal(status, "AadPremiumLicenseRequired", "The tenant needs a license.")
    live.instead = lambda request: refused if "roleEligibility" in request.path else None
    assert [each.state for each in live.only("eligible roles")] == states


def test_an_own_policy_that_was_widened_is_found(live: Live):
    """The stack's own policy; a vault of roles becomes one of policies, with one node in the state."""
    node = Node(
        urn="urn:pulumi:dev::aks-secrets::azure-native:keyvault:AccessPolicy::vault/policy/greeter",
        type="azure-native:keyvault:AccessPolicy",
        name="vault/policy/greeter",
        inputs={
            "vaultName": "kv-dev-3e45bb5d",
            "policy": {"objectId": SOMEONE, "permissions": {"secrets": ["get", "list"], "keys": []}},
        },
    )
    live.graph = Graph([*live.graph.nodes.values(), node], live.graph.source, outputs=live.graph.outputs)
    properties = live.azure.documents[vault_id(live).lower()]["properties"]
    properties["enableRbacAuthorization"] = False
    policy = {"objectId": SOMEONE, "permissions": {"secrets": ["Get", "List"]}}
    properties["accessPolicies"] = [policy]
    assert [each.state for each in live.only("access policies")] == ["fine"]
    policy["permissions"] = {"secrets": ["Get", "Set"], "keys": ["get"]}
    (finding,) = live.only("access policies")
    assert (finding.state, finding.text) == (
        "wrong",
        f"principal {SOMEONE} may set secrets; get keys in kv-dev-3e45bb5d, which the stack has not given",
    )
    assert finding.next_step == (
        f"az keyvault set-policy --name kv-dev-3e45bb5d --object-id {SOMEONE} --secret-permissions get list"
        " --key-permissions --certificate-permissions"
    )


@pytest.mark.parametrize(
    ("workload", "broken", "secret"),
    [
        ("podinfo", breaks.stale_synced_secret, "podinfo-synced.podinfo-color"),
        ("shop", breaks.refresh_too_old, "shop-external.podinfo-color"),
    ],
)
def test_an_older_secret_with_the_same_value_is_not_stale(
    workload: str, broken: Callable[[Live], None], secret: str, live: Live
):
    broken(live)
    assert "wrong" in {each.state for each in live.verify(0, workload)}
    data = live.object("v1", workload, "secrets", secret)["data"]
    data.update(dict.fromkeys(data, base64.b64encode(MARKER.encode()).decode()))
    findings = live.verify(0, workload)
    assert {each.state for each in findings} == {"fine"}
    assert MARKER not in str(findings)


def test_a_sidecar_with_an_api_token_gets_it_from_its_secret(live: Live):
    live.kubernetes.api_token = "a token of the sidecar"
    check = "sidecar: orders-db-password"
    assert [each.state for each in live.only(check)] == ["wrong"]
    reference = {"secretKeyRef": {"name": "dapr-api-token", "key": "token"}}
    for container in breaks.pod(live, "checkout")["spec"]["containers"]:
        if container["name"] == "daprd":
            container["env"] = [{"name": "DAPR_API_TOKEN", "valueFrom": reference}]
    assert [each.state for each in live.only(check)] == ["unknown"]
    live.kubernetes.add_secret("checkout", "dapr-api-token", ["token"])
    token = base64.b64encode(live.kubernetes.api_token.encode()).decode()
    live.object("v1", "checkout", "secrets", "dapr-api-token")["data"] = {"token": token}
    findings = live.only(check)
    assert [each.state for each in findings] == ["fine"]
    assert live.kubernetes.api_token not in str(findings)
