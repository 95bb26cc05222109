"""What there is more than the program made is rows, with the command that takes it away."""

import pytest

from tests.operations.verify.azure import MADE
from tests.operations.verify.breaks import SOMEONE, vault_id
from tests.operations.verify.live import Live

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
