"""The azure-native provider: behaviour that all types share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulators.azure import arm
from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.azure.keyvault import access_policies, vaults
from rehearsal.simulators.azure.types import CREATED_TYPES, TYPES, type_of_id
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.sdk_schema import resource_type
from rehearsal.simulators.wire import UNKNOWN, Secret, plain
from tests.each import each
from tests.support.acting import POOL, SUBSCRIPTION, Azure, CheckFailedError, cluster, vault

GROUP = "resources:ResourceGroup"
IDENTITY = "managedidentity:UserAssignedIdentity"


@each("token", sorted(CREATED_TYPES))
def test_every_type_of_the_table_is_one_of_the_sdk(token: str) -> None:
    row, sdk = TYPES[token], resource_type(token)
    assert sdk is not None
    assert sdk.api_version or token == access_policies.TOKEN, (
        "only azure-native has this resource, so it has no version of ARM"
    )
    assert set(row.parameters) - {"subscriptionId"} <= set(sdk.inputs)
    assert {path.split(".")[0] for path in row.replaces} <= set(sdk.inputs)
    assert set(row.patterns) <= set(row.parameters)


@each("token", sorted(TYPES))
def test_every_id_is_recognised_and_parsed(token: str) -> None:
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


def test_a_misspelled_property_deep_in_a_list_is_an_error(azure: Azure) -> None:
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


def test_creating_an_existing_resource_is_refused_with_the_providers_message(azure: Azure) -> None:
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
    """Therefore the program puts no stack tags on identities."""
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


@pytest.mark.parametrize("kind", ["cluster", "vault", "identity"])
def test_refreshing_an_unchanged_resource_changes_nothing(azure: Azure, kind: str) -> None:
    made = getattr(azure, kind)()
    token = {"cluster": "containerservice:ManagedCluster", "vault": "keyvault:Vault", "identity": IDENTITY}[
        kind
    ]
    azure.new_operation()
    again = azure.read(token, made)
    assert again is not None
    assert (again.inputs, again.outputs) == (made.inputs, made.outputs)


def test_refreshing_takes_over_changes_from_outside(azure: Azure) -> None:
    made = azure.identity(tags={"a": "b"})
    stored = azure.world.get(made.id)
    assert stored is not None
    stored.properties["tags"] = {"a": "c"}
    again = azure.read(IDENTITY, made)
    assert again is not None
    assert again.inputs["tags"] == {"a": "c"}
    assert again.inputs["resourceGroupName"] == "rg"


def test_refreshing_a_deleted_resource_returns_nothing(azure: Azure) -> None:
    made = azure.identity()
    azure.delete(IDENTITY, made)
    assert azure.read(IDENTITY, made) is None


def test_importing_reads_inputs_from_id_and_response(azure: Azure) -> None:
    made = azure.vault(enableRbacAuthorization=True)
    made.inputs, made.outputs = {}, {}
    imported = azure.read("keyvault:Vault", made)
    assert imported is not None
    assert (imported.inputs["vaultName"], imported.inputs["resourceGroupName"]) == ("kv-one", "rg")
    assert imported.inputs["properties"]["enableRbacAuthorization"] is True
    assert "vaultUri" not in imported.inputs["properties"]


def test_deleting_a_missing_resource_succeeds(azure: Azure) -> None:
    made = azure.identity()
    azure.delete(IDENTITY, made)
    azure.delete(IDENTITY, made)


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


def test_a_secret_inside_a_list_hides_no_other_item(azure: Azure) -> None:
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
        inputs = vault(**more)
        return {**inputs, "properties": Secret(inputs["properties"])}

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
