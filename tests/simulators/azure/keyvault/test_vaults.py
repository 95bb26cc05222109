"""Simulated vaults: one test for each rule."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.azure.arm import ArmError
from rehearsal.simulators.azure.keyvault import vaults
from rehearsal.simulators.seed import apply_seed
from tests.support.acting import SUBSCRIPTION, Azure, CheckFailedError, vault


@pytest.mark.parametrize("name", ["1st", "kv--x", "kv-"])
def test_a_vault_name_begins_with_a_letter_and_has_single_hyphens(azure: Azure, name: str) -> None:
    with pytest.raises(ArmError, match="VaultNameNotValid"):
        azure.vault(name)


@pytest.mark.parametrize("name", ["kv", "k" * 25, "kv_x"])
def test_azure_native_itself_refuses_a_vault_name_that_the_swagger_refuses(azure: Azure, name: str) -> None:
    with pytest.raises(CheckFailedError, match=r"'vaultName' does not match expression"):
        azure.vault(name)


def test_a_vault_name_is_globally_unique(azure: Azure) -> None:
    azure.group("other")
    azure.vault("kv-one")
    with pytest.raises(ArmError, match="VaultAlreadyExists"):
        azure.vault("KV-one", group="other")


def test_the_name_of_a_soft_deleted_vault_is_unavailable(azure: Azure) -> None:
    azure.delete("keyvault:Vault", azure.vault())
    with pytest.raises(ArmError, match=r'Status=409 Code="ConflictError".*already exists in deleted state'):
        azure.vault()


def test_a_soft_deleted_vault_outlives_the_operation_that_deleted_it(azure: Azure) -> None:
    azure.delete("keyvault:Vault", azure.vault())
    azure.new_operation()
    with pytest.raises(ArmError, match="ConflictError"):
        azure.vault()


def test_deleting_the_resource_group_soft_deletes_its_vault(azure: Azure) -> None:
    group = azure.group("other")
    azure.vault("kv-two", group="other")
    azure.delete("resources:ResourceGroup", group)
    assert "kv-two" in azure.world.deleted_vaults


def test_a_recovered_vault_has_its_secrets_again(azure: Azure) -> None:
    made = azure.vault()
    kept = azure.secret()
    azure.delete("keyvault:Vault", made)
    assert azure.read("keyvault:Secret", kept) is None
    azure.vault(createMode="recover")
    assert azure.read("keyvault:Secret", kept) is not None
    assert not azure.world.deleted_vaults


def test_recovering_a_vault_that_was_never_deleted_is_refused(azure: Azure) -> None:
    with pytest.raises(ArmError, match="SoftDeletedVaultDoesNotExist"):
        azure.vault(createMode="recover")


def test_a_purged_vault_frees_its_name(azure: Azure) -> None:
    azure.delete("keyvault:Vault", azure.vault())
    vaults.purge(azure.world, "kv-one")
    azure.vault()


def test_purge_protection_refuses_a_purge(azure: Azure) -> None:
    azure.delete("keyvault:Vault", azure.vault(enablePurgeProtection=True))
    with pytest.raises(ArmError, match="DeletedVaultPurge"):
        vaults.purge(azure.world, "kv-one")


def test_purge_protection_false_is_refused(azure: Azure) -> None:
    with pytest.raises(ArmError, match='"enablePurgeProtection" cannot be set to false'):
        azure.vault(enablePurgeProtection=False)


def test_purge_protection_cannot_be_turned_off(azure: Azure) -> None:
    made = azure.vault(enablePurgeProtection=True)
    with pytest.raises(ArmError, match="irreversible"):
        azure.update("keyvault:Vault", made, vault())


def test_soft_delete_cannot_be_turned_off(azure: Azure) -> None:
    with pytest.raises(ArmError, match="enableSoftDelete"):
        azure.vault(enableSoftDelete=False)


@pytest.mark.parametrize("days", [6, 91])
def test_retention_is_seven_to_ninety_days(azure: Azure, days: int) -> None:
    with pytest.raises(ArmError, match="between 7 and 90"):
        azure.vault(softDeleteRetentionInDays=days)


def test_retention_is_set_once(azure: Azure) -> None:
    made = azure.vault(softDeleteRetentionInDays=7)
    with pytest.raises(ArmError, match="can't be modified"):
        azure.update("keyvault:Vault", made, vault(softDeleteRetentionInDays=8))


def test_a_vault_stays_in_its_region(azure: Azure) -> None:
    made = azure.vault()
    with pytest.raises(ArmError, match="InvalidResourceLocation"):
        azure.update("keyvault:Vault", made, {**vault(), "location": "northeurope"})


def test_rbac_is_off_by_default(azure: Azure) -> None:
    """The default of API version 2024-11-01, which azure-native 3.29 uses."""
    assert azure.vault().outputs["properties"]["enableRbacAuthorization"] is False


def test_the_uri_of_a_vault_has_a_final_slash(azure: Azure) -> None:
    assert azure.vault().outputs["properties"]["vaultUri"] == "https://kv-one.vault.azure.net/"


NETWORK = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/net"


def admitting(*subnets: str, **more: Any) -> dict[str, Any]:
    return {
        "networkAcls": {
            "defaultAction": "Deny",
            "virtualNetworkRules": [{"id": f"{NETWORK}/subnets/{s}", **more} for s in subnets],
        }
    }


def test_an_admitted_subnet_has_the_service_endpoint(azure: Azure) -> None:
    apply_seed(
        azure.world,
        {
            "azure": [
                {
                    "id": NETWORK,
                    "subnets": [{"name": "inline", "serviceEndpoints": [{"service": "Microsoft.KeyVault"}]}],
                },
                {"id": f"{NETWORK}/subnets/with", "serviceEndpoints": [{"service": "Microsoft.KeyVault"}]},
                {"id": f"{NETWORK}/subnets/other", "serviceEndpoints": [{"service": "Microsoft.Storage"}]},
                {"id": f"{NETWORK}/subnets/without"},
            ]
        },
    )
    for subnet in ("other", "without", "missing"):
        with pytest.raises(
            ArmError,
            match=r"Status=400 Code=\"SubnetsHaveNoServiceEndpointsConfigured\""
            rf".*Subnets {subnet} of .*/net do not",
        ):
            azure.vault(**admitting("with", subnet))
    azure.vault(**admitting("with", "inline"))
    azure.vault("kv-two", **admitting("without", ignoreMissingVnetServiceEndpoint=True))
