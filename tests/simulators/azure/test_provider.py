"""What azure-native does for every type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulators.azure import arm
from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.azure.keyvault import access_policies, vaults
from rehearsal.simulators.azure.types import TYPES, type_of_id
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.sdk_schema import resource_type
from rehearsal.simulators.wire import UNKNOWN, Secret, plain
from tests.support.acting import POOL, SUBSCRIPTION, Azure, CheckFailedError, cluster, vault

GROUP = "resources:ResourceGroup"
IDENTITY = "managedidentity:UserAssignedIdentity"


@pytest.mark.parametrize("token", sorted(TYPES))
def test_every_type_of_the_table_is_one_of_the_sdk(token: str) -> None:
    row, sdk = TYPES[token], resource_type(token)
    assert sdk is not None
    assert sdk.api_version or token == access_policies.TOKEN, (
        "azure-native's own resource, of no version of ARM"
    )
    assert set(row.parameters) - {"subscriptionId"} <= set(sdk.inputs)
    assert {path.split(".")[0] for path in row.replaces} <= set(sdk.inputs)
    assert set(row.patterns) <= set(row.parameters)


@pytest.mark.parametrize("token", sorted(TYPES))
def test_every_id_is_recognised_and_taken_apart_again(token: str) -> None:
    row = TYPES[token]
    inputs = {name: f"some-{name}".lower() for name in row.parameters if name != "subscriptionId"}
    for name in ("scope", "resourceUri"):
        if name in inputs:
            inputs[name] = f"{SUBSCRIPTION[1:]}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"
    id_ = row.id(inputs, arm.SUBSCRIPTION)
    assert row.parse(id_) == inputs
    assert type_of_id(id_) is row


def test_an_unknown_type_says_where_to_add_it(azure: Azure) -> None:
    with pytest.raises(ProviderError, match=r"does not simulate.*keyvault:Vaultt.*nearest.*types.py"):
        azure.create("keyvault:Vaultt", {})


def test_a_misspelled_property_is_an_error_that_names_the_nearest(azure: Azure) -> None:
    with pytest.raises(
        CheckFailedError, match=r"'properties.enableRbacAutorization'; did you mean 'enableRbacAuthorization'"
    ):
        azure.vault(enableRbacAutorization=True)


def test_a_misspelled_property_deep_in_a_list_is_found(azure: Azure) -> None:
    pools = [{"name": "system", "mode": "System", "vmsize": "x"}]
    with pytest.raises(CheckFailedError, match=r"agentPoolProfiles\[0\]\.vmsize'; did you mean 'vmSize'"):
        azure.cluster(agentPoolProfiles=pools)


def test_keys_of_a_map_are_free(azure: Azure) -> None:
    azure.cluster(tags={"any thing": "goes"}, addonProfiles={"someAddon": {"enabled": False}})


def test_a_missing_required_property_is_an_error(azure: Azure) -> None:
    with pytest.raises(CheckFailedError, match=r"missing required property 'properties.tenantId'"):
        azure.create(
            "keyvault:Vault",
            {
                "resourceGroupName": "rg",
                "vaultName": "kv-x",
                "properties": {"sku": {"family": "A", "name": "standard"}},
            },
        )


def test_a_value_of_another_type_is_an_error(azure: Azure) -> None:
    with pytest.raises(
        CheckFailedError,
        match=r"'properties.enableRbacAuthorization' should be of type 'boolean' but got a string",
    ):
        azure.vault(enableRbacAuthorization="true")


def test_a_resource_needs_its_group(azure: Azure) -> None:
    with pytest.raises(ArmError, match=r"ResourceGroupNotFound.*'none'"):
        azure.create("keyvault:Vault", {**vault(group="none"), "location": "westeurope"})


def test_creating_what_exists_is_refused_in_the_providers_words(azure: Azure) -> None:
    azure.identity()
    with pytest.raises(
        ProviderError, match=r"^cannot create already existing resource '/subscriptions/.*/id-app'$"
    ):
        azure.identity()


def test_ids_are_compared_without_case(azure: Azure) -> None:
    azure.identity("id-app")
    with pytest.raises(ProviderError, match="already existing"):
        azure.identity("ID-APP")


def test_the_default_location_is_the_groups(azure: Azure) -> None:
    assert azure.identity().outputs["location"] == "westeurope"


def test_the_configured_location_comes_before_the_groups(tmp_path: Path) -> None:
    azure = Azure(tmp_path, location="northeurope")
    azure.group()
    assert azure.identity().outputs["location"] == "northeurope"


def test_without_any_location_check_says_how_to_set_one(azure: Azure) -> None:
    with pytest.raises(CheckFailedError, match="pulumi config set azure-native:location"):
        azure.create(GROUP, {"resourceGroupName": "other"})


def test_the_location_of_an_unknown_group_is_unknown(azure: Azure) -> None:
    checked = azure.check(IDENTITY, {"resourceGroupName": UNKNOWN})
    assert checked["location"] is UNKNOWN


def test_a_configured_subscription_is_used(tmp_path: Path) -> None:
    azure = Azure(tmp_path, subscriptionId="99999999-0000-4000-8000-000000000000")
    assert azure.group().id.startswith("/subscriptions/99999999-")


def test_an_absent_name_is_the_logical_one_and_eight_hex(azure: Azure) -> None:
    made = azure.create(IDENTITY, {"resourceGroupName": "rg"}, name="id")
    assert made.outputs["name"] == "id01020304"


def test_a_generated_name_stays_over_updates_and_lets_the_new_come_first(azure: Azure) -> None:
    made = azure.create(IDENTITY, {"resourceGroupName": "rg"}, name="id")
    change = azure.diff(IDENTITY, made, {"resourceGroupName": "rg", "location": "northeurope"}, name="id")
    assert change.replaces == {("location",)}
    assert not change.delete_first
    assert (
        azure.check(IDENTITY, {"resourceGroupName": "rg"}, olds=made.inputs)["resourceName"] == "id01020304"
    )


def test_a_given_name_deletes_first_on_replacement(azure: Azure) -> None:
    made = azure.identity()
    change = azure.diff(IDENTITY, made, {"resourceGroupName": "rg", "resourceName": "id-other"})
    assert change.replaces == {("resourceName",)}
    assert change.delete_first


def test_a_location_is_the_same_however_it_is_written(azure: Azure) -> None:
    made = azure.identity(location="westeurope")
    again = {"resourceGroupName": "rg", "resourceName": "id-app", "location": "West Europe"}
    assert not azure.diff(IDENTITY, made, again).changes


def test_an_unknown_path_parameter_replaces(azure: Azure) -> None:
    made = azure.identity()
    change = azure.diff(IDENTITY, made, {"resourceGroupName": UNKNOWN, "resourceName": "id-app"})
    assert ("resourceGroupName",) in change.replaces


def test_a_preview_restricts_the_inputs_to_what_the_response_has(azure: Azure) -> None:
    seen = azure.preview("keyvault:Vault", vault(enableRbacAuthorization=True))
    assert "resourceGroupName" not in seen
    assert seen["properties"]["enableRbacAuthorization"] is True
    assert seen["properties"]["vaultUri"] is UNKNOWN


def test_the_preview_of_an_update_makes_the_client_id_unknown(azure: Azure) -> None:
    """Why the design puts no stack tags on identities."""
    made = azure.identity()
    tagged = {"resourceGroupName": "rg", "resourceName": "id-app", "tags": {"a": "b"}}
    seen = azure.update(IDENTITY, made, tagged, preview=True).outputs
    assert seen["clientId"] is UNKNOWN
    assert seen["name"] == "id-app"


def test_outputs_are_secret_where_the_inputs_are(azure: Azure) -> None:
    made = azure.create(IDENTITY, {"resourceGroupName": "rg", "tags": {"a": Secret("canary"), "b": "plain"}})
    assert made.outputs["tags"] == {"a": Secret("canary"), "b": "plain"}
    azure.world.save()
    assert "canary" not in (azure.world.folder / "cloud.json").read_text()


def test_refreshing_marks_secret_again_and_changes_nothing(azure: Azure) -> None:
    made = azure.create(IDENTITY, {"resourceGroupName": "rg", "tags": {"a": Secret("canary")}})
    again = azure.read(IDENTITY, made)
    assert again is not None
    assert (again.inputs, again.outputs) == (made.inputs, made.outputs)


@pytest.mark.parametrize("what", ["cluster", "vault", "identity"])
def test_refreshing_what_nobody_touched_changes_nothing(azure: Azure, what: str) -> None:
    made = getattr(azure, what)()
    token = {"cluster": "containerservice:ManagedCluster", "vault": "keyvault:Vault", "identity": IDENTITY}[
        what
    ]
    azure.new_operation()
    again = azure.read(token, made)
    assert again is not None
    assert (again.inputs, again.outputs) == (made.inputs, made.outputs)


def test_refreshing_adopts_what_changed_outside(azure: Azure) -> None:
    made = azure.identity(tags={"a": "b"})
    found = azure.world.get(made.id)
    assert found is not None
    found.properties["tags"] = {"a": "c"}
    again = azure.read(IDENTITY, made)
    assert again is not None
    assert again.inputs["tags"] == {"a": "c"}
    assert again.inputs["resourceGroupName"] == "rg"


def test_refreshing_what_is_gone_finds_nothing(azure: Azure) -> None:
    made = azure.identity()
    azure.delete(IDENTITY, made)
    assert azure.read(IDENTITY, made) is None


def test_importing_reads_inputs_from_id_and_answer(azure: Azure) -> None:
    made = azure.vault(enableRbacAuthorization=True)
    made.inputs, made.outputs = {}, {}
    found = azure.read("keyvault:Vault", made)
    assert found is not None
    assert (found.inputs["vaultName"], found.inputs["resourceGroupName"]) == ("kv-one", "rg")
    assert found.inputs["properties"]["enableRbacAuthorization"] is True
    assert "vaultUri" not in found.inputs["properties"]


def test_deleting_what_is_not_there_succeeds(azure: Azure) -> None:
    made = azure.identity()
    azure.delete(IDENTITY, made)
    azure.delete(IDENTITY, made)


def test_a_group_takes_all_that_is_in_it_along(azure: Azure) -> None:
    group = azure.group("other")
    azure.create(IDENTITY, {"resourceGroupName": "other", "resourceName": "id-x"})
    azure.delete(GROUP, group)
    assert not azure.world.descendants(group.id)


def test_a_group_name_has_no_final_full_stop(azure: Azure) -> None:
    with pytest.raises(ArmError, match="InvalidResourceGroup"):
        azure.group("rg.")


def test_tags_have_limits(azure: Azure) -> None:
    for tags, code in (
        ({f"t{n}": "x" for n in range(51)}, "InvalidTagCount"),
        ({"a/b": "x"}, "InvalidTagNameCharacters"),
        ({"a": "x" * 257}, "TagValueTooLong"),
    ):
        with pytest.raises(ArmError, match=code):
            azure.identity(tags=tags)


def test_everyone_is_the_same_user_of_the_azure_cli(azure: Azure) -> None:
    me = azure.invoke("authorization:getClientConfig")
    assert me["clientId"] == "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
    assert azure.world.directory[me["objectId"]].type == "User"


def test_a_getter_finds_what_exists(azure: Azure) -> None:
    made = azure.identity()
    found = azure.invoke(
        "managedidentity:getUserAssignedIdentity", resourceGroupName="rg", resourceName="id-app"
    )
    assert found["clientId"] == made.outputs["clientId"]
    assert found["id"] == made.id


def test_a_getter_says_in_arms_words_that_nothing_is_there(azure: Azure) -> None:
    with pytest.raises(ProviderError, match=r'Code="ResourceNotFound".*Microsoft.KeyVault/vaults/none'):
        azure.invoke("keyvault:getVault", resourceGroupName="rg", vaultName="none")
    with pytest.raises(ProviderError, match="ResourceGroupNotFound"):
        azure.invoke("keyvault:getVault", resourceGroupName="none", vaultName="none")


def test_an_unknown_function_is_an_error(azure: Azure) -> None:
    with pytest.raises(ProviderError, match="does not simulate the function"):
        azure.invoke("storage:listStorageAccountKeys")


def test_a_write_waits_for_its_latency(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(azure.simulator, "wait", waited.append)
    azure.simulator.latency = {"*": 1.0, "azure-native:keyvault:Vault": 2.0}
    azure.vault()
    azure.identity()
    assert waited == [2.0, 1.0]


def test_an_extension_needs_its_cluster(azure: Azure) -> None:
    inputs = {
        "resourceGroupName": "rg",
        "clusterRp": "Microsoft.ContainerService",
        "clusterResourceName": "managedClusters",
        "clusterName": "aks-one",
        "extensionName": "dapr",
        "extensionType": "Microsoft.Dapr",
    }
    with pytest.raises(ArmError, match="ResourceNotFound"):
        azure.create("kubernetesconfiguration:Extension", inputs)
    azure.create("containerservice:ManagedCluster", cluster())
    azure.create("kubernetesconfiguration:Extension", inputs)


def test_a_secret_inside_a_list_hides_itself_alone(azure: Azure) -> None:
    pool = {**POOL, "nodeLabels": {"team": Secret("canary")}}
    made = azure.cluster(agentPoolProfiles=[pool])
    azure.new_operation()
    (stored,) = azure.world.of_type("azure-native:containerservice:ManagedCluster")
    assert stored.properties["agentPoolProfiles"][0]["name"] == "system"
    assert "canary" not in str(stored.properties)
    with pytest.raises(ArmError, match="A new agent pool was introduced"):
        azure.update(
            "containerservice:ManagedCluster",
            made,
            cluster(agentPoolProfiles=[pool, {**pool, "name": "more"}]),
        )
    azure.update("containerservice:ManagedCluster", made, cluster(agentPoolProfiles=[pool], tags={"a": "b"}))
    again = azure.read("containerservice:ManagedCluster", made)
    assert again is not None
    assert plain(again.inputs["agentPoolProfiles"]) == plain(made.inputs["agentPoolProfiles"])


def test_rules_hold_on_properties_that_are_one_secret(azure: Azure) -> None:
    def hidden(**more: Any) -> dict[str, Any]:
        wanted = vault(**more)
        return {**wanted, "properties": Secret(wanted["properties"])}

    made = azure.create("keyvault:Vault", hidden(enablePurgeProtection=True, softDeleteRetentionInDays=7))
    azure.new_operation()
    with pytest.raises(ArmError, match="irreversible"):
        azure.update("keyvault:Vault", made, hidden(softDeleteRetentionInDays=7))
    with pytest.raises(ArmError, match="can't be modified"):
        azure.update("keyvault:Vault", made, hidden(enablePurgeProtection=True, softDeleteRetentionInDays=8))
    azure.update("keyvault:Vault", made, hidden(enablePurgeProtection=True, softDeleteRetentionInDays=7))
    azure.delete("keyvault:Vault", made)
    with pytest.raises(ArmError, match="DeletedVaultPurge"):
        vaults.purge(azure.world, "kv-one")
